-- data_quality: lines as they are after reversal; settlements as they were reported.
CREATE VIEW reference.data_quality AS
SELECT c.pool, c.subject, l.amount
FROM reference.candidate c
JOIN reference.pool p ON p.id = c.pool AND p.template = 'data_quality'
JOIN reference.subject l ON l.id = c.subject
WHERE CASE p.params->>'check'
	WHEN 'missing' THEN EXISTS (
		SELECT FROM reference.text_list(p.params->'columns') t(name)
		WHERE l.fields->>t.name IS NULL)
	WHEN 'qty_price_amount' THEN
		abs(round(l.cnt * l.pric, 2) - l.amount)
			> COALESCE((p.params->>'tolerance')::numeric, 0.01)
	WHEN 'upload_lag' THEN
		l.upload_time - l.t > COALESCE(p.params->>'tolerance', '24 hours')::interval
	WHEN 'outside_stay' THEN
		l.in_stay AND l.endtime IS NOT NULL AND NOT l.day
			BETWEEN l.begntime::date - COALESCE((p.params->>'tolerance')::integer, 0)
			AND l.endtime::date + COALESCE((p.params->>'tolerance')::integer, 0)
	WHEN 'after_death' THEN l.day > l.die_date
	WHEN 'insurance_paused' THEN EXISTS (
		SELECT FROM reference.spell e
		WHERE e.psn_no = l.psn_no AND e.insutype = l.insutype AND e.paused
			AND l.day >= e.begndate AND l.day < e.enddate)
	WHEN 'unknown_code' THEN
		EXISTS (SELECT FROM meso_audit.known_code)
		AND NOT EXISTS (SELECT FROM meso_audit.known_code k
			WHERE k.code = l.code AND k.valid @> l.day)
	WHEN 'key_mismatch' THEN
		l.settled AND (l.psn_no <> l.setl_psn_no OR l.fixmedins_code <> l.setl_fixmedins_code)
	END;

-- Rules of settlements and visits have no codes.
CREATE VIEW reference.exempt_claim AS
SELECT e.rule_code, e.valid, e.psn_no, e.fixmedins_code, e.diag_code
FROM meso_audit.rule_exemption e
WHERE e.code IS NULL;

CREATE VIEW reference.data_quality_settlement AS
SELECT r.code AS source_code, r.certainty, s.psn_no, s.setl_id, s.day,
	CASE r.params->>'check' WHEN 'sum_mismatch' THEN abs(s.medfee_sumamt - n.total) END AS amount
FROM reference.rule r
JOIN reference.claim s ON r.days @> s.day
	AND reference.in_scope(r.scope, s.area, s.hosp_lv, s.med_type, s.insutype,
		s.fixmedins_type, s.fixmedins_code, s.psn_area)
	AND NOT reference.elsewhere(r.elsewhere, s.area, s.psn_area, s.fixmedins_code, s.day)
CROSS JOIN LATERAL (
	SELECT count(*) AS lines, sum(f.det_item_fee_sumamt) AS total,
		COALESCE(bool_or(f.cnt < 0), false) AS negative
	FROM reference.reported f WHERE f.setl_id = s.setl_id
) n
WHERE r.template = 'data_quality'
	AND CASE r.params->>'check'
		WHEN 'sum_mismatch' THEN NOT s.refunded AND n.lines > 0
			AND abs(s.medfee_sumamt - n.total) > COALESCE((r.params->>'tolerance')::numeric, 0.01)
		WHEN 'refund_both' THEN s.refunded AND n.negative
		END
	AND NOT EXISTS (
		SELECT FROM reference.exempt_claim e
		WHERE r.code = COALESCE(e.rule_code, r.code) AND e.valid @> s.day
			AND s.psn_no = COALESCE(e.psn_no, s.psn_no)
			AND s.fixmedins_code = COALESCE(e.fixmedins_code, s.fixmedins_code)
			AND (e.diag_code IS NULL OR EXISTS (
				SELECT FROM reference.diagnosis d
				WHERE d.mdtrt_id = s.mdtrt_id AND reference.matches(d.diag_code, e.diag_code))));

CREATE VIEW reference.data_quality_visit AS
SELECT r.code AS source_code, r.certainty, v.psn_no, v.mdtrt_id, v.day
FROM reference.rule r
JOIN reference.stay v ON r.days @> v.day
	AND reference.in_scope(r.scope, v.area, v.hosp_lv, v.med_type, v.insutype,
		v.fixmedins_type, v.fixmedins_code, v.psn_area)
	AND NOT reference.elsewhere(r.elsewhere, v.area, v.psn_area, v.fixmedins_code, v.day)
WHERE r.template = 'data_quality' AND r.params->>'check' = 'order'
	AND v.begntime > v.endtime
	AND NOT EXISTS (
		SELECT FROM reference.exempt_claim e
		WHERE r.code = COALESCE(e.rule_code, r.code) AND e.valid @> v.day
			AND v.psn_no = COALESCE(e.psn_no, v.psn_no)
			AND v.fixmedins_code = COALESCE(e.fixmedins_code, v.fixmedins_code)
			AND (e.diag_code IS NULL OR EXISTS (
				SELECT FROM reference.diagnosis d
				WHERE d.mdtrt_id = v.mdtrt_id AND reference.matches(d.diag_code, e.diag_code))));
