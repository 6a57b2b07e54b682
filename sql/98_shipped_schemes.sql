-- The schemes that come with the extension: five grades for institutions,
-- practitioners and persons, and the twelve points of a practitioner. Weights are
-- shares of full marks among what applies to a subject.

-- for this module alone
CREATE FUNCTION @extschema@.ship_scheme(scheme text, subject_type text, title_zh text, title_en text)
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	INSERT INTO scheme (scheme, version, subject_type, title_zh, title_en, full_marks, min_score, max_score, bands,
		veto_grade, preferred, status, origin, created_by, created_at)
	VALUES ($1, 1, $2, $3, $4, 100, 0, 100, '[
		{"grade": "A", "from": 90, "label_zh": "优秀", "label_en": "excellent"},
		{"grade": "B", "from": 80, "label_zh": "良好", "label_en": "good"},
		{"grade": "C", "from": 70, "label_zh": "一般", "label_en": "fair"},
		{"grade": "D", "from": 60, "label_zh": "较差", "label_en": "poor"},
		{"grade": "E", "label_zh": "失信", "label_en": "untrustworthy"}]', 'E', true, 'active', 'shipped', 'meso_audit', '2026-11-22 00:00:00+00');
	INSERT INTO scheme_indicator (scheme, version, indicator, seq, aspect, method, weight, params, validity, origin)
	SELECT $1, 1, i.indicator, i.seq, i.aspect, i.scoring, w.weight, w.params::jsonb, w.validity, 'shipped'
	FROM indicator i
	JOIN (VALUES
		('I01', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I02', 1, '{}', '1 year'),
		('I03', 1, '{"per": 0.2}', '1 year'),
		('I04', 1, '{"per": 0.5}', '1 year'),
		('I05', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I06', 2, '{"per": 0.5}', '1 year'),
		('I07', 2, '{"bands": [{"from": 90, "earn": 1}, {"from": 80, "earn": 0.7}, {"from": 60, "earn": 0.3}]}', '1 year'),
		('I08', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I09', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I10', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I11', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I12', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I13', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I14', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I15', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I16', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I17', 1, '{}', '1 year'),
		('I18', 1, '{}', '1 year'),
		('I19', 4, '{"bands": [{"upto": 0.5, "earn": 1}, {"upto": 2, "earn": 0.7}, {"upto": 5, "earn": 0.4}]}', '1 year'),
		('I20', 4, '{"bands": [{"upto": 0.001, "earn": 1}, {"upto": 0.005, "earn": 0.7}, {"upto": 0.02, "earn": 0.3}]}', '1 year'),
		('I21', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I22', 1, '{"bands": [{"from": 0.5, "earn": 1}, {"from": 0.2, "earn": 0.6}, {"from": 0, "earn": 0.3}]}', '1 year'),
		('I23', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I24', 1, '{"per": 0.2}', '1 year'),
		('I25', 2, '{"per": 0.4}', '1 year'),
		('I26', 3, '{"per": 1}', '1 year'),
		('I27', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I28', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I29', 3, '{"per": 1}', '1 year'),
		('I30', 2, '{"per": 0.5}', '1 year'),
		('I31', 2, '{"per": 0.5}', '1 year'),
		('I32', 2, '{"per": 1}', '1 year'),
		('I33', 2, '{"bands": [{"upto": 0.001, "earn": 1}, {"upto": 0.005, "earn": 0.6}, {"upto": 0.02, "earn": 0.2}]}', '1 year'),
		('I34', 2, '{"bands": [{"upto": 0.01, "earn": 1}, {"upto": 0.05, "earn": 0.6}, {"upto": 0.1, "earn": 0.3}]}', '1 year'),
		('I35', 2, '{"per": 0.2, "of": "value"}', '1 year'),
		('I36', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I37', 1, '{"per": 0.5}', '1 year'),
		('I38', 2, '{"bands": [{"upto": 0.01, "earn": 1}, {"upto": 0.05, "earn": 0.6}, {"upto": 0.1, "earn": 0.3}]}', '1 year'),
		('I39', 3, '{"bands": [{"upto": 0.05, "earn": 1}, {"upto": 0.1, "earn": 0.6}, {"upto": 0.2, "earn": 0.3}]}', '1 year'),
		('I40', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I41', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I42', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I43', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I44', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I45', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I46', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I47', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I48', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I49', 1.5, '{"better": "high", "worst": 0.05, "best": 0.5}', '1 year'),
		('I50', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I51', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I52', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I53', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I54', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I55', 1.5, '{"better": "low", "worst": 0.05, "best": 0.5}', '1 year'),
		('I56', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I57', 1, '{}', '1 year'),
		('I58', 1, '{}', '1 year'),
		('I59', 1, '{"per": 0.2}', '1 year'),
		('I60', 1, '{"per": 5, "of": "value"}', '1 year'),
		('I61', 1, '{}', '1 year'),
		('I62', 2, '{"per": 0.5}', '1 year'),
		('I63', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I64', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I65', 1, '{"bands": [{"from": 0.9, "earn": 1}, {"from": 0.8, "earn": 0.7}, {"from": 0.6, "earn": 0.3}]}', '1 year'),
		('I66', 1, '{"bands": [{"upto": 0.0005, "earn": 1}, {"upto": 0.002, "earn": 0.6}, {"upto": 0.005, "earn": 0.3}]}', '1 year'),
		('I67', 1, '{"worst": 0.6, "best": 0.98}', '1 year'),
		('I68', 1, '{}', '1 year'),
		('I69', 0.5, '{"per": 0.2}', '1 year'),
		('I70', 4, '{"per": 2}', '1 year'),
		('I71', 2, '{"bands": [{"upto": 0, "earn": 1}, {"upto": 10000, "earn": 0.6}, {"upto": 100000, "earn": 0.3}]}', '1 year'),
		('I72', 4, '{"per": 2}', '1 year'),
		('I73', 0, '{}', '1 year'),
		('I74', 0, '{}', '1 year'),
		('I75', 0, '{}', '1 year'),
		('I76', 0, '{}', '1 year'),
		('I77', 3, '{"bands": [{"upto": 0, "earn": 1}, {"upto": 3, "earn": 0.7}, {"upto": 8, "earn": 0.3}]}', '1 year'),
		('I78', 2, '{"per": 1}', '1 year'),
		('I79', 2, '{"per": 1}', '1 year'),
		('I80', 2, '{"per": 1}', '1 year'),
		('I81', 2, '{"per": 1}', '1 year'),
		('I82', 1, '{"bands": [{"from": 4, "earn": 1}, {"from": 3, "earn": 0.8}, {"from": 2, "earn": 0.4}]}', '1 year'),
		('I83', 0, '{}', '1 year'),
		('I84', 1, '{"per": 0.5}', '1 year'),
		('I85', 1, '{"per": 0.5}', '1 year'),
		('I86', 0.5, '{"bands": [{"from": 4, "earn": 1}, {"from": 3, "earn": 0.8}, {"from": 2, "earn": 0.4}]}', '1 year'),
		('I87', 0, '{}', '1 year'),
		('I88', 2, '{"per": 1}', '1 year'),
		('I89', 1, '{"per": 0.5}', '1 year')
	) AS w(indicator, weight, params, validity) ON w.indicator = i.indicator
	WHERE i.version = 1 AND $2 = ANY (i.subject_types);
$$;
SELECT @extschema@.ship_scheme('AE_hospital', 'hospital', '定点医疗机构信用评价（五级）', 'Hospitals, five grades'),
	@extschema@.ship_scheme('AE_pharmacy', 'pharmacy', '定点零售药店信用评价（五级）', 'Pharmacies, five grades'),
	@extschema@.ship_scheme('AE_care', 'care', '长护机构信用评价（五级）', 'Long-term care, five grades'),
	@extschema@.ship_scheme('AE_practitioner', 'practitioner', '医保服务人员信用评价（五级）', 'Practitioners, five grades'),
	@extschema@.ship_scheme('AE_person', 'person', '参保人员信用评价（五级）', 'Insured persons, five grades'),
	@extschema@.ship_scheme('AE_company', 'company', '医药企业信用评价（五级）', 'Companies, five grades');
DROP FUNCTION @extschema@.ship_scheme(text, text, text, text);

-- 医保支付资格管理: points of a calendar year; 9 suspend, 12 end the qualification
INSERT INTO @extschema@.scheme (scheme, version, subject_type, title_zh, title_en, full_marks, min_score, max_score, normalize,
	bands, veto_grade, status, origin, created_by, created_at)
VALUES ('POINTS12', 1, 'practitioner', '医保支付资格记分（12分）', 'Twelve points of payment qualification', 12, 0, 12, false, '[
	{"grade": "正常", "from": 11.000001, "label_zh": "正常", "label_en": "no points"},
	{"grade": "轻微", "from": 8.000001, "label_zh": "1至3分", "label_en": "light"},
	{"grade": "较重", "from": 3.000001, "label_zh": "4至8分", "label_en": "heavier"},
	{"grade": "暂停", "from": 0.000001, "label_zh": "9至11分：暂停医保支付资格", "label_en": "suspended"},
	{"grade": "终止", "label_zh": "12分：终止医保支付资格", "label_en": "ended"}]', '终止', 'active', 'shipped', 'meso_audit', '2026-11-22 00:00:00+00');
INSERT INTO @extschema@.scheme_indicator (scheme, version, indicator, seq, aspect, method, weight, params, validity, origin)
VALUES ('POINTS12', 1, 'I77', 77, 'WF', 'deduct', 12, '{"per": 1}', 'calendar year', 'shipped');

INSERT INTO @extschema@.measure (scheme, grade, measure, value, title_zh, title_en, origin)
SELECT s.scheme, m.grade, m.measure, m.value, m.title_zh, m.title_en, 'shipped'
FROM @extschema@.scheme s
JOIN (VALUES
	('A', 'inspection_factor', 0.5, '降低检查频次', 'half as many inspections', '{hospital,pharmacy,care}'),
	('B', 'inspection_factor', 1, '正常检查频次', 'the usual inspections', '{hospital,pharmacy,care}'),
	('C', 'inspection_factor', 1.5, '提高检查频次', 'half as many inspections again', '{hospital,pharmacy,care}'),
	('D', 'inspection_factor', 2, '重点检查', 'twice the inspections', '{hospital,pharmacy,care}'),
	('E', 'inspection_factor', 4, '重点监管', 'four times the inspections', '{hospital,pharmacy,care}'),
	('A', 'sampling_rate', 0.05, '抽审比例5%', '5 % of claims sampled', '{hospital,pharmacy,care}'),
	('B', 'sampling_rate', 0.1, '抽审比例10%', '10 % of claims sampled', '{hospital,pharmacy,care}'),
	('C', 'sampling_rate', 0.2, '抽审比例20%', '20 % of claims sampled', '{hospital,pharmacy,care}'),
	('D', 'sampling_rate', 0.5, '抽审比例50%', '50 % of claims sampled', '{hospital,pharmacy,care}'),
	('E', 'sampling_rate', 1, '全部审核', 'all claims sampled', '{hospital,pharmacy,care}'),
	('A', 'budget_growth', 0.05, '提高医保总额预算', 'budget grows by 5 %', '{hospital}'),
	('B', 'budget_growth', 0.02, '医保总额预算小幅增长', 'budget grows by 2 %', '{hospital}'),
	('C', 'budget_growth', 0, '医保总额预算不增长', 'budget does not grow', '{hospital}'),
	('D', 'budget_growth', -0.05, '医保总额预算负增长', 'budget shrinks by 5 %', '{hospital}'),
	('E', 'budget_growth', -0.1, '医保总额预算负增长', 'budget shrinks by 10 %', '{hospital}'),
	('A', 'prepayment_change', 0.05, '提高预付比例', 'prepayment 5 % more', '{hospital}'),
	('D', 'prepayment_change', -0.1, '降低预付比例', 'prepayment 10 % less', '{hospital}'),
	('E', 'prepayment_change', -1, '停止预付', 'no prepayment', '{hospital}'),
	('A', 'privilege', NULL, '评优评先加分、医保金融贷款、悬挂守信标牌', 'honours, loans against claims, plaque', '{hospital,pharmacy,care}'),
	('A', 'privilege', NULL, '容缺办理通道、减免住院押金', 'short procedures, no hospital deposit', '{practitioner,person}'),
	('D', 'hold_reminders', NULL, '事前提醒转为拦截复核', 'rules that remind hold instead', '{hospital,pharmacy,care}'),
	('E', 'hold_reminders', NULL, '事前提醒转为拦截复核', 'rules that remind hold instead', '{hospital,pharmacy,care}'),
	('E', 'publicity', NULL, '取消评优资格、公开曝光', 'no honours, exposure in the media', '{hospital,pharmacy,care}'),
	('E', 'suspension_months', 6, '暂停医保支付资格', 'payment suspended', '{practitioner}'),
	('E', 'suspension_months', 3, '暂停医疗费用联网结算', 'networked settlement suspended', '{person}')
) AS m(grade, measure, value, title_zh, title_en, subject_types) ON s.subject_type OPERATOR(pg_catalog.=) ANY (m.subject_types::text[])
WHERE s.scheme OPERATOR(pg_catalog.~~) 'AE\_%'
UNION ALL
VALUES ('POINTS12', '暂停', 'suspension_months', 6, '暂停医保支付资格', 'payment suspended', 'shipped'),
	('POINTS12', '终止', 'suspension_months', 12, '终止医保支付资格', 'payment ended', 'shipped');
