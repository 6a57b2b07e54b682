-- Coverage: what an audit could not judge, and why.

CREATE TABLE @extschema@.audit_gap
(
	run_id		bigint NOT NULL,
	fact		text,
	rule_code	text,
	setl_id		text,
	reason		text NOT NULL,
	row_count	bigint
);
CREATE INDEX audit_gap_run_id_idx ON @extschema@.audit_gap (run_id);
COMMENT ON TABLE @extschema@.audit_gap IS
'未覆盖: what each run could not judge; read through audit_coverage.';
COMMENT ON COLUMN @extschema@.audit_gap.run_id IS 'Run';
COMMENT ON COLUMN @extschema@.audit_gap.fact IS 'Fact whose rows, or whose absence, it is about';
COMMENT ON COLUMN @extschema@.audit_gap.rule_code IS 'Rule that is idle; NULL: it is about rows';
COMMENT ON COLUMN @extschema@.audit_gap.setl_id IS 'Settlement of the rows; NULL: not known, or beyond the 10,000 settlements a reason that are listed';
COMMENT ON COLUMN @extschema@.audit_gap.reason IS 'key_missing, settlement_missing, window_open, out_of_range, not_bound';
COMMENT ON COLUMN @extschema@.audit_gap.row_count IS 'How many rows; NULL for a rule';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.audit_gap', '');

CREATE FUNCTION @extschema@.fits(value numeric)
RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_fits';
COMMENT ON FUNCTION @extschema@.fits(numeric) IS
'Whether a number is one that is judged: below nine million millions, with at most 6 decimals, neither NaN nor infinite; NULL for NULL.';

CREATE FUNCTION @extschema@.column_bound(fact text, column_name text)
RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT COALESCE((SELECT e.expression IS NOT NULL
		FROM view_expression(fact_view(column_bound.fact), column_bound.column_name) e), false)
$$;
COMMENT ON FUNCTION @extschema@.column_bound(text, text) IS
'Whether a column of a fact is bound to anything.';

/*
 * What a rule cannot judge without. Needs with the same number are
 * alternatives.
 */
CREATE FUNCTION @extschema@.rule_needs(template text, params jsonb)
RETURNS TABLE (need integer, fact text, column_name text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 4
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 1, n.fact, n.col
	FROM (VALUES
		('gend', 'person', 'gend'), ('age', 'person', 'brdy'), ('age_days', 'person', 'brdy'),
		('insutype', 'settlement', 'insutype'), ('insutype', 'person_insurance', 'insutype'),
		('psn_type', 'person', 'psn_type'), ('med_type', 'settlement', 'med_type'),
		('med_type', 'visit', 'med_type'), ('hosp_lv', 'institution', 'hosp_lv'),
		('fixmedins_type', 'institution', 'fixmedins_type'), ('dept', 'fee_line', 'bilg_dept_codg'),
		('channel', 'visit', 'channel'), ('title', 'practitioner', 'pro_tech_duty'),
		('matn_stas', 'visit', 'matn_stas'), ('area', 'institution', 'fix_blng_admdvs'),
		('list_type', 'fee_line', 'list_type'), ('sin_dos', 'fee_line', 'sin_dos'),
		('prd_days', 'fee_line', 'prd_days'), ('psn_area', 'person', 'insu_admdvs')
	) AS n(attribute, fact, col)
	WHERE template = 'attr_limit' AND n.attribute = params ->> 'attribute'
	UNION ALL
	SELECT 2, n.fact, n.col
	FROM (VALUES
		('all_of_set', 'fee_line', 'list_type'), ('price_ceiling', 'fee_line', 'pric'),
		('second_discount', 'fee_line', 'pric')
	) AS n(template, fact, col)
	WHERE n.template = rule_needs.template
		AND NOT (n.template = 'price_ceiling' AND COALESCE(params ->> 'basis', 'price') <> 'price')
	UNION ALL
	SELECT 3, n.fact, n.col
	FROM (VALUES ('diagnosis', 'diagnosis', 'diag_code'), ('both', 'diagnosis', 'diag_code'),
		('dise', 'settlement', 'dise_codg'), ('both', 'settlement', 'dise_codg')
	) AS n(source, fact, col)
	WHERE template IN ('diag_required', 'diag_forbidden')
		AND n.source = COALESCE(params ->> 'source', 'diagnosis')
	UNION ALL
	SELECT 4, n.fact, n.col
	FROM (VALUES ('diagnosis', 'diagnosis', 'diag_code'), ('operation', 'operation', 'oprn_oprt_code'),
		('item', 'fee_line', 'med_list_codg')) AS n(codes_of, fact, col)
	WHERE n.codes_of = COALESCE(params ->> 'codes_of', 'item')
		AND template NOT IN ('aggregate_threshold', 'data_quality')
	UNION ALL
	SELECT 5, 'visit', 'endtime'
	WHERE template IN ('companion_required', 'diag_required', 'prior_use_required', 'all_of_set',
		'component_sum') AND params ->> 'window' = 'visit'
	UNION ALL
	SELECT n.need, n.fact, n.col
	FROM (VALUES (10, 'visit', 'endtime'), (11, 'operation', 'oprn_oprt_code')) AS n(need, fact, col)
	WHERE template = 'stay_profile'
	UNION ALL
	SELECT n.need, n.fact, n.col
	FROM (VALUES (10, 'visit', 'endtime'), (11, 'operation', 'oprn_oprt_code'), (12, 'operation', 'oprn_begntime'),
		(13, 'operation', 'oprn_endtime')) AS n(need, fact, col)
	WHERE template = 'operation_time' AND (n.need < 12 OR params ? CASE n.need WHEN 12 THEN 'before' ELSE 'after' END)
	UNION ALL
	SELECT 6, 'fee_line', 'prd_days'
	WHERE template IN ('group_dup', 'pair_exclusive') AND params ->> 'window' = 'supply'
	UNION ALL
	SELECT n.need, n.fact, n.col
	FROM (VALUES
		('qty_price_amount', 7, 'fee_line', 'pric'), ('upload_lag', 7, 'fee_line', 'upload_time'),
		('outside_stay', 7, 'visit', 'med_type'), ('after_death', 7, 'person', 'die_date'),
		('insurance_paused', 7, 'person_insurance', 'paused'), ('key_mismatch', 7, 'settlement', 'setl_id'),
		('sum_mismatch', 7, 'settlement', 'medfee_sumamt'), ('refund_both', 7, 'settlement', 'refd_setl_flag'),
		('order', 7, 'visit', 'endtime')
	) AS n(wanted, need, fact, col)
	WHERE template = 'data_quality' AND n.wanted = params ->> 'check'
	UNION ALL
	SELECT n.need, n.fact, n.col
	FROM (VALUES
		('visits', 8, 'visit', 'begntime'), ('stays', 8, 'visit', 'med_type'),
		('readmissions', 8, 'visit', 'med_type'), ('readmissions', 9, 'visit', 'endtime'),
		('readmission_rate', 8, 'visit', 'med_type'), ('readmission_rate', 9, 'visit', 'endtime'),
		('diag_rate', 8, 'visit', 'med_type'), ('diag_rate', 9, 'diagnosis', 'diag_code'),
		('stay_gap', 8, 'visit', 'med_type'), ('stay_gap', 9, 'visit', 'endtime'),
		('settlements', 8, 'settlement', 'setl_time'), ('institutions', 8, 'settlement', 'setl_time'),
		('persons', 8, 'settlement', 'setl_time'), ('amount', 8, 'settlement', 'medfee_sumamt'),
		('fund_amount', 8, 'settlement', 'fund_pay_sumamt'), ('share', 8, 'fee_line', 'med_chrgitm_type'),
		('drug_codes', 8, 'fee_line', 'list_type'), ('unstocked', 8, 'stock_movement', 'inv_chg_type')
	) AS n(metric, need, fact, col)
	WHERE template = 'aggregate_threshold' AND n.metric = params ->> 'metric'
$$;
COMMENT ON FUNCTION @extschema@.rule_needs(text, jsonb) IS
'Columns of facts without which a rule is idle; of those with one number any will do.';

/*
 * Reasons by settlement; settlements beyond the first 10,000 of a reason are
 * counted together.
 */
CREATE FUNCTION @extschema@.line_gaps(since timestamp, until timestamp)
RETURNS TABLE (setl_id text, reason text, row_count bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000000 ROWS 1000
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
-- hardly a row is left, which the planner cannot know: no sort, no index for so few
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
	settled	boolean := column_bound('settlement', 'setl_id');
BEGIN
	RETURN QUERY
	SELECT g.setl_id, x.reason, count(*)
	FROM (
		SELECT l.setl_id, s.setl_id AS settlement,
			l.setl_id IS NULL OR l.feedetl_sn IS NULL OR l.psn_no IS NULL OR l.fixmedins_code IS NULL
				OR l.fee_ocur_time IS NULL OR l.med_list_codg IS NULL OR l.cnt IS NULL
				OR l.det_item_fee_sumamt IS NULL AS incomplete,
			NOT (fits(l.cnt) AND fits(l.det_item_fee_sumamt) AND fits(l.pric)) AS out_of_range
		FROM fee_line l
		LEFT JOIN settlement s ON s.setl_id = l.setl_id
		WHERE (l.fee_ocur_time >= since AND l.fee_ocur_time < until) OR l.fee_ocur_time IS NULL
	) g
	CROSS JOIN LATERAL (
		SELECT 'key_missing'::text AS reason WHERE g.incomplete
		UNION ALL
		SELECT 'settlement_missing' WHERE settled AND g.settlement IS NULL AND g.setl_id IS NOT NULL
		UNION ALL
		SELECT 'out_of_range' WHERE g.out_of_range
	) x
	WHERE g.incomplete OR g.out_of_range OR (settled AND g.settlement IS NULL)
	GROUP BY 1, 2;

	IF column_bound('visit', 'endtime') THEN
		RETURN QUERY
		SELECT q.setl_id, 'window_open'::text, count(*)
		FROM (
			SELECT l.setl_id
			FROM visit v JOIN fee_line l ON l.mdtrt_id = v.mdtrt_id
			WHERE v.endtime IS NULL AND v.begntime < until
				AND l.fee_ocur_time >= since AND l.fee_ocur_time < until
			UNION ALL
			SELECT l.setl_id
			FROM visit v
			JOIN settlement s ON s.mdtrt_id = v.mdtrt_id
			JOIN fee_line l ON l.setl_id = s.setl_id AND l.mdtrt_id IS NULL
			WHERE v.endtime IS NULL AND v.begntime < until
				AND l.fee_ocur_time >= since AND l.fee_ocur_time < until
		) q
		GROUP BY 1;
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.line_gaps(timestamp, timestamp) IS
'Lines in [since, until) that could not be judged, or not by every rule, counted by settlement and reason. Reads what the caller may read.';

CREATE FUNCTION @extschema@.key_gaps(fact text)
RETURNS bigint
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 1000000
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off
AS $$
DECLARE
	missing	bigint;
BEGIN
	EXECUTE (
		SELECT format('SELECT count(*) FROM %s WHERE num_nulls(%s) > 0', fact_view(key_gaps.fact),
			string_agg(quote_ident(c.column_name), ', ' ORDER BY c.pos))
		FROM fact_column c WHERE c.fact = key_gaps.fact AND c.required)
	INTO missing;
	RETURN missing;
END
$$;
COMMENT ON FUNCTION @extschema@.key_gaps(text) IS
'Rows of a fact with NULL in a column that it needs: they are as if they were not there. Reads what the caller may read.';

CREATE FUNCTION @extschema@.audit_cover(run @extschema@.audit_run, what text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	since	timestamp := COALESCE(lower(run.period)::timestamp, '-infinity');
	until	timestamp := COALESCE(upper(run.period)::timestamp, 'infinity');
BEGIN
	IF what = 'rule' THEN
		INSERT INTO audit_gap (run_id, fact, rule_code, reason)
		SELECT DISTINCT run.run_id, n.missing, r.code, 'not_bound'
		FROM rule_in_force r
		CROSS JOIN LATERAL (
			SELECT string_agg(DISTINCT d.fact || '.' || d.column_name, ' or ') AS missing
			FROM rule_needs(r.template, r.params) d
			GROUP BY d.need
			HAVING NOT bool_or(column_bound(d.fact, d.column_name))
		) n
		WHERE r.days && datemultirange(run.period)
			AND (run.rules IS NULL OR r.code = ANY (run.rules));
	ELSIF what = 'fee_line' THEN
		INSERT INTO audit_gap (run_id, fact, setl_id, reason, row_count)
		SELECT run.run_id, 'fee_line', CASE WHEN g.n <= 10000 THEN g.setl_id END, g.reason,
			sum(g.row_count)
		FROM (
			SELECT e.*, row_number() OVER (PARTITION BY e.reason ORDER BY e.setl_id COLLATE "C") AS n
			FROM as_engine('SELECT * FROM @extschema@.line_gaps($1, $2)', since, until)
				AS e(setl_id text, reason text, row_count bigint)
		) g
		GROUP BY 3, 4;
	ELSE
		INSERT INTO audit_gap (run_id, fact, reason, row_count)
		SELECT run.run_id, what, 'key_missing', g.n
		FROM as_engine('SELECT @extschema@.key_gaps($1)', what) AS g(n bigint)
		WHERE g.n > 0;
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.audit_cover(@extschema@.audit_run, text) IS
'Notes what of one fact, or which rules, a run could not judge.';
REVOKE EXECUTE ON FUNCTION @extschema@.audit_cover(@extschema@.audit_run, text) FROM PUBLIC;

CREATE VIEW @extschema@.audit_coverage AS
SELECT g.run_id, r.period,
	CASE WHEN g.rule_code IS NOT NULL THEN 'rule'
		WHEN g.setl_id IS NOT NULL THEN 'settlement' ELSE 'fact' END AS about,
	g.fact, g.rule_code, g.setl_id, g.reason, g.row_count,
	CASE g.reason
		WHEN 'key_missing' THEN '必填列为空: a column that the fact needs is NULL; the row is as if it were not there'
		WHEN 'settlement_missing' THEN '无结算记录: the line''s settlement is not there; rules that need it are silent'
		WHEN 'window_open' THEN '就诊未结束: the visit has no end yet; rules that accuse by absence wait for it'
		WHEN 'out_of_range' THEN '数值超限: a value does not fit and cannot be counted'
		WHEN 'not_bound' THEN '事实未绑定: the rule is idle for want of this column'
	END AS meaning
FROM @extschema@.audit_gap g
JOIN @extschema@.audit_run r ON r.run_id OPERATOR(pg_catalog.=) g.run_id
UNION ALL
SELECT c.run_id, r.period, 'failed', CASE WHEN c.kind OPERATOR(pg_catalog.=) 'coverage' THEN c.name END,
	CASE WHEN c.kind OPERATOR(pg_catalog.=) 'rule' THEN c.name END, NULL, CASE c.kind WHEN 'persons' THEN c.persons[1] ELSE c.kind END,
	c.person_count, c.message
FROM @extschema@.audit_chunk c
JOIN @extschema@.audit_run r ON r.run_id OPERATOR(pg_catalog.=) c.run_id
WHERE c.state OPERATOR(pg_catalog.=) 'failed';
COMMENT ON VIEW @extschema@.audit_coverage IS
'审核覆盖: by settlement, by rule and by fact, what a run could not judge and why.';
COMMENT ON COLUMN @extschema@.audit_coverage.about IS 'settlement: rows of one; rule: a rule is idle; fact: rows elsewhere; failed: a person, rule or fact that could not be judged';
COMMENT ON COLUMN @extschema@.audit_coverage.fact IS 'Fact, or the columns that are not bound';
COMMENT ON COLUMN @extschema@.audit_coverage.reason IS 'As in audit_gap; of what failed: the person, or rule, or coverage';
COMMENT ON COLUMN @extschema@.audit_coverage.meaning IS 'What the reason means; the error of what failed';
SELECT @extschema@.pass_comments_on('@extschema@.audit_gap', '@extschema@.audit_coverage');
SELECT @extschema@.pass_comments_on('@extschema@.audit_run', '@extschema@.audit_coverage');
