-- companion_required: no code of needs is present in the closed window without L.
CREATE VIEW reference.companion_required AS
SELECT c.pool, c.subject, l.amount
FROM reference.candidate c
JOIN reference.pool p ON p.id = c.pool AND p.template = 'companion_required'
JOIN reference.subject l ON l.id = c.subject
WHERE reference.closed(p.params->>'window', l)
	AND NOT EXISTS (
		SELECT FROM reference.mate x
		WHERE x.pool = c.pool AND x.subject = c.subject AND x.role = 'needs'
			AND (x.m).id <> (x.l).id
			AND reference.in_window(p.params->>'window', x.l, x.m)
		GROUP BY (x.m).code
		HAVING sum((x.m).cnt) > 0);
