-- price_ceiling: the price, or the cumulative amount of the pool in the visit or the
-- calendar year up to and including L, exceeds price x (1 + tolerance).
CREATE VIEW reference.price_ceiling AS
SELECT q.pool, q.subject,
	CASE q.basis WHEN 'price' THEN round((q.pric - q.ceiling) * q.cnt, 2)
		ELSE least(q.amount, q.total - q.ceiling) END AS amount
FROM (
	SELECT c.pool, c.subject, l.pric, l.cnt, l.amount, b.basis,
		reference.ceiling_price(p.params->'ceiling', l)
			* (1 + COALESCE((p.params->>'tolerance')::numeric, 0)) AS ceiling,
		CASE WHEN b.basis <> 'price' THEN (
			SELECT sum((x.m).amount)
			FROM reference.mate x
			WHERE x.pool = c.pool AND x.subject = c.subject AND x.role = 'codes'
				AND (x.m).id <= (x.l).id
				AND CASE b.basis WHEN 'visit' THEN reference.in_window('visit', x.l, x.m)
					WHEN 'year' THEN extract(year FROM (x.m).day) = extract(year FROM (x.l).day)
					END) END AS total
	FROM reference.candidate c
	JOIN reference.pool p ON p.id = c.pool AND p.template = 'price_ceiling'
	JOIN reference.subject l ON l.id = c.subject
	CROSS JOIN LATERAL (SELECT COALESCE(p.params->>'basis', 'price')) b(basis)
) q
WHERE CASE q.basis WHEN 'price' THEN q.pric ELSE q.total END > q.ceiling;
