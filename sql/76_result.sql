-- Findings as the national audit services (3101, 3102) say them.

CREATE TYPE @extschema@.result_item AS
(
	setl_id		text,
	feedetl_sn	text,
	mdtrt_id	text,
	row_no		text,
	code		text,
	name		text,
	amount		numeric,
	happened	timestamp,
	level		text
);
COMMENT ON TYPE @extschema@.result_item IS
'结果项目: what a result says of one row that a finding is about or rests on: a fee line, or a diagnosis or operation of a visit.';
COMMENT ON COLUMN @extschema@.result_item.setl_id IS 'Settlement of a line; NULL for a diagnosis or operation';
COMMENT ON COLUMN @extschema@.result_item.feedetl_sn IS 'Number of the line in it';
COMMENT ON COLUMN @extschema@.result_item.mdtrt_id IS 'Visit';
COMMENT ON COLUMN @extschema@.result_item.row_no IS 'Number of the diagnosis or operation in its visit';
COMMENT ON COLUMN @extschema@.result_item.code IS 'Item, diagnosis or operation code';
COMMENT ON COLUMN @extschema@.result_item.name IS 'Name of the item, if it is known';
COMMENT ON COLUMN @extschema@.result_item.amount IS 'Amount of the line, yuan';
COMMENT ON COLUMN @extschema@.result_item.happened IS 'When the fee arose';
COMMENT ON COLUMN @extschema@.result_item.level IS 'What it is: line, diagnosis or operation; the numbers of the latter two count apart';

CREATE FUNCTION @extschema@.result_items(findings @extschema@.audit_finding[])
RETURNS @extschema@.result_item[]
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT (l.setl_id, l.feedetl_sn, l.mdtrt_id, NULL, l.med_list_codg, l.medins_list_name,
			l.det_item_fee_sumamt, l.fee_ocur_time, 'line')::result_item
		FROM (
			SELECT f.setl_id, f.feedetl_sn FROM unnest(findings) f WHERE f.level = 'line'
			UNION
			SELECT r ->> 'setl_id', r ->> 'feedetl_sn'
			FROM unnest(findings) f CROSS JOIN LATERAL jsonb_array_elements(f.related) r
		) k
		JOIN fee_line l USING (setl_id, feedetl_sn)
		UNION ALL
		SELECT (NULL, NULL, d.mdtrt_id, d.diag_srt_no::text, d.diag_code, NULL, NULL, NULL, 'diagnosis')::result_item
		FROM (SELECT DISTINCT f.mdtrt_id, f.row_no FROM unnest(findings) f WHERE f.level = 'diagnosis') k
		JOIN diagnosis d ON d.mdtrt_id = k.mdtrt_id AND d.diag_srt_no::text = k.row_no
		UNION ALL
		SELECT (NULL, NULL, o.mdtrt_id, o.oprn_srt_no::text, o.oprn_oprt_code, NULL, NULL, o.oprn_begntime, 'operation')::result_item
		FROM (SELECT DISTINCT f.mdtrt_id, f.row_no FROM unnest(findings) f WHERE f.level = 'operation') k
		JOIN operation o ON o.mdtrt_id = k.mdtrt_id AND o.oprn_srt_no::text = k.row_no);
END
$$;
COMMENT ON FUNCTION @extschema@.result_items(@extschema@.audit_finding[]) IS
'The rows that findings are about and rest on, read from the facts as far as the caller may.';
REVOKE EXECUTE ON FUNCTION @extschema@.result_items(@extschema@.audit_finding[]) FROM PUBLIC;

CREATE FUNCTION @extschema@.audit_result(
	findings @extschema@.audit_finding[], items @extschema@.result_item[] DEFAULT NULL,
	task_id text DEFAULT NULL)
RETURNS jsonb
LANGUAGE c STABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'meso_audit_audit_result';
COMMENT ON FUNCTION @extschema@.audit_result(@extschema@.audit_finding[], @extschema@.result_item[], text) IS
'审核结果: findings as a JSON array in the shape of the national audit services 3101 and 3102: violation, severity, evidence, violating and involved items. findings NULL: none. items NULL: read from the facts.';
REVOKE EXECUTE ON FUNCTION @extschema@.audit_result(@extschema@.audit_finding[], @extschema@.result_item[], text) FROM PUBLIC;
