/*-------------------------------------------------------------------------
 *
 * dictionary.c
 *		Dictionary 1 of the evidence archive.
 *
 * What evidence has in common: the names of its columns, as build_evidence()
 * orders them, with their usual values. It is content for zstd to refer to,
 * not trained, so that it can be read here. Evidence on disk cannot be read
 * without it: it is never changed; a better one would be dictionary 2.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "evidence/dictionary.h"

const char	meso_dictionary_1[] =
"\"template\":\"attr_limit\",\"template\":\"never_pay\",\"template\":\"all_of_set\","
"\"template\":\"diag_required\",\"template\":\"diag_forbidden\","
"\"template\":\"pair_exclusive\",\"template\":\"group_dup\","
"\"template\":\"companion_required\",\"template\":\"max_qty\","
"\"template\":\"max_qty_period\",\"template\":\"max_days\",\"template\":\"max_kinds\","
"\"template\":\"price_ceiling\",\"template\":\"second_discount\","
"\"template\":\"prior_use_required\",\"template\":\"component_sum\","
"\"template\":\"data_quality\",\"template\":\"aggregate_threshold\","
"\"template\":\"expression\"\"operation\" : {\"mdtrt_id\":\"\",\"oprn_srt_no\":\"\","
"\"oprn_oprt_code\":\"\",\"main_oprn_flag\":\"\","
"\"oprn_begntime\":\"2025-01-01T00:00:00\",\"oprn_endtime\":\"2025-01-01T00:00:00\","
"\"oper_dr_code\":\"\",\"anst_dr_code\":\"\",\"incision_no\":\"\",\"feedetl_sn\":\"1\","
"\"vali_flag\":\"1\"}, \"related\" : [{\"setl_id\": \"\", \"feedetl_sn\": \"\"}], "
"\"point\" : {\"point_id\":\"\",\"version\":1,\"kind_code\":\"GZ1000\","
"\"item_name\":\"\",\"constraint_text\":\"\",\"detection_logic\":\"\",\"batch\":\"\","
"\"published_at\":\"2025-01-01\",\"limits\":{},\"understood\":\"understood\","
"\"why\":\"\",\"legal_basis\":\"\",\"valid\":\"(,)\",\"origin\":\"local\","
"\"curated\":false,\"created_by\":\"postgres\","
"\"created_at\":\"2025-01-01T00:00:00+00:00\"}{\"v\" : 1, \"finding\" : {"
"\"source\" : \"rule\", \"code\" : \"\", \"version\" : 1, \"level\" : \"line\", "
"\"day\" : \"2025-01-01\", \"period\" : null, \"amount\" : 0.00, \"score\" : null, "
"\"certainty\" : \"violation\", \"certainty\" : \"suspect\", \"point\" : null, "
"\"related\" : null}, \"line\" : {\"setl_id\":\"\",\"feedetl_sn\":\"1\",\"psn_no\":\"\","
"\"fixmedins_code\":\"\",\"fee_ocur_time\":\"2025-01-01T00:00:00\","
"\"med_list_codg\":\"\",\"cnt\":1,\"det_item_fee_sumamt\":0.00,\"mdtrt_id\":\"\","
"\"pric\":0.00,\"inscp_amt\":0.00,\"list_type\":\"101\",\"med_chrgitm_type\":\"09\","
"\"medins_list_codg\":\"\",\"medins_list_name\":\"\",\"rxno\":\"\",\"prd_days\":0.00,"
"\"sin_dos\":0.00,\"bilg_dept_codg\":\"\",\"bilg_dr_code\":\"\",\"acord_dept_codg\":\"\","
"\"acord_dr_code\":\"\",\"upload_time\":\"2025-01-01T00:00:00\","
"\"init_feedetl_sn\":\"\"}, \"settlement\" : {\"setl_id\":\"\",\"psn_no\":\"\","
"\"fixmedins_code\":\"\",\"setl_time\":\"2025-01-01T00:00:00\",\"mdtrt_id\":\"\","
"\"med_type\":\"11\",\"insutype\":\"310\",\"setl_type\":\"\",\"pay_loc\":\"\","
"\"medfee_sumamt\":0.00,\"inscp_amt\":0.00,\"hifp_pay\":0.00,\"fund_pay_sumamt\":0.00,"
"\"acct_pay\":0.00,\"psn_cash_pay\":0.00,\"refd_setl_flag\":\"0\",\"init_setl_id\":\"\","
"\"dise_codg\":\"\",\"device_no\":\"\"}, \"visit\" : {\"mdtrt_id\":\"\",\"psn_no\":\"\","
"\"fixmedins_code\":\"\",\"begntime\":\"2025-01-01T00:00:00\","
"\"endtime\":\"2025-01-01T00:00:00\",\"med_type\":\"11\",\"adm_dept_codg\":\"\","
"\"adm_bed\":\"\",\"chfpdr_code\":\"\",\"dscg_way\":\"\",\"matn_stas\":\"\","
"\"channel\":\"\"}, \"person\" : {\"psn_no\":\"\",\"psn_name\":\"\",\"gend\":\"1\","
"\"brdy\":\"2025-01-01\",\"die_date\":\"2025-01-01\",\"psn_type\":\"11\","
"\"insu_admdvs\":\"\",\"tel\":\"\",\"addr\":\"\"}, \"institution\" : {"
"\"fixmedins_code\":\"\",\"fixmedins_name\":\"\",\"fixmedins_type\":\"1\",\"hosp_lv\":3,"
"\"fix_blng_admdvs\":\"\",\"biznat\":\"\",\"aprv_bed_cnt\":0,\"begndate\":\"2025-01-01\","
"\"enddate\":\"2025-01-01\",\"legrep_name\":\"\",\"uscc\":\"\"}, \"diagnoses\" : [{"
"\"mdtrt_id\":\"\",\"diag_srt_no\":\"1\",\"diag_code\":\"\",\"maindiag_flag\":\"1\","
"\"vali_flag\":\"1\"}, {\"mdtrt_id\":\"\",\"diag_srt_no\":\"1\",\"diag_code\":\"\","
"\"maindiag_flag\":\"1\",\"vali_flag\":\"1\"}], \"operation\" : null, "
"\"related\" : null, \"rule\" : {\"code\":\"\",\"version\":1,\"kind_code\":\"GZ1000\","
"\"template\":\"\",\"params\":{\"attribute\": \"\", \"op\": \"in\", \"value\": [\"\"], "
"\"unit\": \"day\", \"period\": \"30 days\", \"max\": 1, \"window\": \"visit\"},"
"\"codes\":[\"%\"],\"scope\":{},\"action\":\"flag\",\"certainty\":\"suspect\","
"\"valid\":\"(,)\",\"decides\":\"(,)\",\"title\":\"\",\"status\":\"active\","
"\"origin\":\"shipped\",\"created_by\":\"postgres\","
"\"created_at\":\"2025-01-01T00:00:00+00:00\",\"approved_by\":\"\","
"\"legal_basis\":\"\"}, \"point\" : null, \"legal_basis\" : null, "
"\"extension\" : \"1.0.0\", \"rule_set\" : \"\"}";

const int	meso_dictionary_1_len = sizeof(meso_dictionary_1) - 1;
