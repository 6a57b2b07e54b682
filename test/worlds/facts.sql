-- The tables of a random world, bound as facts. They have the contract's columns and
-- no constraint but their keys, so that a world may be as odd as real input.
DROP SCHEMA IF EXISTS world CASCADE;
CREATE SCHEMA world;

CREATE TABLE world.institution (fixmedins_code text UNIQUE, fixmedins_name text,
	fixmedins_type text, hosp_lv smallint, fix_blng_admdvs text, biznat text,
	aprv_bed_cnt integer, begndate date, enddate date, legrep_name text, uscc text);
CREATE TABLE world.practitioner (prac_psn_code text, fixmedins_code text,
	prac_psn_name text, prac_psn_type text, pro_tech_duty text, hi_serv_stas text,
	begndate date, enddate date, UNIQUE (prac_psn_code, fixmedins_code));
CREATE TABLE world.person (psn_no text UNIQUE, psn_name text, gend text, brdy date,
	die_date date, psn_type text, insu_admdvs text, tel text, addr text);
CREATE TABLE world.person_insurance (psn_no text, insutype text, begndate date,
	enddate date, paused boolean);
CREATE TABLE world.visit (mdtrt_id text UNIQUE, psn_no text, fixmedins_code text,
	begntime timestamp, endtime timestamp, med_type text, adm_dept_codg text,
	adm_bed text, chfpdr_code text, dscg_way text, matn_stas text, channel text);
CREATE TABLE world.settlement (setl_id text UNIQUE, psn_no text, fixmedins_code text,
	setl_time timestamp, mdtrt_id text, med_type text, insutype text, setl_type text,
	pay_loc text, medfee_sumamt numeric, inscp_amt numeric, hifp_pay numeric,
	fund_pay_sumamt numeric, acct_pay numeric, psn_cash_pay numeric,
	refd_setl_flag text, init_setl_id text, dise_codg text, device_no text);
CREATE TABLE world.fee_line (setl_id text, feedetl_sn text, psn_no text,
	fixmedins_code text, fee_ocur_time timestamp, med_list_codg text, cnt numeric,
	det_item_fee_sumamt numeric, mdtrt_id text, pric numeric, inscp_amt numeric,
	list_type text, med_chrgitm_type text, medins_list_codg text,
	medins_list_name text, rxno text, prd_days numeric, sin_dos numeric,
	bilg_dept_codg text, bilg_dr_code text, acord_dept_codg text,
	acord_dr_code text, upload_time timestamp, init_feedetl_sn text,
	UNIQUE (setl_id, feedetl_sn));
CREATE TABLE world.diagnosis (mdtrt_id text, diag_srt_no text, diag_code text,
	maindiag_flag text, vali_flag text, UNIQUE (mdtrt_id, diag_srt_no));
CREATE TABLE world.operation (mdtrt_id text, oprn_srt_no text, oprn_oprt_code text,
	main_oprn_flag text, oprn_begntime timestamp, oprn_endtime timestamp,
	oper_dr_code text, anst_dr_code text, incision_no text, feedetl_sn text,
	vali_flag text, UNIQUE (mdtrt_id, oprn_srt_no));

CREATE TABLE world.stock_movement (fixmedins_code text, med_list_codg text,
	inv_chg_type text, cnt numeric, inv_chg_time timestamp, pric numeric,
	manu_lotnum text, setl_id text);

CREATE INDEX ON world.fee_line (psn_no, fee_ocur_time);
CREATE INDEX ON world.fee_line (mdtrt_id);
CREATE INDEX ON world.settlement (psn_no);
CREATE INDEX ON world.settlement (mdtrt_id);
CREATE INDEX ON world.settlement (init_setl_id);
CREATE INDEX ON world.visit (psn_no);
CREATE INDEX ON world.person_insurance (psn_no);

SELECT count(meso_audit.bind_fact(f, ('world.' || f)::regclass)::text) AS facts_bound
FROM unnest('{institution,practitioner,person,person_insurance,visit,settlement,fee_line,diagnosis,operation,stock_movement}'::text[]) f;
