-- diag_required: at least one diagnosis and none matches, in a closed visit.
CREATE VIEW reference.diag_required AS
SELECT d.pool, d.subject, s.amount
FROM reference.diag_of d
JOIN reference.subject s ON s.id = d.subject
WHERE d.template = 'diag_required' AND reference.closed('visit', s)
GROUP BY d.pool, d.subject, s.amount
HAVING NOT bool_or(d.matches);
