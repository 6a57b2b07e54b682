-- The evaluator: F(person), one truth for every feeder.

CREATE TYPE @extschema@.audit_finding AS
(
	finding_key	bytea,
	source_code	text,
	kind_code	text,
	source_version	integer,
	point_id	text,
	level		text,
	psn_no		text,
	fixmedins_code	text,
	prac_psn_code	text,
	mdtrt_id	text,
	setl_id		text,
	feedetl_sn	text,
	row_no		text,
	related		jsonb,
	period		tsrange,
	amount		numeric,
	score		real,
	certainty	text,
	action		text,
	judged_day	date
);
COMMENT ON TYPE @extschema@.audit_finding IS
'One element of F(person): a finding as the evaluator gives it, before it is stored.';

CREATE TYPE @extschema@.audit_row AS
(
	setl_id	text,
	feedetl_sn	text,
	psn_no	text,
	fixmedins_code	text,
	fee_ocur_time	timestamp,
	med_list_codg	text,
	cnt	numeric,
	det_item_fee_sumamt	numeric,
	mdtrt_id	text,
	pric	numeric,
	inscp_amt	numeric,
	list_type	text,
	med_chrgitm_type	text,
	medins_list_codg	text,
	medins_list_name	text,
	rxno	text,
	prd_days	numeric,
	sin_dos	numeric,
	bilg_dept_codg	text,
	bilg_dr_code	text,
	acord_dept_codg	text,
	acord_dr_code	text,
	upload_time	timestamp,
	day	date,
	med_type	text,
	insutype	text,
	gend	text,
	age	integer,
	age_days	integer,
	brdy	date,
	psn_type	text,
	psn_area	text,
	hosp_lv	smallint,
	fixmedins_type	text,
	area	text,
	title	text,
	matn_stas	text,
	channel	text,
	dise_codg	text,
	setl_time	timestamp,
	begntime	timestamp,
	endtime	timestamp,
	adm_dept_codg	text,
	dscg_way	text,
	medfee_sumamt	numeric,
	fund_pay_sumamt	numeric
);
COMMENT ON TYPE @extschema@.audit_row IS
'明细及其属性: a line of fee_line with its attributes, as the conditions of template expression see it.';
COMMENT ON COLUMN @extschema@.audit_row.setl_id IS 'Settlement 结算ID';
COMMENT ON COLUMN @extschema@.audit_row.feedetl_sn IS 'Number of the line in it 费用明细流水号';
COMMENT ON COLUMN @extschema@.audit_row.psn_no IS 'Person 人员编号';
COMMENT ON COLUMN @extschema@.audit_row.fixmedins_code IS 'Institution 定点医药机构';
COMMENT ON COLUMN @extschema@.audit_row.fee_ocur_time IS 'When the fee arose 费用发生时间';
COMMENT ON COLUMN @extschema@.audit_row.med_list_codg IS 'Item code 医疗目录编码';
COMMENT ON COLUMN @extschema@.audit_row.cnt IS 'Quantity after reversals 数量';
COMMENT ON COLUMN @extschema@.audit_row.det_item_fee_sumamt IS 'Amount after reversals 明细项目费用总额';
COMMENT ON COLUMN @extschema@.audit_row.mdtrt_id IS 'Visit, the settlement''s where the line has none 就诊ID';
COMMENT ON COLUMN @extschema@.audit_row.pric IS 'Price 单价';
COMMENT ON COLUMN @extschema@.audit_row.inscp_amt IS 'Amount within the insurance''s scope 符合政策范围金额';
COMMENT ON COLUMN @extschema@.audit_row.list_type IS 'Kind of list 目录类别';
COMMENT ON COLUMN @extschema@.audit_row.med_chrgitm_type IS 'Charge class 医疗收费项目类别';
COMMENT ON COLUMN @extschema@.audit_row.medins_list_codg IS 'The institution''s own code 医药机构目录编码';
COMMENT ON COLUMN @extschema@.audit_row.medins_list_name IS 'The institution''s own name 医药机构目录名称';
COMMENT ON COLUMN @extschema@.audit_row.rxno IS 'Prescription 处方号';
COMMENT ON COLUMN @extschema@.audit_row.prd_days IS 'Days of supply 周期天数';
COMMENT ON COLUMN @extschema@.audit_row.sin_dos IS 'Single dose 单次剂量';
COMMENT ON COLUMN @extschema@.audit_row.bilg_dept_codg IS 'Billing department 开单科室';
COMMENT ON COLUMN @extschema@.audit_row.bilg_dr_code IS 'Billing practitioner 开单医师';
COMMENT ON COLUMN @extschema@.audit_row.acord_dept_codg IS 'Performing department 受单科室';
COMMENT ON COLUMN @extschema@.audit_row.acord_dr_code IS 'Performing practitioner 受单医师';
COMMENT ON COLUMN @extschema@.audit_row.upload_time IS 'When the line was uploaded 上传时间';
COMMENT ON COLUMN @extschema@.audit_row.day IS 'Day of fee_ocur_time 费用发生日';
COMMENT ON COLUMN @extschema@.audit_row.med_type IS 'Kind of visit: the settlement''s, else the visit''s 医疗类别';
COMMENT ON COLUMN @extschema@.audit_row.insutype IS 'Insurance: the settlement''s, else the one in force that day 险种类型';
COMMENT ON COLUMN @extschema@.audit_row.gend IS 'Sex of the person: 1 male, 2 female 性别';
COMMENT ON COLUMN @extschema@.audit_row.age IS 'Completed years on the day 年龄';
COMMENT ON COLUMN @extschema@.audit_row.age_days IS 'Days since birth 日龄';
COMMENT ON COLUMN @extschema@.audit_row.brdy IS 'Birthday 出生日期';
COMMENT ON COLUMN @extschema@.audit_row.psn_type IS 'Kind of person 人员类别';
COMMENT ON COLUMN @extschema@.audit_row.psn_area IS 'Area where the person is insured 参保区划';
COMMENT ON COLUMN @extschema@.audit_row.hosp_lv IS 'Level of the institution 医院等级';
COMMENT ON COLUMN @extschema@.audit_row.fixmedins_type IS 'Kind of institution 定点医药机构类型';
COMMENT ON COLUMN @extschema@.audit_row.area IS 'Area of the institution 机构所属区划';
COMMENT ON COLUMN @extschema@.audit_row.title IS 'Professional title of the billing practitioner 开单医师职称';
COMMENT ON COLUMN @extschema@.audit_row.matn_stas IS 'Pregnant or nursing 生育状态';
COMMENT ON COLUMN @extschema@.audit_row.channel IS 'internet, or NULL 就诊渠道';
COMMENT ON COLUMN @extschema@.audit_row.dise_codg IS 'Disease of the settlement 病种编码';
COMMENT ON COLUMN @extschema@.audit_row.setl_time IS 'When it was settled 结算时间';
COMMENT ON COLUMN @extschema@.audit_row.begntime IS 'Begin of the visit 就诊开始时间';
COMMENT ON COLUMN @extschema@.audit_row.endtime IS 'End of the visit 就诊结束时间';
COMMENT ON COLUMN @extschema@.audit_row.adm_dept_codg IS 'Department of the visit 入院科室';
COMMENT ON COLUMN @extschema@.audit_row.dscg_way IS 'Way of discharge 离院方式';
COMMENT ON COLUMN @extschema@.audit_row.medfee_sumamt IS 'Sum of the settlement 医疗费总额';
COMMENT ON COLUMN @extschema@.audit_row.fund_pay_sumamt IS 'What the fund paid of it 基金支付总额';

CREATE FUNCTION @extschema@.evaluate_persons(persons text[], period daterange DEFAULT NULL, rules text[] DEFAULT NULL)
RETURNS SETOF @extschema@.audit_finding
LANGUAGE c STABLE PARALLEL UNSAFE COST 10000 ROWS 1000
SET search_path = pg_catalog, @extschema@, pg_temp
-- look-ups by thousands of keys: plans made once, by index, never compiled
SET plan_cache_mode = force_generic_plan
SET jit = off
AS 'MODULE_PATHNAME', 'meso_audit_evaluate_persons';
COMMENT ON FUNCTION @extschema@.evaluate_persons(text[], daterange, text[]) IS
'F: the findings that the rules in force give on all rows of these persons, restricted to a period (NULL: all days) and to rules (NULL: all). Writes nothing.';

CREATE FUNCTION @extschema@.evaluate_in_bulk(persons text[], period daterange DEFAULT NULL, rules text[] DEFAULT NULL, at_a_time integer DEFAULT NULL)
RETURNS SETOF @extschema@.audit_finding
LANGUAGE c STABLE PARALLEL UNSAFE COST 10000000 ROWS 100000
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS 'MODULE_PATHNAME', 'meso_audit_evaluate_in_bulk';
COMMENT ON FUNCTION @extschema@.evaluate_in_bulk(text[], daterange, text[], integer) IS
'The same as evaluate_persons(), for so many persons that reading the facts from end to end is cheaper than looking up their rows. Takes temporary files as large as these rows. at_a_time: persons in memory at a time, NULL: 250. NULL persons: none; period, rules NULL: all.';

CREATE FUNCTION @extschema@.rules_changed()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1
AS 'MODULE_PATHNAME', 'meso_audit_rules_changed';
COMMENT ON FUNCTION @extschema@.rules_changed() IS
'Trigger: tells every session to load the rules anew.';

CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.rule
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.rule_kind
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.knowledge_point
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.knowledge_code
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.item_group
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.list_price
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.known_code
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.rule_exemption
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @extschema@.fact_since
FOR EACH STATEMENT EXECUTE FUNCTION @extschema@.rules_changed();
