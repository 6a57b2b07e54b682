-- Plain views that put another country's claims into the contract's words.
-- One claim is one visit, one settlement and one fee line; diagnoses and
-- procedures stand side by side and are turned into rows.

CREATE INDEX ON foreign_claims.beneficiary ("BeneID");
CREATE INDEX ON foreign_claims.inpatient ("BeneID");
CREATE INDEX ON foreign_claims.inpatient ("ClaimID");
CREATE INDEX ON foreign_claims.outpatient ("BeneID");
CREATE INDEX ON foreign_claims.outpatient ("ClaimID");

CREATE VIEW foreign_claims.claim AS
SELECT "ClaimID" AS claim_id, "BeneID" AS psn_no, "Provider" AS provider, '21' AS med_type,
	"AdmissionDt"::timestamp AS begntime, "DischargeDt"::timestamp AS endtime,
	"ClaimStartDt"::timestamp AS billed_from, "ClaimEndDt"::timestamp AS billed_to,
	"InscClaimAmtReimbursed"::numeric AS reimbursed,
	"InscClaimAmtReimbursed"::numeric + COALESCE("DeductibleAmtPaid"::numeric, 0) AS total,
	"AttendingPhysician" AS physician, 'DRG' || "DiagnosisGroupCode" AS item,
	ARRAY["ClmDiagnosisCode_1", "ClmDiagnosisCode_2", "ClmDiagnosisCode_3", "ClmDiagnosisCode_4", "ClmDiagnosisCode_5",
		"ClmDiagnosisCode_6", "ClmDiagnosisCode_7", "ClmDiagnosisCode_8", "ClmDiagnosisCode_9", "ClmDiagnosisCode_10"] AS diagnoses,
	ARRAY["ClmProcedureCode_1", "ClmProcedureCode_2", "ClmProcedureCode_3", "ClmProcedureCode_4",
		"ClmProcedureCode_5", "ClmProcedureCode_6"] AS procedures
FROM foreign_claims.inpatient
UNION ALL
SELECT "ClaimID", "BeneID", "Provider", '11',
	"ClaimStartDt"::timestamp, "ClaimEndDt"::timestamp, "ClaimStartDt"::timestamp, "ClaimEndDt"::timestamp,
	"InscClaimAmtReimbursed"::numeric, "InscClaimAmtReimbursed"::numeric + COALESCE("DeductibleAmtPaid"::numeric, 0),
	"AttendingPhysician", 'OUTPATIENT',
	ARRAY["ClmDiagnosisCode_1", "ClmDiagnosisCode_2", "ClmDiagnosisCode_3", "ClmDiagnosisCode_4", "ClmDiagnosisCode_5",
		"ClmDiagnosisCode_6", "ClmDiagnosisCode_7", "ClmDiagnosisCode_8", "ClmDiagnosisCode_9", "ClmDiagnosisCode_10"],
	ARRAY["ClmProcedureCode_1", "ClmProcedureCode_2", "ClmProcedureCode_3", "ClmProcedureCode_4",
		"ClmProcedureCode_5", "ClmProcedureCode_6"]
FROM foreign_claims.outpatient;

CREATE VIEW foreign_claims.line AS
SELECT claim_id, '1' AS line_no, psn_no, provider, billed_from, item, 1::numeric AS n, total, physician
FROM foreign_claims.claim;

CREATE VIEW foreign_claims.diagnosis AS
SELECT c.claim_id, d.n::text AS n, d.code, CASE WHEN d.n = 1 THEN '1' END AS main
FROM foreign_claims.claim c, unnest(c.diagnoses) WITH ORDINALITY AS d(code, n)
WHERE d.code IS NOT NULL;

CREATE VIEW foreign_claims.procedure AS
SELECT c.claim_id, p.n::text AS n, p.code, c.billed_from
FROM foreign_claims.claim c, unnest(c.procedures) WITH ORDINALITY AS p(code, n)
WHERE p.code IS NOT NULL;

CREATE VIEW foreign_claims.person AS
SELECT "BeneID" AS psn_no, "Gender" AS gend, "DOB"::date AS brdy, "DOD"::date AS die_date,
	lpad("State", 2, '0') AS insu_admdvs
FROM foreign_claims.beneficiary;

CREATE VIEW foreign_claims.provider AS
SELECT DISTINCT provider FROM foreign_claims.claim;

SELECT meso_audit.bind_fact('person', 'foreign_claims.person');
SELECT meso_audit.bind_fact('institution', 'foreign_claims.provider', '{"fixmedins_code": "provider"}');
SELECT meso_audit.bind_fact('visit', 'foreign_claims.claim',
	'{"mdtrt_id": "claim_id", "fixmedins_code": "provider", "chfpdr_code": "physician"}');
SELECT meso_audit.bind_fact('settlement', 'foreign_claims.claim',
	'{"setl_id": "claim_id", "mdtrt_id": "claim_id", "fixmedins_code": "provider", "setl_time": "billed_to",
	  "medfee_sumamt": "total", "fund_pay_sumamt": "reimbursed"}');
SELECT meso_audit.bind_fact('fee_line', 'foreign_claims.line',
	'{"setl_id": "claim_id", "feedetl_sn": "line_no", "mdtrt_id": "claim_id", "fixmedins_code": "provider", "fee_ocur_time": "billed_from",
	  "med_list_codg": "item", "cnt": "n", "det_item_fee_sumamt": "total", "bilg_dr_code": "physician"}');
SELECT meso_audit.bind_fact('diagnosis', 'foreign_claims.diagnosis',
	'{"mdtrt_id": "claim_id", "diag_srt_no": "n", "diag_code": "code", "maindiag_flag": "main"}');
SELECT meso_audit.bind_fact('operation', 'foreign_claims.procedure',
	'{"mdtrt_id": "claim_id", "oprn_srt_no": "n", "oprn_oprt_code": "code", "oprn_begntime": "billed_from"}');
