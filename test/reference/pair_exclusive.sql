-- pair_exclusive: L has a code of "with", and a code of "codes" is present in the
-- window without L.
CREATE VIEW reference.pair_exclusive AS
SELECT DISTINCT q.pool, q.subject, q.amount
FROM (
	SELECT x.pool, x.subject, (x.l).amount, sum((x.m).cnt) AS net
	FROM reference.mate x
	WHERE x.template = 'pair_exclusive' AND x.role = 'codes'
		AND (x.m).id <> (x.l).id
		AND reference.in_window(x.params->>'window', x.l, x.m)
	GROUP BY x.pool, x.subject, (x.l).amount, (x.m).code
) q
WHERE q.net > 0;
