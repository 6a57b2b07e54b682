-- The rules of the demonstration: the library, by its one call, and the national
-- kinds that judge by imported knowledge points.
SET meso_audit.require_approval = off;
SELECT count(version) FROM meso_audit.load_sample_rules(status => 'active');
SELECT meso_audit.load_sample_knowledge();
SELECT meso_audit.add_known_codes(array_agg(DISTINCT code)) FROM meso_audit.knowledge_code WHERE code NOT LIKE '%\%';

-- What look-alikes are spared by: twins need two cares a day, and whoever is
-- registered for chemotherapy comes back every two weeks by plan.
SELECT meso_audit.add_exemption('多胎妊娠', rule_code => 'NEWBORN-CARE', diag_code => 'O30%');
SELECT meso_audit.add_exemption('化疗备案患者', rule_code => 'AGG-SPLIT', psn_no => demo.psn_no(p))
FROM demo.person p LEFT JOIN demo.cases c USING (p) LEFT JOIN demo.spec s USING (spec)
WHERE p.course = 'chemo' OR s.person = 'registered';
SELECT meso_audit.set_data_since('fee_line', demo.since());

-- National kinds that judge by the points just imported: one rule a kind.
SELECT meso_audit.create_rule(code => 'KP-' || k.kind_code, kind => k.kind_code, template => k.template, params => k.params,
	title => k.name_zh || '（知识点）', status => 'active')
FROM meso_audit.rule_kind k
WHERE k.template IS NOT NULL AND EXISTS (SELECT FROM meso_audit.knowledge_point p
	WHERE p.kind_code = k.kind_code AND p.understood = 'understood')
ORDER BY k.kind_code;
