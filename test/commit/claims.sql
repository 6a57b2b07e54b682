-- Claims for the tests of the checks at commit: fact tables in schema "claims", a rule
-- for each template that looks at history, on item codes of its own, and views that
-- compare what is stored with F of the rows now present. The checks are not attached.
SELECT meso_audit.create_fact_tables('claims');

INSERT INTO meso_audit.rule (code, version, kind_code, template, params, codes, status) VALUES
	('BAN', 1, 'TEST', 'never_pay', '{}', '{BAN}', 'active'),
	('QTY', 1, 'TEST', 'max_qty', '{"max": 2, "unit": "day"}', '{QTY}', 'active'),
	('QTYV', 1, 'TEST', 'max_qty', '{"max": 2, "unit": "visit"}', '{QTYV}', 'active'),
	('QTYP', 1, 'TEST', 'max_qty_period', '{"max": 2, "period": "7 days"}', '{QTYP}', 'active'),
	('GAP', 1, 'TEST', 'max_qty_period', '{"min_gap": 5, "period": "30 days"}', '{GAP}', 'active'),
	('DAYS', 1, 'TEST', 'max_days', '{"max": 1, "period": "7 days"}', '{DAYS}', 'active'),
	('PAIR', 1, 'TEST', 'pair_exclusive', '{"with": ["PAIRW"], "window": "day"}', '{PAIR}', 'active'),
	('DUP', 1, 'TEST', 'group_dup', '{"n": 2, "window": "day"}', '{DUP%}', 'active'),
	('KIND', 1, 'TEST', 'max_kinds', '{"max": 1, "unit": "day"}', '{KIND%}', 'active'),
	('ALL', 1, 'TEST', 'all_of_set', '{}', '{ALL%}', 'active'),
	('YEAR', 1, 'TEST', 'price_ceiling', '{"basis": "year", "ceiling": [{"price": 15}]}', '{YEAR}', 'active'),
	('NEED', 1, 'TEST', 'companion_required', '{"needs": ["NEEDW"], "window": "day"}', '{NEED}', 'active'),
	('PRIOR', 1, 'TEST', 'prior_use_required', '{"first_line": ["PRIORW"], "lookback": "30 days"}', '{PRIOR}', 'active'),
	('SUM', 1, 'TEST', 'component_sum', '{"parent": "SUMP", "components": ["SUM1", "SUM2"], "n": 2, "ceiling": [{"price": 15}]}', NULL, 'active'),
	('DISC', 1, 'TEST', 'second_discount', '{"ratio": 0.5, "by": "day"}', '{DISC%}', 'active'),
	('MUST', 1, 'TEST', 'diag_required', '{"diag": ["I10%"]}', '{MUST}', 'active'),
	('NOT', 1, 'TEST', 'diag_forbidden', '{"diag": ["I10%"]}', '{NOT}', 'active'),
	('OFTEN', 1, 'TEST', 'aggregate_threshold', '{"metric": "visits", "by": "person", "op": ">=", "value": 2, "period": "month"}', NULL, 'active'),
	('COSTS', 1, 'TEST', 'aggregate_threshold', '{"metric": "amount", "by": "person", "op": ">=", "value": 1000, "period": "30 days"}', NULL, 'active'),
	('TOTAL', 1, 'TEST', 'data_quality', '{"check": "sum_mismatch"}', '{%}', 'active'),
	('BOTH', 1, 'TEST', 'data_quality', '{"check": "refund_both"}', '{%}', 'active');
INSERT INTO meso_audit.list_price (fixmedins_code, code, price) VALUES ('h1', 'DISC1', 20), ('h1', 'DISC2', 10);

-- A settlement with a line of each code, one each of 10 yuan, a minute apart.
CREATE FUNCTION claims.claim(setl_id text, psn_no text, at timestamp, VARIADIC codes text[])
RETURNS void LANGUAGE sql AS $$
	INSERT INTO claims.settlement (setl_id, psn_no, fixmedins_code, setl_time)
	VALUES ($1, $2, 'h1', $3);
	INSERT INTO claims.fee_line (setl_id, feedetl_sn, psn_no, fixmedins_code, fee_ocur_time,
		med_list_codg, cnt, det_item_fee_sumamt, pric, list_type)
	SELECT $1, c.n::text, $2, 'h1', $3 + c.n * interval '1 minute', c.code, 1, 10, 10, '101'
	FROM unnest($4) WITH ORDINALITY AS c(code, n)
$$;

-- What is stored, and where it is not F of the rows there: of some persons, or of all.
CREATE VIEW claims.found AS
SELECT f.source_code, f.level, f.psn_no, f.setl_id, f.feedetl_sn, f.mdtrt_id, f.row_no, f.period, f.amount,
	f.certainty, f.point_id
FROM meso_audit.finding f
WHERE f.source = 'rule' AND f.still_true AND f.status = 'open' AND NOT f.source_gone;

CREATE FUNCTION claims.persons() RETURNS text[] LANGUAGE sql STABLE AS $$
	SELECT array_agg(psn_no) FROM (SELECT psn_no FROM meso_audit.fee_line UNION SELECT psn_no FROM meso_audit.settlement
		UNION SELECT psn_no FROM meso_audit.visit UNION SELECT psn_no FROM claims.found) p
	WHERE psn_no IS NOT NULL
$$;

CREATE FUNCTION claims.wrong(persons text[]) RETURNS TABLE (side text, finding claims.found) LANGUAGE sql STABLE AS $$
	WITH expected AS MATERIALIZED (
		SELECT f.source_code, f.level, f.psn_no, f.setl_id, f.feedetl_sn, f.mdtrt_id, f.row_no, f.period, f.amount,
			f.certainty, f.point_id
		FROM meso_audit.evaluate_persons(persons, '(,)') f
	), found AS MATERIALIZED (
		SELECT * FROM claims.found WHERE psn_no = ANY (persons)
	)
	SELECT 'missing', m::claims.found FROM (TABLE expected EXCEPT ALL TABLE found) m
	UNION ALL
	SELECT 'surplus', s::claims.found FROM (TABLE found EXCEPT ALL TABLE expected) s
$$;

CREATE VIEW claims.difference AS
SELECT w.side, (w.finding).* FROM claims.wrong(claims.persons()) w;

-- All in a line: what is found, how much of it is wrong, how many claims went unchecked.
CREATE VIEW claims.state AS
SELECT (SELECT string_agg(concat_ws(' ', f.source_code, f.setl_id || '/' || f.feedetl_sn, f.mdtrt_id),
		', ' ORDER BY f.source_code COLLATE "C", f.setl_id COLLATE "C", f.feedetl_sn COLLATE "C", f.mdtrt_id COLLATE "C") FROM claims.found f) AS found,
	(SELECT count(*) FROM claims.difference) AS wrong,
	(SELECT count(*) FROM meso_audit.unchecked_claim) AS unchecked;
