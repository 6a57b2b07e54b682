-- aggregate_threshold: the rows that a rule counts, by subject (person, institution or
-- practitioner); their metric per calendar period, and per event over the days that
-- end with it; a fixed value, or the distance from one's peers.
-- What an institution has of an item by its own books, from its first opening stock on:
-- what came in by the end of a day, less what went out other than by sale.
CREATE VIEW reference.stocked AS
SELECT m.fixmedins_code, m.med_list_codg, m.inv_chg_time,
	CASE WHEN m.inv_chg_type IN ('opening', 'purchase', 'gain', 'transfer_in') THEN abs(m.cnt)
		ELSE -abs(m.cnt) END AS cnt,
	min(m.inv_chg_time) FILTER (WHERE m.inv_chg_type = 'opening')
		OVER (PARTITION BY m.fixmedins_code, m.med_list_codg) AS since
FROM meso_audit.stock_movement m
WHERE num_nulls(m.fixmedins_code, m.med_list_codg, m.inv_chg_type, m.cnt, m.inv_chg_time) = 0
	AND m.inv_chg_type IN ('opening', 'purchase', 'gain', 'transfer_in', 'purchase_return', 'loss', 'transfer_out');

-- Lines since the opening stock of their item, and whether all that were billed up to
-- and including the line are more than there was so many days later.
CREATE FUNCTION reference.unstocked(items jsonb, days integer)
RETURNS TABLE (id integer, unstocked boolean) LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT l.id, sum(l.cnt) OVER (PARTITION BY l.fixmedins_code, l.code
			ORDER BY l.t, l.setl_id COLLATE "C", l.feedetl_sn COLLATE "C") > (
		SELECT sum(m.cnt) FROM reference.stocked m
		WHERE m.fixmedins_code = l.fixmedins_code AND m.med_list_codg = l.code
			AND m.inv_chg_time >= m.since AND m.inv_chg_time::date <= l.day + days)
	FROM reference.subject l
	WHERE l.level = 'line'
		AND EXISTS (SELECT FROM reference.text_list(items) t(pattern) WHERE reference.matches(l.code, t.pattern))
		AND l.t >= (SELECT min(m.since) FROM reference.stocked m
			WHERE m.fixmedins_code = l.fixmedins_code AND m.med_list_codg = l.code);
END;

CREATE VIEW reference.counted AS
SELECT r.code, r.version, r.days, r.elsewhere, r.params, r.certainty, b.subject_is, x.subject, x.t, x.t::date AS day,
	row_number() OVER (PARTITION BY r.code, r.version, x.subject
		ORDER BY x.t, x.key1 COLLATE "C", x.key2 COLLATE "C") AS n,
	x.value, x.item, x.part
FROM reference.rule r
CROSS JOIN LATERAL (SELECT r.params->>'metric', COALESCE(r.params->>'by', 'person')) b(metric, subject_is)
CROSS JOIN LATERAL (
	SELECT CASE b.subject_is WHEN 'person' THEN s.psn_no WHEN 'institution' THEN s.fixmedins_code
			ELSE (SELECT v.chfpdr_code FROM reference.visit v WHERE v.mdtrt_id = s.mdtrt_id)
			END AS subject,
		s.setl_time AS t, s.setl_id AS key1, '' AS key2,
		CASE b.metric WHEN 'amount' THEN s.medfee_sumamt
			WHEN 'fund_amount' THEN s.fund_pay_sumamt END AS value,
		CASE b.metric WHEN 'persons' THEN s.psn_no ELSE s.fixmedins_code END AS item,
		NULL::boolean AS part
	FROM reference.claim s
	WHERE b.metric IN ('settlements', 'amount', 'fund_amount', 'institutions', 'persons')
		AND NOT s.refunded
		AND reference.in_scope(r.scope, s.area, s.hosp_lv, s.med_type, s.insutype,
			s.fixmedins_type, s.fixmedins_code, s.psn_area)
	UNION ALL
	SELECT CASE b.subject_is WHEN 'person' THEN w.psn_no WHEN 'institution' THEN w.fixmedins_code
			ELSE (SELECT v.chfpdr_code FROM reference.visit v WHERE v.mdtrt_id = w.mdtrt_id) END,
		w.begntime, w.mdtrt_id, '', g.gap, NULL,
		CASE b.metric WHEN 'diag_rate' THEN EXISTS (
			SELECT FROM reference.diagnosis d, reference.text_list(r.params->'diag') t(pattern)
			WHERE d.mdtrt_id = w.mdtrt_id AND reference.matches(d.diag_code, t.pattern))
			ELSE g.gap <= (r.params->>'days')::integer END
	FROM (
		-- from the end of the person's stay before, at the same institution but for a
		-- person's readmissions
		SELECT v.*, CASE WHEN v.is_stay THEN
				v.day - lag(v.endtime) OVER (
					PARTITION BY v.psn_no, v.is_stay,
						CASE WHEN b.metric = 'stay_gap' OR b.subject_is <> 'person'
							THEN v.fixmedins_code END
					ORDER BY v.begntime, v.mdtrt_id COLLATE "C")::date END AS gap
		FROM reference.stay v
		WHERE reference.in_scope(r.scope, v.area, v.hosp_lv, v.med_type, v.insutype,
			v.fixmedins_type, v.fixmedins_code, v.psn_area)
	) w CROSS JOIN LATERAL (SELECT CASE WHEN w.gap >= 0 THEN w.gap END) g(gap)
	WHERE b.metric IN ('visits', 'stays', 'readmissions', 'readmission_rate', 'stay_gap', 'diag_rate')
		AND (b.metric = 'visits' OR w.is_stay)
	UNION ALL
	SELECT CASE b.subject_is WHEN 'person' THEN l.psn_no WHEN 'institution' THEN l.fixmedins_code
			ELSE l.bilg_dr_code END,
		l.t, l.setl_id, l.feedetl_sn, l.amount, l.code,
		CASE WHEN b.metric = 'share' THEN (r.params->'chrgitm' ? l.med_chrgitm_type) IS TRUE
			OR EXISTS (SELECT FROM reference.text_list(r.params->'items') t(pattern)
				WHERE reference.matches(l.code, t.pattern)) END
	FROM reference.subject l
	WHERE l.level = 'line'
		AND (b.metric = 'share' OR (b.metric = 'drug_codes' AND l.list_type LIKE '1%'))
		AND reference.in_scope(r.scope, l.area, l.hosp_lv, l.med_type, l.insutype,
			l.fixmedins_type, l.fixmedins_code, l.psn_area)
	UNION ALL
	SELECT l.fixmedins_code, l.t, l.setl_id, l.feedetl_sn, l.amount, l.code, u.unstocked
	FROM reference.unstocked(CASE WHEN b.metric = 'unstocked' THEN r.params->'items' END,
		COALESCE((r.params->>'days')::integer, 0)) u
	JOIN reference.subject l USING (id)
	WHERE reference.in_scope(r.scope, l.area, l.hosp_lv, l.med_type, l.insutype,
		l.fixmedins_type, l.fixmedins_code, l.psn_area)
) x
WHERE r.template = 'aggregate_threshold' AND x.subject IS NOT NULL;

-- The metric over a set of counted rows.
CREATE FUNCTION reference.metric_value(metric text, number bigint, total numeric,
	share_total numeric, items bigint, parts bigint, smallest numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE
RETURN CASE
	WHEN metric IN ('visits', 'settlements', 'stays') THEN number
	WHEN metric IN ('amount', 'fund_amount') THEN total
	WHEN metric IN ('institutions', 'persons', 'drug_codes') THEN items
	WHEN metric IN ('share', 'unstocked') AND total > 0 THEN share_total / total
	WHEN metric = 'readmissions' THEN parts
	WHEN metric IN ('readmission_rate', 'diag_rate') THEN parts::numeric / number
	WHEN metric = 'stay_gap' THEN smallest
	END;

CREATE FUNCTION reference.above(value numeric, op text, threshold numeric) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN COALESCE(CASE op
	WHEN '>' THEN value > threshold
	WHEN '>=' THEN value >= threshold
	WHEN '<' THEN value < threshold
	WHEN '<=' THEN value <= threshold
	END, false);

-- What a narrower version of the rule decides of a subject that day.
CREATE FUNCTION reference.subject_elsewhere(others jsonb, kind text, who text, day date) RETURNS boolean
LANGUAGE sql STABLE
RETURN reference.elsewhere(others,
	(SELECT i.fix_blng_admdvs FROM reference.institution i WHERE kind = 'institution' AND i.fixmedins_code = who),
	(SELECT p.insu_admdvs FROM reference.person p WHERE kind = 'person' AND p.psn_no = who),
	CASE kind WHEN 'institution' THEN who END, day);

CREATE VIEW reference.calendar_value AS
SELECT c.code, c.version, c.days, c.elsewhere, c.certainty, c.params, c.subject_is, c.subject, b.period_start, b.last_day,
	CASE WHEN count(*) >= COALESCE((c.params->>'at_least')::integer, 0) THEN
		reference.metric_value(c.params->>'metric', count(*), sum(c.value),
			sum(c.value) FILTER (WHERE c.part), count(DISTINCT c.item),
			count(*) FILTER (WHERE c.part), min(c.value)) END AS value
FROM reference.counted c
CROSS JOIN LATERAL (
	SELECT date_trunc(c.params->>'period', c.day::timestamp) AS period_start,
		(date_trunc(c.params->>'period', c.day::timestamp)
			+ ('1 ' || (c.params->>'period'))::interval)::date - 1 AS last_day
) b
WHERE c.params->>'period' IN ('day', 'week', 'month', 'year')
	AND c.days @> b.last_day
GROUP BY c.code, c.version, c.days, c.elsewhere, c.certainty, c.params, c.subject_is, c.subject, b.period_start, b.last_day;

CREATE VIEW reference.aggregate_calendar AS
SELECT q.code AS source_code, q.certainty, q.subject_is, q.subject, q.period_start, q.last_day AS day
FROM reference.calendar_value q
WHERE NOT q.params ? 'peer'
	AND NOT reference.subject_elsewhere(q.elsewhere, q.subject_is, q.subject, q.last_day)
	AND reference.above(q.value, q.params->>'op', (q.params->>'value')::numeric);

CREATE VIEW reference.aggregate_rolling AS
WITH judged AS (
	SELECT e.code, e.version, e.certainty, e.subject_is, e.subject, e.t, e.day, e.n,
		reference.above(v.value, e.params->>'op', (e.params->>'value')::numeric) AS above
	FROM reference.counted e
	CROSS JOIN LATERAL (
		SELECT CASE WHEN count(*) >= COALESCE((e.params->>'at_least')::integer, 0) THEN
			reference.metric_value(e.params->>'metric', count(*), sum(c.value),
				sum(c.value) FILTER (WHERE c.part), count(DISTINCT c.item),
				count(*) FILTER (WHERE c.part), min(c.value)) END AS value
		FROM reference.counted c
		WHERE c.code = e.code AND c.version = e.version
			AND c.subject = e.subject AND c.n <= e.n
			AND c.day > e.day - (e.params->>'period')::interval
	) v
	WHERE e.params->>'period' NOT IN ('day', 'week', 'month', 'year')
		AND NOT e.params ? 'peer'
		AND e.days @> e.day
		AND NOT reference.subject_elsewhere(e.elsewhere, e.subject_is, e.subject, e.day)
)
SELECT q.code AS source_code, q.certainty, q.subject_is, q.subject, q.t AS period_start, q.day
FROM (
	SELECT j.*, lag(j.above, 1, false) OVER (PARTITION BY j.code, j.version, j.subject
		ORDER BY j.n) AS was_above
	FROM judged j
) q
WHERE q.above AND NOT q.was_above;

-- Peers: the other subjects of the group with a value in the same period.
CREATE VIEW reference.attributes_of AS
SELECT 'institution' AS subject_is, fixmedins_code AS subject, to_jsonb(i) AS fields
FROM reference.institution i
UNION ALL
SELECT 'person', psn_no, to_jsonb(p) FROM reference.person p;

CREATE FUNCTION reference.peer_group(kind text, who text, names jsonb) RETURNS text[]
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT CASE WHEN names IS NULL THEN '{}' WHEN bool_and(a.fields->>n IS NOT NULL)
		THEN array_agg(a.fields->>n ORDER BY n COLLATE "C") END
	FROM reference.text_list(names) n
	LEFT JOIN reference.attributes_of a ON a.subject_is = kind AND a.subject = who;
END;

CREATE FUNCTION reference.median(sorted numeric[]) RETURNS numeric
LANGUAGE sql IMMUTABLE
RETURN (sorted[(cardinality(sorted) + 1) / 2] + sorted[cardinality(sorted) / 2 + 1]) / 2;

CREATE VIEW reference.aggregate_peer AS
WITH valued AS MATERIALIZED (
	SELECT v.*, reference.peer_group(v.subject_is, v.subject, v.params->'peer'->'group') AS peers
	FROM reference.calendar_value v
	WHERE v.params ? 'peer' AND v.value IS NOT NULL
)
SELECT v.code AS source_code, v.certainty, v.subject_is, v.subject, v.period_start, v.last_day AS day
FROM valued v
CROSS JOIN LATERAL (
	SELECT count(*) AS n, reference.median(array_agg(o.value ORDER BY o.value)) AS median
	FROM valued o
	WHERE o.code = v.code AND o.version = v.version AND o.period_start = v.period_start
		AND o.peers = v.peers AND o.subject <> v.subject
) m
CROSS JOIN LATERAL (
	SELECT reference.median(array_agg(abs(o.value - m.median) ORDER BY abs(o.value - m.median))) AS mad
	FROM valued o
	WHERE o.code = v.code AND o.version = v.version AND o.period_start = v.period_start
		AND o.peers = v.peers AND o.subject <> v.subject
) d
WHERE m.n >= 10 AND d.mad > 0
	AND NOT reference.subject_elsewhere(v.elsewhere, v.subject_is, v.subject, v.last_day)
	AND reference.above((v.value - m.median) / (1.4826 * d.mad),
		COALESCE(v.params->>'op', '>='), (v.params->'peer'->>'z')::numeric);

-- population: judged by the batch alone.
CREATE VIEW reference.aggregate_any AS
SELECT a.*, (SELECT bool_or(r.params ? 'peer' OR a.subject_is <> 'person') FROM reference.rule r
		WHERE r.code = a.source_code) AS population
FROM (
	TABLE reference.aggregate_calendar UNION ALL TABLE reference.aggregate_rolling
	UNION ALL TABLE reference.aggregate_peer
) a
WHERE NOT EXISTS (
	SELECT FROM meso_audit.rule_exemption e
	WHERE a.source_code = COALESCE(e.rule_code, a.source_code) AND e.valid @> a.day
		AND num_nonnulls(e.psn_no, e.fixmedins_code, e.diag_code, e.code) = 1
		AND a.subject = CASE a.subject_is WHEN 'person' THEN e.psn_no
			WHEN 'institution' THEN e.fixmedins_code END);

CREATE VIEW reference.aggregate_threshold AS
SELECT source_code, certainty, subject AS psn_no, period_start, day
FROM reference.aggregate_any WHERE NOT population;

CREATE VIEW reference.aggregate_population AS
SELECT source_code, certainty, subject_is, subject, period_start, day
FROM reference.aggregate_any WHERE population;
