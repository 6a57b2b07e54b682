-- attr_limit: the attribute is known and does not satisfy the limit.
CREATE VIEW reference.attr_limit AS
SELECT c.pool, c.subject, s.amount
FROM reference.candidate c
JOIN reference.pool p ON p.id = c.pool AND p.template = 'attr_limit'
JOIN reference.subject s ON s.id = c.subject
CROSS JOIN LATERAL (
	SELECT CASE p.params->>'attribute'
		WHEN 'gend' THEN s.gend
		WHEN 'age' THEN s.age::text
		WHEN 'age_days' THEN s.age_days::text
		WHEN 'insutype' THEN s.insutype
		WHEN 'psn_type' THEN s.psn_type
		WHEN 'med_type' THEN s.med_type
		WHEN 'hosp_lv' THEN s.hosp_lv::text
		WHEN 'fixmedins_type' THEN s.fixmedins_type
		WHEN 'dept' THEN s.dept
		WHEN 'channel' THEN s.channel
		WHEN 'title' THEN s.title
		WHEN 'matn_stas' THEN s.matn_stas
		WHEN 'area' THEN s.area
		WHEN 'psn_area' THEN s.psn_area
		WHEN 'list_type' THEN s.list_type
		WHEN 'sin_dos' THEN s.sin_dos::text
		WHEN 'prd_days' THEN s.prd_days::text
		END AS value
) a
WHERE CASE
	WHEN a.value IS NULL THEN p.params->>'missing' = 'hit'
	WHEN p.params->>'op' IN ('in', 'not_in') THEN
		(p.params->>'op' = 'in') <> EXISTS (
			SELECT FROM reference.text_list(p.params->'value') v
			WHERE v = a.value
				OR (p.params->>'attribute' IN ('area', 'psn_area') AND starts_with(a.value, v)))
	WHEN p.params->>'op' = '>=' THEN NOT a.value::numeric >= (p.params->>'value')::numeric
	WHEN p.params->>'op' = '<=' THEN NOT a.value::numeric <= (p.params->>'value')::numeric
	WHEN p.params->>'op' = 'between' THEN
		NOT a.value::numeric BETWEEN (p.params->'value'->>0)::numeric
			AND (p.params->'value'->>1)::numeric
	END;
