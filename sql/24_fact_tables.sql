-- The embedded default for those who have no tables yet: one table a fact, by
-- the fact's name, in a schema of the user's. They belong to the user.

CREATE FUNCTION @extschema@.create_fact_tables(schema_name text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	f fact;
	command text;
	target text;
BEGIN
	IF NOT is_set_up() THEN
		PERFORM setup();
	END IF;
	IF to_regnamespace(quote_ident(schema_name)) IS NULL THEN
		EXECUTE format('CREATE SCHEMA %I', schema_name);
	END IF;

	FOR f IN SELECT * FROM fact ORDER BY seq LOOP
		target := format('%I.%I', schema_name, f.fact);
		FOR command IN
			SELECT format('CREATE TABLE %s (%s)', target,
				string_agg(format('%I %s', c.column_name, c.data_type), ', ' ORDER BY c.pos))
			FROM fact_column c WHERE c.fact = f.fact
			UNION ALL
			SELECT format('COMMENT ON TABLE %s IS %L', target, f.label_zh || ': ' || f.about)
			UNION ALL
			SELECT format('COMMENT ON COLUMN %s.%I IS %L', target, c.column_name, c.label_zh || ': ' || c.about)
			FROM fact_column c WHERE c.fact = f.fact
			UNION ALL
			-- A key column that may be NULL cannot be of a primary key.
			SELECT format('ALTER TABLE %s ADD %s (%s)', target,
				CASE WHEN bool_and(c.required) THEN 'PRIMARY KEY' ELSE 'UNIQUE' END,
				string_agg(quote_ident(c.column_name), ', ' ORDER BY c.key_pos))
			FROM fact_column c WHERE c.fact = f.fact AND c.key_pos IS NOT NULL
			HAVING count(*) > 0
			UNION ALL
			SELECT format('CREATE INDEX ON %s (%s)%s', target,
				(SELECT string_agg(quote_ident(x.col), ', ' ORDER BY x.n) FROM unnest(i.columns) WITH ORDINALITY AS x(col, n)),
				CASE WHEN i.predicate <> '' THEN format(' WHERE %I IS NOT NULL', i.predicate) ELSE '' END)
			FROM fact_index i
			WHERE i.fact = f.fact AND (i.predicate <> '' OR i.columns IS DISTINCT FROM (
				SELECT (array_agg(c.column_name ORDER BY c.key_pos))[1:cardinality(i.columns)]
				FROM fact_column c WHERE c.fact = f.fact AND c.key_pos IS NOT NULL))
		LOOP
			EXECUTE command;
		END LOOP;
		PERFORM bind_fact(f.fact, target::regclass);
	END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.create_fact_tables(text) IS
'Creates a table for every fact in a schema of the caller''s (created if missing), by the facts'' names, with keys and the indexes that the evaluator needs, and binds them all. The tables belong to the caller and are not part of the extension.';
