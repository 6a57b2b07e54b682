-- aggregate_threshold by person with a fixed value: the rows that a rule counts,
-- their metric per calendar period, and per event over the days that end with it.
CREATE VIEW reference.counted AS
SELECT r.code, r.days, r.params, r.certainty, x.psn_no, x.t, x.t::date AS day,
	row_number() OVER (PARTITION BY r.code, r.version, x.psn_no
		ORDER BY x.t, x.key1 COLLATE "C", x.key2 COLLATE "C") AS n,
	x.value, x.item, x.part
FROM reference.rule r
CROSS JOIN LATERAL (
	SELECT s.psn_no, s.setl_time AS t, s.setl_id AS key1, '' AS key2,
		CASE r.params->>'metric' WHEN 'amount' THEN s.medfee_sumamt
			WHEN 'fund_amount' THEN s.fund_pay_sumamt END AS value,
		s.fixmedins_code AS item, NULL::boolean AS part
	FROM reference.claim s
	WHERE r.params->>'metric' IN ('settlements', 'amount', 'fund_amount', 'institutions')
		AND NOT s.refunded
		AND reference.in_scope(r.scope, s.area, s.hosp_lv, s.med_type, s.insutype,
			s.fixmedins_type, s.fixmedins_code)
	UNION ALL
	SELECT v.psn_no, v.begntime, v.mdtrt_id, '', v.gap, NULL,
		v.gap <= (r.params->>'days')::integer
	FROM (
		SELECT v.*, CASE WHEN v.is_stay THEN
				v.day - lag(v.endtime) OVER (
					PARTITION BY v.psn_no, v.is_stay,
						CASE WHEN r.params->>'metric' = 'stay_gap' THEN v.fixmedins_code END
					ORDER BY v.begntime, v.mdtrt_id COLLATE "C")::date END AS raw_gap
		FROM reference.stay v
		WHERE reference.in_scope(r.scope, v.area, v.hosp_lv, v.med_type, v.insutype,
			v.fixmedins_type, v.fixmedins_code)
	) w CROSS JOIN LATERAL (
		SELECT w.*, CASE WHEN w.raw_gap >= 0 THEN w.raw_gap END AS gap) v
	WHERE r.params->>'metric' IN ('visits', 'stays', 'readmissions', 'stay_gap')
		AND (r.params->>'metric' = 'visits' OR v.is_stay)
	UNION ALL
	SELECT l.psn_no, l.t, l.setl_id, l.feedetl_sn, l.amount, l.code,
		CASE WHEN r.params->>'metric' = 'share'
			THEN (r.params->'chrgitm' ? l.med_chrgitm_type) IS TRUE END
	FROM reference.subject l
	WHERE l.level = 'line'
		AND (r.params->>'metric' = 'share'
			OR (r.params->>'metric' = 'drug_codes' AND l.list_type LIKE '1%'))
		AND reference.in_scope(r.scope, l.area, l.hosp_lv, l.med_type, l.insutype,
			l.fixmedins_type, l.fixmedins_code)
) x
WHERE r.template = 'aggregate_threshold' AND COALESCE(r.params->>'by', 'person') = 'person'
	AND r.params ? 'value';

-- The metric over a set of counted rows.
CREATE FUNCTION reference.metric_value(metric text, rows_ bigint, total numeric,
	share_total numeric, items bigint, parts bigint, smallest numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE
RETURN CASE
	WHEN metric IN ('visits', 'settlements', 'stays') THEN rows_
	WHEN metric IN ('amount', 'fund_amount') THEN total
	WHEN metric IN ('institutions', 'drug_codes') THEN items
	WHEN metric = 'share' AND total > 0 THEN share_total / total
	WHEN metric = 'readmissions' THEN parts
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

CREATE VIEW reference.aggregate_calendar AS
SELECT q.code AS source_code, q.certainty, q.psn_no, q.period_start, q.last_day AS day
FROM (
	SELECT c.code, c.certainty, c.params, c.psn_no, b.period_start, b.last_day,
		reference.metric_value(c.params->>'metric', count(*), sum(c.value),
			sum(c.value) FILTER (WHERE c.part), count(DISTINCT c.item),
			count(*) FILTER (WHERE c.part), min(c.value)) AS value
	FROM reference.counted c
	CROSS JOIN LATERAL (
		SELECT date_trunc(c.params->>'period', c.day::timestamp) AS period_start,
			(date_trunc(c.params->>'period', c.day::timestamp)
				+ ('1 ' || (c.params->>'period'))::interval)::date - 1 AS last_day
	) b
	WHERE c.params->>'period' IN ('day', 'week', 'month', 'year')
		AND c.days @> b.last_day
	GROUP BY c.code, c.certainty, c.params, c.psn_no, b.period_start, b.last_day
) q
WHERE reference.above(q.value, q.params->>'op', (q.params->>'value')::numeric);

CREATE VIEW reference.aggregate_rolling AS
WITH judged AS (
	SELECT e.code, e.days, e.certainty, e.psn_no, e.t, e.day, e.n,
		reference.above(v.value, e.params->>'op', (e.params->>'value')::numeric) AS above
	FROM reference.counted e
	CROSS JOIN LATERAL (
		SELECT reference.metric_value(e.params->>'metric', count(*), sum(c.value),
				sum(c.value) FILTER (WHERE c.part), count(DISTINCT c.item),
				count(*) FILTER (WHERE c.part), min(c.value)) AS value
		FROM reference.counted c
		WHERE c.code = e.code AND c.params = e.params AND c.days = e.days
			AND c.psn_no = e.psn_no AND c.n <= e.n
			AND c.day > e.day - (e.params->>'period')::interval
	) v
	WHERE e.params->>'period' NOT IN ('day', 'week', 'month', 'year')
		AND e.days @> e.day
)
SELECT q.code AS source_code, q.certainty, q.psn_no, q.t AS period_start, q.day
FROM (
	SELECT j.*, lag(j.above, 1, false) OVER (PARTITION BY j.code, j.days, j.psn_no
		ORDER BY j.n) AS was_above
	FROM judged j
) q
WHERE q.above AND NOT q.was_above;

CREATE VIEW reference.aggregate_threshold AS
SELECT a.*
FROM (
	TABLE reference.aggregate_calendar UNION ALL TABLE reference.aggregate_rolling
) a
WHERE NOT EXISTS (
	SELECT FROM meso_audit.rule_exemption e
	WHERE a.source_code = COALESCE(e.rule_code, a.source_code) AND e.valid @> a.day
		AND e.psn_no = a.psn_no AND num_nonnulls(e.fixmedins_code, e.diag_code, e.code) = 0);
