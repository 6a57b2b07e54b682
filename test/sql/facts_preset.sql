-- The national platform's tables, found in a schema and bound.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA preset_a;
CREATE TABLE preset_a.fixmedins_b (fixmedins_code varchar(30) PRIMARY KEY, fixmedins_name varchar(200), fixmedins_type varchar(6),
	hosp_lv varchar(6), fix_blng_admdvs varchar(6), begntime timestamp, endtime timestamp, aprv_bed_cnt numeric(8), uscc varchar(50));
CREATE TABLE preset_a.psn_info_b (psn_no varchar(30) PRIMARY KEY, psn_name varchar(50), gend varchar(6), brdy date, mob varchar(50), resd_addr text);
CREATE TABLE preset_a.psn_insu_d (psn_insu_rlts_id varchar(30) PRIMARY KEY, psn_no varchar(30), insutype varchar(6),
	crt_insu_date timestamp, paus_insu_date date, psn_insu_stas varchar(6));
CREATE TABLE preset_a.mdtrt_d (mdtrt_id varchar(30) PRIMARY KEY, psn_no varchar(30), fixmedins_code varchar(12), begntime timestamp(0),
	endtime timestamp(0), med_type varchar(6), chfpdr_code varchar(30), matn_stas varchar(3));
CREATE TABLE preset_a.setl_d (setl_id varchar(30) PRIMARY KEY, mdtrt_id varchar(30), psn_no varchar(30), fixmedins_code varchar(12),
	setl_time timestamp(0), medfee_sumamt numeric(16,2), fund_pay_sumamt numeric(16,2), cash_payamt numeric(16,2), dise_no varchar(30),
	refd_setl_flag varchar(3));
CREATE TABLE preset_a.fee_list_d (feedetl_sn varchar(30), setl_id varchar(30), mdtrt_id varchar(30), psn_no varchar(30), fixmedins_code varchar(12),
	fee_ocur_time timestamp(0), med_list_codg varchar(50), cnt numeric(16,4), pric numeric(16,6), det_item_fee_sumamt numeric(16,2),
	bilg_dr_code varchar(30), orders_dr_code varchar(30), prd_days numeric(4,2), PRIMARY KEY (setl_id, feedetl_sn));
CREATE TABLE preset_a.diag_list_d (mdtrt_id varchar(30), diag_srt_no integer, diag_code varchar(20), maindiag_flag varchar(3), vali_flag varchar(3),
	PRIMARY KEY (mdtrt_id, diag_srt_no));
CREATE TABLE preset_a.oprninfo (mdtrt_id varchar(30), oprn_oprt_sn varchar(4), oprn_oprt_code varchar(20), oprn_oprt_type varchar(6), oprn_oprt_date date,
	oper_dr_code varchar(30));
INSERT INTO preset_a.fixmedins_b VALUES ('H1', 'One', '1', '02', '320100', '2024-01-01 08:00', NULL, 300, NULL), ('H2', 'Two', '1', '9', '320100', NULL, NULL, NULL, NULL);
INSERT INTO preset_a.psn_insu_d VALUES ('1', 'p1', '310', '2020-01-01', NULL, '1'), ('2', 'p1', '390', '2020-01-01', '2024-05-01', '2'), ('3', 'p2', '310', '2020-01-01', NULL, '2');
INSERT INTO preset_a.oprninfo VALUES ('m1', '1', '00.66', '1', '2025-01-05', 'D1'), ('m1', '1', '00.67', '2', '2025-01-05', 'D1');
SELECT * FROM meso_audit.bind_preset('nhsa', 'preset_a');
SELECT fixmedins_code, hosp_lv, begndate, enddate, aprv_bed_cnt FROM meso_audit.institution ORDER BY 1;
SELECT * FROM meso_audit.person_insurance ORDER BY psn_no, insutype;
UPDATE preset_a.oprninfo SET oprn_oprt_sn = '2' WHERE oprn_oprt_code = '00.67';
SELECT * FROM meso_audit.bind_preset('nhsa', 'preset_a') WHERE fact = 'operation';
SELECT oprn_srt_no, main_oprn_flag, oprn_begntime FROM meso_audit.operation ORDER BY 1;

-- The interfaces' names.
CREATE SCHEMA "preset B";
CREATE TABLE "preset B".medins_info_b (fixmedins_code text PRIMARY KEY, medins_lv text, begndate date, enddate date);
CREATE TABLE "preset B".psn_info_b (psn_no text PRIMARY KEY, insuplc_admdvs text, tel text);
CREATE TABLE "preset B".mdtrt_d (mdtrt_id text PRIMARY KEY, psn_no text, fixmedins_code text, begndate date, enddate timestamp, atddr_no text);
CREATE TABLE "preset B".setl_d (setl_id text PRIMARY KEY, psn_no text, fixmedins_code text, setl_time timestamptz, psn_cash_pay numeric,
	inscp_scp_amt numeric, dise_codg text);
CREATE TABLE "preset B".fee_list_d (feedetl_sn text, setl_id text, psn_no text, fixmedins_code text, fee_ocur_time text, med_list_codg text,
	cnt numeric, det_item_fee_sumamt numeric, bilg_dr_codg text, acord_dr_codg text);
CREATE TABLE "preset B".diseinfo (mdtrt_id text, diag_srt_no text, diag_code text);
SELECT * FROM meso_audit.bind_preset('nhsa', 'preset B');
SELECT fact, expressions FROM meso_audit.fact_status
WHERE fact IN ('institution', 'person', 'visit', 'settlement', 'diagnosis') ORDER BY fact COLLATE "C";
SELECT * FROM meso_audit.bind_preset('elsewhere', 'preset_a');
SELECT * FROM meso_audit.bind_preset('nhsa', 'no such schema');
DROP SCHEMA preset_a, "preset B" CASCADE;
SELECT meso_audit.setup();
