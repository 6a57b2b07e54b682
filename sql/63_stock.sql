-- What an institution billed against what it had in stock.

CREATE FUNCTION @extschema@.unstocked_lines(items jsonb, days integer, scope jsonb, until timestamp)
RETURNS TABLE (fixmedins_code text, fee_ocur_time timestamp, setl_id text, feedetl_sn text, med_list_codg text,
	amount numeric, unstocked boolean, counted boolean)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000000 ROWS 100000
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
-- what is asked of NULLs and numbers lets the planner expect a row or two
SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	codes		text[] := ARRAY(SELECT jsonb_array_elements_text(COALESCE(items, '[]')));
	prefixes	text[] := code_prefixes(codes);
BEGIN
	RETURN QUERY
	WITH moved AS MATERIALIZED (
		SELECT m.fixmedins_code, m.med_list_codg, m.inv_chg_time,
			CASE WHEN m.inv_chg_type IN ('opening', 'purchase', 'gain', 'transfer_in') THEN abs(m.cnt) ELSE -abs(m.cnt) END AS cnt,
			min(m.inv_chg_time) FILTER (WHERE m.inv_chg_type = 'opening') OVER (PARTITION BY m.fixmedins_code, m.med_list_codg) AS opened
		FROM stock_movement m
		WHERE num_nulls(m.fixmedins_code, m.med_list_codg, m.inv_chg_type, m.cnt, m.inv_chg_time) = 0
			-- sales are what the lines say themselves
			AND m.inv_chg_type IN ('opening', 'purchase', 'gain', 'transfer_in', 'purchase_return', 'loss', 'transfer_out')
			AND fits(m.cnt)
			AND m.med_list_codg IN (
				SELECT c.code FROM (SELECT DISTINCT s.med_list_codg AS code FROM stock_movement s OFFSET 0) c
				WHERE code_in(c.code, codes, prefixes))
	), event AS (
		-- what is booked so many days later counts as if it had been there
		SELECT m.fixmedins_code, m.med_list_codg, m.inv_chg_time::date - days AS day, false AS billed, m.inv_chg_time AS t,
			''::text AS setl_id, ''::text AS feedetl_sn, m.cnt AS stock, 0::numeric AS cnt, 0::numeric AS amount, false AS counted
		FROM moved m
		WHERE m.inv_chg_time >= m.opened
		UNION ALL
		SELECT l.fixmedins_code, l.med_list_codg, l.fee_ocur_time::date, true, l.fee_ocur_time,
			l.setl_id, l.feedetl_sn, 0, l.cnt - COALESCE(k.cnt, 0), l.det_item_fee_sumamt - COALESCE(k.amount, 0),
			metric_in_scope(scope, i.fix_blng_admdvs, i.hosp_lv, COALESCE(s.med_type, v.med_type),
				CASE WHEN scope ? 'insutype' THEN COALESCE(s.insutype, insured_type(l.psn_no, l.fee_ocur_time::date)) END,
				i.fixmedins_type, l.fixmedins_code, CASE WHEN scope ? 'psn_area' THEN insured_area(scope, l.psn_no) END)
		FROM fee_line l
		JOIN (
			SELECT DISTINCT m.fixmedins_code, m.med_list_codg, m.opened FROM moved m WHERE m.opened IS NOT NULL
		) o ON o.fixmedins_code = l.fixmedins_code AND o.med_list_codg = l.med_list_codg
		LEFT JOIN taken_off() k ON k.setl_id = l.setl_id AND k.feedetl_sn = l.feedetl_sn
		LEFT JOIN settlement s ON s.setl_id = l.setl_id
			AND num_nulls(s.psn_no, s.fixmedins_code, s.setl_time) = 0
		LEFT JOIN visit v ON v.mdtrt_id = COALESCE(l.mdtrt_id, s.mdtrt_id)
			AND num_nulls(v.psn_no, v.fixmedins_code, v.begntime) = 0
		LEFT JOIN institution i ON i.fixmedins_code = l.fixmedins_code
		WHERE l.fee_ocur_time >= o.opened AND l.fee_ocur_time < until
			AND num_nulls(l.setl_id, l.feedetl_sn, l.psn_no, l.cnt, l.det_item_fee_sumamt) = 0
			AND fits(l.cnt) AND fits(l.det_item_fee_sumamt) AND fits(l.pric) IS NOT FALSE
			AND l.init_feedetl_sn IS NULL AND (k.cnt IS NULL OR l.cnt - k.cnt > 0)
			AND s.refd_setl_flag IS DISTINCT FROM '1'
	)
	SELECT e.fixmedins_code, e.t, e.setl_id, e.feedetl_sn, e.med_list_codg, e.amount, e.above, e.counted
	FROM (
		SELECT e.*, sum(e.cnt) OVER w > sum(e.stock) OVER w AS above
		FROM event e
		WINDOW w AS (PARTITION BY e.fixmedins_code, e.med_list_codg
			ORDER BY e.day, e.billed, e.t, e.setl_id COLLATE "C", e.feedetl_sn COLLATE "C")
	) e
	WHERE e.billed;
END
$$;
COMMENT ON FUNCTION @extschema@.unstocked_lines(jsonb, integer, jsonb, timestamp) IS
'进销存: lines of the items since the opening stock of the item at its institution, and whether all that was billed up to and including the line is more than opening stock, purchases, gains and transfers in, less returns to the supplier, losses and transfers out, booked by so many days after it. Sales and counts of the books do not enter.';
