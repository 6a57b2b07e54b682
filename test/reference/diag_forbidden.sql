-- diag_forbidden: some diagnosis matches.
CREATE VIEW reference.diag_forbidden AS
SELECT d.pool, d.subject, s.amount
FROM reference.diag_of d
JOIN reference.subject s ON s.id = d.subject
WHERE d.template = 'diag_forbidden'
GROUP BY d.pool, d.subject, s.amount
HAVING bool_or(d.matches);
