-- all_of_set: every present code of L's list_type in its prescription is in the
-- pool; by points, the codes of all points of the kind are one pool. A line
-- without list_type has no such codes to speak of.
CREATE VIEW reference.all_of_set AS
SELECT c.pool, c.subject, l.amount
FROM reference.candidate c
JOIN reference.pool p ON p.id = c.pool AND p.template = 'all_of_set'
JOIN reference.subject l ON l.id = c.subject
WHERE l.list_type IS NOT NULL
	AND reference.closed('rx', l)
	AND NOT EXISTS (
		SELECT FROM reference.subject m
		WHERE m.level = 'line' AND m.psn_no = l.psn_no
			AND reference.in_window('rx', l, m)
			AND m.list_type = l.list_type
			AND NOT EXISTS (
				SELECT FROM reference.pool_item i
				WHERE i.pool = c.pool AND i.code = m.code AND i.days @> l.day
					AND i.role = CASE WHEN p.point_id IS NULL THEN 'codes' ELSE 'set' END)
		GROUP BY m.code
		HAVING sum(m.cnt) > 0);
