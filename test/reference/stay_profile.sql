-- stay_profile: stays that have ended, without an operation, that satisfy every
-- condition that is given.
CREATE VIEW reference.stay_profile_visit AS
SELECT r.code AS source_code, r.certainty, v.psn_no, v.mdtrt_id, v.day
FROM reference.rule r
JOIN reference.stay v ON r.days @> v.day
	AND reference.in_scope(r.scope, v.area, v.hosp_lv, v.med_type, v.insutype,
		v.fixmedins_type, v.fixmedins_code, v.psn_area)
	AND NOT reference.elsewhere(r.elsewhere, v.area, v.psn_area, v.fixmedins_code, v.day)
CROSS JOIN LATERAL (
	SELECT sum(l.amount) AS total,
		COALESCE(sum(l.amount) FILTER (WHERE r.params->'chrgitm' ? l.med_chrgitm_type), 0) AS part
	FROM reference.subject l
	WHERE l.level = 'line' AND l.mdtrt_id = v.mdtrt_id AND l.psn_no = v.psn_no
) c
WHERE r.template = 'stay_profile' AND v.is_stay AND v.endtime >= v.begntime
	AND NOT EXISTS (SELECT FROM reference.operation o WHERE o.mdtrt_id = v.mdtrt_id)
	AND (NOT r.params ? 'max_days' OR v.endtime::date - v.day <= (r.params->>'max_days')::integer)
	AND (NOT r.params ?| '{max_amount,min_share}' OR c.total > 0)
	AND (NOT r.params ? 'max_amount' OR c.total <= (r.params->>'max_amount')::numeric)
	AND (NOT r.params ? 'min_share' OR c.part >= c.total * (r.params->>'min_share')::numeric)
	AND (NOT r.params ? 'diag' OR (
		SELECT bool_and(EXISTS (SELECT FROM reference.text_list(r.params->'diag') t(pattern)
			WHERE reference.matches(d.diag_code, t.pattern)))
		FROM reference.diagnosis d WHERE d.mdtrt_id = v.mdtrt_id))
	AND NOT EXISTS (
		SELECT FROM reference.exempt_claim e
		WHERE r.code = COALESCE(e.rule_code, r.code) AND e.valid @> v.day
			AND v.psn_no = COALESCE(e.psn_no, v.psn_no)
			AND v.fixmedins_code = COALESCE(e.fixmedins_code, v.fixmedins_code)
			AND (e.diag_code IS NULL OR EXISTS (
				SELECT FROM reference.diagnosis d
				WHERE d.mdtrt_id = v.mdtrt_id AND reference.matches(d.diag_code, e.diag_code))));
