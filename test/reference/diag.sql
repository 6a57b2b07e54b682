-- The diagnoses of a subject by source: those of its visit, the settlement's
-- dise_codg, or both; and whether one is in the pool's list.
CREATE VIEW reference.diag_of AS
SELECT c.pool, c.subject, p.template, d.code,
	EXISTS (SELECT FROM reference.text_list(p.params->'diag') t(pattern)
		WHERE reference.matches(d.code, t.pattern)) AS matches
FROM reference.candidate c
JOIN reference.pool p ON p.id = c.pool AND p.template IN ('diag_required', 'diag_forbidden')
JOIN reference.subject s ON s.id = c.subject
CROSS JOIN LATERAL (
	SELECT v.diag_code FROM reference.diagnosis v
	WHERE v.mdtrt_id = s.mdtrt_id
		AND COALESCE(p.params->>'source', 'diagnosis') IN ('diagnosis', 'both')
	UNION ALL
	SELECT s.dise_codg
	WHERE s.dise_codg IS NOT NULL AND p.params->>'source' IN ('dise', 'both')
) d(code);
