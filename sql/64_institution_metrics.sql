-- aggregate_threshold over a population: institutions, practitioners, and
-- anybody against peers. The batch alone judges these; persons by a fixed value
-- come out of the evaluator.

CREATE FUNCTION @extschema@.text_lists(lists jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
SELECT COALESCE(jsonb_object_agg(l.key, (
		SELECT jsonb_agg(e.value #>> '{}')
		FROM jsonb_array_elements(CASE jsonb_typeof(l.value)
			WHEN 'array' THEN l.value ELSE jsonb_build_array(l.value) END) AS e(value))), '{}')
FROM jsonb_each(lists) AS l(key, value)
WHERE jsonb_typeof(l.value) <> 'null'
$$;
COMMENT ON FUNCTION @extschema@.text_lists(jsonb) IS
'Lists by name as the evaluator reads them: elements as text, a lone value as a list of one, null as if it were not there.';

CREATE FUNCTION @extschema@.metric_in_scope(
	scope jsonb, area text, hosp_lv smallint, med_type text, insutype text,
	fixmedins_type text, fixmedins_code text, psn_area text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10
-- resolved here and without settings of its own, so that the planner can put it into a query over every line
RETURN scope OPERATOR(pg_catalog.=) '{}' OR COALESCE(
	(NOT scope OPERATOR(pg_catalog.?) 'area' OR scope OPERATOR(pg_catalog.->) 'area' OPERATOR(pg_catalog.?|)
		ARRAY[pg_catalog.left(area, 2), pg_catalog.left(area, 4), pg_catalog.left(area, 6)])
	AND (NOT scope OPERATOR(pg_catalog.?) 'hosp_lv' OR scope OPERATOR(pg_catalog.->) 'hosp_lv' OPERATOR(pg_catalog.?) hosp_lv::text)
	AND (NOT scope OPERATOR(pg_catalog.?) 'med_type' OR scope OPERATOR(pg_catalog.->) 'med_type' OPERATOR(pg_catalog.?) med_type)
	AND (NOT scope OPERATOR(pg_catalog.?) 'insutype' OR scope OPERATOR(pg_catalog.->) 'insutype' OPERATOR(pg_catalog.?) insutype)
	AND (NOT scope OPERATOR(pg_catalog.?) 'fixmedins_type' OR scope OPERATOR(pg_catalog.->) 'fixmedins_type' OPERATOR(pg_catalog.?) fixmedins_type)
	AND (NOT scope OPERATOR(pg_catalog.?) 'fixmedins_code' OR scope OPERATOR(pg_catalog.->) 'fixmedins_code' OPERATOR(pg_catalog.?) fixmedins_code)
	AND (NOT scope OPERATOR(pg_catalog.?) 'psn_area' OR scope OPERATOR(pg_catalog.->) 'psn_area' OPERATOR(pg_catalog.?|)
		ARRAY[pg_catalog.left(psn_area, 2), pg_catalog.left(psn_area, 4), pg_catalog.left(psn_area, 6)]), false);
COMMENT ON FUNCTION @extschema@.metric_in_scope(jsonb, text, smallint, text, text, text, text, text) IS
'Whether a row with these attributes is in a rule''s scope, lists of texts; a NULL that the scope asks for is not.';

CREATE FUNCTION @extschema@.code_prefixes(codes text[])
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ARRAY(SELECT left(c, -1) FROM unnest(codes) c WHERE right(c, 1) = '%')
$$;
COMMENT ON FUNCTION @extschema@.code_prefixes(text[]) IS
'Of a list of codes those with a trailing %, without it.';

CREATE FUNCTION @extschema@.code_in(code text, codes text[], prefixes text[])
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 2
-- so that the planner can put it into a query over every line
RETURN code OPERATOR(pg_catalog.=) ANY (codes) OR code OPERATOR(pg_catalog.^@) ANY (prefixes);
COMMENT ON FUNCTION @extschema@.code_in(text, text[], text[]) IS
'Whether a code is in a list of codes, or begins with one of code_prefixes() of it.';

CREATE FUNCTION @extschema@.insured_area(scope jsonb, psn_no text)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 20
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF scope ? 'psn_area' THEN
		RETURN (SELECT p.insu_admdvs FROM person p WHERE p.psn_no = insured_area.psn_no LIMIT 1);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @extschema@.insured_area(jsonb, text) IS
'Area where a person is insured, if the scope asks for it.';

CREATE FUNCTION @extschema@.insured_type(psn_no text, day date)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 20
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	RETURN (SELECT min(p.insutype COLLATE "C") FROM person_insurance p
		WHERE p.psn_no = insured_type.psn_no AND p.paused IS NOT TRUE
			AND day >= COALESCE(p.begndate, '-infinity') AND day < COALESCE(p.enddate, 'infinity'));
END
$$;
COMMENT ON FUNCTION @extschema@.insured_type(text, date) IS
'Kind of insurance (险种) of a person on a day; the lowest code of several.';

CREATE FUNCTION @extschema@.taken_off()
RETURNS TABLE (setl_id text, feedetl_sn text, cnt numeric, amount numeric)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000 ROWS 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT COALESCE(s.init_setl_id, l.setl_id), l.init_feedetl_sn, sum(abs(l.cnt)), sum(abs(l.det_item_fee_sumamt))
	FROM fee_line l
	LEFT JOIN settlement s ON s.setl_id = l.setl_id
		AND num_nulls(s.psn_no, s.fixmedins_code, s.setl_time) = 0
	WHERE l.init_feedetl_sn IS NOT NULL
		AND num_nulls(l.setl_id, l.feedetl_sn, l.psn_no, l.fixmedins_code, l.fee_ocur_time,
			l.med_list_codg, l.cnt, l.det_item_fee_sumamt) = 0
		AND fits(l.cnt) AND fits(l.det_item_fee_sumamt)
		AND s.refd_setl_flag IS DISTINCT FROM '1'
	GROUP BY 1, 2;
END
$$;
COMMENT ON FUNCTION @extschema@.taken_off() IS
'What reversing lines take off the lines that they name, quantity and amount. Reads what the caller may read.';

/*
 * The rows that a metric counts, each of one subject: what it adds (value),
 * what distinct things are counted of it (item), whether it is of the part
 * that is asked for (part).
 */
CREATE FUNCTION @extschema@.metric_rows(
	metric text, subject_is text, params jsonb, scope jsonb, since timestamp, until timestamp)
RETURNS TABLE (subject text, t timestamp, key1 text, key2 text, value numeric, item text, part boolean)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000000 ROWS 100000
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
-- what is asked of NULLs and numbers lets the planner expect a row or two
SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	patterns	jsonb := COALESCE(params -> CASE metric_rows.metric WHEN 'diag_rate' THEN 'diag' ELSE 'items' END, '[]');
	codes		text[] := ARRAY(SELECT jsonb_array_elements_text(patterns));
	prefixes	text[] := code_prefixes(codes);
BEGIN
	IF metric_rows.metric IN ('settlements', 'amount', 'fund_amount', 'institutions', 'persons') THEN
		RETURN QUERY
		SELECT x.subject, x.t, x.setl_id, ''::text, x.value, x.item, NULL::boolean
		FROM (
			SELECT CASE subject_is WHEN 'institution' THEN s.fixmedins_code
					WHEN 'practitioner' THEN v.chfpdr_code ELSE s.psn_no END AS subject,
				s.setl_time AS t, s.setl_id,
				CASE WHEN metric_rows.metric = 'amount' AND fits(s.medfee_sumamt) THEN s.medfee_sumamt
					WHEN metric_rows.metric = 'fund_amount' AND fits(s.fund_pay_sumamt) THEN s.fund_pay_sumamt
				END AS value,
				CASE metric_rows.metric WHEN 'institutions' THEN s.fixmedins_code
					WHEN 'persons' THEN s.psn_no END AS item,
				metric_in_scope(scope, i.fix_blng_admdvs, i.hosp_lv, COALESCE(s.med_type, v.med_type),
					CASE WHEN scope ? 'insutype' THEN COALESCE(s.insutype, insured_type(s.psn_no, s.setl_time::date)) END,
					i.fixmedins_type, s.fixmedins_code, CASE WHEN scope ? 'psn_area' THEN insured_area(scope, s.psn_no) END) AS counted
			FROM settlement s
			LEFT JOIN visit v ON v.mdtrt_id = s.mdtrt_id
				AND num_nulls(v.psn_no, v.fixmedins_code, v.begntime) = 0
			LEFT JOIN institution i ON i.fixmedins_code = s.fixmedins_code
			WHERE s.setl_time >= since AND s.setl_time < until
				AND num_nulls(s.setl_id, s.psn_no, s.fixmedins_code) = 0
				AND s.refd_setl_flag IS DISTINCT FROM '1'
		) x
		WHERE x.subject IS NOT NULL AND x.counted;
	ELSIF metric_rows.metric IN ('visits', 'stays', 'readmissions', 'readmission_rate', 'stay_gap', 'diag_rate') THEN
		RETURN QUERY
		SELECT CASE subject_is WHEN 'institution' THEN g.fixmedins_code
				WHEN 'practitioner' THEN g.chfpdr_code ELSE g.psn_no END,
			g.begntime, g.mdtrt_id, ''::text, g.gap::numeric, NULL::text,
			CASE WHEN metric_rows.metric = 'diag_rate' THEN EXISTS (
				SELECT FROM diagnosis d
				WHERE d.mdtrt_id = g.mdtrt_id AND d.vali_flag IS DISTINCT FROM '0' AND d.diag_srt_no IS NOT NULL
					AND code_in(d.diag_code, codes, prefixes))
			ELSE g.gap <= (params ->> 'days')::integer END
		FROM (
			SELECT w.*, CASE WHEN w.begntime::date >= w.left_at::date
				THEN w.begntime::date - w.left_at::date END AS gap
			FROM (
				-- the stay before: at the same place, but for a person's readmissions
				SELECT v.*, CASE WHEN v.is_stay THEN lag(v.endtime) OVER (
					PARTITION BY v.psn_no, v.is_stay, CASE WHEN subject_is <> 'person'
						OR metric_rows.metric = 'stay_gap' THEN v.fixmedins_code END
					ORDER BY v.begntime, v.mdtrt_id COLLATE "C") END AS left_at
				FROM (
					SELECT u.*, (u.med_type LIKE '2%' OR u.med_type = '52') IS TRUE AS is_stay,
						metric_in_scope(scope, i.fix_blng_admdvs, i.hosp_lv, u.med_type,
							CASE WHEN scope ? 'insutype' THEN insured_type(u.psn_no, u.begntime::date) END,
							i.fixmedins_type, u.fixmedins_code, CASE WHEN scope ? 'psn_area' THEN insured_area(scope, u.psn_no) END) AS counted
					FROM visit u
					LEFT JOIN institution i ON i.fixmedins_code = u.fixmedins_code
					WHERE u.begntime < until
						AND num_nulls(u.mdtrt_id, u.psn_no, u.fixmedins_code, u.begntime) = 0
						AND (u.begntime >= since
							OR metric_rows.metric IN ('readmissions', 'readmission_rate', 'stay_gap'))
				) v
				WHERE v.counted AND (v.is_stay OR metric_rows.metric = 'visits')
			) w
		) g
		WHERE g.begntime >= since AND CASE subject_is WHEN 'institution' THEN g.fixmedins_code
			WHEN 'practitioner' THEN g.chfpdr_code ELSE g.psn_no END IS NOT NULL;
	ELSIF metric_rows.metric IN ('share', 'drug_codes') THEN
		RETURN QUERY
		SELECT x.subject, x.t, x.setl_id, x.feedetl_sn, x.value, x.item, x.part
		FROM (
			SELECT CASE subject_is WHEN 'institution' THEN l.fixmedins_code
					WHEN 'practitioner' THEN l.bilg_dr_code ELSE l.psn_no END AS subject,
				l.fee_ocur_time AS t, l.setl_id, l.feedetl_sn,
				CASE metric_rows.metric WHEN 'drug_codes' THEN l.med_list_codg END AS item,
				l.det_item_fee_sumamt - COALESCE(k.amount, 0) AS value,
				CASE metric_rows.metric WHEN 'share' THEN
					(params -> 'chrgitm' ? l.med_chrgitm_type) IS TRUE
					OR code_in(l.med_list_codg, codes, prefixes)
				END AS part,
				metric_in_scope(scope, i.fix_blng_admdvs, i.hosp_lv, COALESCE(s.med_type, v.med_type),
					CASE WHEN scope ? 'insutype' THEN COALESCE(s.insutype, insured_type(l.psn_no, l.fee_ocur_time::date)) END,
					i.fixmedins_type, l.fixmedins_code, CASE WHEN scope ? 'psn_area' THEN insured_area(scope, l.psn_no) END) AS counted
			FROM fee_line l
			LEFT JOIN taken_off() k ON k.setl_id = l.setl_id AND k.feedetl_sn = l.feedetl_sn
			LEFT JOIN settlement s ON s.setl_id = l.setl_id
				AND num_nulls(s.psn_no, s.fixmedins_code, s.setl_time) = 0
			LEFT JOIN visit v ON v.mdtrt_id = COALESCE(l.mdtrt_id, s.mdtrt_id)
				AND num_nulls(v.psn_no, v.fixmedins_code, v.begntime) = 0
			LEFT JOIN institution i ON i.fixmedins_code = l.fixmedins_code
			WHERE l.fee_ocur_time >= since AND l.fee_ocur_time < until
				AND num_nulls(l.setl_id, l.feedetl_sn, l.psn_no, l.fixmedins_code,
					l.med_list_codg, l.cnt, l.det_item_fee_sumamt) = 0
				AND fits(l.cnt) AND fits(l.det_item_fee_sumamt) AND fits(l.pric) IS NOT FALSE
				AND l.init_feedetl_sn IS NULL AND (k.cnt IS NULL OR l.cnt - k.cnt > 0)
				AND s.refd_setl_flag IS DISTINCT FROM '1'
				AND (metric_rows.metric = 'share' OR l.list_type LIKE '1%')
		) x
		WHERE x.subject IS NOT NULL AND x.counted;
	ELSIF metric_rows.metric = 'unstocked' THEN
		RETURN QUERY
		SELECT u.fixmedins_code, u.fee_ocur_time, u.setl_id, u.feedetl_sn, u.amount, NULL::text, u.unstocked
		FROM unstocked_lines(params -> 'items', COALESCE((params ->> 'days')::integer, 0), scope, until) u
		WHERE u.fee_ocur_time >= since AND u.counted;
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.metric_rows(text, text, jsonb, jsonb, timestamp, timestamp) IS
'Rows in [since, until) that a metric of aggregate_threshold counts, by person, institution or practitioner. A practitioner''s settlements and visits are those of the attending physician, lines those of the ordering one.';

CREATE FUNCTION @extschema@.metric_value(
	metric text, n bigint, total numeric, part_total numeric, items bigint, parts bigint,
	smallest numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 5
AS $$
SELECT CASE
	WHEN metric IN ('visits', 'settlements', 'stays') THEN n
	WHEN metric IN ('amount', 'fund_amount') THEN total
	WHEN metric IN ('institutions', 'persons', 'drug_codes') THEN items
	WHEN metric IN ('share', 'unstocked') AND total OPERATOR(pg_catalog.>) 0
		THEN part_total OPERATOR(pg_catalog./) total
	WHEN metric OPERATOR(pg_catalog.=) 'readmissions' THEN parts
	WHEN metric IN ('readmission_rate', 'diag_rate') AND n OPERATOR(pg_catalog.>) 0
		THEN parts::pg_catalog.numeric OPERATOR(pg_catalog./) n
	WHEN metric OPERATOR(pg_catalog.=) 'stay_gap' THEN smallest
END
$$;
COMMENT ON FUNCTION @extschema@.metric_value(text, bigint, numeric, numeric, bigint, bigint, numeric) IS
'A metric out of what was counted: rows, sum, sum of the part, distinct items, rows of the part, smallest value.';

CREATE FUNCTION @extschema@.metric_above(value numeric, op text, threshold numeric)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 5
AS $$
SELECT COALESCE(CASE op
	WHEN '>' THEN value OPERATOR(pg_catalog.>) threshold
	WHEN '>=' THEN value OPERATOR(pg_catalog.>=) threshold
	WHEN '<' THEN value OPERATOR(pg_catalog.<) threshold
	WHEN '<=' THEN value OPERATOR(pg_catalog.<=) threshold
END, false)
$$;
COMMENT ON FUNCTION @extschema@.metric_above(numeric, text, numeric) IS
'Whether a value breaks the limit; not for NULL or an operator other than >, >=, <, <=.';

-- Median of a sorted list without one of its members.
CREATE FUNCTION @extschema@.median_of_others(sorted numeric[], place integer)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 20
SET search_path = pg_catalog, pg_temp
AS $$
SELECT (sorted[lo + (lo >= place)::integer] + sorted[hi + (hi >= place)::integer]) / 2
FROM (SELECT cardinality(sorted) / 2 AS lo, (cardinality(sorted) + 1) / 2 AS hi) AS n_1(lo, hi)
$$;
COMMENT ON FUNCTION @extschema@.median_of_others(numeric[], integer) IS
'Median of the other members of a sorted list than the one at this place (from 1); NULL for a list of one.';

/*
 * All that median_of_others() distinguishes about a place: below, in, or above
 * the middle. So medians are taken a few times a group, not once a member.
 */
CREATE FUNCTION @extschema@.median_side(place bigint, n bigint)
RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5
SET search_path = pg_catalog, pg_temp
AS $$
SELECT CASE WHEN 2 * place = n + 1 THEN place WHEN 2 * place <= n THEN 1 ELSE n END::integer
$$;
COMMENT ON FUNCTION @extschema@.median_side(bigint, bigint) IS
'First, middle or last place of n: the one with the same median of the others as this place.';

CREATE FUNCTION @extschema@.peer_group(subject_is text, attributes jsonb)
RETURNS TABLE (subject text, peers text)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000 ROWS 10000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	names	text[] := ARRAY(
		SELECT CASE n.name WHEN 'area' THEN 'fix_blng_admdvs' WHEN 'psn_area' THEN 'insu_admdvs'
			WHEN 'title' THEN 'pro_tech_duty' ELSE n.name END
		FROM jsonb_array_elements_text(CASE jsonb_typeof(attributes)
			WHEN 'array' THEN attributes WHEN 'string' THEN jsonb_build_array(attributes)
			ELSE '[]' END) AS n(name));
BEGIN
	RETURN QUERY
	SELECT a.subject, string_agg(format('%s=%s', u.name, a.j ->> u.name), ',' ORDER BY u.n)
	FROM (
		SELECT i.fixmedins_code AS subject, to_jsonb(i) AS j
		FROM institution i WHERE subject_is = 'institution' AND i.fixmedins_code IS NOT NULL
		UNION ALL
		SELECT DISTINCT ON (d.prac_psn_code) d.prac_psn_code, to_jsonb(d)
		FROM practitioner d WHERE subject_is = 'practitioner' AND d.prac_psn_code IS NOT NULL
		UNION ALL
		SELECT p.psn_no, to_jsonb(p)
		FROM person p WHERE subject_is = 'person' AND p.psn_no IS NOT NULL
	) a
	CROSS JOIN unnest(names) WITH ORDINALITY AS u(name, n)
	GROUP BY a.subject
	HAVING bool_and(a.j ->> u.name IS NOT NULL);
END
$$;
COMMENT ON FUNCTION @extschema@.peer_group(text, jsonb) IS
'Group of every subject by the attributes named (columns of its fact); a subject with a NULL among them is in none.';

/*
 * One rule version over calendar periods: a value per subject and period, a z
 * where the rule compares peers. z = (x - median) / (1.4826 MAD) of the others
 * of the group; at least 10 others and a MAD above 0, else none.
 */
CREATE FUNCTION @extschema@.judge_calendar(
	params jsonb, scope jsonb, since timestamp, until timestamp)
RETURNS TABLE (subject text, begins timestamp, ends timestamp, last_day date, value numeric,
	z double precision, median numeric, others bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000000 ROWS 1000
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
	unit	text := params ->> 'period';
	metric	text := params ->> 'metric';
	by_		text := COALESCE(params ->> 'by', 'person');
	least	bigint := COALESCE((params ->> 'at_least')::bigint, 0);
BEGIN
	RETURN QUERY
	WITH val AS MATERIALIZED (
		SELECT q.subject, q.begins,
			CASE WHEN q.n >= least THEN metric_value(metric, q.n, q.total, q.part_total, q.items, q.parts, q.smallest) END AS value
		FROM (
			-- in two steps: to count distinct items in one, all rows would be sorted
			SELECT i.subject, i.begins, sum(i.n)::bigint AS n, sum(i.total) AS total,
				sum(i.part_total) AS part_total, count(i.item) AS items, sum(i.parts)::bigint AS parts,
				min(i.smallest) AS smallest
			FROM (
				SELECT r.subject, date_trunc(unit, r.t) AS begins, r.item, count(*) AS n, sum(r.value) AS total,
					sum(r.value) FILTER (WHERE r.part) AS part_total,
					count(*) FILTER (WHERE r.part) AS parts, min(r.value) AS smallest
				FROM metric_rows(metric, by_, params, scope, since, until) r
				-- of the calendar's first and last year not every period has both ends
				WHERE r.t >= '4713-01-01 BC' AND r.t < '294276-01-01'
				GROUP BY 1, 2, 3
			) i
			GROUP BY 1, 2
		) q
	), grp AS MATERIALIZED (
		SELECT v.subject, v.begins, v.value, COALESCE(g.peers, '') AS peers,
			row_number() OVER w AS place, count(*) OVER (PARTITION BY v.begins, g.peers) AS n
		FROM val v
		LEFT JOIN peer_group(by_, params -> 'peer' -> 'group') g ON g.subject = v.subject
		WHERE params ? 'peer' AND v.value IS NOT NULL
			AND (g.subject IS NOT NULL OR jsonb_typeof(params -> 'peer' -> 'group') IS NULL)
		WINDOW w AS (PARTITION BY v.begins, g.peers ORDER BY v.value, v.subject COLLATE "C")
	), mid AS MATERIALIZED (
		SELECT a.begins, a.peers, u.side, median_of_others(a.sorted, u.side) AS median
		FROM (
			SELECT g.begins, g.peers, array_agg(g.value ORDER BY g.place) AS sorted, max(g.n) AS n
			FROM grp g WHERE g.n > 10 GROUP BY 1, 2
		) a
		CROSS JOIN LATERAL (
			SELECT DISTINCT s.side FROM unnest(ARRAY[1, (a.n + 1) / 2, a.n]::integer[]) AS s(side)
		) u
	), dev AS MATERIALIZED (
		SELECT g.begins, g.peers, m.side, m.median, g.subject, g.n,
			median_side(g.place, g.n) = m.side AS own,
			abs(g.value - m.median) AS d,
			row_number() OVER (PARTITION BY g.begins, g.peers, m.side
				ORDER BY abs(g.value - m.median), g.subject COLLATE "C") AS place
		FROM grp g JOIN mid m ON m.begins = g.begins AND m.peers = g.peers
	), mad AS MATERIALIZED (
		SELECT a.begins, a.peers, a.side, u.side AS place_side, median_of_others(a.sorted, u.side) AS mad
		FROM (
			SELECT d.begins, d.peers, d.side, array_agg(d.d ORDER BY d.place) AS sorted, max(d.n) AS n
			FROM dev d GROUP BY 1, 2, 3
		) a
		CROSS JOIN LATERAL (
			SELECT DISTINCT s.side FROM unnest(ARRAY[1, (a.n + 1) / 2, a.n]::integer[]) AS s(side)
		) u
	), far AS (
		SELECT d.subject, d.begins, d.median, d.n - 1 AS others, a.mad
		FROM dev d
		JOIN mad a ON a.begins = d.begins AND a.peers = d.peers AND a.side = d.side
			AND a.place_side = median_side(d.place, d.n)
		WHERE d.own AND a.mad > 0
	)
	SELECT v.subject, v.begins, v.begins + ('1 ' || unit)::interval,
		(v.begins + ('1 ' || unit)::interval)::date - 1, v.value,
		((v.value - f.median) / (1.4826 * f.mad))::double precision, f.median, f.others
	FROM val v
	LEFT JOIN far f ON f.subject = v.subject AND f.begins = v.begins;
END
$$;
COMMENT ON FUNCTION @extschema@.judge_calendar(jsonb, jsonb, timestamp, timestamp) IS
'Values of a metric per subject and day, ISO week, month or year, with z, median and number of the others where the rule compares peers.';

CREATE FUNCTION @extschema@.decided_elsewhere(others @extschema@.place_days[], subject_is text, subject text, day date)
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 20
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	RETURN others IS NOT NULL AND CASE subject_is
		WHEN 'institution' THEN is_elsewhere(others, (
			SELECT i.fix_blng_admdvs FROM institution i WHERE i.fixmedins_code = subject LIMIT 1), NULL, subject, day)
		WHEN 'person' THEN is_elsewhere(others, NULL, insured_area('{"psn_area": []}', subject), NULL, day)
		ELSE false END;
END
$$;
COMMENT ON FUNCTION @extschema@.decided_elsewhere(@extschema@.place_days[], text, text, date) IS
'Whether a narrower version of a rule decides on a subject that day.';

/*
 * One rule version over rolling days: judged at each row over the days that
 * end with it, rows of the same day up to itself. Sums of a window are those of
 * the days before plus those of the day so far; distinct items are counted
 * anew.
 */
CREATE FUNCTION @extschema@.judge_rolling(
	params jsonb, scope jsonb, judged datemultirange, elsewhere @extschema@.place_days[], until timestamp)
RETURNS TABLE (subject text, begins timestamp, ends timestamp, first_day date, value numeric)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000000 ROWS 1000
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
	metric	text := params ->> 'metric';
	days	interval := (params ->> 'period')::interval;
	before	interval := days - interval '1 day';
	least	bigint := COALESCE((params ->> 'at_least')::bigint, 0);
BEGIN
	RETURN QUERY
	WITH x AS MATERIALIZED (
		SELECT r.*, r.t::date::timestamp AS day,
			row_number() OVER (PARTITION BY r.subject
				ORDER BY r.t, r.key1 COLLATE "C", r.key2 COLLATE "C") AS n
		FROM metric_rows(metric, COALESCE(params ->> 'by', 'person'), params, scope,
			'-infinity', until) r
		-- the window begins within the calendar
		WHERE r.t >= '4713-01-01 BC'::timestamp + days AND r.t < 'infinity'
	), seen AS (
		SELECT x.subject, x.t, x.day, x.n, count(*) OVER past + count(*) OVER today AS counted,
			metric_value(metric,
				count(*) OVER past + count(*) OVER today,
				COALESCE(sum(x.value) OVER past + sum(x.value) OVER today,
					sum(x.value) OVER past, sum(x.value) OVER today),
				COALESCE(sum(x.value) FILTER (WHERE x.part) OVER past
					+ sum(x.value) FILTER (WHERE x.part) OVER today,
					sum(x.value) FILTER (WHERE x.part) OVER past,
					sum(x.value) FILTER (WHERE x.part) OVER today),
				CASE WHEN metric IN ('institutions', 'persons', 'drug_codes') THEN (
					SELECT count(DISTINCT o.item) FROM x o
					WHERE o.subject = x.subject AND o.n <= x.n AND o.day > x.day - days) END,
				count(*) FILTER (WHERE x.part) OVER past + count(*) FILTER (WHERE x.part) OVER today,
				LEAST(min(x.value) OVER past, min(x.value) OVER today)) AS value
		FROM x
		WINDOW past AS (PARTITION BY x.subject ORDER BY x.day
				RANGE BETWEEN before PRECEDING AND '1 day'::interval PRECEDING),
			today AS (PARTITION BY x.subject, x.day ORDER BY x.n)
	), above AS (
		SELECT s.*, s.counted >= least AND metric_above(s.value, params ->> 'op', (params ->> 'value')::numeric) AS high
		FROM seen s
		WHERE judged @> s.day::date
			AND NOT decided_elsewhere(elsewhere, COALESCE(params ->> 'by', 'person'), s.subject, s.day::date)
	), run AS (
		SELECT a.*, count(*) FILTER (WHERE NOT a.high) OVER (PARTITION BY a.subject ORDER BY a.n) AS run_no
		FROM above a
	)
	SELECT r.subject, min(r.t), max(r.t), min(r.t)::date, (array_agg(r.value ORDER BY r.n))[1]
	FROM run r
	WHERE r.high
	GROUP BY r.subject, r.run_no;
END
$$;
COMMENT ON FUNCTION @extschema@.judge_rolling(jsonb, jsonb, datemultirange, @extschema@.place_days[], timestamp) IS
'Maximal runs of events over a limit among those of the judged days, judged at each event over the days that end with it: first and last event of the run, and the value at the first.';

CREATE FUNCTION @extschema@.judge_version(r @extschema@.rule_in_force, audited daterange)
RETURNS SETOF @extschema@.audit_finding
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000000 ROWS 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	until	timestamp := COALESCE(upper(audited)::timestamp, 'infinity');
	since	timestamp := '-infinity';
BEGIN
	r.scope := text_lists(r.scope);
	r.params := r.params || text_lists(jsonb_build_object('chrgitm', r.params -> 'chrgitm',
		'items', r.params -> 'items', 'diag', r.params -> 'diag'));
	IF r.params ->> 'period' IN ('day', 'week', 'month', 'year') AND NOT lower_inf(audited) THEN
		since := date_trunc(r.params ->> 'period', lower(audited)::timestamp);
	END IF;
	RETURN QUERY
	SELECT finding_key('rule', r.code, 'subject', h.subject, to_char(h.begins, 'YYYY-MM-DD HH24:MI:SS')),
		r.code, r.kind_code, r.version, NULL::text, 'subject'::text,
		CASE who.is_ WHEN 'person' THEN h.subject END,
		CASE who.is_ WHEN 'institution' THEN h.subject END,
		CASE who.is_ WHEN 'practitioner' THEN h.subject END,
		NULL::text, NULL::text, NULL::text, NULL::text,
		jsonb_strip_nulls(jsonb_build_object('metric', r.params ->> 'metric',
			'value', round(h.value, 4), 'median', round(h.median, 4), 'others', h.others)),
		tsrange(h.begins, h.ends, h.bounds), NULL::numeric, h.z::real, r.certainty, r.action,
		h.judged_day
	FROM (
		SELECT c.subject, c.begins, c.ends, '[)'::text AS bounds, c.last_day AS judged_day,
			c.value, c.z, c.median, c.others,
			CASE WHEN r.params ? 'peer'
				THEN metric_above(c.z::numeric, COALESCE(r.params ->> 'op', '>='),
					(r.params -> 'peer' ->> 'z')::numeric)
				ELSE metric_above(c.value, r.params ->> 'op', (r.params ->> 'value')::numeric)
			END AS hit
		FROM judge_calendar(r.params, r.scope, since, until) c
		WHERE r.params ->> 'period' IN ('day', 'week', 'month', 'year')
		UNION ALL
		SELECT o.subject, o.begins, o.ends, '[]', o.first_day, o.value, NULL, NULL, NULL, true
		FROM judge_rolling(r.params, r.scope, r.days, r.elsewhere, until) o
		WHERE r.params ->> 'period' NOT IN ('day', 'week', 'month', 'year')
			AND NOT r.params ? 'peer'
	) h
	CROSS JOIN (SELECT COALESCE(r.params ->> 'by', 'person')) AS who(is_)
	WHERE h.hit AND h.judged_day <@ audited AND r.days @> h.judged_day
		AND NOT decided_elsewhere(r.elsewhere, who.is_, h.subject, h.judged_day)
		AND NOT EXISTS (
			SELECT FROM rule_exemption e
			WHERE COALESCE(e.rule_code, r.code) = r.code AND e.valid @> h.judged_day
				AND num_nonnulls(e.psn_no, e.fixmedins_code, e.diag_code, e.code) = 1
				AND h.subject = CASE who.is_ WHEN 'person' THEN e.psn_no
					WHEN 'institution' THEN e.fixmedins_code END);
END
$$;
COMMENT ON FUNCTION @extschema@.judge_version(@extschema@.rule_in_force, daterange) IS
'Findings of one version of a rule over a population in a period: subjects over the limit, or further from their peers than allowed. Reads what the caller may read.';

CREATE FUNCTION @extschema@.judge_population(rule_code text, audited daterange)
RETURNS SETOF @extschema@.audit_finding
LANGUAGE sql STABLE PARALLEL SAFE COST 1000000 ROWS 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT h.*
	FROM population_rules() p, judge_version(p, audited) h
	WHERE p.code = rule_code AND p.action <> 'remind'
$$;
COMMENT ON FUNCTION @extschema@.judge_population(text, daterange) IS
'Findings of one of population_rules() in a period. Reads what the caller may read.';
