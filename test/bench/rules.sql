-- 120 rules, once as rows that the peer joins, once through create_rule. Rule
-- k has the items 4k to 4k + 3, pairs have 480 more as their second side.

CREATE TABLE bench.rule (rule text PRIMARY KEY, k integer, template text, attribute text, params jsonb);
INSERT INTO bench.rule
SELECT 'B' || lpad(k::text, 3, '0'), k, template, attribute, params
FROM generate_series(0, 119) k
CROSS JOIN LATERAL (SELECT
	CASE WHEN k < 42 THEN 'attr_limit' WHEN k < 43 THEN 'never_pay' WHEN k < 53 THEN 'diag_required' WHEN k < 60 THEN 'diag_forbidden'
		WHEN k < 76 THEN 'pair_exclusive' WHEN k < 92 THEN 'max_qty' WHEN k < 104 THEN 'max_qty_period' WHEN k < 112 THEN 'max_days'
		WHEN k < 116 THEN 'companion_required' ELSE 'group_dup' END,
	CASE WHEN k < 2 THEN 'gend' WHEN k < 22 THEN 'age' WHEN k < 32 THEN 'hosp_lv' WHEN k < 42 THEN 'med_type' END) t(template, attribute)
CROSS JOIN LATERAL (SELECT CASE template
	WHEN 'attr_limit' THEN CASE attribute
		WHEN 'gend' THEN '{"attribute": "gend", "op": "in", "value": ["1"]}'
		WHEN 'age' THEN '{"attribute": "age", "op": "<=", "value": 80}'
		WHEN 'hosp_lv' THEN '{"attribute": "hosp_lv", "op": ">=", "value": 1}'
		ELSE '{"attribute": "med_type", "op": "in", "value": ["11", "14"]}' END
	WHEN 'never_pay' THEN '{}'
	WHEN 'diag_required' THEN '{"diag": ["A10%", "B10%", "C10%", "D10%", "E10%", "F10%", "G10%", "H10%", "I10%", "J10%", "K10%", "L10%", "M10%", "N10%", "O10%", "P10%", "Q10%", "R10%"]}'
	WHEN 'diag_forbidden' THEN '{"diag": ["T10%"]}'
	WHEN 'pair_exclusive' THEN jsonb_build_object('with', (SELECT jsonb_agg(bench.item(480 + 4 * k + n)) FROM generate_series(0, 3) n), 'window', 'day')::text
	WHEN 'max_qty' THEN '{"max": 2, "unit": "day"}'
	WHEN 'max_qty_period' THEN '{"max": 4, "period": "30 days"}'
	WHEN 'max_days' THEN '{"max": 3, "period": "30 days"}'
	WHEN 'companion_required' THEN '{"needs": ["XA%", "XB%", "XC%", "XD%", "XE%", "XF%", "XG%"], "window": "visit"}'
	ELSE '{"n": 2, "window": "rx"}' END::jsonb) p(params);

CREATE TABLE bench.rule_code (rule text, code varchar(50), role text, PRIMARY KEY (code, rule, role));
INSERT INTO bench.rule_code
SELECT rule, bench.item(4 * k + n), 'codes' FROM bench.rule, generate_series(0, 3) n
UNION ALL
SELECT rule, bench.item(480 + 4 * k + n), 'with' FROM bench.rule, generate_series(0, 3) n WHERE template = 'pair_exclusive';
CREATE TABLE bench.rule_diag AS
SELECT rule, left(d, 3) AS prefix FROM bench.rule, jsonb_array_elements_text(params -> 'diag') d WHERE template LIKE 'diag%';
ANALYZE bench.rule_code, bench.rule_diag, bench.rule;

SET meso_audit.require_approval = off;
SELECT meso_audit.create_rule(code => rule, kind => (SELECT min(kind_code) FROM meso_audit.rule_kind k WHERE k.template = r.template AND k.level = 'line'),
	template => template, params => params, codes => (SELECT array_agg(code::text) FROM bench.rule_code c WHERE c.rule = r.rule AND c.role = 'codes'),
	title => rule, status => 'active')
FROM bench.rule r ORDER BY k;
