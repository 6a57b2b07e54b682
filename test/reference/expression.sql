-- expression: the condition is true of the line, taken as a row of its attributes.
-- The one template that no view can say, since its condition is data.
CREATE VIEW reference.audit_row AS
SELECT s.id, s.setl_id, s.feedetl_sn, s.psn_no, s.fixmedins_code, s.t AS fee_ocur_time,
	s.code AS med_list_codg, s.cnt, s.amount AS det_item_fee_sumamt, s.mdtrt_id, s.pric,
	s.inscp_amt, s.list_type, s.med_chrgitm_type,
	s.fields->>'medins_list_codg' AS medins_list_codg,
	s.fields->>'medins_list_name' AS medins_list_name, s.rxno, s.prd_days, s.sin_dos,
	s.dept AS bilg_dept_codg, s.bilg_dr_code,
	s.fields->>'acord_dept_codg' AS acord_dept_codg,
	s.fields->>'acord_dr_code' AS acord_dr_code, s.upload_time, s.day, s.med_type,
	s.insutype, s.gend, s.age, s.age_days, p.brdy, s.psn_type, s.psn_area, s.hosp_lv,
	s.fixmedins_type, s.area, s.title, s.matn_stas, s.channel, s.dise_codg, c.setl_time,
	s.begntime, s.endtime, v.adm_dept_codg, v.dscg_way, s.medfee_sumamt, s.fund_pay_sumamt
FROM reference.subject s
LEFT JOIN reference.person p USING (psn_no)
LEFT JOIN reference.claim c USING (setl_id)
LEFT JOIN reference.visit v ON v.mdtrt_id = s.mdtrt_id
WHERE s.level = 'line';

CREATE FUNCTION reference.expression() RETURNS TABLE (pool integer, subject integer, amount numeric)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	p record;
BEGIN
	FOR p IN SELECT q.id, q.params->>'sql' AS condition
		FROM reference.pool q WHERE q.template = 'expression'
	LOOP
		RETURN QUERY EXECUTE
			'SELECT c.pool, c.subject, x.det_item_fee_sumamt'
			' FROM reference.candidate c JOIN reference.audit_row x ON x.id = c.subject'
			' WHERE c.pool = $1 AND (' || p.condition || ')' USING p.id;
	END LOOP;
END $$;
