-- The rules of the demonstration: every template at least once, and the
-- national kinds that judge by imported knowledge points.
--
-- demo.rule() spells items by their short names (or, with a %, as they are);
-- everything else is meso_audit.create_rule.

SET meso_audit.require_approval = off;

CREATE PROCEDURE demo.rule(code text, kind text, template text, params jsonb, items text, title text,
	scope jsonb DEFAULT '{}', action text DEFAULT 'flag')
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM meso_audit.create_rule(code => rule.code, kind => rule.kind, template => rule.template, params => rule.params,
		codes => CASE WHEN items LIKE '%\%%' THEN string_to_array(items, ' ') ELSE demo.codes(items) END,
		scope => rule.scope, action => rule.action, title => rule.title, status => 'active');
END
$$;
-- codes of items as a JSON list, for parameters
CREATE FUNCTION demo.list(names text) RETURNS jsonb LANGUAGE sql STABLE RETURN to_jsonb(demo.codes(names));

-- Limits of one attribute
CALL demo.rule('SEX-DRUG-M', 'GZ10000301004000', 'attr_limit', '{"attribute": "gend", "op": "in", "value": ["1"]}', 'finasteride', '前列腺用药限男性');
CALL demo.rule('SEX-DRUG-F', 'GZ10000301004000', 'attr_limit', '{"attribute": "gend", "op": "in", "value": ["2"]}', 'progesterone carboprost oxytocin gongxue', '妇科用药限女性');
CALL demo.rule('SEX-SVC-F', 'GZ10000302004000', 'attr_limit', '{"attribute": "gend", "op": "in", "value": ["2"]}', 'us_uterus us_fetal delivery op_cs op_myoma op_cyst', '妇产科项目限女性');
CALL demo.rule('SEX-CONS', 'GZ88087', 'attr_limit', '{"attribute": "gend", "op": "in", "value": ["2"]}', 'iud', '宫内节育器限女性');
CALL demo.rule('CHILD-DRUG', 'GZ10000301002000', 'attr_limit', '{"attribute": "age", "op": "<=", "value": 14}', 'ped_cough ped_para ped_ors', '儿童专用药品');
CALL demo.rule('CHILD-FORBID', 'GZ10000301003000', 'attr_limit', '{"attribute": "age", "op": ">=", "value": 18}', 'levofloxacin', '喹诺酮类儿童禁用');
CALL demo.rule('LEVEL-DRUG', 'GZ10000101012000', 'attr_limit', '{"attribute": "hosp_lv", "op": ">=", "value": 2}', 'albumin trastuzumab', '限二级及以上医疗机构');
CALL demo.rule('WARD-DRUG', 'GZ88013', 'attr_limit', '{"attribute": "med_type", "op": "in", "value": ["13", "21", "22", "23", "24", "26", "27", "28", "52"]}', 'edaravone butylphth xueshuan', '限住院及急诊使用');
CALL demo.rule('INJURY-DRUG', 'GZ10000101001000', 'attr_limit', '{"attribute": "insutype", "op": "not_in", "value": ["310", "390", "510"]}', 'wound_gel', '限工伤保险');
CALL demo.rule('MATERNITY-DRUG', 'GZ10000101002000', 'attr_limit', '{"attribute": "med_type", "op": "in", "value": ["51", "52", "53"]}', 'carboprost', '限生育就医');
CALL demo.rule('DEPT-SVC', 'GZ10000102008000', 'attr_limit', '{"attribute": "dept", "op": "in", "value": ["A20", "A21"]}', 'voc_train', '限康复科开展');
CALL demo.rule('AGE-SVC', 'GZ88029', 'attr_limit', '{"attribute": "age", "op": "between", "value": [16, 60]}', 'voc_train', '职业功能训练限法定劳动年龄');
CALL demo.rule('TITLE-ABX', 'GZ10000202003000', 'attr_limit', '{"attribute": "title", "op": "in", "value": ["231", "232"]}', 'meropenem tigecycline', '特殊使用级抗菌药物限高级职称');
CALL demo.rule('PREGNANT-DRUG', 'GZ10000301010000', 'attr_limit', '{"attribute": "matn_stas", "op": "not_in", "value": ["1"]}', 'warfarin atorva simva rosuva', '妊娠期禁用药品');
CALL demo.rule('NEWBORN-SVC', 'GZ10000102005000', 'attr_limit', '{"attribute": "age_days", "op": "<=", "value": 28}', 'photo_neo', '蓝光治疗限新生儿');
CALL demo.rule('NEWBORN-CONS', 'GZ10000103001000', 'attr_limit', '{"attribute": "age_days", "op": "<=", "value": 28}', 'neo_line', '脐静脉导管限新生儿');
CALL demo.rule('CHILD-ADD', 'GZ10000102006000', 'attr_limit', '{"attribute": "age", "op": "<=", "value": 6}', 'ped_add', '儿童加收限六周岁以下');
CALL demo.rule('ELDER-DRUG', 'GZ10000301009000', 'attr_limit', '{"attribute": "age", "op": "<=", "value": 75}', 'diazepam', '老年人慎用苯二氮䓬类');
CALL demo.rule('DOSE-LABEL', 'GZ10000301005000', 'attr_limit', '{"attribute": "sin_dos", "op": "<=", "value": 10}', 'zolpidem', '唑吡坦单次剂量超说明书');
CALL demo.rule('PRIMARY-SVC', 'GZ10000102011000', 'attr_limit', '{"attribute": "hosp_lv", "op": "<=", "value": 1}', 'home_bed', '家庭病床限基层机构');
CALL demo.rule('PHARMACY-SVC', 'GZ10000102009000', 'attr_limit', '{"attribute": "fixmedins_type", "op": "in", "value": ["1"]}', 'acupuncture tuina cupping', '诊疗项目不得由药店结算');
CALL demo.rule('NET-NARCOTIC', 'GZ88047', 'attr_limit', '{"attribute": "channel", "op": "not_in", "value": ["internet"]}', 'morphine diazepam', '互联网诊疗不得开具麻醉精神药品');

-- Diagnoses and operations themselves
SELECT meso_audit.create_rule(code => 'DIAG-SEX', kind => 'GZ10000204006000', template => 'attr_limit',
	params => '{"codes_of": "diagnosis", "attribute": "gend", "op": "in", "value": ["1"]}', codes => '{N40%,C61%}', title => '男性疾病诊断与性别不符', status => 'active');
SELECT meso_audit.create_rule(code => 'DIAG-AGE', kind => 'GZ10000204007000', template => 'attr_limit',
	params => '{"codes_of": "diagnosis", "attribute": "age_days", "op": "<=", "value": 28}', codes => '{P59%}', title => '新生儿诊断与年龄不符', status => 'active');
SELECT meso_audit.create_rule(code => 'OPERATION-SEX', kind => 'GZ10000201005000', template => 'attr_limit',
	params => '{"codes_of": "operation", "attribute": "gend", "op": "in", "value": ["2"]}', codes => '{68%,74%}', title => '女性手术操作与性别不符', status => 'active');
SELECT meso_audit.create_rule(code => 'OPERATION-NO-FEE', kind => 'GZ10000201004000', template => 'companion_required',
	params => jsonb_build_object('codes_of', 'operation', 'needs', demo.list('op_append'), 'window', 'visit'), codes => '{47.0%}', title => '有阑尾切除编码无手术收费', status => 'active');

-- Never payable, and prescriptions of nothing else
CALL demo.rule('NEVER-TCM', 'GZ10000101003000', 'never_pay', '{}', 'ejiao lurong hongshen', '单复方均不予支付的中药饮片');
CALL demo.rule('TCM-SINGLE', 'GZ10000101004000', 'all_of_set', '{}', 'gouqi juhua danggui shanyao ejiao', '单方使用不予支付的中药饮片');

-- Indications and contraindications
CALL demo.rule('IND-LUNG', 'GZ10000101008000', 'diag_required', '{"diag": ["C34%"]}', 'gefitinib osimertinib', '靶向药限肺癌');
CALL demo.rule('IND-STROKE', 'GZ10000301007000', 'diag_required', '{"diag": ["I63%", "I64%"]}', 'edaravone', '依达拉奉限脑梗死');
CALL demo.rule('IND-HEPB', 'GZ10000101008000', 'diag_required', '{"diag": ["B16%", "B18%"]}', 'entecavir', '恩替卡韦限乙型肝炎');
CALL demo.rule('IND-TUMOUR', 'GZ10000302001000', 'diag_required', '{"diag": ["C%", "D0%", "D3%", "D4%"]}', 'tumor_pnl', '无指征肿瘤标志物检验');
CALL demo.rule('DISEASE-LIST', 'GZ10000101011000', 'diag_required', '{"diag": ["M01600"], "source": "dise"}', 'metformin gliclazide acarbose', '降糖药限糖尿病门诊慢特病', '{"med_type": ["14"]}');
CALL demo.rule('CONTRA-NSAID', 'GZ10000301008000', 'diag_forbidden', '{"diag": ["K25%", "K26%", "K27%"]}', 'diclofenac ibuprofen', '消化性溃疡禁用非甾体抗炎药');
CALL demo.rule('CONTRA-RENAL', 'GZ10000301008000', 'diag_forbidden', '{"diag": ["N18.5%", "N18.6%"]}', 'acarbose metformin', '终末期肾病禁用');

-- Charged twice
CALL demo.rule('DUP-CT', 'GZ10000102012000', 'pair_exclusive', jsonb_build_object('with', demo.list('ct_plain'), 'window', 'day'), 'ct_enh', 'CT增强已含平扫');
CALL demo.rule('DUP-DIALYSIS', 'GZ10000102012000', 'pair_exclusive', jsonb_build_object('with', demo.list('hp'), 'window', 'day'), 'hd', '血液透析与血液灌流重复收费');
CALL demo.rule('DUP-EMERGENCY', 'GZ10000102012000', 'pair_exclusive', jsonb_build_object('with', demo.list('er_monitor'), 'window', 'visit'), 'gh_er', '急诊监护费含诊查');
CALL demo.rule('DUP-ANAESTHESIA', 'GZ10000102012000', 'pair_exclusive', jsonb_build_object('with', demo.list('intubate'), 'window', 'day'), 'anes_ga', '全身麻醉含气管插管');
CALL demo.rule('DUP-NURSING', 'GZ10000102012000', 'pair_exclusive', jsonb_build_object('with', demo.list('nurse_item'), 'window', 'day'), 'nurse_sp', '特级护理含专项护理');
CALL demo.rule('DUP-CONSUMABLE', 'GZ88030', 'pair_exclusive', jsonb_build_object('with', demo.list('iv_set'), 'window', 'settlement'), 'hd', '血液透析含管路耗材');
CALL demo.rule('TCM-INCOMPATIBLE', 'GZ10000301012000', 'pair_exclusive', jsonb_build_object('with', demo.list('gansui'), 'window', 'rx'), 'gancao', '十八反：甘草反甘遂');
CALL demo.rule('TCM-INCOMPATIBLE-2', 'GZ10000301012000', 'pair_exclusive', jsonb_build_object('with', demo.list('wutou'), 'window', 'rx'), 'banxia', '十八反：乌头反半夏');
CALL demo.rule('INTERACTION', 'GZ10000301011000', 'pair_exclusive', jsonb_build_object('with', demo.list('warfarin'), 'window', 'supply', 'same', 'person'), 'aspirin clopidogrel', '华法林与抗血小板药相互作用');
CALL demo.rule('DUP-CLASS-RX', 'GZ10000301006000', 'group_dup', '{"n": 2, "window": "rx"}', 'atorva rosuva simva', '同一处方两种他汀');
CALL demo.rule('DUP-CLASS-SUPPLY', 'GZ10000301006000', 'group_dup', '{"n": 2, "window": "supply"}', 'omeprazole pantoprazole rabeprazole', '质子泵抑制剂用药期重叠');

-- Something is missing
CALL demo.rule('NO-IMAGING', 'GZ10000301001000', 'companion_required', jsonb_build_object('needs', demo.list('ct_enh'), 'window', 'day'), 'contrast', '有造影剂无增强检查');
CALL demo.rule('NO-INTUBATION', 'GZ10000303001000', 'companion_required', jsonb_build_object('needs', demo.list('intubate anes_ga'), 'window', 'visit'), 'ett', '有插管导管无插管项目');
CALL demo.rule('NO-CATARACT-OP', 'GZ10000303001000', 'companion_required', jsonb_build_object('needs', demo.list('op_cataract'), 'window', 'visit'), 'iol', '有人工晶体无白内障手术');

-- Quantities
CALL demo.rule('HOURS-MONITOR', 'GZ10000102014000', 'max_qty', '{"max": 24, "unit": "day"}', 'monitor_h', '心电监测每日不超过24小时');
CALL demo.rule('HOURS-OXYGEN', 'GZ10000102014000', 'max_qty', '{"max": 24, "unit": "day"}', 'oxygen_h', '持续吸氧每日不超过24小时');
CALL demo.rule('HOURS-VENTILATOR', 'GZ10000102014000', 'max_qty', '{"max": 24, "unit": "day"}', 'ventil_h', '呼吸机每日不超过24小时');
CALL demo.rule('BED-DAY', 'GZ10000102014000', 'max_qty', '{"max": 1, "unit": "day"}', 'bed', '床位费每日一次');
CALL demo.rule('NURSING-DAY', 'GZ10000102014000', 'max_qty', '{"max": 1, "unit": "day"}', 'nurse1 nurse2', '分级护理每日一次');
CALL demo.rule('NEWBORN-CARE', 'GZ10000102014000', 'max_qty', '{"max": 1, "unit": "day"}', 'neo_care', '新生儿护理每日一次');
CALL demo.rule('DIALYSIS-DAY', 'GZ10000102014000', 'max_qty', '{"max": 1, "unit": "day"}', 'hd', '血液透析每日一次');
CALL demo.rule('ACUPUNCTURE-DAY', 'GZ10000102014000', 'max_qty', '{"max": 2, "unit": "day", "each": true}', 'acupuncture tuina cupping', '中医治疗每项每日不超过两次');
CALL demo.rule('HERB-GRAMS', 'GZ88077', 'max_qty', '{"max": 300, "unit": "line"}', 'huangqi danggui baizhu fuling dangshen', '中药饮片单味超量');
CALL demo.rule('STAPLER-VISIT', 'GZ10000303003000', 'max_qty', '{"max": 4, "unit": "visit"}', 'stapler', '钉仓每次住院不超过四个');
CALL demo.rule('INSULIN-BILL', 'GZ88009', 'max_qty', '{"max": 4, "unit": "settlement"}', 'insulin', '胰岛素单次开药量');
CALL demo.rule('HBA1C-PERIOD', 'GZ88031', 'max_qty_period', '{"max": 1, "period": "60 days"}', 'hba1c', '糖化血红蛋白两月一次');
CALL demo.rule('REHAB-EVAL-GAP', 'GZ10000102010000', 'max_qty_period', '{"min_gap": 14, "period": "14 days"}', 'rehab_eval', '康复综合评定间隔不少于14天');
CALL demo.rule('COURSE-14', 'GZ10000101010000', 'max_days', '{"max": 14, "period": "visit"}', 'xueshuan', '血栓通支付不超过14天');
CALL demo.rule('REHAB-DAYS', 'GZ10000102010000', 'max_days', '{"max": 20, "period": "30 days"}', 'rehab_ot', '作业疗法三十日内不超过20天');
CALL demo.rule('RX-KINDS', 'GZ10000202004000', 'max_kinds', '{"max": 5, "unit": "rx"}', 'X% Z%', '单张处方超过五种药品', '{"med_type": ["11", "13", "14", "41"]}');

-- Prices and sums
CALL demo.rule('PRICE-CT', 'GZ10000102001000', 'price_ceiling', '{"basis": "price", "tolerance": 0.05, "ceiling": [{"price": 180, "hosp_lv": 3}, {"price": 162, "hosp_lv": 2}, {"price": 144, "hosp_lv": 1}]}', 'ct_plain', 'CT平扫最高限价');
CALL demo.rule('PRICE-MRI', 'GZ10000102001000', 'price_ceiling', '{"basis": "price", "tolerance": 0.05, "ceiling": [{"price": 460}, {"price": 414, "hosp_lv": 2}, {"price": 368, "hosp_lv": 1}]}', 'mri', '磁共振平扫最高限价');
CALL demo.rule('CEILING-VISIT', 'GZ10000103003000', 'price_ceiling', '{"basis": "visit", "tolerance": 0, "ceiling": [{"price": 2000}]}', 'scalpel', '超声刀头单次住院限额');
CALL demo.rule('CEILING-YEAR', 'GZ10000102015000', 'price_ceiling', '{"basis": "year", "tolerance": 0, "ceiling": [{"price": 600}]}', 'alendronate', '年度报销限额');
CALL demo.rule('SECOND-OPERATION', 'GZ10000102002000', 'second_discount', '{"ratio": 0.5, "by": "day"}', 'op_append op_gall op_hernia op_myoma op_cyst', '同日第二手术未折价');
CALL demo.rule('SECOND-LINE', 'GZ10000101005000', 'prior_use_required', jsonb_build_object('first_line', demo.list('metformin'), 'lookback', '180 days'), 'semaglutide', '司美格鲁肽限二线使用');
CALL demo.rule('UNBUNDLED-LIVER', 'GZ10000102013000', 'component_sum', jsonb_build_object('parent', demo.list('liver_pnl'), 'components', demo.list('alt ast ggt alp tbil alb'), 'n', 4,
	'ceiling', '[{"price": 52}]'::jsonb), NULL, '肝功能全套分解收费');
CALL demo.rule('LONG-SUPPLY', 'MA011', 'expression', '{"sql": "prd_days > 60 AND med_type = ''11''"}', '%', '门诊单次开药超过60天');

INSERT INTO meso_audit.list_price (area, code, price)
SELECT '99', code, price FROM demo.item WHERE k LIKE 'op\_%';

-- Data that cannot be right
CALL demo.rule('DQ-AMOUNT', 'GZ10000201002000', 'data_quality', '{"check": "qty_price_amount", "tolerance": 0.01}', '%', '数量×单价≠金额');
CALL demo.rule('DQ-UPLOAD', 'GZ10000201007000', 'data_quality', '{"check": "upload_lag", "tolerance": "24 hours"}', '%', '明细上传超过24小时');
CALL demo.rule('DQ-OUTSIDE', 'GZ10000201008000', 'data_quality', '{"check": "outside_stay", "tolerance": 0}', '%', '计费日期在住院之外');
CALL demo.rule('DQ-DEATH', 'MA004', 'data_quality', '{"check": "after_death"}', '%', '死亡后结算');
CALL demo.rule('DQ-PAUSED', 'MA005', 'data_quality', '{"check": "insurance_paused"}', '%', '停保期结算');
CALL demo.rule('DQ-UNKNOWN', 'MA009', 'data_quality', '{"check": "unknown_code"}', '%', '编码不在目录');
CALL demo.rule('DQ-MISSING', 'MA010', 'data_quality', '{"check": "missing", "columns": ["bilg_dr_code"]}', '%', '缺开单医师');
CALL demo.rule('DQ-OWNER', 'MA008', 'data_quality', '{"check": "key_mismatch"}', '%', '明细与结算人员不一致');
CALL demo.rule('DQ-SUM', 'GZ10000201001000', 'data_quality', '{"check": "sum_mismatch", "tolerance": 0.01}', '%', '结算总额与明细不符');
CALL demo.rule('DQ-REFUND', 'MA006', 'data_quality', '{"check": "refund_both"}', '%', '退费与冲减并存');
CALL demo.rule('DQ-ORDER', 'MA007', 'data_quality', '{"check": "order"}', '%', '就诊结束早于开始');
INSERT INTO meso_audit.known_code (code, name) SELECT code, name FROM demo.item;
INSERT INTO meso_audit.known_code (code) SELECT code FROM meso_audit.knowledge_code ON CONFLICT DO NOTHING;

-- People and places
CALL demo.rule('AGG-SWIPES', 'MA001', 'aggregate_threshold', '{"metric": "settlements", "by": "person", "period": "day", "op": ">=", "value": 5}', NULL, '一日多次刷卡');
CALL demo.rule('AGG-VISITS', 'GZ10000204002000', 'aggregate_threshold', '{"metric": "visits", "by": "person", "period": "30 days", "op": ">=", "value": 20}', NULL, '频繁门诊', '{"med_type": ["11"]}');
CALL demo.rule('AGG-PLACES', 'MA003', 'aggregate_threshold', '{"metric": "institutions", "by": "person", "period": "30 days", "op": ">=", "value": 5}', NULL, '多机构购药', '{"fixmedins_type": ["2"]}');
CALL demo.rule('AGG-STAYS', 'GZ10000204004000', 'aggregate_threshold', '{"metric": "stays", "by": "person", "period": "365 days", "op": ">=", "value": 8}', NULL, '频繁住院');
CALL demo.rule('AGG-SPLIT', 'GZ10000204001000', 'aggregate_threshold', '{"metric": "stay_gap", "by": "person", "period": "15 days", "op": "<=", "value": 18}', NULL, '分解住院');
CALL demo.rule('AGG-AMOUNT', 'MA002', 'aggregate_threshold', '{"metric": "amount", "by": "person", "period": "month", "op": ">=", "value": 60000}', NULL, '单月超高额');
CALL demo.rule('AGG-DRUG-SHARE', 'ZB10000205001000', 'aggregate_threshold', '{"metric": "share", "chrgitm": ["09", "10", "11"], "by": "institution", "period": "year", "peer": {"group": "hosp_lv", "z": 3.5}}', NULL, '药占比显著高于同级机构');

-- What the look-alikes are spared by: twins need two cares a day, chemotherapy
-- comes back every three weeks by plan.
INSERT INTO meso_audit.rule_exemption (rule_code, diag_code, reason) VALUES ('NEWBORN-CARE', 'O30%', '多胎妊娠');
INSERT INTO meso_audit.rule_exemption (rule_code, psn_no, reason)
SELECT 'AGG-SPLIT', demo.psn_no(p), '化疗备案患者' FROM demo.person WHERE course = 'chemo';
SELECT meso_audit.set_data_since('fee_line', demo.since());

-- National kinds that judge by the points just imported: one rule a kind.
SELECT meso_audit.create_rule(code => 'KP-' || k.kind_code, kind => k.kind_code, template => k.template, params => k.params,
	title => k.name_zh || '（知识点）', status => 'active')
FROM meso_audit.rule_kind k
WHERE k.template IS NOT NULL AND EXISTS (SELECT FROM meso_audit.knowledge_point p
	WHERE p.kind_code = k.kind_code AND p.understood = 'understood')
ORDER BY k.kind_code;
