-- max_kinds: the unit has no earlier line of L's code, and more than max codes of the
-- pool are present up to and including L.
CREATE VIEW reference.max_kinds AS
SELECT q.pool, q.subject, q.amount
FROM (
	SELECT x.pool, x.subject, (x.l).amount, (x.params->>'max')::integer AS max,
		sum((x.m).cnt) AS net,
		bool_or((x.m).code = (x.l).code AND (x.m).id < (x.l).id) AS again
	FROM reference.mate x
	WHERE x.template = 'max_kinds' AND x.role = 'codes'
		AND (x.m).id <= (x.l).id
		AND reference.in_window(x.params->>'unit', x.l, x.m)
	GROUP BY x.pool, x.subject, (x.l).amount, max, (x.m).code
) q
GROUP BY q.pool, q.subject, q.amount, q.max
HAVING NOT bool_or(q.again) AND count(*) FILTER (WHERE q.net > 0) > q.max;
