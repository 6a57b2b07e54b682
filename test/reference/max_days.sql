-- max_days: the net of L's day is positive, and the days up to it in the window whose
-- whole-day net is positive number more than max.
CREATE VIEW reference.max_days AS
SELECT q.pool, q.subject, q.amount
FROM (
	SELECT x.pool, x.subject, (x.l).amount, (x.params->>'max')::numeric AS max,
		(x.l).day AS day, (x.m).day AS used, sum((x.m).cnt) AS net
	FROM reference.mate x
	WHERE x.template = 'max_days' AND x.role = 'codes'
		AND (x.m).day <= (x.l).day
		AND CASE WHEN x.params->>'period' = 'visit'
			THEN reference.in_window('visit', x.l, x.m)
			ELSE reference.in_period((x.params->>'period')::interval, x.l, x.m) END
	GROUP BY x.pool, x.subject, (x.l).amount, max, (x.l).day, (x.m).day
) q
WHERE q.net > 0
GROUP BY q.pool, q.subject, q.amount, q.max
HAVING bool_or(q.used = q.day) AND count(*) > q.max;
