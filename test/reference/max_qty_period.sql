-- max_qty_period: as max_qty over the period that ends with L; or too few days after
-- the last earlier day on which the pool's net is positive. Where both hold the
-- amount is that of the quantity.
CREATE VIEW reference.max_qty_period AS
WITH over AS (
	SELECT q.pool, q.subject,
		round(q.amount * least(q.cnt, q.total - q.max) / q.cnt, 2) AS amount
	FROM (
		SELECT x.pool, x.subject, (x.l).amount, (x.l).cnt,
			(x.params->>'max')::numeric AS max, sum((x.m).cnt) AS total
		FROM reference.mate x
		WHERE x.template = 'max_qty_period' AND x.role = 'codes' AND x.params ? 'max'
			AND (x.m).id <= (x.l).id
			AND reference.in_period((x.params->>'period')::interval, x.l, x.m)
		GROUP BY x.pool, x.subject, (x.l).amount, (x.l).cnt, max
	) q
	WHERE q.total > q.max
), soon AS (
	SELECT q.pool, q.subject, q.amount
	FROM (
		SELECT x.pool, x.subject, (x.l).amount, (x.l).day,
			(x.params->>'min_gap')::integer AS min_gap,
			(x.m).day AS earlier, sum((x.m).cnt) AS net
		FROM reference.mate x
		WHERE x.template = 'max_qty_period' AND x.role = 'codes' AND x.params ? 'min_gap'
			AND (x.m).day < (x.l).day
		GROUP BY x.pool, x.subject, (x.l).amount, (x.l).day, min_gap, (x.m).day
	) q
	WHERE q.net > 0
	GROUP BY q.pool, q.subject, q.amount, q.day, q.min_gap
	HAVING q.day - max(q.earlier) < q.min_gap
)
SELECT pool, subject, amount FROM over
UNION ALL
SELECT pool, subject, amount FROM soon
WHERE NOT EXISTS (SELECT FROM over
	WHERE over.pool = soon.pool AND over.subject = soon.subject);
