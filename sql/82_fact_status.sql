-- What is bound, and what is missing to use it: all of it out of the catalog.

CREATE FUNCTION @extschema@.missing_indexes(fact text)
RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	WITH wanted AS (
		SELECT i.predicate,
			array_agg(e.attnum ORDER BY k.n) AS attnums,
			array_agg(a.attname::text ORDER BY k.n) AS names,
			bool_and(e.expression IS NOT NULL) AS bound,
			-- an index that bind_fact saw on an expression counts
			bool_or(e.attnum IS NULL AND e.indexed) AS by_expression
		FROM fact_index i
		CROSS JOIN unnest(i.columns) WITH ORDINALITY AS k(column_name, n)
		CROSS JOIN view_expression(fact_view(i.fact), k.column_name) e
		LEFT JOIN pg_attribute a ON a.attrelid = view_relation(fact_view(i.fact)) AND a.attnum = e.attnum
		WHERE i.fact = missing_indexes.fact
		GROUP BY i.columns, i.predicate
	)
	SELECT CASE WHEN c.relkind IN ('r', 'p', 'm') THEN COALESCE((
		SELECT array_agg(
			CASE WHEN array_position(w.names, NULL) IS NULL
				THEN format('CREATE INDEX ON %s (%s)', c.oid::regclass,
					(SELECT string_agg(quote_ident(n.name), ', ' ORDER BY n.n) FROM unnest(w.names) WITH ORDINALITY AS n(name, n)))
				ELSE format('an index of %s on the bound expressions', c.oid::regclass) END
			ORDER BY w.attnums)
		FROM wanted w
		WHERE w.bound AND NOT COALESCE(w.by_expression, false) AND NOT EXISTS (
			SELECT
			FROM pg_index i
			JOIN pg_attribute p ON p.attrelid = c.oid AND p.attname = w.names[1]
			WHERE i.indrelid = c.oid AND i.indisvalid
				AND (i.indpred IS NULL
					 OR (w.predicate <> '' AND pg_get_expr(i.indpred, c.oid)
						 = format('(%I IS NOT NULL)', p.attname)))
				AND (i.indkey::smallint[])[0:cardinality(w.attnums) - 1] @> w.attnums
				AND (i.indkey::smallint[])[0] = w.attnums[1])), '{}') END
	FROM pg_class c
	WHERE c.oid = view_relation(fact_view(missing_indexes.fact));
$$;
COMMENT ON FUNCTION @extschema@.missing_indexes(text) IS
'Indexes that the table bound to a fact should have and has not, as commands; NULL where the fact is not bound or bound to a view.';

CREATE FUNCTION @extschema@.estimated_rows(relation regclass)
RETURNS bigint
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT CASE
		WHEN bool_or(c.reltuples < 0) THEN NULL
		ELSE sum(c.reltuples)::bigint END
	FROM (SELECT relation AS relid
		  UNION
		  SELECT p.relid FROM pg_partition_tree(relation) p WHERE p.isleaf) t
	JOIN pg_class c ON c.oid = t.relid AND c.relkind IN ('r', 'm', 'f');
$$;
COMMENT ON FUNCTION @extschema@.estimated_rows(regclass) IS
'Rows of a table and its partitions by the planner''s statistics; NULL for views and tables never analysed.';

-- 'fact' or 'fact.column'; alternatives stand in one element, with | between.
CREATE FUNCTION @extschema@.rule_needs(template text, params jsonb, scope jsonb)
RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
	WITH attribute_source(attribute, source) AS (
		VALUES ('gend', 'person.gend'), ('age', 'person.brdy'), ('age_days', 'person.brdy'),
			('psn_type', 'person.psn_type'),
			('insutype', 'settlement.insutype|person_insurance.insutype'),
			('med_type', 'settlement.med_type|visit.med_type'),
			('hosp_lv', 'institution.hosp_lv'), ('fixmedins_type', 'institution.fixmedins_type'),
			('area', 'institution.fix_blng_admdvs'), ('dept', 'fee_line.bilg_dept_codg'),
			('channel', 'visit.channel'), ('title', 'practitioner.pro_tech_duty'),
			('matn_stas', 'visit.matn_stas'), ('list_type', 'fee_line.list_type'),
			('sin_dos', 'fee_line.sin_dos')
	), check_source("check", source) AS (
		VALUES ('qty_price_amount', 'fee_line.pric'), ('upload_lag', 'fee_line.upload_time'),
			('outside_stay', 'visit.endtime'), ('after_death', 'person.die_date'),
			('insurance_paused', 'person_insurance.paused'), ('key_mismatch', 'settlement'),
			('sum_mismatch', 'settlement.medfee_sumamt'), ('refund_both', 'settlement.refd_setl_flag'),
			('order', 'visit.endtime')
	), needed(source) AS (
		SELECT CASE params OPERATOR(pg_catalog.->>) 'codes_of'
			WHEN 'diagnosis' THEN 'diagnosis' WHEN 'operation' THEN 'operation' ELSE 'fee_line' END
		WHERE COALESCE(params OPERATOR(pg_catalog.->>) 'check', '') NOT IN ('order')
			AND COALESCE(params OPERATOR(pg_catalog.->>) 'metric', '')
				NOT IN ('visits', 'stays', 'readmissions', 'stay_gap', 'settlements', 'fund_amount')
		UNION
		SELECT a.source FROM attribute_source a
		WHERE a.attribute OPERATOR(pg_catalog.=) (params OPERATOR(pg_catalog.->>) 'attribute')
			AND (params OPERATOR(pg_catalog.->>) 'missing') IS DISTINCT FROM 'hit'
		UNION
		SELECT a.source FROM attribute_source a
		WHERE scope OPERATOR(pg_catalog.?) a.attribute
		UNION
		SELECT c.source FROM check_source c
		WHERE template OPERATOR(pg_catalog.=) 'data_quality'
			AND c."check" OPERATOR(pg_catalog.=) (params OPERATOR(pg_catalog.->>) 'check')
		UNION
		SELECT CASE params OPERATOR(pg_catalog.->>) 'source'
			WHEN 'dise' THEN 'settlement.dise_codg'
			WHEN 'both' THEN 'diagnosis|settlement.dise_codg' ELSE 'diagnosis' END
		WHERE template IN ('diag_required', 'diag_forbidden')
		UNION
		SELECT CASE params OPERATOR(pg_catalog.->>) 'window' WHEN 'visit' THEN 'visit.endtime' ELSE 'settlement' END
		WHERE template IN ('companion_required')
		UNION
		SELECT 'settlement' WHERE template IN ('all_of_set', 'prior_use_required', 'component_sum')
		UNION
		SELECT 'fee_line.list_type' WHERE template OPERATOR(pg_catalog.=) 'all_of_set'
		UNION
		SELECT 'fee_line.pric' WHERE template OPERATOR(pg_catalog.=) 'second_discount'
			OR (template OPERATOR(pg_catalog.=) 'price_ceiling'
				AND COALESCE(params OPERATOR(pg_catalog.->>) 'basis', 'price') OPERATOR(pg_catalog.=) 'price')
		UNION
		SELECT 'visit' WHERE params OPERATOR(pg_catalog.->>) 'metric' IN ('visits', 'stays', 'readmissions', 'stay_gap')
		UNION
		SELECT 'settlement' WHERE params OPERATOR(pg_catalog.->>) 'metric' IN ('settlements', 'fund_amount')
	)
	SELECT pg_catalog.array_agg(n.source ORDER BY n.source) FROM needed n WHERE n.source IS NOT NULL;
END;
COMMENT ON FUNCTION @extschema@.rule_needs(text, jsonb, jsonb) IS
'Facts (fact) and columns (fact.column) without which a rule can find nothing; alternatives with | between them.';

CREATE FUNCTION @extschema@.is_bound(source text)
RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT bool_or(CASE WHEN s.part LIKE '%.%'
		THEN (view_expression(fact_view(split_part(s.part, '.', 1)), split_part(s.part, '.', 2))).expression IS NOT NULL
		ELSE view_relation(fact_view(s.part)) IS NOT NULL END)
	FROM string_to_table(source, '|') AS s(part);
$$;
COMMENT ON FUNCTION @extschema@.is_bound(text) IS
'Whether a fact (fact), a column of one (fact.column), or one of several with | between them is bound.';

CREATE VIEW @extschema@.fact_status AS
SELECT f.fact,
	f.label_zh,
	b.relation,
	CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
		WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' END AS kind,
	CASE WHEN b.relation IS NOT NULL THEN @extschema@.fact_expressions(f.fact) END AS expressions,
	CASE WHEN b.relation IS NOT NULL THEN ARRAY(
		SELECT k.column_name FROM @extschema@.fact_column k
		WHERE k.fact OPERATOR(pg_catalog.=) f.fact
			AND NOT @extschema@.fact_expressions(f.fact) OPERATOR(pg_catalog.?) k.column_name
		ORDER BY k.pos) END AS absent,
	@extschema@.estimated_rows(c.oid::regclass) AS estimated_rows,
	@extschema@.missing_indexes(f.fact) AS missing_indexes,
	ARRAY(
		SELECT t.tgname::text
		FROM pg_catalog.pg_trigger t
		JOIN pg_catalog.pg_depend d ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::regclass
			AND d.objid OPERATOR(pg_catalog.=) t.tgfoid AND d.deptype OPERATOR(pg_catalog.=) 'e'
		JOIN pg_catalog.pg_extension e ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::regclass
			AND e.oid OPERATOR(pg_catalog.=) d.refobjid AND e.extname OPERATOR(pg_catalog.=) 'meso_audit'
		WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid AND t.tgenabled OPERATOR(pg_catalog.<>) 'D'
		ORDER BY 1) AS checks,
	s.since,
	ARRAY(
		SELECT r.code
		FROM @extschema@.rule_in_force r
		WHERE EXISTS (
			SELECT FROM pg_catalog.unnest(@extschema@.rule_needs(r.template, r.params, r.scope)) AS n(source)
			WHERE n.source OPERATOR(pg_catalog.~) ('(^|\|)' OPERATOR(pg_catalog.||) f.fact OPERATOR(pg_catalog.||) '(\.|\||$)')
				AND NOT @extschema@.is_bound(n.source))
		GROUP BY r.code
		ORDER BY r.code) AS idle_rules
FROM @extschema@.fact f
CROSS JOIN LATERAL (SELECT @extschema@.view_relation(@extschema@.fact_view(f.fact)) AS relation) b
LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) b.relation
LEFT JOIN @extschema@.fact_since s ON s.fact OPERATOR(pg_catalog.=) f.fact
ORDER BY f.seq;
COMMENT ON VIEW @extschema@.fact_status IS
'事实状态: what each fact is bound to and what is missing, derived from the catalog.';
COMMENT ON COLUMN @extschema@.fact_status.fact IS 'Fact';
COMMENT ON COLUMN @extschema@.fact_status.label_zh IS 'Chinese label';
COMMENT ON COLUMN @extschema@.fact_status.relation IS 'What it is bound to; NULL: not bound';
COMMENT ON COLUMN @extschema@.fact_status.kind IS 'Kind of what it is bound to; checks at commit attach to tables only';
COMMENT ON COLUMN @extschema@.fact_status.expressions IS 'What each bound column is computed as, over alias r';
COMMENT ON COLUMN @extschema@.fact_status.absent IS 'Columns that are not bound and so NULL';
COMMENT ON COLUMN @extschema@.fact_status.estimated_rows IS 'Rows by the planner''s statistics; NULL: a view, or never analysed';
COMMENT ON COLUMN @extschema@.fact_status.missing_indexes IS 'Indexes that look-ups need and the table has not; NULL for a view, whose tables are its writer''s care';
COMMENT ON COLUMN @extschema@.fact_status.checks IS 'Enabled triggers of the extension on the table';
COMMENT ON COLUMN @extschema@.fact_status.since IS 'First day from which the rows are complete';
COMMENT ON COLUMN @extschema@.fact_status.idle_rules IS 'Rules in force that find nothing because of this fact: it is not bound, or lacks a column that they need';
