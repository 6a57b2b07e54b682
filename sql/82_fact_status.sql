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

CREATE FUNCTION @extschema@.idle_rules()
RETURNS TABLE (fact text, rules text[])
LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 5
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	WITH col AS MATERIALIZED (
		SELECT c.fact, c.column_name, column_bound(c.fact, c.column_name) AS bound
		FROM fact_column c
	), needed AS MATERIALIZED (
		SELECT r.code, r.version, n.need, n.fact, bool_or(c.bound) OVER (PARTITION BY r.code, r.version, n.need) AS bound
		FROM rule_in_force r
		CROSS JOIN rule_needs(r.template, r.params) n
		JOIN col c ON c.fact = n.fact AND c.column_name = n.column_name
	)
	SELECT d.fact, array_agg(DISTINCT d.code) FROM needed d WHERE NOT d.bound GROUP BY d.fact;
$$;
COMMENT ON FUNCTION @extschema@.idle_rules() IS
'Rules in force that find nothing, by the fact that is not bound or lacks a column that they need.';

CREATE VIEW @extschema@.fact_status AS
SELECT f.fact,
	f.label_zh,
	b.relation,
	CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
		WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' END AS kind,
	x.expressions,
	CASE WHEN x.expressions IS NOT NULL THEN ARRAY(
		SELECT k.column_name FROM @extschema@.fact_column k
		WHERE k.fact OPERATOR(pg_catalog.=) f.fact
			AND NOT x.expressions OPERATOR(pg_catalog.?) k.column_name
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
	COALESCE(i.rules, '{}') AS idle_rules,
	CASE WHEN @extschema@.fact_view(f.fact) IS NULL THEN ARRAY['the fact view is missing: it went with its table; bind it again']
		WHEN c.oid IS NOT NULL THEN ARRAY(
		SELECT p FROM @extschema@.reading_problems(f.fact, c.oid::regclass) p
		UNION ALL
		SELECT pg_catalog.format('meso_audit_engine has no SELECT on %s', c.oid::regclass)
		WHERE NOT pg_catalog.has_any_column_privilege('meso_audit_engine', c.oid, 'SELECT')
			OR NOT pg_catalog.has_schema_privilege('meso_audit_engine', c.relnamespace, 'USAGE')) END AS problems
FROM @extschema@.fact f
CROSS JOIN LATERAL (SELECT @extschema@.view_relation(@extschema@.fact_view(f.fact)) AS relation) b
CROSS JOIN LATERAL (SELECT CASE WHEN b.relation IS NOT NULL THEN @extschema@.fact_expressions(f.fact) END AS expressions OFFSET 0) x
LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) b.relation
LEFT JOIN @extschema@.idle_rules() i ON i.fact OPERATOR(pg_catalog.=) f.fact
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
COMMENT ON COLUMN @extschema@.fact_status.problems IS 'Why the engine cannot, or no longer, read all rows: row security, missing rights';
COMMENT ON COLUMN @extschema@.fact_status.idle_rules IS 'Rules in force that find nothing because of this fact: it is not bound, or lacks a column that they need';
