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
	happened	timestamp
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

CREATE FUNCTION @extschema@.result_items(findings @extschema@.audit_finding[])
RETURNS @extschema@.result_item[]
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT (l.setl_id, l.feedetl_sn, l.mdtrt_id, NULL, l.med_list_codg, l.medins_list_name,
			l.det_item_fee_sumamt, l.fee_ocur_time)::result_item
		FROM (
			SELECT f.setl_id, f.feedetl_sn FROM unnest(findings) f WHERE f.level = 'line'
			UNION
			SELECT r ->> 'setl_id', r ->> 'feedetl_sn'
			FROM unnest(findings) f CROSS JOIN LATERAL jsonb_array_elements(f.related) r
		) k
		JOIN fee_line l USING (setl_id, feedetl_sn)
		UNION ALL
		SELECT (NULL, NULL, d.mdtrt_id, d.diag_srt_no::text, d.diag_code, NULL, NULL, NULL)::result_item
		FROM unnest(findings) f
		JOIN diagnosis d ON d.mdtrt_id = f.mdtrt_id AND d.diag_srt_no::text = f.row_no
		WHERE f.level = 'diagnosis'
		UNION ALL
		SELECT (NULL, NULL, o.mdtrt_id, o.oprn_srt_no::text, o.oprn_oprt_code, NULL, NULL, o.oprn_begntime)::result_item
		FROM unnest(findings) f
		JOIN operation o ON o.mdtrt_id = f.mdtrt_id AND o.oprn_srt_no::text = f.row_no
		WHERE f.level = 'operation');
END
$$;
COMMENT ON FUNCTION @extschema@.result_items(@extschema@.audit_finding[]) IS
'The rows that findings are about and rest on, read from the facts as far as the caller may.';
REVOKE EXECUTE ON FUNCTION @extschema@.result_items(@extschema@.audit_finding[]) FROM PUBLIC;

/*
 * The shape of a judgement (违规结果) and of its items. Field by field in
 * doc/precheck.md; the order of both is fixed, so that equal findings give
 * equal JSON.
 */
CREATE FUNCTION @extschema@.audit_result(
	findings @extschema@.audit_finding[], items @extschema@.result_item[] DEFAULT NULL,
	task_id text DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
-- planning would cost more than the few rows
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
DECLARE
	known result_item[] := COALESCE(items, result_items(findings));
BEGIN
	RETURN COALESCE((
		WITH item AS MATERIALIZED (
			SELECT i.*, COALESCE(i.name, (
				SELECT c.name FROM known_code c
				WHERE c.code = i.code AND c.name IS NOT NULL
				ORDER BY c.valid @> i.happened::date DESC, upper(c.valid) DESC NULLS FIRST LIMIT 1)) AS label
			FROM unnest(known) i
		), place AS (
			SELECT f.finding_key, 0 AS seq, f.setl_id, f.feedetl_sn, f.mdtrt_id, f.row_no
			FROM unnest(findings) f
			UNION ALL
			SELECT f.finding_key, r.seq::integer, r.r ->> 'setl_id', r.r ->> 'feedetl_sn', NULL, NULL
			FROM unnest(findings) f
			CROSS JOIN LATERAL jsonb_array_elements(f.related) WITH ORDINALITY AS r(r, seq)
		), detail AS MATERIALIZED (
			SELECT p.finding_key, p.seq, p.setl_id, p.feedetl_sn, COALESCE(p.mdtrt_id, i.mdtrt_id) AS mdtrt_id,
				p.row_no, i.code, i.label, i.amount, i.happened
			FROM place p
			LEFT JOIN item i ON (i.setl_id = p.setl_id AND i.feedetl_sn = p.feedetl_sn)
				OR (i.mdtrt_id = p.mdtrt_id AND i.row_no = p.row_no)
		)
		SELECT jsonb_agg(jsonb_build_object(
				'jr_id', encode(f.finding_key, 'hex'),
				'rule_id', f.source_code,
				'rule_ver', f.source_version,
				'rule_name', COALESCE(r.title, k.name_zh, f.source_code),
				'kind_code', f.kind_code,
				'kind_name', k.name_zh,
				'point_id', f.point_id,
				'vola_cont', concat(COALESCE(n.detection_logic, rule_message(f.source_code, f.source_version), k.phrase, k.name_zh, f.source_code),
					'：' || (SELECT string_agg('【' || x.label || '】', '、' ORDER BY x.seq)
						FROM (SELECT COALESCE(d.label, d.code) AS label, min(d.seq) AS seq
							FROM detail d WHERE d.finding_key = f.finding_key AND d.code IS NOT NULL
							GROUP BY 1) x)),
				'level', f.level,
				'patn_id', f.psn_no,
				'medins_id', f.fixmedins_code,
				'mdtrt_id', f.mdtrt_id,
				'setl_id', f.setl_id,
				'vola_date', f.judged_day,
				'vola_amt', round(f.amount, 2),
				'vola_amt_stas', CASE WHEN f.amount IS NULL THEN '0' ELSE '1' END,
				'sev_deg', CASE WHEN f.action = 'remind' THEN '3' WHEN f.certainty = 'violation' THEN '1' ELSE '2' END,
				'action', f.action,
				'vola_evid', nullif(concat_ws('；', n.constraint_text, COALESCE(n.legal_basis, r.legal_basis)), ''),
				'vola_bhvr_type', k.tier2,
				'task_id', task_id,
				'judge_result_detail_dtos', (
					SELECT jsonb_agg(jsonb_build_object(
							'jrd_id', encode(f.finding_key, 'hex') || '-' || d.seq,
							'patn_id', f.psn_no,
							'mdtrt_id', d.mdtrt_id,
							'setl_id', d.setl_id,
							'rx_id', d.feedetl_sn,
							'row_no', d.row_no,
							'hilist_code', d.code,
							'hilist_name', d.label,
							'item_time', d.happened,
							'sumamt', round(d.amount, 2),
							'vola_item_type', CASE d.seq WHEN 0 THEN '1' ELSE '2' END,
							'vola_amt', CASE d.seq WHEN 0 THEN round(f.amount, 2) END)
						ORDER BY d.seq)
					FROM detail d WHERE d.finding_key = f.finding_key)
			) ORDER BY f.source_code COLLATE "C", f.level, f.setl_id COLLATE "C", f.feedetl_sn COLLATE "C",
				f.mdtrt_id COLLATE "C", f.row_no COLLATE "C", f.period)
		FROM unnest(findings) f
		LEFT JOIN rule r ON r.code = f.source_code AND r.version = f.source_version
		LEFT JOIN rule_kind k ON k.kind_code = f.kind_code
		LEFT JOIN point_in_force n ON n.point_id = f.point_id), '[]');
END
$$;
COMMENT ON FUNCTION @extschema@.audit_result(@extschema@.audit_finding[], @extschema@.result_item[], text) IS
'审核结果: findings as a JSON array in the shape of the national audit services 3101 and 3102: violation, severity, evidence, violating and involved items. items NULL: read from the facts.';
REVOKE EXECUTE ON FUNCTION @extschema@.audit_result(@extschema@.audit_finding[], @extschema@.result_item[], text) FROM PUBLIC;
