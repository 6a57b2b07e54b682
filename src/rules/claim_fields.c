/*-------------------------------------------------------------------------
 *
 * claim_fields.c
 *		The fields of a claim in the national shape (services 3101, 3102).
 *
 * Where the national name is not that of the fact's column, both are taken.
 * Columns that the national shape lacks go by the fact's name.  doc/precheck.md
 * has the same fields with their meanings.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "rules/claim.h"

#define INSUTYPES	"310 320 330 340 350 360 370 380 390 391 392 399 410 510"
#define MED_TYPES	"11* 12* 13* 14* 15* 16* 17* 18* 19* 21* 22* 23* 24* 25* 26* 27* 28* 29* 41* 51* 52* 53* 91* 99*"
#define LIST_TYPES	"101 102 103 104 201 301"
#define CHARGES		"01 02 03 04 05 06 07 08 09 10 11 12 13 14"
#define YES_NO		"0 1"

#define UNUSED(name)	{name, FIELD_UNUSED, 0, NULL}

static const MesoField message_fields[] = {
	{"input", FIELD_OBJECT, MF_INPUT, NULL},
	{"data", FIELD_OBJECT, MF_DATA, NULL},
	{"syscode", FIELD_TEXT, MF_SYSCODE, NULL},
	{"task_id", FIELD_TEXT, MF_TASK_ID, NULL},
	{"trig_scen", FIELD_TEXT, MF_TRIG_SCEN, "1 2 3 4 5 6 7 8 9"},
	{"rule_ids", FIELD_LIST, MF_RULE_IDS, NULL},
	{"patient_dtos", FIELD_LIST, MF_PATIENTS, NULL},
	/* header of the national message */
	UNUSED("infno"), UNUSED("msgid"), UNUSED("mdtrtarea_admvs"),
	UNUSED("insuplc_admdvs"), UNUSED("recer_sys_code"), UNUSED("dev_no"),
	UNUSED("dev_safe_info"), UNUSED("cainfo"), UNUSED("signtype"),
	UNUSED("infver"), UNUSED("opter_type"), UNUSED("opter"),
	UNUSED("opter_name"), UNUSED("inf_time"), UNUSED("fixmedins_code"),
	UNUSED("fixmedins_name"), UNUSED("sign_no")
};

static const MesoField patient_fields[] = {
	{"patn_id", FIELD_TEXT, PF_PSN_NO, NULL},
	{"psn_no", FIELD_TEXT, PF_PSN_NO, NULL},
	{"gend", FIELD_TEXT, PF_GEND, "0 1 2 9"},
	{"brdy", FIELD_DAY, PF_BRDY, NULL},
	{"poolarea", FIELD_TEXT, PF_AREA, NULL},
	{"insu_admdvs", FIELD_TEXT, PF_AREA, NULL},
	{"psn_type", FIELD_TEXT, PF_PSN_TYPE, NULL},
	{"curr_mdtrt_id", FIELD_TEXT, PF_CURRENT, NULL},
	{"fsi_encounter_dtos", FIELD_LIST, PF_ENCOUNTERS, NULL},
	UNUSED("patn_name"), UNUSED("psn_name"), UNUSED("certno"), UNUSED("psn_cert_type")
};

static const MesoField encounter_fields[] = {
	{"mdtrt_id", FIELD_TEXT, EF_MDTRT_ID, NULL},
	{"setl_id", FIELD_TEXT, EF_SETL_ID, NULL},
	{"medins_id", FIELD_TEXT, EF_FIXMEDINS_CODE, NULL},
	{"fixmedins_code", FIELD_TEXT, EF_FIXMEDINS_CODE, NULL},
	{"adm_date", FIELD_TIME, EF_BEGNTIME, NULL},
	{"begntime", FIELD_TIME, EF_BEGNTIME, NULL},
	{"dscg_date", FIELD_TIME, EF_ENDTIME, NULL},
	{"endtime", FIELD_TIME, EF_ENDTIME, NULL},
	{"med_type", FIELD_TEXT, EF_MED_TYPE, MED_TYPES},
	{"adm_dept_codg", FIELD_TEXT, EF_ADM_DEPT, NULL},
	{"dscg_way", FIELD_TEXT, EF_DSCG_WAY, "1 2 3 4 5 9"},
	{"matn_stas", FIELD_TEXT, EF_MATN_STAS, "0 1 2"},
	{"channel", FIELD_TEXT, EF_CHANNEL, "internet"},
	{"dr_codg", FIELD_TEXT, EF_CHFPDR_CODE, NULL},
	{"chfpdr_code", FIELD_TEXT, EF_CHFPDR_CODE, NULL},
	{"setl_time", FIELD_TIME, EF_SETL_TIME, NULL},
	{"insutype", FIELD_TEXT, EF_INSUTYPE, INSUTYPES},
	{"medfee_sumamt", FIELD_NUMBER, EF_MEDFEE, NULL},
	{"fund_pay_sumamt", FIELD_NUMBER, EF_FUND_PAY, NULL},
	{"hifp_payamt", FIELD_NUMBER, EF_HIFP_PAY, NULL},
	{"refd_setl_flag", FIELD_TEXT, EF_REFD, YES_NO},
	{"init_setl_id", FIELD_TEXT, EF_INIT_SETL_ID, NULL},
	{"dise_codg", FIELD_TEXT, EF_DISE_CODG, NULL},
	{"fsi_diagnose_dtos", FIELD_LIST, EF_DIAGNOSES, NULL},
	{"fsi_order_dtos", FIELD_LIST, EF_ORDERS, NULL},
	{"fsi_operation_dtos", FIELD_LIST, EF_OPERATIONS, NULL},
	/* not judged by, but their values are watched */
	{"med_mdtrt_type", FIELD_UNUSED, EF_UNUSED, "1 2 3 4"},
	{"reim_flag", FIELD_UNUSED, EF_UNUSED, YES_NO},
	{"out_setl_flag", FIELD_UNUSED, EF_UNUSED, "1 2 3 4"},
	UNUSED("medins_name"), UNUSED("medins_admdvs"), UNUSED("medins_type"),
	UNUSED("medins_lv"), UNUSED("wardarea_codg"), UNUSED("wardno"),
	UNUSED("bedno"), UNUSED("dscg_main_dise_codg"),
	UNUSED("dscg_main_dise_name"), UNUSED("adm_dept_name"),
	UNUSED("ownpay_amt"), UNUSED("selfpay_amt"), UNUSED("acct_payamt"),
	UNUSED("ma_amt"), UNUSED("setl_totlnum")
};

static const MesoField order_fields[] = {
	{"rx_id", FIELD_TEXT, LC_FEEDETL_SN, NULL},
	{"feedetl_sn", FIELD_TEXT, LC_FEEDETL_SN, NULL},
	{"patn_id", FIELD_TEXT, LC_PSN_NO, NULL},
	{"psn_no", FIELD_TEXT, LC_PSN_NO, NULL},
	{"medins_id", FIELD_TEXT, LC_FIXMEDINS_CODE, NULL},
	{"fixmedins_code", FIELD_TEXT, LC_FIXMEDINS_CODE, NULL},
	{"drord_begn_date", FIELD_TIME, LC_FEE_OCUR_TIME, NULL},
	{"fee_ocur_time", FIELD_TIME, LC_FEE_OCUR_TIME, NULL},
	{"hilist_code", FIELD_TEXT, LC_MED_LIST_CODG, NULL},
	{"med_list_codg", FIELD_TEXT, LC_MED_LIST_CODG, NULL},
	{"cnt", FIELD_NUMBER, LC_CNT, NULL},
	{"sumamt", FIELD_NUMBER, LC_DET_ITEM_FEE_SUMAMT, NULL},
	{"det_item_fee_sumamt", FIELD_NUMBER, LC_DET_ITEM_FEE_SUMAMT, NULL},
	{"mdtrt_id", FIELD_TEXT, LC_MDTRT_ID, NULL},
	{"init_feedetl_sn", FIELD_TEXT, LC_INIT_FEEDETL_SN, NULL},
	{"pric", FIELD_NUMBER, LC_PRIC, NULL},
	{"inscp_amt", FIELD_NUMBER, LC_INSCP_AMT, NULL},
	{"hilist_type", FIELD_TEXT, LC_LIST_TYPE, LIST_TYPES},
	{"list_type", FIELD_TEXT, LC_LIST_TYPE, LIST_TYPES},
	{"rxno", FIELD_TEXT, LC_RXNO, NULL},
	{"prd_days", FIELD_NUMBER, LC_PRD_DAYS, NULL},
	{"sin_dos", FIELD_NUMBER, LC_SIN_DOS, NULL},
	{"drord_dept_codg", FIELD_TEXT, LC_BILG_DEPT_CODG, NULL},
	{"bilg_dept_codg", FIELD_TEXT, LC_BILG_DEPT_CODG, NULL},
	{"drord_dr_codg", FIELD_TEXT, LC_BILG_DR_CODE, NULL},
	{"bilg_dr_code", FIELD_TEXT, LC_BILG_DR_CODE, NULL},
	{"upload_time", FIELD_TIME, LC_UPLOAD_TIME, NULL},
	{"chrg_type", FIELD_TEXT, LC_MED_CHRGITM_TYPE, CHARGES},
	{"med_chrgitm_type", FIELD_TEXT, LC_MED_CHRGITM_TYPE, CHARGES},
	{"hosplist_code", FIELD_TEXT, LC_MEDINS_LIST_CODG, NULL},
	{"medins_list_codg", FIELD_TEXT, LC_MEDINS_LIST_CODG, NULL},
	{"hosplist_name", FIELD_TEXT, LC_MEDINS_LIST_NAME, NULL},
	{"medins_list_name", FIELD_TEXT, LC_MEDINS_LIST_NAME, NULL},
	{"acord_dept_codg", FIELD_TEXT, LC_ACORD_DEPT_CODG, NULL},
	{"acord_dr_code", FIELD_TEXT, LC_ACORD_DR_CODE, NULL},
	{"hilist_name", FIELD_TEXT, OF_NAME, NULL},
	{"ownpay_amt", FIELD_NUMBER, OF_OWNPAY, NULL},
	{"long_drord_flag", FIELD_UNUSED, OF_UNUSED, YES_NO},
	{"curr_drord_flag", FIELD_UNUSED, OF_UNUSED, YES_NO},
	UNUSED("grpno"), UNUSED("drord_bhvr"), UNUSED("hilist_dosform"),
	UNUSED("hilist_pric"), UNUSED("hilist_lv"), UNUSED("hilist_memo"),
	UNUSED("hosplist_dosform"), UNUSED("selfpay_amt"), UNUSED("spec"),
	UNUSED("spec_unt"), UNUSED("drord_stop_date"), UNUSED("drord_dept_name"),
	UNUSED("drord_dr_name"), UNUSED("drord_dr_profttl")
};

static const MesoField diagnose_fields[] = {
	{"dias_srt_no", FIELD_TEXT, DF_NUMBER, NULL},
	{"diag_srt_no", FIELD_TEXT, DF_NUMBER, NULL},
	{"dise_codg", FIELD_TEXT, DF_CODE, NULL},
	{"diag_code", FIELD_TEXT, DF_CODE, NULL},
	{"maindise_flag", FIELD_TEXT, DF_MAIN, YES_NO},
	{"maindiag_flag", FIELD_TEXT, DF_MAIN, YES_NO},
	{"vali_flag", FIELD_TEXT, DF_VALI, YES_NO},
	UNUSED("dise_id"), UNUSED("inout_dise_type"), UNUSED("dise_name"),
	UNUSED("dise_date")
};

static const MesoField operation_fields[] = {
	{"oprn_srt_no", FIELD_TEXT, DF_NUMBER, NULL},
	{"oprn_oprt_code", FIELD_TEXT, DF_CODE, NULL},
	{"oprn_code", FIELD_TEXT, DF_CODE, NULL},
	{"main_oprn_flag", FIELD_TEXT, DF_MAIN, YES_NO},
	{"vali_flag", FIELD_TEXT, DF_VALI, YES_NO},
	{"oprn_begntime", FIELD_TIME, DF_BEGINS, NULL},
	{"oprn_endtime", FIELD_TIME, DF_ENDS, NULL},
	UNUSED("setldetail_id"), UNUSED("oprn_oprt_name"), UNUSED("oprn_name"),
	UNUSED("oprn_date"),
	UNUSED("oper_dr_code"), UNUSED("oper_dr_name"), UNUSED("anst_dr_code"),
	UNUSED("anst_dr_name"), UNUSED("anst_way"), UNUSED("incision_no")
};

MesoFieldSet meso_message_fields = {message_fields, lengthof(message_fields), MF_COUNT};
MesoFieldSet meso_patient_fields = {patient_fields, lengthof(patient_fields), PF_COUNT};
MesoFieldSet meso_encounter_fields = {encounter_fields, lengthof(encounter_fields), EF_COUNT};
MesoFieldSet meso_order_fields = {order_fields, lengthof(order_fields), OF_COUNT};
MesoFieldSet meso_diagnose_fields = {diagnose_fields, lengthof(diagnose_fields), DF_COUNT};
MesoFieldSet meso_operation_fields = {operation_fields, lengthof(operation_fields), DF_COUNT};

const MesoField *
meso_field_find(MesoFieldSet *set, MesoStr name)
{
	if (set->by_name == NULL)
	{
		MesoStrtab *tab = meso_strtab_create(TopMemoryContext, set->nfields * 2);

		for (int i = 0; i < set->nfields; i++)
		{
			const MesoField *field = &set->fields[i];

			meso_strtab_insert(tab, meso_str(field->name, strlen(field->name)))->value =
				unconstify(MesoField *, field);
		}
		set->by_name = tab;
	}
	return meso_strtab_find(set->by_name, name);
}
