-- Claims of two persons, one of them sometimes much frequented.
\set a random(1, 5000)
\set hot random(1, 50)
\set b random(1, 5000)
\if :hot = 1
\set a random(1, 3)
\endif
\set d random(0, 60)
\set x random(1, 9)
BEGIN;
SELECT claims.claim('s' || nextval('claims.n'), 'p' || :a, '2024-03-01 08:00'::timestamp + :d * interval '1 day', 'QTY', 'DUP' || :x, 'X' || :x);
SELECT claims.claim('s' || nextval('claims.n'), 'p' || :b, '2024-03-01 08:00'::timestamp + :d * interval '1 day', 'DAYS', 'KIND' || :x, 'QTYP', 'PAIR');
COMMIT;
