\set ECHO none
-- A small world for the templates' worked examples: fact tables, one person, two
-- institutions; to be read inside a transaction that is rolled back.
SET client_min_messages = warning;
SET LOCAL meso_audit.require_approval = off;
DO $$ BEGIN PERFORM meso_audit.create_fact_tables('tw'); END $$;
SET LOCAL search_path = tw, meso_audit, pg_catalog;

INSERT INTO tw.institution (fixmedins_code, fixmedins_type, hosp_lv, fix_blng_admdvs)
VALUES ('H1', '1', 3, '320100'), ('H2', '1', 1, '330100');
INSERT INTO tw.person (psn_no, gend, brdy) VALUES ('p1', '2', '2010-02-28'), ('p2', NULL, NULL);

-- a settlement in full paid by the fund, so that amounts are easy to read
CREATE PROCEDURE tw.settle(setl text, inst text DEFAULT 'H1', psn text DEFAULT 'p1', visit text DEFAULT NULL,
	t timestamp DEFAULT '2024-03-01 18:00', dise text DEFAULT NULL, paid numeric DEFAULT 100)
LANGUAGE sql AS $$
	INSERT INTO tw.settlement (setl_id, fixmedins_code, psn_no, mdtrt_id, setl_time, dise_codg, medfee_sumamt, fund_pay_sumamt)
	VALUES (setl, inst, psn, visit, t, dise, 100, paid)
$$;
CREATE PROCEDURE tw.line(setl text, sn text, t timestamp, code text, cnt numeric DEFAULT 1, amount numeric DEFAULT 10,
	pric numeric DEFAULT NULL, rx text DEFAULT NULL, list text DEFAULT NULL, days numeric DEFAULT NULL,
	undoes text DEFAULT NULL, inst text DEFAULT 'H1', psn text DEFAULT 'p1', inscp numeric DEFAULT NULL)
LANGUAGE sql AS $$
	INSERT INTO tw.fee_line (setl_id, feedetl_sn, fixmedins_code, psn_no, fee_ocur_time, med_list_codg, cnt,
		det_item_fee_sumamt, pric, rxno, list_type, prd_days, init_feedetl_sn, inscp_amt)
	VALUES (setl, sn, inst, psn, t, code, cnt, amount, pric, rx, list, days, undoes, inscp)
$$;
CREATE PROCEDURE tw.rule(code text, template text, params jsonb, codes text[] DEFAULT NULL, scope jsonb DEFAULT '{}')
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM meso_audit.create_rule(code, 'MA011', template, params, codes, scope, status => 'active');
END $$;
-- what the rule finds: line (or row, settlement, visit, period) and amount
CREATE FUNCTION tw.found(code text) RETURNS TABLE (found text, amount numeric) LANGUAGE sql AS $$
	SELECT concat_ws(' ', f.setl_id, f.feedetl_sn, f.mdtrt_id, f.row_no, lower(f.period)::text), f.amount
	FROM meso_audit.evaluate_persons('{p1,p2}', rules => ARRAY[code]) f
	ORDER BY concat_ws(' ', f.setl_id, f.feedetl_sn, f.mdtrt_id, f.row_no, lower(f.period)::text) COLLATE "C"
$$;
\set ECHO all
