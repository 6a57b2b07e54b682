-- expression: the condition is true of the line, taken as a row of its attributes.
-- The one template that no view can say, since its condition is data.
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

CREATE VIEW reference.audit_row AS
SELECT s.id, s.psn_no, s.fixmedins_code, s.setl_id, s.feedetl_sn, s.mdtrt_id,
	s.t AS fee_ocur_time, s.code AS med_list_codg, s.cnt, s.amount AS det_item_fee_sumamt,
	s.pric, s.inscp_amt, s.list_type, s.med_chrgitm_type, s.rxno, s.prd_days, s.sin_dos,
	s.dept AS bilg_dept_codg, s.bilg_dr_code, s.upload_time, s.day, s.gend, s.age,
	s.age_days, s.psn_type, s.med_type, s.insutype, s.hosp_lv, s.fixmedins_type, s.area,
	s.psn_area, s.title, s.matn_stas, s.channel, s.dise_codg
FROM reference.subject s WHERE s.level = 'line';
