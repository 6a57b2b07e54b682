-- F restricted to a period: the templates put together.

CREATE FUNCTION reference.fund_share(amount numeric, fund numeric, total numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE
RETURN greatest(0, CASE WHEN fund IS NULL OR total IS NULL OR total = 0 THEN amount
	ELSE round(amount * fund / total, 2) END);

CREATE TABLE reference.hit (template text, pool integer, subject integer, amount numeric);

-- One finding per rule and subject: of the point with the largest amount after fund
-- share, then the smallest point_id.
CREATE VIEW reference.subject_finding AS
SELECT DISTINCT ON (p.code, s.id)
	p.code AS source_code, s.level, s.psn_no, s.setl_id, s.feedetl_sn,
	CASE WHEN s.level <> 'line' THEN s.mdtrt_id END AS mdtrt_id, s.row_no,
	NULL::timestamp AS period_start,
	CASE WHEN s.level = 'line' THEN
		reference.fund_share(h.amount, s.fund_pay_sumamt, s.medfee_sumamt) END AS amount,
	p.certainty, p.point_id
FROM reference.hit h
JOIN reference.pool p ON p.id = h.pool
JOIN reference.subject s ON s.id = h.subject
ORDER BY p.code, s.id, 9 DESC, p.point_id COLLATE "C";

-- Reads the world into the bases.
CREATE FUNCTION reference.load(period daterange) RETURNS void
LANGUAGE plpgsql SET jit = off AS $$
BEGIN
	DELETE FROM reference.claim;
	DELETE FROM reference.stay;
	DELETE FROM reference.subject;
	DELETE FROM reference.pool;
	DELETE FROM reference.pool_item;
	DELETE FROM reference.candidate;
	DELETE FROM reference.hit;
	INSERT INTO reference.claim TABLE reference.claim_view;
	INSERT INTO reference.stay TABLE reference.stay_view;
	INSERT INTO reference.subject TABLE reference.subject_view;
	INSERT INTO reference.pool TABLE reference.pool_view;
	INSERT INTO reference.pool_item TABLE reference.pool_item_view;
	INSERT INTO reference.candidate SELECT * FROM reference.candidate_in(period);

	INSERT INTO reference.hit SELECT 'attr_limit', * FROM reference.attr_limit;
	INSERT INTO reference.hit SELECT 'never_pay', * FROM reference.never_pay;
	INSERT INTO reference.hit SELECT 'all_of_set', * FROM reference.all_of_set;
	INSERT INTO reference.hit SELECT 'diag_required', * FROM reference.diag_required;
	INSERT INTO reference.hit SELECT 'diag_forbidden', * FROM reference.diag_forbidden;
	INSERT INTO reference.hit SELECT 'pair_exclusive', * FROM reference.pair_exclusive;
	INSERT INTO reference.hit SELECT 'group_dup', * FROM reference.group_dup;
	INSERT INTO reference.hit SELECT 'companion_required', * FROM reference.companion_required;
	INSERT INTO reference.hit SELECT 'max_qty', * FROM reference.max_qty;
	INSERT INTO reference.hit SELECT 'max_qty_period', * FROM reference.max_qty_period;
	INSERT INTO reference.hit SELECT 'max_days', * FROM reference.max_days;
	INSERT INTO reference.hit SELECT 'max_kinds', * FROM reference.max_kinds;
	INSERT INTO reference.hit SELECT 'price_ceiling', * FROM reference.price_ceiling;
	INSERT INTO reference.hit SELECT 'second_discount', * FROM reference.second_discount;
	INSERT INTO reference.hit SELECT 'prior_use_required', * FROM reference.prior_use_required;
	INSERT INTO reference.hit SELECT 'operation_time', * FROM reference.operation_time;
	INSERT INTO reference.hit SELECT 'component_sum', * FROM reference.component_sum;
	INSERT INTO reference.hit SELECT 'payment_suspended', * FROM reference.payment_suspended;
	INSERT INTO reference.hit SELECT 'data_quality', * FROM reference.data_quality;
	INSERT INTO reference.hit SELECT 'expression', * FROM reference.expression();
END $$;

CREATE VIEW reference.finding AS
SELECT f.*, NULL::date AS day FROM reference.subject_finding f
UNION ALL
SELECT source_code, 'settlement', psn_no, setl_id, NULL, NULL, NULL, NULL, amount,
	certainty, NULL, day
FROM reference.data_quality_settlement
UNION ALL
SELECT source_code, 'visit', psn_no, NULL, NULL, mdtrt_id, NULL, NULL, NULL,
	certainty, NULL, day
FROM reference.data_quality_visit
UNION ALL
SELECT source_code, 'visit', psn_no, NULL, NULL, mdtrt_id, NULL, NULL, NULL,
	certainty, NULL, day
FROM reference.stay_profile_visit
UNION ALL
SELECT source_code, 'subject', psn_no, NULL, NULL, NULL, NULL, period_start, NULL,
	certainty, NULL, day
FROM reference.aggregate_threshold;

-- All of it: SELECT * FROM reference.f('[2023-01-01,2024-01-01)').
CREATE FUNCTION reference.f(period daterange)
RETURNS TABLE (source_code text, level text, psn_no text, setl_id text, feedetl_sn text,
	mdtrt_id text, row_no text, period_start timestamp, amount numeric, certainty text,
	point_id text)
LANGUAGE plpgsql SET jit = off AS $$
#variable_conflict use_column
BEGIN
	PERFORM reference.load(period);
	RETURN QUERY
	SELECT f.source_code, f.level, f.psn_no, f.setl_id, f.feedetl_sn, f.mdtrt_id, f.row_no,
		f.period_start, f.amount, f.certainty, f.point_id
	FROM reference.finding f
	WHERE f.day IS NULL OR period @> f.day;
END $$;
