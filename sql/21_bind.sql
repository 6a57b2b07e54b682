-- Facts are views: binding them, and reading what is bound.
--
-- The views are not members of the extension: a member view over a user's
-- table would let DROP TABLE ... CASCADE take the extension with it, and would
-- come back empty from pg_dump. Nothing about a binding is stored but the view.

CREATE FUNCTION @extschema@.check_expression(relation regclass, expression text)
RETURNS regtype
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_audit_check_expression';
COMMENT ON FUNCTION @extschema@.check_expression(regclass, text) IS
'Type of an expression over the columns of a relation if it may be used in a binding or rule (columns, constants, IMMUTABLE functions and operators of pg_catalog or of meso_audit, nothing else); an error if not.';

CREATE FUNCTION @extschema@.fit_expression(relation regclass, expression text, target regtype, zone text,
	OUT expression text, OUT how text, OUT indexed boolean, OUT attnum smallint)
RETURNS record
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_audit_fit_expression';
COMMENT ON FUNCTION @extschema@.fit_expression(regclass, text, regtype, text) IS
'How an expression over a relation (alias r) becomes a fact column of a type: its text; absent, column, expression, cast, zone or collation; whether an index on it exists; the column that it passes through.';

CREATE FUNCTION @extschema@.view_relation(fact_view regclass)
RETURNS regclass
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_audit_view_relation';
COMMENT ON FUNCTION @extschema@.view_relation(regclass) IS
'Relation that a fact view reads; NULL if the fact is not bound.';

CREATE FUNCTION @extschema@.view_expression(fact_view regclass, column_name text,
	OUT expression text, OUT attnum smallint, OUT indexed boolean)
RETURNS record
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_audit_view_expression';
COMMENT ON FUNCTION @extschema@.view_expression(regclass, text) IS
'What a column of a fact view is bound to: the expression over alias r (NULL: absent), the column that it passes through unchanged, whether an index on the expression exists.';

CREATE FUNCTION @extschema@.in_extension_script()
RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 1
AS 'MODULE_PATHNAME', 'meso_audit_in_extension_script';
COMMENT ON FUNCTION @extschema@.in_extension_script() IS
'Whether a CREATE or ALTER EXTENSION runs its script right now.';

CREATE FUNCTION @extschema@.fact_view(fact text)
RETURNS regclass
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
	SELECT c.oid::regclass
	FROM pg_catalog.pg_class c
	JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
	WHERE n.nspname OPERATOR(pg_catalog.=) '@extschema@'
		AND c.relname OPERATOR(pg_catalog.=) fact_view.fact
		AND c.relkind OPERATOR(pg_catalog.=) 'v';
END;
COMMENT ON FUNCTION @extschema@.fact_view(text) IS
'View of a fact; NULL if it is missing, as after DROP TABLE ... CASCADE of what it was bound to.';

CREATE FUNCTION @extschema@.write_view(fact text, relation regclass, columns text[], types regtype[], expressions text[])
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000
AS 'MODULE_PATHNAME', 'meso_audit_write_view';
COMMENT ON FUNCTION @extschema@.write_view(text, regclass, text[], regtype[], text[]) IS
'Creates or replaces one fact view; relation NULL: empty, an expression NULL: the column is absent. For superusers, and for owners of the relation who are members of the engine: the one thing that these cannot do themselves, as nobody but superusers may create in the schema.';

-- Comes with an expression per bound column, over r.
CREATE FUNCTION @extschema@.write_fact_view(fact text, relation regclass, expressions jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	target text := format('@extschema@.%I', fact);
	existing boolean := fact_view(fact) IS NOT NULL;
	label record;
BEGIN
	-- Within an extension script only members can be replaced.
	IF existing AND in_extension_script() THEN
		EXECUTE format('ALTER EXTENSION meso_audit ADD VIEW %s', target);
	END IF;
	PERFORM write_view(fact, relation, array_agg(c.column_name ORDER BY c.pos),
		array_agg(c.data_type::regtype ORDER BY c.pos),
		array_agg(expressions ->> c.column_name ORDER BY c.pos))
	FROM fact_column c
	WHERE c.fact = write_fact_view.fact;
	IF in_extension_script() THEN
		EXECUTE format('ALTER EXTENSION meso_audit DROP VIEW %s', target);
	END IF;

	IF NOT existing THEN
		EXECUTE format('ALTER VIEW %s OWNER TO meso_audit_engine', target);
	END IF;
	FOR label IN
		SELECT format('COMMENT ON VIEW %s IS %L', target, f.label_zh || ': ' || f.about) AS command
		FROM fact f WHERE f.fact = write_fact_view.fact
		UNION ALL
		SELECT format('COMMENT ON COLUMN %s.%I IS %L', target, c.column_name, c.label_zh || ': ' || c.about)
		FROM fact_column c WHERE c.fact = write_fact_view.fact
	LOOP
		EXECUTE label.command;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.write_fact_view(text, regclass, jsonb) IS
'Creates or replaces one fact view with owner and comments; for bind_fact, unbind_fact, refresh_facts and setup.';

-- Every relation that reading "relation" reads, with the role that it is read
-- as: the owner of the view above, or who asks where a view is
-- security_invoker.
CREATE FUNCTION @extschema@.relation_tree(relation regclass, reader name)
RETURNS TABLE (member regclass, kind "char", read_as name)
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 5
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	WITH RECURSIVE tree AS (
		SELECT relation::oid AS rel, reader AS read_as
		UNION
		SELECT d.refobjid,
			CASE WHEN EXISTS (SELECT FROM pg_options_to_table(c.reloptions) o
							  WHERE o.option_name = 'security_invoker' AND o.option_value::boolean)
				THEN t.read_as ELSE c.relowner::regrole::name END
		FROM tree t
		JOIN pg_class c ON c.oid = t.rel AND c.relkind = 'v'
		JOIN pg_rewrite w ON w.ev_class = c.oid
		JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
			AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid
	)
	SELECT t.rel, c.relkind, t.read_as
	FROM tree t
	JOIN pg_class c ON c.oid = t.rel;
$$;
COMMENT ON FUNCTION @extschema@.relation_tree(regclass, name) IS
'Relations read through a relation, views resolved, each with the role as which it is read.';

CREATE FUNCTION @extschema@.hides_rows(relation regclass, reader name)
RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT c.relrowsecurity
		AND NOT (r.rolsuper OR r.rolbypassrls
				 OR (pg_has_role(reader, c.relowner, 'USAGE') AND NOT c.relforcerowsecurity))
		AND (NOT COALESCE(bool_or(p.everything) FILTER (WHERE p.polpermissive), false)
			 OR COALESCE(bool_or(NOT p.everything) FILTER (WHERE NOT p.polpermissive), false))
	FROM pg_class c
	JOIN pg_roles r ON r.rolname = reader
	LEFT JOIN LATERAL (
		SELECT q.polpermissive,
			COALESCE(pg_get_expr(q.polqual, q.polrelid) = 'true', true) AS everything
		FROM pg_policy q
		WHERE q.polrelid = c.oid AND q.polcmd IN ('r', '*')
			AND EXISTS (SELECT FROM unnest(q.polroles) m(role)
						WHERE m.role = 0 OR pg_has_role(reader, m.role, 'USAGE'))
	) p ON true
	WHERE c.oid = relation
	GROUP BY c.relrowsecurity, c.relowner, c.relforcerowsecurity, r.rolsuper, r.rolbypassrls;
$$;
COMMENT ON FUNCTION @extschema@.hides_rows(regclass, name) IS
'Whether row security hides rows of a table from a role.';

-- Whether the engine may read the relation itself is left to bind_fact, which
-- grants it.
CREATE FUNCTION @extschema@.reading_problems(fact text, relation regclass)
RETURNS SETOF text
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10000 ROWS 1
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT CASE
		WHEN t.member = fact_view(fact) THEN
			format('%s reads the fact view itself', relation)
		WHEN t.kind IN ('r', 'p') AND hides_rows(t.member, t.read_as) THEN
			format('row security hides rows of %s from %I', t.member, t.read_as)
		ELSE format('%I has no SELECT on %s, which %s reads', t.read_as, t.member, relation)
		END
	FROM relation_tree(relation, 'meso_audit_engine') t
	WHERE t.member = fact_view(fact)
		OR (t.kind IN ('r', 'p') AND hides_rows(t.member, t.read_as))
		OR (t.member <> relation AND NOT has_any_column_privilege(t.read_as, t.member, 'SELECT'));
$$;
COMMENT ON FUNCTION @extschema@.reading_problems(text, regclass) IS
'Why the engine cannot read all rows of a relation: row security, a table below a view that its owner may not read, a view that reads the fact itself.';

CREATE FUNCTION @extschema@.require_all_rows()
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	problems text;
BEGIN
	SELECT string_agg(format('%s: %s', f.fact, p.problem), '; ' ORDER BY f.seq, p.problem) INTO problems
	FROM fact f
	CROSS JOIN view_relation(fact_view(f.fact)) AS b(relation)
	JOIN pg_class c ON c.oid = b.relation
	CROSS JOIN LATERAL (
		SELECT r FROM reading_problems(f.fact, b.relation) r
		UNION
		SELECT format('meso_audit_engine has no SELECT on %s', b.relation)
		WHERE NOT has_any_column_privilege('meso_audit_engine', b.relation, 'SELECT')
			OR NOT has_schema_privilege('meso_audit_engine', c.relnamespace, 'USAGE')) AS p(problem);
	IF problems IS NOT NULL THEN
		RAISE EXCEPTION 'not all rows of the facts can be read: %', problems
			USING ERRCODE = 'insufficient_privilege',
				HINT = 'What it does not see would count as gone. GRANT SELECT ... TO meso_audit_engine, or CREATE POLICY ... FOR SELECT TO meso_audit_engine USING (true).';
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.require_all_rows() IS
'Fails where row security or a missing right keeps the engine from rows of a fact: findings on them would be withdrawn.';

CREATE FUNCTION @extschema@.binding_access_problems(fact text, relation regclass)
RETURNS SETOF text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 1
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	rel pg_class;
	schema pg_namespace;
BEGIN
	SELECT * INTO STRICT rel FROM pg_class WHERE oid = relation;
	SELECT * INTO STRICT schema FROM pg_namespace WHERE oid = rel.relnamespace;

	IF rel.relkind NOT IN ('r', 'p', 'v', 'm', 'f') THEN
		RETURN NEXT format('%s is neither a table nor a view', relation);
		RETURN;
	END IF;
	IF rel.relpersistence = 't' THEN
		RETURN NEXT format('%s is temporary', relation);
	END IF;
	IF NOT pg_has_role(current_user, rel.relowner, 'USAGE') THEN
		RETURN NEXT format('you do not own %s', relation);
	END IF;
	IF NOT pg_has_role(current_user, 'meso_audit_engine', 'USAGE') THEN
		RETURN NEXT 'you are not a member of meso_audit_engine, which owns the fact views';
	END IF;
	IF NOT has_schema_privilege('meso_audit_engine', schema.oid, 'USAGE')
		AND NOT has_schema_privilege(current_user, schema.oid, 'USAGE WITH GRANT OPTION') THEN
		RETURN NEXT format('meso_audit_engine has no USAGE on schema %I, and you cannot grant it', schema.nspname);
	END IF;

	RETURN QUERY SELECT p FROM reading_problems(fact, relation) p;
END
$$;
COMMENT ON FUNCTION @extschema@.binding_access_problems(text, regclass) IS
'Why a relation cannot be bound: ownership, grants, row security, a view that reads the fact itself.';

CREATE FUNCTION @extschema@.key_is_indexed(relation regclass, attnums smallint[], nullable smallint[])
RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT EXISTS (
		SELECT
		FROM pg_index i
		JOIN pg_class c ON c.oid = i.indrelid
		WHERE i.indrelid = relation AND i.indisunique AND i.indisvalid
			AND i.indpred IS NULL AND i.indexprs IS NULL
			AND NOT (c.relkind = 'r' AND c.relhassubclass)
			AND (i.indkey::smallint[])[0:i.indnkeyatts - 1] <@ attnums
			AND NOT EXISTS (
				SELECT
				FROM pg_attribute a
				WHERE a.attrelid = relation AND NOT a.attnotnull
					AND a.attnum = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1])
					AND a.attnum = ANY (nullable)
					AND NOT COALESCE((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)));
$$;
COMMENT ON FUNCTION @extschema@.key_is_indexed(regclass, smallint[], smallint[]) IS
'Whether a unique index proves that columns (of which some may be NULL and count all the same) are a key.';

-- Takes "bound" as bind_fact gathers it: column -> {expression, attnum, ...}.
CREATE FUNCTION @extschema@.key_problem(fact text, relation regclass, bound jsonb)
RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
SET standard_conforming_strings = on
AS $$
#variable_conflict use_variable
DECLARE
	keys text[];
	attnums smallint[];
	nullable smallint[];
	present text;
	example text;
	duplicates bigint;
BEGIN
	SELECT array_agg(COALESCE(bound #>> ARRAY[c.column_name, 'expression'], 'NULL::' || c.data_type) ORDER BY c.key_pos),
		array_agg((bound #>> ARRAY[c.column_name, 'attnum'])::smallint),
		array_agg((bound #>> ARRAY[c.column_name, 'attnum'])::smallint) FILTER (WHERE NOT c.required)
	INTO keys, attnums, nullable
	FROM fact_column c
	WHERE c.fact = key_problem.fact AND c.key_pos IS NOT NULL;
	IF keys IS NULL OR key_is_indexed(relation, array_remove(attnums, NULL), COALESCE(nullable, '{}')) THEN
		RETURN NULL;
	END IF;

	SELECT string_agg(format('(%s) IS NOT NULL', bound #>> ARRAY[c.column_name, 'expression']), ' AND ')
	INTO present
	FROM fact_column c
	WHERE c.fact = key_problem.fact AND c.required;
	EXECUTE format('SELECT min(d.example COLLATE "C"), count(*) FROM (
			SELECT concat_ws('', '', %1$s) AS example FROM %2$s AS r WHERE %3$s
			GROUP BY %1$s HAVING count(*) > 1) d',
			array_to_string(keys, ', '), relation, present)
	INTO example, duplicates;
	IF duplicates > 0 THEN
		RETURN format('the key (%s) is not unique: %s value(s) repeat, for example (%s)',
			(SELECT string_agg(c.column_name, ', ' ORDER BY c.key_pos) FROM fact_column c
			 WHERE c.fact = key_problem.fact AND c.key_pos IS NOT NULL),
			duplicates, example);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @extschema@.key_problem(text, regclass, jsonb) IS
'Says where a relation''s rows repeat the key of a fact; NULL if they do not. By a unique index, or failing that by reading them all.';

-- Takes "bound" as key_problem() does: what it lacks is hinted at as commands.
CREATE FUNCTION @extschema@.refuse_binding(fact text, relation regclass, problems text[], hints text[], bound jsonb)
RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	hint text;
BEGIN
	SELECT string_agg(h, E'\n' ORDER BY first) INTO hint
	FROM (
		SELECT h, min(n) AS first FROM unnest(hints) WITH ORDINALITY AS u(h, n) WHERE h <> '' GROUP BY h
		UNION ALL
		SELECT l.command || ';', 1000 + row_number() OVER (ORDER BY l.command COLLATE "C")
		FROM lacking_indexes(fact, relation, bound) l
		WHERE EXISTS (SELECT FROM unnest(problems) p WHERE p LIKE '%: no index can serve %')
	) lines;
	IF hint IS NOT NULL THEN
		RAISE EXCEPTION 'fact % cannot be bound to %', fact, relation
			USING ERRCODE = 'invalid_parameter_value', DETAIL = array_to_string(problems, E'\n'), HINT = hint;
	END IF;
	RAISE EXCEPTION 'fact % cannot be bound to %', fact, relation
		USING ERRCODE = 'invalid_parameter_value', DETAIL = array_to_string(problems, E'\n');
END
$$;
COMMENT ON FUNCTION @extschema@.refuse_binding(text, regclass, text[], text[], jsonb) IS
'Fails with all that speaks against a binding, and with the indexes that it lacks as commands; for bind_fact.';

CREATE FUNCTION @extschema@.bind_fact(fact text, relation regclass, columns jsonb DEFAULT '{}',
	zone text DEFAULT 'Asia/Shanghai', allow_slow boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	problems text[] := '{}';
	hints text[] := '{}';
	notices text[] := '{}';
	bound jsonb := '{}';
	hint text;
	col fact_column;
	source text;
	fit record;
	note text;
BEGIN
	IF num_nulls(fact, relation, columns, zone, allow_slow) > 0 THEN
		RAISE EXCEPTION 'bind_fact takes no NULL'
			USING ERRCODE = 'null_value_not_allowed',
				HINT = 'A column that is not there is given as JSON null; unbind_fact() makes a fact empty.';
	END IF;
	IF NOT EXISTS (SELECT FROM fact f WHERE f.fact = bind_fact.fact) THEN
		RAISE EXCEPTION 'there is no fact "%"', fact
			USING ERRCODE = 'undefined_object',
				HINT = (SELECT 'The facts are ' || string_agg(f.fact, ', ' ORDER BY f.seq) || '.' FROM fact f);
	END IF;
	IF jsonb_typeof(columns) <> 'object' THEN
		RAISE EXCEPTION 'columns must be a JSON object'
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'Its keys are columns of the fact, its values columns of the relation or expressions.';
	END IF;
	BEGIN
		PERFORM timezone(zone, timestamptz '2000-01-01 00:00+00');
	EXCEPTION WHEN OTHERS THEN
		problems := problems || SQLERRM;
		zone := 'UTC';
	END;
	IF NOT is_set_up() THEN
		PERFORM setup();
	END IF;
	SELECT problems || array_agg(p) INTO problems FROM binding_access_problems(fact, relation) p;
	SELECT problems || array_agg(format('fact %s has no column "%s"', fact, k) ORDER BY k COLLATE "C") INTO problems
	FROM jsonb_object_keys(columns) k
	WHERE NOT EXISTS (SELECT FROM fact_column c WHERE c.fact = bind_fact.fact AND c.column_name = k);

	FOR col IN SELECT c.* FROM fact_column c WHERE c.fact = bind_fact.fact ORDER BY c.pos LOOP
		CONTINUE WHEN jsonb_typeof(columns -> col.column_name) = 'null' AND NOT col.required;
		IF COALESCE(jsonb_typeof(columns -> col.column_name), 'string') <> 'string' THEN
			problems := problems || format('%s: must be the name of a column or an expression, as a JSON string', col.column_name);
			CONTINUE;
		END IF;
		source := COALESCE(columns ->> col.column_name, col.column_name);
		IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = relation
				   AND a.attname = source AND a.attnum > 0 AND NOT a.attisdropped) THEN
			source := quote_ident(source);
		ELSIF NOT columns ? col.column_name THEN
			IF col.required THEN
				problems := problems || format('%s: needed, but the relation has no such column and nothing was given for it', col.column_name);
			END IF;
			CONTINUE;
		END IF;

		BEGIN
			fit := fit_expression(relation, source, col.data_type::regtype, zone);
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS note = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
			problems := problems || format('%s: %s%s', col.column_name, SQLERRM, COALESCE(': ' || NULLIF(note, ''), ''));
			hints := hints || hint;
			CONTINUE;
		END;
		IF fit.how = 'absent' THEN
			IF col.required THEN
				problems := problems || format('%s: needed, but NULL was given for it', col.column_name);
			END IF;
			CONTINUE;
		END IF;
		bound := bound || jsonb_build_object(col.column_name, to_jsonb(fit));
		CONTINUE WHEN fit.how = 'column';
		IF col.column_name IN ('psn_no', 'setl_id', 'mdtrt_id', 'fee_ocur_time')
			AND NOT fit.indexed AND NOT allow_slow THEN
			problems := problems || format('%s: no index can serve %s; create an index on that expression, or give allow_slow',
				col.column_name, fit.expression);
		ELSIF fit.how <> 'expression' THEN
			notices := notices || format('%s: bound as %s', col.column_name, fit.expression);
		END IF;
	END LOOP;

	IF array_length(problems, 1) IS NULL THEN
		problems := array_remove(problems || key_problem(fact, relation, bound), NULL);
	END IF;
	IF array_length(problems, 1) > 0 THEN
		PERFORM refuse_binding(fact, relation, problems, hints, bound);
	END IF;

	PERFORM grant_to_engine(relation);
	PERFORM write_fact_view(fact, relation,
		(SELECT jsonb_object_agg(b.key, b.value ->> 'expression') FROM jsonb_each(bound) b));
	FOREACH note IN ARRAY notices LOOP
		RAISE NOTICE '%', note;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.bind_fact(text, regclass, jsonb, text, boolean) IS
'绑定事实: makes a fact the rows of a table or view. columns maps the fact''s columns to columns of the relation or expressions over them (by default the same name, JSON null for none). timestamptz becomes local time of zone. allow_slow accepts look-up columns that no index can serve.';

CREATE FUNCTION @extschema@.grant_to_engine(relation regclass)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	schema regnamespace := (SELECT c.relnamespace FROM pg_class c WHERE c.oid = relation);
BEGIN
	IF NOT has_schema_privilege('meso_audit_engine', schema, 'USAGE') THEN
		EXECUTE format('GRANT USAGE ON SCHEMA %s TO meso_audit_engine', schema);
	END IF;
	IF NOT has_table_privilege('meso_audit_engine', relation, 'SELECT') THEN
		EXECUTE format('GRANT SELECT ON %s TO meso_audit_engine', relation);
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.grant_to_engine(regclass) IS
'Lets the role meso_audit_engine read a relation; for bind_fact.';

CREATE FUNCTION @extschema@.unbind_fact(fact text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM fact f WHERE f.fact = unbind_fact.fact) THEN
		RAISE EXCEPTION 'there is no fact "%"', fact USING ERRCODE = 'undefined_object';
	END IF;
	PERFORM write_fact_view(fact, NULL, '{}');
END
$$;
COMMENT ON FUNCTION @extschema@.unbind_fact(text) IS
'Makes a fact empty again. What was bound to it is not touched, and the engine''s right to read it stays until revoked.';

CREATE FUNCTION @extschema@.fact_expressions(fact text)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT COALESCE(jsonb_object_agg(c.column_name, e.expression) FILTER (WHERE e.expression IS NOT NULL), '{}')
	FROM fact_column c, view_expression(fact_view(c.fact), c.column_name) e
	WHERE c.fact = fact_expressions.fact;
$$;
COMMENT ON FUNCTION @extschema@.fact_expressions(text) IS
'What each bound column of a fact is computed as, over alias r.';

CREATE FUNCTION @extschema@.refresh_facts()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	stale text;
BEGIN
	FOR stale IN
		SELECT f.fact
		FROM fact f
		WHERE fact_view(f.fact) IS NOT NULL AND EXISTS (
			SELECT
			FROM fact_column c
			WHERE c.fact = f.fact AND NOT EXISTS (
				SELECT FROM pg_attribute a
				WHERE a.attrelid = fact_view(f.fact) AND a.attname = c.column_name))
		ORDER BY f.seq
	LOOP
		PERFORM write_fact_view(stale, view_relation(fact_view(stale)), fact_expressions(stale));
	END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.refresh_facts() IS
'Gives the fact views the columns that a new release of the contract added, bindings kept; every update script ends with it.';

CREATE FUNCTION @extschema@.set_data_since(fact text, since date)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
	IF NOT EXISTS (SELECT FROM fact f WHERE f.fact = set_data_since.fact) THEN
		RAISE EXCEPTION 'there is no fact "%"', fact USING ERRCODE = 'undefined_object';
	END IF;
	IF since IS NULL THEN
		DELETE FROM fact_since s WHERE s.fact = set_data_since.fact;
	ELSE
		INSERT INTO fact_since AS s (fact, since) VALUES (fact, since)
		ON CONFLICT ON CONSTRAINT fact_since_pkey DO UPDATE SET since = excluded.since;
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.set_data_since(text, date) IS
'Says from which day on a fact''s rows are complete (NULL: no longer known); rules that need earlier use do not accuse where they would have to look before it.';
REVOKE ALL ON FUNCTION @extschema@.set_data_since(text, date) FROM PUBLIC;
