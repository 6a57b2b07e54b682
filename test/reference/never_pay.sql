-- never_pay: always.
CREATE VIEW reference.never_pay AS
SELECT c.pool, c.subject, s.amount
FROM reference.candidate c
JOIN reference.pool p ON p.id = c.pool AND p.template = 'never_pay'
JOIN reference.subject s ON s.id = c.subject;
