-- doc/rules.md out of the tables: psql -X -At -v lang=en -f tools/rules_doc.sql
-- in a database with the extension; lang zh gives doc/rules.zh-CN.md.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET search_path = meso_audit, pg_catalog;
SET client_min_messages = warning;

SELECT :'lang' = 'zh' AS zh \gset
\if :zh
\echo '# 规则'
\echo
\echo '由 `make doc` 从扩展的表生成，请勿手工修改；含义见 [templates.md](templates.md)，生命周期见 [rule-life.md](rule-life.md)，知识点见 [knowledge.md](knowledge.md)。'
\echo
\echo '## 规则种类'
\echo
\echo '国家88类按编号排列，其后为项目自有种类（MA…）。“参数”为种类的默认参数，规则或知识点补全其余；“所需知识”是判断之前必须给出的内容；“示例”为规则样例库中的规则。'
\else
\echo '# Rules'
\echo
\echo 'Made by `make doc` from the tables of the extension: do not edit. What a template means stands in [templates.md](templates.md), how a rule lives in [rule-life.md](rule-life.md), what is read from published points in [knowledge.md](knowledge.md).'
\echo
\echo '## Kinds'
\echo
\echo 'The 88 national kinds by number, then the project''s own (MA…). Parameters are the defaults of the kind, which a rule or the knowledge points complete; what a kind needs has to be given before it can judge; examples are rules of the library below.'
\endif

CREATE TEMPORARY TABLE words (template text PRIMARY KEY, en text, zh text);
INSERT INTO words VALUES
	('attr_limit', 'codes with the value of the attribute: by points or in the rule', '编码及属性限定值：来自知识点或规则'),
	('never_pay', 'codes', '编码'),
	('all_of_set', 'codes of the set', '集合内编码'),
	('diag_required', 'codes with diagnosis codes (diag)', '编码及适应症诊断编码（diag）'),
	('diag_forbidden', 'codes with diagnosis codes (diag)', '编码及禁忌诊断编码（diag）'),
	('pair_exclusive', 'pairs of codes, the judged side as with', '成对编码，被判一方为 with'),
	('group_dup', 'groups of codes', '同类编码分组'),
	('companion_required', 'codes with those that must stand beside them (needs)', '编码及须同时出现的编码（needs）'),
	('max_qty', 'codes with a greatest quantity (max)', '编码及数量上限（max）'),
	('max_qty_period', 'codes with max and period, or min_gap', '编码及周期上限（max、period）或间隔（min_gap）'),
	('max_days', 'codes with a greatest number of days (max)', '编码及天数上限（max）'),
	('max_kinds', 'codes, a greatest number of kinds (max)', '编码及种数上限（max）'),
	('price_ceiling', 'codes with ceilings by level, area, encounter', '编码及分级别、地区、就医方式的限价'),
	('second_discount', 'groups of operations, list prices, the ratio', '手术分组、目录价格与折价比例'),
	('prior_use_required', 'codes with the first-line codes (first_line)', '编码及一线药品编码（first_line）'),
	('operation_time', 'codes with operations (operation) and the time before or after them', '编码、手术编码（operation）与其前后时限'),
	('component_sum', 'parent, components and the price of the whole', '主项目、分项目与整体价格'),
	('payment_suspended', 'suspensions of payment', '暂停支付记录'),
	('data_quality', 'nothing; unknown_code needs known_code', '无；编码不在目录需 known_code'),
	('stay_profile', 'limits of days, amount or share; diagnoses of little severity', '住院天数、费用或占比界限；低度疾病诊断'),
	('aggregate_threshold', 'a value, or peers; item or diagnosis codes where the metric is of them', '阈值或同类比较；涉及项目或诊断时给出编码'),
	('expression', 'a condition', '条件表达式');

\if :zh
\echo
\echo '| 编号 | 编码 | 名称 | 模板 | 参数 | 级别 | 所需知识 | 示例 |'
\else
\echo
\echo '| no. | code | kind | template | parameters | level | needs | examples |'
\endif
\echo '|---|---|---|---|---|---|---|---|'
SELECT format('| %s | %s | %s | %s | %s | %s | %s | %s |', COALESCE(k.seq::text, ''), k.kind_code,
	CASE WHEN :'lang' = 'zh' THEN k.name_zh ELSE k.name_en || ' ' || k.name_zh END,
	COALESCE(k.template, '–'),
	CASE k.params WHEN '{}' THEN '' ELSE '`' || replace(k.params::text, '|', '\|') || '`' END,
	CASE WHEN :'lang' = 'zh' THEN CASE k.certainty WHEN 'violation' THEN '明确违规' ELSE '可疑' END ELSE k.certainty END,
	replace(concat_ws(CASE WHEN :'lang' = 'zh' THEN '；' ELSE '. ' END, CASE WHEN :'lang' = 'zh' THEN w.zh ELSE w.en END, k.note), '|', '\|'),
	COALESCE((
		SELECT string_agg(s.code, ', ' ORDER BY s.seq)
		FROM (SELECT r.code, r.seq FROM sample_rule r WHERE r.kind_code = k.kind_code ORDER BY r.seq LIMIT 2) s), ''))
FROM rule_kind k
LEFT JOIN words w ON w.template = k.template
WHERE k.origin = 'shipped'
ORDER BY k.seq, k.kind_code COLLATE "C";

\if :zh
\echo
\echo '## 规则样例库'
\echo
\echo '由 `load_sample_rules()` 写为规则。说明中的参数取默认值；“界限”为参数可调范围。'
\echo
\echo '| 规则 | 种类 | 名称 | 说明 | 模板与参数 | 界限 | 适用范围 | 依据 |'
\else
\echo
\echo '## The library'
\echo
\echo '`load_sample_rules()` writes them as rules. Messages show the default parameters; bounds say how far a parameter may be changed.'
\echo
\echo '| rule | kind | title | says | template and parameters | bounds | scope | basis |'
\endif
\echo '|---|---|---|---|---|---|---|---|'
SELECT replace(replace(format(E'\x01 %s \x01 %s \x01 %s \x01 %s \x01 %s %s \x01 %s \x01 %s \x01 %s \x01', s.code,
	COALESCE(k.seq::text, s.kind_code), CASE WHEN :'lang' = 'zh' THEN s.title_zh ELSE s.title_en END,
	fill_message(CASE WHEN :'lang' = 'zh' THEN s.message_zh ELSE s.message_en END, s.params), s.template,
	CASE s.params WHEN '{}' THEN '' ELSE '`' || s.params::text || '`' END,
	CASE s.bounds WHEN '{}' THEN '' ELSE '`' || s.bounds::text || '`' END,
	CASE s.scope WHEN '{}' THEN '' ELSE '`' || s.scope::text || '`' END,
	CASE WHEN :'lang' = 'zh' THEN regexp_replace(s.legal_basis, ' \([^()]*\)$', '') ELSE s.legal_basis END), '|', '\|'), E'\x01', '|')
FROM sample_rule s
JOIN rule_kind k ON k.kind_code = s.kind_code
ORDER BY s.seq;
