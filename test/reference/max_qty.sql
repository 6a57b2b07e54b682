-- max_qty: the signed sum of the pool in the unit up to and including L exceeds max.
CREATE VIEW reference.max_qty AS
SELECT q.pool, q.subject,
	round(q.amount * least(q.cnt, q.total - q.max) / q.cnt, 2) AS amount
FROM (
	SELECT x.pool, x.subject, (x.l).amount, (x.l).cnt,
		(x.params->>'max')::numeric AS max, sum((x.m).cnt) AS total
	FROM reference.mate x
	WHERE x.template = 'max_qty' AND x.role = 'codes'
		AND (x.m).id <= (x.l).id
		AND reference.in_window(x.params->>'unit', x.l, x.m)
	GROUP BY x.pool, x.subject, (x.l).amount, (x.l).cnt, max
) q
WHERE q.total > q.max;
