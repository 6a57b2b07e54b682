-- doc/credit.md in plain SQL: scores of every subject of a scheme's version on a
-- day. No function of the extension in it.
CREATE FUNCTION reference.credit(scheme_code text, scheme_version integer, d date)
RETURNS TABLE (subject_code text, score numeric, grade text, vetoed_by text, lost numeric, gained numeric)
LANGUAGE sql STABLE AS $$
WITH s AS (
	SELECT * FROM meso_audit.scheme WHERE scheme = scheme_code AND version = scheme_version
), si AS MATERIALIZED (
	SELECT i.*, a.cap AS aspect_cap, COALESCE(i.cap, i.weight) AS most,
		COALESCE((i.params ->> 'worst')::numeric, 0) AS worst, COALESCE((i.params ->> 'best')::numeric, 1) AS best,
		COALESCE((i.params ->> 'min_peers')::integer, 10) AS min_peers, COALESCE(i.params ->> 'of', 'records') AS of_what
	FROM meso_audit.scheme_indicator i
	LEFT JOIN meso_audit.scheme_aspect a ON a.scheme = i.scheme AND a.version = i.version AND a.aspect = i.aspect
	WHERE i.scheme = scheme_code AND i.version = scheme_version
), counting AS (
	SELECT r.subject_code, r.indicator, r.quantity
	FROM meso_audit.credit_record r JOIN si USING (indicator) CROSS JOIN s
	WHERE r.subject_type = s.subject_type AND r.happened_on <= d
		AND (r.valid_until IS NULL OR d < r.valid_until)
		AND (si.validity IS NULL OR d < CASE si.validity WHEN 'calendar year' THEN date_trunc('year', r.happened_on) + interval '1 year'
			ELSE r.happened_on + si.validity::interval END)
		AND CASE r.status WHEN 'active' THEN true WHEN 'under_appeal' THEN s.appeal_counts
			WHEN 'repaired' THEN d < r.repaired_on ELSE false END
), q AS (
	SELECT subject_code, indicator, GREATEST(sum(quantity), 0) AS q FROM counting GROUP BY 1, 2
), v AS (
	SELECT DISTINCT ON (x.subject_code, x.indicator) x.*
	FROM meso_audit.indicator_value x JOIN si USING (indicator) CROSS JOIN s
	WHERE x.subject_type = s.subject_type AND NOT isempty(x.period) AND upper(x.period) <= d + 1
		AND (si.validity IS NULL OR d < CASE si.validity WHEN 'calendar year' THEN date_trunc('year', upper(x.period)) + interval '1 year'
			ELSE upper(x.period) + si.validity::interval END)
	ORDER BY x.subject_code, x.indicator, upper(x.period) DESC, x.value_id DESC
), judged AS (
	SELECT b.subject_code, si.*, COALESCE(q.q, 0) AS q, v.value, v.peer_share, v.value_id IS NOT NULL AS has_row,
		CASE WHEN NOT v.applicable THEN 'not applicable'
			WHEN si.method = 'veto' OR (si.method IN ('deduct', 'add') AND si.of_what = 'records') THEN 'known'
			WHEN si.method = 'peer_percentile' AND v.peer_share IS NOT NULL AND COALESCE(v.peers, 0) >= si.min_peers THEN 'known'
			WHEN si.method <> 'peer_percentile' AND v.value IS NOT NULL THEN 'known'
			WHEN si.missing = 'not_applicable' THEN 'not applicable' ELSE si.missing END AS state,
		CASE si.method WHEN 'linear' THEN v.value ELSE CASE si.params ->> 'better' WHEN 'low' THEN 1 - v.peer_share ELSE v.peer_share END END AS x,
		CASE si.of_what WHEN 'value' THEN GREATEST(v.value, 0) ELSE COALESCE(q.q, 0) END AS amount
	FROM (SELECT subject_code FROM counting UNION SELECT subject_code FROM v) b
	CROSS JOIN si
	LEFT JOIN q ON q.subject_code = b.subject_code AND q.indicator = si.indicator
	LEFT JOIN v ON v.subject_code = b.subject_code AND v.indicator = si.indicator
), losses AS (
	SELECT j.*, j.state <> 'not applicable' AND j.method NOT IN ('add', 'veto') AS weighs,
		CASE WHEN j.state = 'zero' AND j.method <> 'add' AND j.method <> 'veto' THEN j.weight
			WHEN j.state <> 'known' THEN 0
			WHEN j.method = 'deduct' THEN LEAST(j.most, round((j.params ->> 'per')::numeric * j.amount, 6))
			WHEN j.method = 'boolean' THEN CASE WHEN j.value = 0 THEN j.weight ELSE 0 END
			WHEN j.method IN ('linear', 'peer_percentile') THEN
				round(LEAST(j.weight, GREATEST(0, j.weight * (j.best - j.x) / (j.best - j.worst))), 6)
			WHEN j.method = 'ratio_band' THEN round(j.weight * (1 - COALESCE((
				SELECT (b.band ->> 'earn')::numeric FROM jsonb_array_elements(j.params -> 'bands') WITH ORDINALITY AS b(band, n)
				WHERE j.value >= COALESCE((b.band ->> 'from')::numeric, j.value) AND j.value <= COALESCE((b.band ->> 'upto')::numeric, j.value)
				ORDER BY b.n LIMIT 1), 0)), 6)
			ELSE 0 END AS loss,
		CASE WHEN j.method = 'add' AND j.state = 'known' THEN round(LEAST(j.most, round((j.params ->> 'per')::numeric * j.amount, 6)), 2) ELSE 0 END AS gain
	FROM judged j
), scaled AS (
	SELECT l.*, t.denominator,
		CASE WHEN t.denominator = 0 THEN NULL WHEN s.normalize THEN round(l.loss * s.full_marks / t.denominator, 2) ELSE round(l.loss, 2) END AS lost
	FROM losses l
	JOIN (SELECT x.subject_code, COALESCE(sum(x.weight) FILTER (WHERE x.weighs), 0) AS denominator FROM losses x GROUP BY 1) t USING (subject_code)
	CROSS JOIN s
), capped AS (
	SELECT c.*, CASE WHEN c.aspect_cap IS NULL THEN c.lost
		ELSE GREATEST(0, LEAST(c.lost, c.aspect_cap - COALESCE(sum(c.lost) OVER (PARTITION BY c.subject_code, c.aspect ORDER BY c.seq
			ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) END AS final_lost
	FROM scaled c
), summed AS (
	SELECT c.subject_code, min(c.denominator) AS denominator, sum(c.final_lost) AS lost, sum(c.gain) AS gained,
		(array_agg(c.indicator ORDER BY c.seq) FILTER (WHERE c.method = 'veto' AND c.state = 'known' AND c.q > 0))[1] AS veto
	FROM capped c GROUP BY 1
), bounded AS (
	SELECT m.*, GREATEST(s.min_score, LEAST(s.max_score, s.full_marks - m.lost + m.gained)) AS bounded, s.min_score, s.bands, s.veto_grade, s.full_marks
	FROM summed m CROSS JOIN s WHERE m.denominator <> 0
)
SELECT b.subject_code, CASE WHEN b.veto IS NULL THEN b.bounded ELSE b.min_score END,
	CASE WHEN b.veto IS NOT NULL THEN b.veto_grade ELSE (
		SELECT g.band ->> 'grade' FROM jsonb_array_elements(b.bands) WITH ORDINALITY AS g(band, n)
		WHERE g.band ->> 'from' IS NULL OR b.bounded >= (g.band ->> 'from')::numeric ORDER BY g.n LIMIT 1) END,
	b.veto, b.lost, b.gained
FROM bounded b
UNION ALL
SELECT m.subject_code, NULL, NULL, NULL, NULL, NULL FROM summed m WHERE m.denominator = 0
$$;
