-- The contract: which facts there are and which columns each has.
--
-- Shipped rows only; a release may append columns, it never changes one.

CREATE TABLE @extschema@.fact
(
	fact		text PRIMARY KEY,
	seq			integer NOT NULL UNIQUE,
	label_zh	text NOT NULL,
	about		text NOT NULL
);
COMMENT ON TABLE @extschema@.fact IS
'事实: the facts of the contract; each is a view of this name over whatever was bound to it.';
COMMENT ON COLUMN @extschema@.fact.fact IS 'Name of the fact and of its view';
COMMENT ON COLUMN @extschema@.fact.seq IS 'Order in lists';
COMMENT ON COLUMN @extschema@.fact.label_zh IS 'Chinese label';
COMMENT ON COLUMN @extschema@.fact.about IS 'What one row is';

INSERT INTO @extschema@.fact (fact, seq, label_zh, about) VALUES
('institution', 1, '定点医药机构', 'A designated hospital, clinic, pharmacy or care home'),
('practitioner', 2, '医保医师护士药师', 'A physician, nurse, pharmacist or therapist at one place of practice'),
('person', 3, '参保人', 'An insured person'),
('person_insurance', 4, '参保信息', 'A spell of insurance of a person, or a pause within one'),
('visit', 5, '就诊', 'A visit or a stay'),
('settlement', 6, '结算', 'A settlement of a bill with the fund'),
('fee_line', 7, '费用明细', 'A line of a bill'),
('diagnosis', 8, '诊断', 'A diagnosis of a visit'),
('operation', 9, '手术操作', 'An operation of a visit'),
('stock_movement', 10, '进销存', 'A change of an institution''s stock of a drug or consumable'),
('trace_code', 11, '药品追溯码', 'A sale or return of one package with a traceability code'),
('presence_event', 12, '在场记录', 'An event that shows who was where: ward round, dialysis, payment, gate'),
('budget', 13, '总额预算', 'The yearly budget of an institution');

CREATE TABLE @extschema@.fact_column
(
	pos			integer GENERATED ALWAYS AS IDENTITY UNIQUE,
	fact		text NOT NULL REFERENCES @extschema@.fact,
	column_name	text NOT NULL,
	data_type	text NOT NULL
		CHECK (data_type IN ('text', 'numeric', 'date', 'timestamp without time zone', 'smallint',
							 'integer', 'boolean', 'real', 'double precision')),
	required	boolean NOT NULL,
	key_pos		integer CHECK (key_pos OPERATOR(pg_catalog.>) 0),
	label_zh	text NOT NULL,
	about		text NOT NULL,
	PRIMARY KEY (fact, column_name)
);
COMMENT ON TABLE @extschema@.fact_column IS
'事实列: the columns of every fact, in the order of its view, with exact types.';
COMMENT ON COLUMN @extschema@.fact_column.pos IS 'Order of the columns in the view';
COMMENT ON SEQUENCE @extschema@.fact_column_pos_seq IS 'Order of the columns of a fact';
COMMENT ON COLUMN @extschema@.fact_column.fact IS 'Fact';
COMMENT ON COLUMN @extschema@.fact_column.column_name IS 'Column, by its name on the national platform';
COMMENT ON COLUMN @extschema@.fact_column.data_type IS 'Exact type of the view''s column, without modifier, in the default collation';
COMMENT ON COLUMN @extschema@.fact_column.required IS 'Must be bound; a row with NULL here is as if it were not there';
COMMENT ON COLUMN @extschema@.fact_column.key_pos IS 'Place in the fact''s key; NULL: not of the key';
COMMENT ON COLUMN @extschema@.fact_column.label_zh IS 'Chinese label';
COMMENT ON COLUMN @extschema@.fact_column.about IS 'Meaning and codes';

INSERT INTO @extschema@.fact_column (fact, column_name, data_type, required, key_pos, label_zh, about) VALUES
('institution', 'fixmedins_code', 'text', true, 1, '定点医药机构编号', 'Code of the institution'),
('institution', 'fixmedins_name', 'text', false, NULL, '定点医药机构名称', 'Name'),
('institution', 'fixmedins_type', 'text', false, NULL, '定点医药机构类型', '1 hospital or clinic, 2 pharmacy, 3 long-term care'),
('institution', 'hosp_lv', 'smallint', false, NULL, '医院等级', '3 tertiary, 2 secondary, 1 primary, 0 none'),
('institution', 'fix_blng_admdvs', 'text', false, NULL, '定点归属医保区划', 'Area of 6 digits that the institution belongs to'),
('institution', 'biznat', 'text', false, NULL, '经营性质', 'Nature of business'),
('institution', 'aprv_bed_cnt', 'integer', false, NULL, '批准床位数', 'Approved beds'),
('institution', 'begndate', 'date', false, NULL, '协议开始日期', 'First day of the agreement'),
('institution', 'enddate', 'date', false, NULL, '协议结束日期', 'End of the agreement'),
('institution', 'legrep_name', 'text', false, NULL, '法定代表人', 'Legal representative'),
('institution', 'uscc', 'text', false, NULL, '统一社会信用代码', 'Unified social credit code'),

('practitioner', 'prac_psn_code', 'text', true, 1, '执业人员代码', 'Code of the person who practises'),
('practitioner', 'fixmedins_code', 'text', false, 2, '定点医药机构编号', 'Place of practice'),
('practitioner', 'prac_psn_name', 'text', false, NULL, '执业人员姓名', 'Name'),
('practitioner', 'prac_psn_type', 'text', false, NULL, '执业人员类别', 'D physician, N nurse, Y pharmacist, T therapist'),
('practitioner', 'pro_tech_duty', 'text', false, NULL, '专业技术职务', 'Title'),
('practitioner', 'hi_serv_stas', 'text', false, NULL, '医保服务状态', '1 in force'),
('practitioner', 'begndate', 'date', false, NULL, '开始日期', 'First day at this place'),
('practitioner', 'enddate', 'date', false, NULL, '结束日期', 'End at this place'),

('person', 'psn_no', 'text', true, 1, '人员编号', 'Number of the insured person'),
('person', 'psn_name', 'text', false, NULL, '姓名', 'Name'),
('person', 'gend', 'text', false, NULL, '性别', '1 male, 2 female; any other value is unknown'),
('person', 'brdy', 'date', false, NULL, '出生日期', 'Date of birth'),
('person', 'die_date', 'date', false, NULL, '死亡日期', 'Date of death'),
('person', 'psn_type', 'text', false, NULL, '人员类别', '11 employed, 12 retired, ...'),
('person', 'insu_admdvs', 'text', false, NULL, '参保所属医保区划', 'Area that insures the person'),
('person', 'tel', 'text', false, NULL, '联系电话', 'Telephone'),
('person', 'addr', 'text', false, NULL, '地址', 'Address'),

('person_insurance', 'psn_no', 'text', true, NULL, '人员编号', 'Insured person'),
('person_insurance', 'insutype', 'text', true, NULL, '险种类型', '310 employees, 390 residents, ...'),
('person_insurance', 'begndate', 'date', false, NULL, '开始日期', 'First day of the spell; NULL: open'),
('person_insurance', 'enddate', 'date', false, NULL, '结束日期', 'First day after the spell; NULL: open'),
('person_insurance', 'paused', 'boolean', false, NULL, '暂停参保', 'True for a paused spell'),

('visit', 'mdtrt_id', 'text', true, 1, '就诊ID', 'Number of the visit'),
('visit', 'psn_no', 'text', true, NULL, '人员编号', 'Insured person'),
('visit', 'fixmedins_code', 'text', true, NULL, '定点医药机构编号', 'Institution'),
('visit', 'begntime', 'timestamp without time zone', true, NULL, '开始时间', 'Begin of the visit, admission of a stay'),
('visit', 'endtime', 'timestamp without time zone', false, NULL, '结束时间', 'End of the visit, discharge of a stay; NULL: still open'),
('visit', 'med_type', 'text', false, NULL, '医疗类别', 'Encounter type; begins with 2 or is 52: a stay'),
('visit', 'adm_dept_codg', 'text', false, NULL, '入院科室编码', 'Department'),
('visit', 'adm_bed', 'text', false, NULL, '入院床位', 'Bed'),
('visit', 'chfpdr_code', 'text', false, NULL, '主诊医师代码', 'Attending physician'),
('visit', 'dscg_way', 'text', false, NULL, '离院方式', 'Way of discharge'),
('visit', 'matn_stas', 'text', false, NULL, '孕产状态', '1 pregnant, 2 nursing'),
('visit', 'channel', 'text', false, NULL, '就诊渠道', 'internet, or NULL'),

('settlement', 'setl_id', 'text', true, 1, '结算ID', 'Number of the settlement'),
('settlement', 'psn_no', 'text', true, NULL, '人员编号', 'Insured person'),
('settlement', 'fixmedins_code', 'text', true, NULL, '定点医药机构编号', 'Institution'),
('settlement', 'setl_time', 'timestamp without time zone', true, NULL, '结算时间', 'Time of settlement'),
('settlement', 'mdtrt_id', 'text', false, NULL, '就诊ID', 'Visit'),
('settlement', 'med_type', 'text', false, NULL, '医疗类别', 'Encounter type'),
('settlement', 'insutype', 'text', false, NULL, '险种类型', 'Kind of insurance'),
('settlement', 'setl_type', 'text', false, NULL, '结算类别', '1 at the centre, 2 online'),
('settlement', 'pay_loc', 'text', false, NULL, '支付地点类别', 'Place of payment'),
('settlement', 'medfee_sumamt', 'numeric', false, NULL, '医疗费总额', 'Total of the bill, yuan'),
('settlement', 'inscp_amt', 'numeric', false, NULL, '符合政策范围金额', 'Amount within the policy''s scope, yuan'),
('settlement', 'hifp_pay', 'numeric', false, NULL, '统筹基金支出', 'Paid by the pooled fund, yuan'),
('settlement', 'fund_pay_sumamt', 'numeric', false, NULL, '基金支付总额', 'Paid by all funds, yuan'),
('settlement', 'acct_pay', 'numeric', false, NULL, '个人账户支出', 'Paid from the personal account, yuan'),
('settlement', 'psn_cash_pay', 'numeric', false, NULL, '个人现金支出', 'Paid by the person in cash, yuan'),
('settlement', 'refd_setl_flag', 'text', false, NULL, '退费结算标志', '1: refunded, its lines do not exist'),
('settlement', 'init_setl_id', 'text', false, NULL, '原结算ID', 'Settlement whose lines this one reverses'),
('settlement', 'dise_codg', 'text', false, NULL, '病种编码', 'Disease that the settlement is for'),
('settlement', 'device_no', 'text', false, NULL, '终端设备编号', 'Device'),

('fee_line', 'setl_id', 'text', true, 1, '结算ID', 'Settlement'),
('fee_line', 'feedetl_sn', 'text', true, 2, '费用明细流水号', 'Number of the line in its settlement'),
('fee_line', 'psn_no', 'text', true, NULL, '人员编号', 'Insured person'),
('fee_line', 'fixmedins_code', 'text', true, NULL, '定点医药机构编号', 'Institution'),
('fee_line', 'fee_ocur_time', 'timestamp without time zone', true, NULL, '费用发生时间', 'Time of the charge'),
('fee_line', 'med_list_codg', 'text', true, NULL, '医疗目录编码', 'National code of the item'),
('fee_line', 'cnt', 'numeric', true, NULL, '数量', 'Quantity'),
('fee_line', 'det_item_fee_sumamt', 'numeric', true, NULL, '明细项目费用总额', 'Amount of the line, yuan'),
('fee_line', 'mdtrt_id', 'text', false, NULL, '就诊ID', 'Visit; NULL: the settlement''s'),
('fee_line', 'pric', 'numeric', false, NULL, '单价', 'Price, yuan'),
('fee_line', 'inscp_amt', 'numeric', false, NULL, '符合政策范围金额', 'Amount within the policy''s scope, yuan'),
('fee_line', 'list_type', 'text', false, NULL, '目录类别', '101 drug, 102 herb, 103 own preparation, 201 service, 301 consumable'),
('fee_line', 'med_chrgitm_type', 'text', false, NULL, '医疗收费项目类别', 'Charge class'),
('fee_line', 'medins_list_codg', 'text', false, NULL, '医药机构目录编码', 'The institution''s own code'),
('fee_line', 'medins_list_name', 'text', false, NULL, '医药机构目录名称', 'The institution''s own name'),
('fee_line', 'rxno', 'text', false, NULL, '处方号', 'Prescription'),
('fee_line', 'prd_days', 'numeric', false, NULL, '周期天数', 'Days of supply'),
('fee_line', 'sin_dos', 'numeric', false, NULL, '单次剂量', 'Single dose'),
('fee_line', 'bilg_dept_codg', 'text', false, NULL, '开单科室编码', 'Ordering department'),
('fee_line', 'bilg_dr_code', 'text', false, NULL, '开单医师代码', 'Ordering physician'),
('fee_line', 'acord_dept_codg', 'text', false, NULL, '受单科室编码', 'Executing department'),
('fee_line', 'acord_dr_code', 'text', false, NULL, '受单医师代码', 'Executing physician'),
('fee_line', 'upload_time', 'timestamp without time zone', false, NULL, '上传时间', 'When the line reached the platform'),
('fee_line', 'init_feedetl_sn', 'text', false, NULL, '原费用明细流水号', 'The line that this one reverses'),

('diagnosis', 'mdtrt_id', 'text', true, 1, '就诊ID', 'Visit'),
('diagnosis', 'diag_srt_no', 'text', true, 2, '诊断排序号', 'Number of the diagnosis in its visit'),
('diagnosis', 'diag_code', 'text', true, NULL, '诊断代码', 'Diagnosis code'),
('diagnosis', 'maindiag_flag', 'text', false, NULL, '主诊断标志', '1: the main diagnosis'),
('diagnosis', 'vali_flag', 'text', false, NULL, '有效标志', '0: the row does not exist'),

('operation', 'mdtrt_id', 'text', true, 1, '就诊ID', 'Visit'),
('operation', 'oprn_srt_no', 'text', true, 2, '手术操作排序号', 'Number of the operation in its visit'),
('operation', 'oprn_oprt_code', 'text', true, NULL, '手术操作代码', 'Operation code'),
('operation', 'main_oprn_flag', 'text', false, NULL, '主手术标志', '1: the main operation'),
('operation', 'oprn_begntime', 'timestamp without time zone', false, NULL, '手术开始时间', 'Begin'),
('operation', 'oprn_endtime', 'timestamp without time zone', false, NULL, '手术结束时间', 'End'),
('operation', 'oper_dr_code', 'text', false, NULL, '主刀医师代码', 'Surgeon'),
('operation', 'anst_dr_code', 'text', false, NULL, '麻醉医师代码', 'Anaesthetist'),
('operation', 'incision_no', 'text', false, NULL, '切口编号', 'Incision'),
('operation', 'feedetl_sn', 'text', false, NULL, '费用明细流水号', 'Fee line of the operation'),
('operation', 'vali_flag', 'text', false, NULL, '有效标志', '0: the row does not exist'),

('stock_movement', 'fixmedins_code', 'text', true, NULL, '定点医药机构编号', 'Institution'),
('stock_movement', 'med_list_codg', 'text', true, NULL, '医疗目录编码', 'National code of the item'),
('stock_movement', 'inv_chg_type', 'text', true, NULL, '库存变更类型', 'opening, purchase, purchase_return, sale, sale_return, count, gain, loss, transfer_in, transfer_out'),
('stock_movement', 'cnt', 'numeric', true, NULL, '数量', 'Quantity'),
('stock_movement', 'inv_chg_time', 'timestamp without time zone', true, NULL, '库存变更时间', 'Time of the change'),
('stock_movement', 'pric', 'numeric', false, NULL, '单价', 'Price, yuan'),
('stock_movement', 'manu_lotnum', 'text', false, NULL, '生产批号', 'Lot'),
('stock_movement', 'setl_id', 'text', false, NULL, '结算ID', 'Settlement of a sale'),

('trace_code', 'drug_trac_codg', 'text', true, NULL, '药品追溯码', 'Traceability code of the package'),
('trace_code', 'fixmedins_code', 'text', true, NULL, '定点医药机构编号', 'Institution'),
('trace_code', 'sel_retn_time', 'timestamp without time zone', true, NULL, '销售退货时间', 'Time of sale or return'),
('trace_code', 'sale_flag', 'text', true, NULL, '销售退货标志', '1 sale, 2 return; at equal times the sale comes first'),
('trace_code', 'setl_id', 'text', false, NULL, '结算ID', 'Settlement'),
('trace_code', 'psn_no', 'text', false, NULL, '人员编号', 'Insured person'),
('trace_code', 'med_list_codg', 'text', false, NULL, '医疗目录编码', 'National code of the drug'),

('presence_event', 'event_id', 'text', true, NULL, '事件ID', 'Number of the event'),
('presence_event', 'event_kind', 'text', true, NULL, '事件类型', 'ward_round, dialysis, payment, admission, gate_in, gate_out, therapy'),
('presence_event', 'event_time', 'timestamp without time zone', true, NULL, '事件时间', 'Time of the event'),
('presence_event', 'fixmedins_code', 'text', true, NULL, '定点医药机构编号', 'Institution'),
('presence_event', 'psn_no', 'text', false, NULL, '人员编号', 'Insured person'),
('presence_event', 'prac_psn_code', 'text', false, NULL, '执业人员代码', 'Practitioner'),
('presence_event', 'mdtrt_id', 'text', false, NULL, '就诊ID', 'Visit'),
('presence_event', 'matched', 'boolean', false, NULL, '比对结果', 'Whether the person was recognised'),
('presence_event', 'match_score', 'real', false, NULL, '比对分值', 'How well'),
('presence_event', 'answered', 'boolean', false, NULL, '是否应答', 'Whether the person answered'),
('presence_event', 'device_no', 'text', false, NULL, '设备编号', 'Device'),
('presence_event', 'lon', 'double precision', false, NULL, '经度', 'Longitude, degrees'),
('presence_event', 'lat', 'double precision', false, NULL, '纬度', 'Latitude, degrees'),

('budget', 'fixmedins_code', 'text', true, 1, '定点医药机构编号', 'Institution'),
('budget', 'year', 'integer', true, 2, '年度', 'Calendar year'),
('budget', 'budget_amt', 'numeric', true, NULL, '预算金额', 'Budget, yuan'),
('budget', 'growth', 'numeric', false, NULL, '增长率', 'Growth against the year before, 0.05 is 5 %'),
('budget', 'adjust_amt', 'numeric', false, NULL, '调整金额', 'Adjustment within the year, yuan');

CREATE TABLE @extschema@.fact_index
(
	fact		text NOT NULL REFERENCES @extschema@.fact,
	columns		text[] NOT NULL,
	predicate	text NOT NULL DEFAULT '',
	about		text NOT NULL,
	PRIMARY KEY (fact, columns, predicate)
);
COMMENT ON TABLE @extschema@.fact_index IS
'建议索引: the indexes by which the evaluator and its feeders look facts up; a bound table should have each of them.';
COMMENT ON COLUMN @extschema@.fact_index.fact IS 'Fact';
COMMENT ON COLUMN @extschema@.fact_index.columns IS 'Leading columns of the index, by the contract''s names';
COMMENT ON COLUMN @extschema@.fact_index.predicate IS 'Column that a partial index may require to be NOT NULL (an index without predicate serves as well); empty: the index must hold all rows';
COMMENT ON COLUMN @extschema@.fact_index.about IS 'What is slow without it';

INSERT INTO @extschema@.fact_index (fact, columns, predicate, about) VALUES
('institution', '{fixmedins_code}', '', 'Attributes of an institution'),
('practitioner', '{prac_psn_code}', '', 'Title of a physician'),
('person', '{psn_no}', '', 'Age and sex of a person'),
('person_insurance', '{psn_no}', '', 'Insurance of a person'),
('visit', '{mdtrt_id}', '', 'Visit of a line or diagnosis'),
('visit', '{psn_no}', '', 'Visits of a person'),
('settlement', '{setl_id}', '', 'Settlement of a line'),
('settlement', '{psn_no}', '', 'Settlements of a person'),
('settlement', '{mdtrt_id}', '', 'Settlements of a visit'),
('settlement', '{init_setl_id}', 'init_setl_id', 'Refunds of a settlement'),
('fee_line', '{setl_id}', '', 'Lines of a settlement'),
('fee_line', '{psn_no,fee_ocur_time}', '', 'History of a person'),
('fee_line', '{mdtrt_id}', '', 'Lines of a visit'),
('fee_line', '{setl_id}', 'init_feedetl_sn', 'Reversals of a settlement''s lines'),
('diagnosis', '{mdtrt_id}', '', 'Diagnoses of a visit'),
('operation', '{mdtrt_id}', '', 'Operations of a visit'),
('stock_movement', '{fixmedins_code,med_list_codg}', '', 'Stock of an item'),
('trace_code', '{drug_trac_codg}', '', 'History of a package'),
('presence_event', '{psn_no}', '', 'Events of a person'),
('presence_event', '{mdtrt_id}', '', 'Events of a stay'),
('budget', '{fixmedins_code}', '', 'Budget of an institution');
