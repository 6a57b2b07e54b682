-- Scores of all hospitals by the shipped scheme on 31 December 2025, in plain SQL,
-- as doc/credit.md says. The scheme has no caps of aspects.
WITH counted AS (
	SELECT r.subject_code, r.indicator, GREATEST(sum(r.quantity), 0) AS q
	FROM meso_audit.credit_record r
	JOIN meso_audit.scheme_indicator si ON si.scheme = 'AE_hospital' AND si.version = 1 AND si.indicator = r.indicator
	WHERE r.subject_type = 'hospital' AND r.happened_on <= date '2025-12-31'
		AND (r.valid_until IS NULL OR r.valid_until > date '2025-12-31')
		AND (r.status = 'active' OR (r.status = 'repaired' AND r.repaired_on > date '2025-12-31'))
		AND (si.validity IS NULL OR CASE WHEN si.validity = 'calendar year' THEN r.happened_on >= date '2025-01-01'
			ELSE r.happened_on + si.validity::interval > date '2025-12-31' END)
	GROUP BY 1, 2
), valued AS (
	SELECT DISTINCT ON (v.subject_code, v.indicator) v.*
	FROM meso_audit.indicator_value v
	JOIN meso_audit.scheme_indicator si ON si.scheme = 'AE_hospital' AND si.version = 1 AND si.indicator = v.indicator
	WHERE v.subject_type = 'hospital' AND upper(v.period) <= date '2026-01-01'
		AND (si.validity IS NULL OR upper(v.period) + si.validity::interval > date '2025-12-31')
	ORDER BY v.subject_code, v.indicator, upper(v.period) DESC, v.value_id DESC
), subject AS (
	SELECT subject_code FROM counted UNION SELECT subject_code FROM valued
), one AS (
	SELECT s.subject_code, si.*, COALESCE(c.q, 0) AS q, v.value, v.peer_share, v.peers, COALESCE(v.applicable, true) AS applies
	FROM subject s
	CROSS JOIN (SELECT * FROM meso_audit.scheme_indicator WHERE scheme = 'AE_hospital' AND version = 1) si
	LEFT JOIN counted c ON c.subject_code = s.subject_code AND c.indicator = si.indicator
	LEFT JOIN valued v ON v.subject_code = s.subject_code AND v.indicator = si.indicator
), judged AS (
	SELECT *,
		applies AND CASE
			WHEN method IN ('add', 'veto') THEN false
			WHEN method = 'deduct' THEN params ->> 'of' IS DISTINCT FROM 'value' OR value IS NOT NULL
			WHEN method = 'peer_percentile' THEN peer_share IS NOT NULL AND peers >= 10
			ELSE value IS NOT NULL END AS weighs,
		CASE method
			WHEN 'deduct' THEN LEAST(COALESCE(cap, weight), (params ->> 'per')::numeric * CASE params ->> 'of' WHEN 'value' THEN GREATEST(value, 0) ELSE q END)
			WHEN 'linear' THEN LEAST(weight, GREATEST(0, round(weight * ((params ->> 'best')::numeric - value)
				/ ((params ->> 'best')::numeric - (params ->> 'worst')::numeric), 6)))
			WHEN 'peer_percentile' THEN LEAST(weight, GREATEST(0, round(weight * ((params ->> 'best')::numeric
				- CASE params ->> 'better' WHEN 'low' THEN 1 - peer_share ELSE peer_share END)
				/ ((params ->> 'best')::numeric - (params ->> 'worst')::numeric), 6)))
			WHEN 'boolean' THEN CASE WHEN value <> 0 THEN 0 ELSE weight END
			WHEN 'ratio_band' THEN COALESCE((
				SELECT round(weight * (1 - (b.band ->> 'earn')::numeric), 6)
				FROM jsonb_array_elements(params -> 'bands') WITH ORDINALITY AS b(band, n)
				WHERE (b.band ->> 'from' IS NULL OR value >= (b.band ->> 'from')::numeric)
					AND (b.band ->> 'upto' IS NULL OR value <= (b.band ->> 'upto')::numeric)
				ORDER BY b.n LIMIT 1), weight) END AS loss,
		CASE WHEN method = 'add' THEN LEAST(COALESCE(cap, weight), (params ->> 'per')::numeric
			* CASE params ->> 'of' WHEN 'value' THEN GREATEST(value, 0) ELSE q END) END AS gain
	FROM one
), weighed AS (
	SELECT *, sum(weight) FILTER (WHERE weighs) OVER (PARTITION BY subject_code) AS denominator FROM judged
)
SELECT subject_code, CASE WHEN bool_or(method = 'veto' AND q > 0) THEN 0
	ELSE LEAST(100, GREATEST(0, 100 - sum(CASE WHEN weighs THEN round(loss * 100 / denominator, 2) ELSE 0 END) + sum(COALESCE(round(gain, 2), 0)))) END AS score
FROM weighed
GROUP BY subject_code;
