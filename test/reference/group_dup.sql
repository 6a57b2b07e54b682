-- group_dup: the window has no earlier line of L's code, and n or more codes of the
-- pool are present among its lines up to and including L.
CREATE VIEW reference.group_dup AS
SELECT q.pool, q.subject, q.amount
FROM (
	SELECT x.pool, x.subject, (x.l).amount, (x.params->>'n')::integer AS n,
		sum((x.m).cnt) AS net,
		bool_or((x.m).code = (x.l).code AND (x.m).id < (x.l).id) AS again
	FROM reference.mate x
	WHERE x.template = 'group_dup' AND x.role = 'codes'
		AND (x.m).id <= (x.l).id
		AND reference.in_window(x.params->>'window', x.l, x.m)
	GROUP BY x.pool, x.subject, (x.l).amount, n, (x.m).code
) q
GROUP BY q.pool, q.subject, q.amount, q.n
HAVING NOT bool_or(q.again) AND count(*) FILTER (WHERE q.net > 0) >= q.n;
