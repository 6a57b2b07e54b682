-- What is bound, and what is missing to use it: all of it out of the catalog.

-- Takes "bound" as bind_fact gathers it: column -> {expression, attnum, indexed}.
CREATE FUNCTION @extschema@.lacking_indexes(fact text, relation regclass, bound jsonb)
RETURNS TABLE (look_up text, command text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10000 ROWS 3
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	WITH wanted AS (
		SELECT i.columns[1] AS look_up, i.predicate,
			array_agg(a.attnum ORDER BY k.n) AS attnums,
			bool_or(a.attnum IS NULL AND NOT (bound #>> ARRAY[k.column_name, 'indexed'])::boolean) AS unserved,
			string_agg(COALESCE(quote_ident(a.attname),
				format('(%s)', alias_expression(relation, bound #>> ARRAY[k.column_name, 'expression'], ''))), ', ' ORDER BY k.n) AS keys
		FROM fact_index i
		CROSS JOIN unnest(i.columns) WITH ORDINALITY AS k(column_name, n)
		LEFT JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = (bound #>> ARRAY[k.column_name, 'attnum'])::smallint
		WHERE i.fact = lacking_indexes.fact AND bound ?& i.columns
		GROUP BY i.columns, i.predicate
	)
	SELECT w.look_up, min(format('CREATE INDEX ON %s (%s)', relation, w.keys))
	FROM wanted w
	JOIN pg_class c ON c.oid = relation AND c.relkind IN ('r', 'p', 'm')
	-- an expression is served by an index on it; a column by one that begins with it
	WHERE w.unserved OR (w.attnums[1] IS NOT NULL AND NOT EXISTS (
		SELECT
		FROM pg_index i
		JOIN pg_attribute p ON p.attrelid = c.oid AND p.attnum = w.attnums[1]
		WHERE i.indrelid = c.oid AND i.indisvalid
			AND (i.indpred IS NULL
				 OR (w.predicate <> '' AND pg_get_expr(i.indpred, c.oid)
					 = format('(%I IS NOT NULL)', p.attname)))
			AND (i.indkey::smallint[])[0:cardinality(w.attnums) - 1] @> array_remove(w.attnums, NULL)
			AND (i.indkey::smallint[])[0] = w.attnums[1]))
	GROUP BY w.look_up, w.attnums, w.keys;
$$;
COMMENT ON FUNCTION @extschema@.lacking_indexes(text, regclass, jsonb) IS
'Indexes that a table bound (or about to be bound) to a fact should have and has not: the fact''s column that is looked up, and the command; no row for a view.';

CREATE FUNCTION @extschema@.lacking_indexes(fact text)
RETURNS TABLE (look_up text, command text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10000 ROWS 3
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT l.look_up, l.command
	FROM (SELECT jsonb_object_agg(c.column_name, to_jsonb(e)) AS bound
		  FROM (SELECT DISTINCT unnest(i.columns) AS column_name FROM fact_index i WHERE i.fact = lacking_indexes.fact) c
		  CROSS JOIN view_expression(fact_view(lacking_indexes.fact), c.column_name) e
		  WHERE e.expression IS NOT NULL) b
	CROSS JOIN lacking_indexes(lacking_indexes.fact, view_relation(fact_view(lacking_indexes.fact)), b.bound) l;
$$;
COMMENT ON FUNCTION @extschema@.lacking_indexes(text) IS
'Indexes that the table bound to a fact should have and has not: the fact''s column that is looked up, and the command.';

CREATE FUNCTION @extschema@.missing_indexes(fact text)
RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT CASE WHEN c.relkind IN ('r', 'p', 'm') THEN
		ARRAY(SELECT l.command FROM lacking_indexes(missing_indexes.fact) l ORDER BY l.command COLLATE "C") END
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
		SELECT CASE WHEN t.tgrelid OPERATOR(pg_catalog.=) c.oid THEN t.tgname::text
			ELSE pg_catalog.format('%s on %s', t.tgname, t.tgrelid::pg_catalog.regclass) END
		FROM pg_catalog.pg_trigger t
		JOIN pg_catalog.pg_depend d ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::regclass
			AND d.objid OPERATOR(pg_catalog.=) t.tgfoid AND d.deptype OPERATOR(pg_catalog.=) 'e'
		JOIN pg_catalog.pg_extension e ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::regclass
			AND e.oid OPERATOR(pg_catalog.=) d.refobjid AND e.extname OPERATOR(pg_catalog.=) 'meso_audit'
		WHERE t.tgname OPERATOR(pg_catalog.~) ('^meso_audit_' OPERATOR(pg_catalog.||) f.fact OPERATOR(pg_catalog.||) '_(new|old|truncate|insert|update|delete)$')
			AND t.tgenabled OPERATOR(pg_catalog.<>) 'D' AND t.tgparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
			-- each partition has its own for TRUNCATE
			AND NOT (t.tgname OPERATOR(pg_catalog.~) '_truncate$' AND t.tgrelid OPERATOR(pg_catalog.<>) c.oid
				AND (SELECT p.relispartition FROM pg_catalog.pg_class p WHERE p.oid OPERATOR(pg_catalog.=) t.tgrelid))
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
COMMENT ON COLUMN @extschema@.fact_status.checks IS 'Enabled triggers by which rows of the fact are checked, with the table where that is not what is bound';
COMMENT ON COLUMN @extschema@.fact_status.since IS 'First day from which the rows are complete';
COMMENT ON COLUMN @extschema@.fact_status.problems IS 'Why the engine cannot, or no longer, read all rows: row security, missing rights';
COMMENT ON COLUMN @extschema@.fact_status.idle_rules IS 'Rules in force that find nothing because of this fact: it is not bound, or lacks a column that they need';
