-- From findings to grades: a rating before anything is decided, a case for every
-- institution with certain violations, their decisions, and the rating after.
-- The offices take turns, as the separation of duties asks.
SET meso_audit.require_approval = off;
SELECT meso_audit.create_roles('demo');
SELECT period AS audited, daterange(lower(period), lower(period) + 182) AS half FROM meso_audit.audit_run ORDER BY run_id DESC LIMIT 1 \gset

-- a rating that has gone all its way; the days for objections have passed
CREATE FUNCTION demo.rate(scheme text, rated daterange) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	run bigint;
BEGIN
	CALL meso_audit.run_rating(scheme, rated, run);
	PERFORM meso_audit.publish_rating(run);
	UPDATE meso_audit.rating_run r SET objections_until = CURRENT_DATE - 1 WHERE r.run_id = run;
	PERFORM meso_audit.finalise_rating(run);
END
$$;
CREATE FUNCTION demo.subject_type(fixmedins_type text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE fixmedins_type WHEN '1' THEN 'hospital' WHEN '2' THEN 'pharmacy' ELSE 'care' END;

-- what is entered by hand: most keep their agreements
SELECT meso_audit.enter_indicator_value(demo.subject_type(i.fixmedins_type), i.fixmedins_code, n.indicator, p.period,
	round((n.low + (1 - n.low) * (1 - demo.r(n.what, i.n) ^ 2))::numeric, 4))
FROM (SELECT *, row_number() OVER (ORDER BY fixmedins_code) AS n FROM province.institution) i
CROSS JOIN (VALUES ('I01', 0.7, 901), ('I05', 0.8, 902), ('I21', 0.6, 903), ('I63', 0.5, 904), ('I65', 0.7, 905)) AS n(indicator, low, what)
CROSS JOIN (VALUES (:'half'::daterange), (:'audited'::daterange)) AS p(period);
SELECT meso_audit.compute_indicators(:'half');
SELECT demo.rate('AE_hospital', :'half'), demo.rate('AE_pharmacy', :'half');

CREATE TABLE demo.case AS
SELECT demo.subject_type(i.fixmedins_type) AS subject_type, f.fixmedins_code, array_agg(f.finding_id) AS findings, round(sum(f.amount), 2) AS amount, count(*) AS n
FROM meso_audit.finding f
JOIN province.institution i USING (fixmedins_code)
WHERE f.status = 'open' AND f.certainty = 'violation' AND NOT f.population
GROUP BY 1, 2;
GRANT USAGE ON SCHEMA demo TO PUBLIC;
GRANT SELECT ON demo.case TO PUBLIC;
SELECT count(meso_audit.grant_area(r, '')) AS offices_for_all_areas FROM unnest('{demo_auditor,demo_verifier,demo_decider}'::text[]) AS r;
SET SESSION AUTHORIZATION demo_auditor;
SELECT meso_audit.open_case(c.findings, c.subject_type, c.fixmedins_code, c.n || ' certain violations') FROM demo.case c;
RESET SESSION AUTHORIZATION;
GRANT SELECT ON meso_audit.case_file TO demo_verifier, demo_decider;
SET SESSION AUTHORIZATION demo_verifier;
SELECT meso_audit.verify_case(c.case_id, c.amount, 'the bills show it') FROM meso_audit.case_file c;
SET SESSION AUTHORIZATION demo_decider;
SELECT meso_audit.decide_case(c.case_id, jsonb_build_array(jsonb_build_object('kind', 'recover', 'amount', COALESCE(c.amount, 0)))
	|| CASE WHEN d.n >= 8 THEN '[{"kind": "fine", "amount": 20000}, {"kind": "warn"}]'::jsonb WHEN d.n >= 4 THEN jsonb_build_array(jsonb_build_object('kind', 'deduct', 'amount', COALESCE(c.amount, 0) * 2))
		WHEN d.n >= 2 THEN '[{"kind": "warn"}]' ELSE '[]' END, 'by the number of violations')
FROM meso_audit.case_file c JOIN demo.case d ON d.fixmedins_code = c.subject_code;
RESET SESSION AUTHORIZATION;
UPDATE meso_audit.case_file SET due = CURRENT_DATE - 1;
SET SESSION AUTHORIZATION demo_decider;
SELECT meso_audit.finalise_case(c.case_id) FROM meso_audit.case_file c;
RESET SESSION AUTHORIZATION;
-- decided in the audited year, whenever the demonstration is run
UPDATE meso_audit.credit_record SET happened_on = upper(:'audited'::daterange) - 10;
SELECT meso_audit.compute_indicators(:'audited');
SELECT demo.rate('AE_hospital', :'audited'), demo.rate('AE_pharmacy', :'audited');
SELECT meso_audit.create_rating_views('bi'), meso_audit.create_rating_views('bi_zh', 'zh');
SELECT meso_audit.grant_area('demo_bi_reader', '');
