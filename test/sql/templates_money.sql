-- Worked examples of the templates that compare prices: a hit, a near miss, NULL.
BEGIN;
\i test/templates/world.sql
CALL tw.settle('s1');
CALL tw.settle('s2', inst => 'H2');

-- price_ceiling: the entry with most keys, of those the one with the longest area; the tolerance is still allowed
CALL tw.line('s1', '1', '2024-03-01', 'A', 2, 30, 15.00);
CALL tw.line('s1', '2', '2024-03-01', 'A', 2, 11, 5.50);
CALL tw.line('s1', '3', '2024-03-01', 'A', 2, 30);
CALL tw.line('s2', '4', '2024-03-01', 'A', 3, 30, 10.00, inst => 'H2');
CALL tw.rule('price', 'price_ceiling', '{"tolerance": 0.1, "ceiling": [{"price": 8}, {"price": 10, "hosp_lv": 3}, {"price": 5, "area": "32"}]}', '{A}');
SELECT * FROM tw.found('price');
-- the sum of a year, of which the part above is taken
CALL tw.line('s1', '10', '2024-12-31', 'Y', 1, 90);
CALL tw.line('s1', '11', '2025-01-01', 'Y', 1, 60);
CALL tw.line('s1', '12', '2025-06-01', 'Y', 1, 60);
CALL tw.line('s1', '13', '2025-07-01', 'Y', 1, 10);
CALL tw.rule('year', 'price_ceiling', '{"basis": "year", "ceiling": [{"price": 100}]}', '{Y}');
SELECT * FROM tw.found('year');

-- second_discount: the dearest in full, the others at half; without list price none
INSERT INTO meso_audit.list_price (fixmedins_code, area, code, price) VALUES (NULL, '32', 'O1', 100), (NULL, '', 'O2', 60), (NULL, '32', 'O3', 100), ('H1', NULL, 'O2', 80);
CALL tw.line('s1', '20', '2024-03-01', 'O1', 1, 100, 100);
CALL tw.line('s1', '21', '2024-03-01', 'O2', 1, 60, 60);
CALL tw.line('s1', '22', '2024-03-01', 'O3', 1, 50, 50);
CALL tw.line('s1', '23', '2024-03-01', 'O4', 1, 500, 500);
CALL tw.line('s1', '24', '2024-03-02', 'O2', 1, 60, 60);
CALL tw.rule('second', 'second_discount', '{"ratio": 0.5}', '{O%}');
SELECT * FROM tw.found('second');

-- component_sum: two parts of a whole that costs 50; on the next day with the whole
CALL tw.line('s1', '30', '2024-03-01', 'B1', 1, 40);
CALL tw.line('s1', '31', '2024-03-01', 'B2', 1, 20);
CALL tw.line('s1', '32', '2024-03-02', 'B1', 1, 40);
CALL tw.line('s1', '33', '2024-03-02', 'B2', 1, 20);
CALL tw.line('s1', '34', '2024-03-02', 'WHOLE', 1, 50);
CALL tw.line('s1', '35', '2024-03-03', 'B1', 1, 60);
CALL tw.line('s2', '36', '2024-03-01', 'B1', 1, 40, inst => 'H2');
CALL tw.line('s2', '37', '2024-03-01', 'B2', 1, 20, inst => 'H2');
CALL tw.rule('parts', 'component_sum', '{"parent": "WHOLE", "components": ["B1", "B2"], "n": 2, "ceiling": [{"price": 50, "hosp_lv": 3}]}');
SELECT * FROM tw.found('parts');
ROLLBACK;
