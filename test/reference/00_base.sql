-- The naive reference: what facts.md says, read a second time, in plain SQL.
--
-- Nothing here calls a function of the extension. The facts are taken as they
-- are bound (meso_audit.fee_line and so on), the rules from rule_in_force and
-- point_in_force. Views say what a thing is; load() keeps the bases in tables,
-- so that one pass over a small world stays quick:
--
--	subject		a line, diagnosis or operation that exists, with its attributes
--	claim, stay	settlements and visits with theirs
--	pool		a rule version with one pool: its codes, or one knowledge point
--	pool_item	the codes of a pool by role, prefixes spelled out, dated
--	candidate	a pool and a subject that it judges in the audited period
--
-- Each template is one view over these: (pool, subject, amount), the amount
-- before fund share. finding.sql puts them together.

CREATE SCHEMA reference;

-- Helpers ------------------------------------------------------------------

CREATE FUNCTION reference.matches(code text, pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN code = pattern
	OR (right(pattern, 1) = '%' AND starts_with(code, left(pattern, -1)));

-- Completed years: 29 February completes on 1 March.
CREATE FUNCTION reference.age_years(day date, brdy date) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN day >= brdy THEN
		(extract(year FROM day) - extract(year FROM brdy))::integer
		- (to_char(day, 'MMDD') < to_char(brdy, 'MMDD'))::integer
	END;

-- NULL in a dimension that the scope names is out of scope (the result is NULL).
CREATE FUNCTION reference.in_scope(scope jsonb, area text, hosp_lv smallint,
	med_type text, insutype text, fixmedins_type text, fixmedins_code text, psn_area text)
RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN (NOT scope ? 'area'
		OR scope->'area' ?| ARRAY[left(area, 2), left(area, 4), left(area, 6)])
	AND (NOT scope ? 'psn_area'
		OR scope->'psn_area' ?| ARRAY[left(psn_area, 2), left(psn_area, 4), left(psn_area, 6)])
	AND (NOT scope ? 'hosp_lv'
		OR scope->'hosp_lv' @> to_jsonb(hosp_lv)
		OR scope->'hosp_lv' ? hosp_lv::text)
	AND (NOT scope ? 'med_type' OR scope->'med_type' ? med_type)
	AND (NOT scope ? 'insutype' OR scope->'insutype' ? insutype)
	AND (NOT scope ? 'fixmedins_type' OR scope->'fixmedins_type' ? fixmedins_type)
	AND (NOT scope ? 'fixmedins_code' OR scope->'fixmedins_code' ? fixmedins_code);

-- A narrower version decides there that day.
CREATE FUNCTION reference.elsewhere(others jsonb, area text, psn_area text,
	fixmedins_code text, day date)
RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN EXISTS (
	SELECT FROM jsonb_array_elements(CASE WHEN others IS NULL OR others = 'null' THEN '[]' ELSE others END) o
	WHERE (o->>'days')::daterange @> day
		AND CASE o->>'key' WHEN 'area' THEN area LIKE (o->>'place') || '%'
			WHEN 'psn_area' THEN psn_area LIKE (o->>'place') || '%'
			ELSE fixmedins_code = o->>'place' END);

CREATE FUNCTION reference.text_list(list jsonb) RETURNS SETOF text
LANGUAGE sql IMMUTABLE
RETURN jsonb_array_elements_text(CASE jsonb_typeof(list)
	WHEN 'array' THEN list
	WHEN 'string' THEN jsonb_build_array(list)
	ELSE '[]' END);

-- Facts whose rows count ----------------------------------------------------

CREATE VIEW reference.institution AS
SELECT * FROM meso_audit.institution WHERE fixmedins_code IS NOT NULL;

CREATE VIEW reference.person AS
SELECT * FROM meso_audit.person WHERE psn_no IS NOT NULL;

CREATE VIEW reference.spell AS
SELECT psn_no, insutype COLLATE "C" AS insutype, COALESCE(paused, false) AS paused,
	COALESCE(begndate, '-infinity') AS begndate,
	COALESCE(enddate, 'infinity') AS enddate
FROM meso_audit.person_insurance
WHERE num_nulls(psn_no, insutype) = 0;

CREATE VIEW reference.diagnosis AS
SELECT mdtrt_id, diag_srt_no::text AS row_no, diag_code
FROM meso_audit.diagnosis
WHERE num_nulls(mdtrt_id, diag_srt_no, diag_code) = 0
	AND vali_flag IS DISTINCT FROM '0';

CREATE VIEW reference.operation AS
SELECT mdtrt_id, oprn_srt_no::text AS row_no, oprn_oprt_code, oprn_begntime, oprn_endtime
FROM meso_audit.operation
WHERE num_nulls(mdtrt_id, oprn_srt_no, oprn_oprt_code) = 0
	AND vali_flag IS DISTINCT FROM '0';

CREATE VIEW reference.visit AS
SELECT * FROM meso_audit.visit
WHERE num_nulls(mdtrt_id, psn_no, fixmedins_code, begntime) = 0;

CREATE VIEW reference.settlement AS
SELECT * FROM meso_audit.settlement
WHERE num_nulls(setl_id, psn_no, fixmedins_code, setl_time) = 0;

-- Lines as reported: every row of fee_line that has its keys.
CREATE VIEW reference.reported AS
SELECT * FROM meso_audit.fee_line
WHERE num_nulls(setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time,
		med_list_codg, cnt, det_item_fee_sumamt) = 0;

-- Lines of settlements that were not refunded; reversing lines still among them.
CREATE VIEW reference.standing AS
SELECT f.*, s.init_setl_id
FROM reference.reported f
LEFT JOIN reference.settlement s USING (setl_id)
WHERE s.refd_setl_flag IS DISTINCT FROM '1';

-- What is taken off each line.
CREATE VIEW reference.taken_off AS
SELECT COALESCE(init_setl_id, setl_id) AS setl_id, init_feedetl_sn AS feedetl_sn,
	sum(abs(cnt)) AS cnt, sum(abs(det_item_fee_sumamt)) AS amount
FROM reference.standing
WHERE init_feedetl_sn IS NOT NULL
GROUP BY 1, 2;

-- Lines that exist, with what is left of them.
CREATE VIEW reference.existing AS
SELECT f.*,
	f.cnt - COALESCE(r.cnt, 0) AS cnt_left,
	f.det_item_fee_sumamt - COALESCE(r.amount, 0) AS amount_left
FROM reference.standing f
LEFT JOIN reference.taken_off r USING (setl_id, feedetl_sn)
WHERE f.init_feedetl_sn IS NULL
	AND (r.cnt IS NULL OR f.cnt - r.cnt > 0);

-- Settlements and visits with their attributes ------------------------------

CREATE VIEW reference.claim_view AS
SELECT s.setl_id, s.psn_no, s.fixmedins_code, s.mdtrt_id,
	s.setl_time, s.setl_time::date AS day,
	s.refd_setl_flag IS NOT DISTINCT FROM '1' AS refunded,
	s.medfee_sumamt, s.fund_pay_sumamt,
	i.fix_blng_admdvs AS area, i.hosp_lv, i.fixmedins_type,
	(SELECT p.insu_admdvs FROM reference.person p WHERE p.psn_no = s.psn_no) AS psn_area,
	COALESCE(s.med_type, v.med_type) AS med_type,
	COALESCE(s.insutype, (
		SELECT min(p.insutype) FROM reference.spell p
		WHERE p.psn_no = s.psn_no AND NOT p.paused
			AND s.setl_time::date >= p.begndate AND s.setl_time::date < p.enddate)
	) AS insutype
FROM reference.settlement s
LEFT JOIN reference.visit v USING (mdtrt_id)
LEFT JOIN reference.institution i ON i.fixmedins_code = s.fixmedins_code;
CREATE TABLE reference.claim AS TABLE reference.claim_view WITH NO DATA;

CREATE VIEW reference.stay_view AS
SELECT v.mdtrt_id, v.psn_no, v.fixmedins_code, v.begntime, v.endtime,
	v.begntime::date AS day,
	(v.med_type LIKE '2%' OR v.med_type = '52') IS TRUE AS is_stay,
	i.fix_blng_admdvs AS area, i.hosp_lv, i.fixmedins_type, v.med_type,
	(SELECT p.insu_admdvs FROM reference.person p WHERE p.psn_no = v.psn_no) AS psn_area,
	(SELECT min(p.insutype) FROM reference.spell p
		WHERE p.psn_no = v.psn_no AND NOT p.paused
			AND v.begntime::date >= p.begndate AND v.begntime::date < p.enddate
	) AS insutype
FROM reference.visit v
LEFT JOIN reference.institution i USING (fixmedins_code);
CREATE TABLE reference.stay AS TABLE reference.stay_view WITH NO DATA;

-- Subjects: lines, diagnoses, operations ------------------------------------

CREATE VIEW reference.raw_subject AS
SELECT 'line' AS level, f.psn_no, f.fixmedins_code, f.setl_id, f.feedetl_sn,
	NULL::text AS row_no, COALESCE(f.mdtrt_id, s.mdtrt_id) AS mdtrt_id,
	f.fee_ocur_time AS t, f.med_list_codg AS code,
	f.cnt_left AS cnt, f.amount_left AS amount,
	f.pric, f.inscp_amt, f.list_type, f.med_chrgitm_type, f.rxno, f.prd_days,
	f.sin_dos, f.bilg_dept_codg AS dept, f.bilg_dr_code, f.upload_time,
	to_jsonb(f) AS fields,
	s.setl_id IS NOT NULL AS settled, s.med_type AS setl_med_type,
	s.insutype AS setl_insutype, s.dise_codg,
	s.psn_no AS setl_psn_no, s.fixmedins_code AS setl_fixmedins_code,
	s.medfee_sumamt, s.fund_pay_sumamt
FROM reference.existing f
LEFT JOIN reference.settlement s USING (setl_id)
UNION ALL
SELECT 'diagnosis', v.psn_no, v.fixmedins_code, NULL, NULL, d.row_no, v.mdtrt_id,
	v.begntime, d.diag_code, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	NULL, NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM reference.diagnosis d JOIN reference.visit v USING (mdtrt_id)
UNION ALL
SELECT 'operation', v.psn_no, v.fixmedins_code, NULL, NULL, o.row_no, v.mdtrt_id,
	v.begntime, o.oprn_oprt_code, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	NULL, NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM reference.operation o JOIN reference.visit v USING (mdtrt_id);

CREATE VIEW reference.subject_view AS
SELECT
	(row_number() OVER (ORDER BY x.psn_no COLLATE "C", x.level, x.t,
		x.setl_id COLLATE "C", x.feedetl_sn COLLATE "C"))::integer AS id,
	x.*, x.t::date AS day,
	v.mdtrt_id IS NOT NULL AS visited, v.begntime, v.endtime,
	(v.med_type LIKE '2%' OR v.med_type = '52') IS TRUE AS in_stay,
	CASE WHEN p.gend IN ('1', '2') THEN p.gend END AS gend,
	reference.age_years(x.t::date, p.brdy) AS age,
	CASE WHEN x.t::date >= p.brdy THEN x.t::date - p.brdy END AS age_days,
	p.die_date, p.psn_type, p.insu_admdvs AS psn_area,
	COALESCE(x.setl_med_type, v.med_type) AS med_type,
	COALESCE(x.setl_insutype, (
		SELECT min(e.insutype) FROM reference.spell e
		WHERE e.psn_no = x.psn_no AND NOT e.paused
			AND x.t::date >= e.begndate AND x.t::date < e.enddate)
	) AS insutype,
	i.hosp_lv, i.fixmedins_type, i.fix_blng_admdvs AS area,
	v.matn_stas, v.channel,
	(SELECT d.pro_tech_duty FROM meso_audit.practitioner d
		WHERE d.prac_psn_code = x.bilg_dr_code AND d.pro_tech_duty IS NOT NULL
			AND x.t::date >= COALESCE(d.begndate, '-infinity')
			AND x.t::date < COALESCE(d.enddate, 'infinity')
		ORDER BY d.fixmedins_code IS NOT DISTINCT FROM x.fixmedins_code DESC,
			d.fixmedins_code COLLATE "C"
		LIMIT 1) AS title,
	(SELECT l.price FROM meso_audit.list_price l
		WHERE l.code = x.code AND l.valid @> x.t::date
			AND (l.fixmedins_code = x.fixmedins_code
				OR starts_with(COALESCE(i.fix_blng_admdvs, ''), l.area))
		ORDER BY l.fixmedins_code IS NULL, length(l.area) DESC
		LIMIT 1) AS list_price
FROM reference.raw_subject x
LEFT JOIN reference.visit v USING (mdtrt_id)
LEFT JOIN reference.person p ON p.psn_no = x.psn_no
LEFT JOIN reference.institution i ON i.fixmedins_code = x.fixmedins_code;
CREATE TABLE reference.subject AS TABLE reference.subject_view WITH NO DATA;
CREATE INDEX ON reference.subject (psn_no);
CREATE UNIQUE INDEX ON reference.subject (id);

-- Rules and their pools ------------------------------------------------------

CREATE VIEW reference.rule AS
SELECT r.code, r.version, r.kind_code, r.template, r.params, r.scope, r.days,
	to_jsonb(r.elsewhere) AS elsewhere, r.certainty,
	COALESCE(r.codes, ARRAY(SELECT reference.text_list(r.params->'codes'))) AS codes,
	r.codes IS NOT NULL OR r.params ?| '{codes,group,components}' AS by_codes
FROM meso_audit.rule_in_force r
WHERE r.action <> 'remind';

CREATE VIEW reference.pool_view AS
SELECT (row_number() OVER ())::integer AS id, q.*,
	CASE q.template WHEN 'pair_exclusive' THEN 'with'
		WHEN 'component_sum' THEN 'components' ELSE 'codes' END AS judged_role,
	CASE COALESCE(q.params->>'codes_of', 'item')
		WHEN 'item' THEN 'line' ELSE q.params->>'codes_of' END AS level,
	COALESCE(q.params->>'same',
		CASE WHEN q.template IN ('pair_exclusive', 'companion_required')
			THEN 'institution' ELSE 'person' END) = 'institution' AS same_institution,
	q.point_id IS NULL AND q.template <> 'pair_exclusive'
		AND COALESCE((q.params->>'each')::boolean, false) AS each_code,
	q.template NOT IN ('data_quality', 'expression')
		AND COALESCE((q.params->>'payable_only')::boolean, true) AS payable_only
FROM (
	SELECT code, version, kind_code, template, params, scope, days, elsewhere, certainty,
		codes, NULL::text AS point_id, NULL::integer AS point_version
	FROM reference.rule WHERE by_codes
	UNION ALL
	SELECT r.code, r.version, r.kind_code, r.template, r.params || k.limits, r.scope,
		r.days * datemultirange(k.valid), r.elsewhere, r.certainty,
		NULL, k.point_id, k.version
	FROM reference.rule r
	JOIN meso_audit.point_in_force k USING (kind_code)
	WHERE NOT r.by_codes AND k.understood = 'understood'
) q
WHERE NOT isempty(q.days);
CREATE TABLE reference.pool AS TABLE reference.pool_view WITH NO DATA;
CREATE UNIQUE INDEX ON reference.pool (id);

-- Patterns of a pool by role.
CREATE VIEW reference.pool_pattern AS
SELECT p.id AS pool, 'codes' AS role, c.pattern, daterange '(,)' AS valid
FROM reference.pool p CROSS JOIN unnest(p.codes) c(pattern)
UNION ALL
SELECT p.id, 'codes', g.code, g.valid
FROM reference.pool p
JOIN meso_audit.item_group g ON g.group_code = p.params->>'group'
WHERE p.point_id IS NULL AND cardinality(p.codes) = 0
UNION ALL
SELECT p.id, k.role, k.code, k.valid
FROM reference.pool p
JOIN meso_audit.knowledge_code k
	ON k.point_id = p.point_id AND k.version = p.point_version
UNION ALL
SELECT p.id, r.role, c.pattern, daterange '(,)'
FROM reference.pool p
CROSS JOIN unnest('{with,needs,first_line,components,parent,diag}'::text[]) r(role)
CROSS JOIN reference.text_list(p.params->r.role) c(pattern)
-- a point's own codes of the judged side of a pair win over the parameter
WHERE p.template <> 'pair_exclusive' OR NOT EXISTS (
	SELECT FROM meso_audit.knowledge_code k
	WHERE k.point_id = p.point_id AND k.version = p.point_version AND k.role = 'with')
UNION ALL
-- all_of_set by points: the codes of all points of the kind that may accuse are one pool
SELECT p.id, 'set', k.code, k.valid * o.valid
FROM reference.pool p
JOIN meso_audit.point_in_force o USING (kind_code)
JOIN meso_audit.knowledge_code k
	ON k.point_id = o.point_id AND k.version = o.version AND k.role = 'codes'
WHERE p.template = 'all_of_set' AND p.point_id IS NOT NULL AND o.understood = 'understood';

CREATE VIEW reference.known_codes AS
SELECT code FROM reference.subject
UNION
SELECT dise_codg FROM reference.subject WHERE dise_codg IS NOT NULL;

CREATE VIEW reference.pool_item_view AS
SELECT t.pool, t.role, c.code, range_agg(t.valid) AS days
FROM reference.pool_pattern t
JOIN reference.known_codes c ON reference.matches(c.code, t.pattern)
WHERE NOT isempty(t.valid)
GROUP BY 1, 2, 3;
CREATE TABLE reference.pool_item AS TABLE reference.pool_item_view WITH NO DATA;
CREATE INDEX ON reference.pool_item (pool, role, code);

-- What a pool judges -----------------------------------------------------------

CREATE VIEW reference.exempt AS
SELECT p.id AS pool, s.id AS subject
FROM meso_audit.rule_exemption e
JOIN reference.pool p ON p.code = COALESCE(e.rule_code, p.code)
JOIN reference.subject s ON e.valid @> s.day
	AND s.psn_no = COALESCE(e.psn_no, s.psn_no)
	AND s.fixmedins_code = COALESCE(e.fixmedins_code, s.fixmedins_code)
	AND (e.code IS NULL OR reference.matches(s.code, e.code))
	AND (e.diag_code IS NULL OR EXISTS (
		SELECT FROM reference.diagnosis d
		WHERE d.mdtrt_id = s.mdtrt_id AND reference.matches(d.diag_code, e.diag_code)));

-- Lines of no positive quantity or of negative amount, and lines that the fund
-- does not pay, are judged by few.
CREATE FUNCTION reference.candidate_in(period daterange)
RETURNS TABLE (pool integer, subject integer)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT p.id, s.id
	FROM reference.pool p
	JOIN reference.pool_item i ON i.pool = p.id AND i.role = p.judged_role
	JOIN reference.subject s
		ON s.code = i.code AND s.level = p.level AND i.days @> s.day AND p.days @> s.day
	WHERE period @> s.day
		AND reference.in_scope(p.scope, s.area, s.hosp_lv, s.med_type, s.insutype,
			s.fixmedins_type, s.fixmedins_code, s.psn_area)
		AND NOT reference.elsewhere(p.elsewhere, s.area, s.psn_area, s.fixmedins_code, s.day)
		AND (s.level <> 'line' OR p.template IN ('data_quality', 'expression')
			OR (s.cnt > 0 AND s.amount >= 0))
		AND NOT (p.payable_only AND s.level = 'line' AND s.inscp_amt IS NOT DISTINCT FROM 0)
	EXCEPT
	SELECT e.pool, e.subject FROM reference.exempt e;
END;

CREATE TABLE reference.candidate (pool integer, subject integer);
CREATE INDEX ON reference.candidate (pool, subject);

-- A judged line l with a line m of the same person (of the same institution where
-- the rule says so) whose code is in the pool's role on the day of l.
CREATE VIEW reference.mate AS
SELECT p.id AS pool, l.id AS subject, p.template, p.params, i.role, l, m
FROM reference.candidate c
JOIN reference.pool p ON p.id = c.pool
JOIN reference.subject l ON l.id = c.subject
JOIN reference.subject m ON m.psn_no = l.psn_no AND m.level = 'line'
	AND (NOT p.same_institution OR m.fixmedins_code = l.fixmedins_code)
JOIN reference.pool_item i ON i.pool = p.id AND i.code = m.code AND i.days @> l.day
	AND (m.code = l.code OR NOT (p.each_code AND i.role = p.judged_role))
WHERE l.level = 'line';

-- Windows of l, without regard to order; id counts a person's lines in total order.
CREATE FUNCTION reference.in_window(kind text, l reference.subject, m reference.subject)
RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN CASE kind
	WHEN 'line' THEN m.id = l.id
	WHEN 'day' THEN m.day = l.day
	WHEN 'settlement' THEN m.setl_id = l.setl_id
	WHEN 'rx' THEN m.setl_id = l.setl_id AND m.fixmedins_code = l.fixmedins_code
		AND m.rxno IS NOT DISTINCT FROM l.rxno
	WHEN 'visit' THEN
		CASE WHEN l.mdtrt_id IS NULL THEN m.setl_id = l.setl_id
			ELSE m.mdtrt_id = l.mdtrt_id END
	WHEN 'supply' THEN
		m.t = l.t OR (m.t <= l.t AND m.prd_days > 0 AND l.t < m.t + m.prd_days * interval '1 day')
	END;

-- A period of days or more counts calendar days, one of hours or less instants.
CREATE FUNCTION reference.in_period(period interval, l reference.subject, m reference.subject)
RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN date_trunc('day', period) = period AND extract(hour FROM period) = 0
		THEN m.day > l.day - period AND m.day <= l.day
		ELSE m.t > l.t - period AND m.t <= l.t
	END;

-- A closed window: nothing more is expected in it.
CREATE FUNCTION reference.closed(kind text, l reference.subject) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN kind = 'visit' AND l.mdtrt_id IS NOT NULL
		THEN l.endtime IS NOT NULL
		ELSE l.settled
	END;

-- The price of the ceiling's entry with most matching keys, then the longest
-- area, then the highest price; a key of the entry that l does not match rules it out.
CREATE FUNCTION reference.ceiling_price(ceiling jsonb, l reference.subject) RETURNS numeric
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT (e->>'price')::numeric
	FROM jsonb_array_elements(ceiling) e
	WHERE (NOT e ? 'hosp_lv' OR e->>'hosp_lv' = l.hosp_lv::text)
		AND (NOT e ? 'area' OR starts_with(l.area, e->>'area'))
		AND (NOT e ? 'med_type' OR e->>'med_type' = l.med_type)
	ORDER BY (e ? 'hosp_lv')::integer + (e ? 'area')::integer + (e ? 'med_type')::integer DESC,
		length(COALESCE(e->>'area', '')) DESC, (e->>'price')::numeric DESC
	LIMIT 1;
END;
