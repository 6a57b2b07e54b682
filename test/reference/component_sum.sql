-- component_sum: on one day at one institution n or more components are present, the
-- parent is not, and the components together cost more than the ceiling.
CREATE VIEW reference.component_sum AS
SELECT c.pool, c.subject, round(l.amount * (k.total - b.ceiling) / k.total, 2) AS amount
FROM reference.candidate c
JOIN reference.pool p ON p.id = c.pool AND p.template = 'component_sum'
JOIN reference.subject l ON l.id = c.subject
CROSS JOIN LATERAL (
	SELECT count(*) AS kinds, sum(q.amount) AS total
	FROM (
		SELECT sum((x.m).amount) AS amount
		FROM reference.mate x
		WHERE x.pool = c.pool AND x.subject = c.subject AND x.role = 'components'
			AND (x.m).fixmedins_code = l.fixmedins_code AND (x.m).day = l.day
		GROUP BY (x.m).code
		HAVING sum((x.m).cnt) > 0
	) q
) k
CROSS JOIN LATERAL (SELECT reference.ceiling_price(p.params->'ceiling', l)) b(ceiling)
WHERE k.kinds >= (p.params->>'n')::integer
	AND k.total > b.ceiling
	AND reference.closed('day', l)
	AND NOT EXISTS (
		SELECT FROM reference.mate x
		WHERE x.pool = c.pool AND x.subject = c.subject AND x.role = 'parent'
			AND (x.m).fixmedins_code = l.fixmedins_code AND (x.m).day = l.day
		GROUP BY (x.m).code
		HAVING sum((x.m).cnt) > 0);
