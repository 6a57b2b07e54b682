-- second_discount: among the pool's lines of one institution and day that have a list
-- price, L is not the one with the highest (of equals, the first), and its price
-- exceeds ratio x its list price.
CREATE VIEW reference.second_discount AS
SELECT c.pool, c.subject,
	round((l.pric - (p.params->>'ratio')::numeric * l.list_price) * l.cnt, 2) AS amount
FROM reference.candidate c
JOIN reference.pool p ON p.id = c.pool AND p.template = 'second_discount'
JOIN reference.subject l ON l.id = c.subject
WHERE l.pric > (p.params->>'ratio')::numeric * l.list_price
	AND EXISTS (
		SELECT FROM reference.mate x
		WHERE x.pool = c.pool AND x.subject = c.subject AND x.role = 'codes'
			AND (x.m).fixmedins_code = l.fixmedins_code AND (x.m).day = l.day
			AND (x.m).cnt > 0 AND (x.m).amount >= 0
			AND ((x.m).list_price > l.list_price
				OR ((x.m).list_price = l.list_price AND (x.m).id < l.id)));
