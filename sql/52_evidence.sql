-- Evidence: the rows and the rule as they were when it was found.

CREATE FUNCTION @extschema@.as_engine(query text, VARIADIC args "any")
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL RESTRICTED COST 10000 ROWS 1000
AS 'MODULE_PATHNAME', 'meso_as_engine';
COMMENT ON FUNCTION @extschema@.as_engine(text, "any") IS
'Rows of one read-only query with parameters $1, $2, ..., run as the role meso_audit_engine under a fixed search_path: how definer functions read facts. NULL arguments are NULL parameters.';
REVOKE EXECUTE ON FUNCTION @extschema@.as_engine(text, "any") FROM PUBLIC;

CREATE FUNCTION @extschema@.compress_evidence(evidence json)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_compress_evidence';
COMMENT ON FUNCTION @extschema@.compress_evidence(json) IS
'Evidence as bytes: a versioned header and one zstd frame over the text as it is, with the dictionary that ships with the library; at most 16 MB.';

CREATE FUNCTION @extschema@.decompress_evidence(archive bytea)
RETURNS json
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_decompress_evidence';
COMMENT ON FUNCTION @extschema@.decompress_evidence(bytea) IS
'The text that compress_evidence() was given; an error (22P03) for any other bytes.';

CREATE FUNCTION @extschema@.evidence_digest(archive bytea)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_evidence_digest';
COMMENT ON FUNCTION @extschema@.evidence_digest(bytea) IS
'SHA-256 of the text in compressed evidence, as the log holds it; NULL for any other bytes.';

CREATE FUNCTION @extschema@.row_json(of_row record)
RETURNS json
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'meso_row_json';
COMMENT ON FUNCTION @extschema@.row_json(record) IS
'A row as JSON, as by row_to_json() but without its NULL columns.';

/*
 * What the rules judge by, in one hash. Facts are not in it.
 */
CREATE FUNCTION @extschema@.rule_set_hash()
RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
SET datestyle = 'ISO'
AS $$
	SELECT sha256(COALESCE(string_agg(d, '' ORDER BY d), ''))
	FROM (
		SELECT canonical_digest('rule'::text, r.code, r.version, r.kind_code, r.template, r.params,
			r.codes::text, r.scope, r.action, r.certainty, r.days::text) AS d
		FROM rule_in_force r
		UNION ALL
		SELECT canonical_digest('kind'::text, k.kind_code, k.template, k.level, k.params)
		FROM rule_kind k
		UNION ALL
		SELECT canonical_digest('point'::text, p.point_id, p.version, p.kind_code, p.limits,
			p.understood, p.valid::text)
		FROM point_in_force p
		UNION ALL
		SELECT canonical_digest('code'::text, c.point_id, c.version, c.code, c.role, c.valid::text)
		FROM knowledge_code c JOIN point_in_force p USING (point_id, version)
		UNION ALL
		SELECT canonical_digest('group'::text, g.group_code, g.code, g.valid::text)
		FROM item_group g
		UNION ALL
		SELECT canonical_digest('price'::text, l.fixmedins_code, l.area, l.code, l.price, l.valid::text)
		FROM list_price l
		UNION ALL
		SELECT canonical_digest('known'::text, k.code, k.valid::text)
		FROM known_code k
		UNION ALL
		SELECT canonical_digest('exemption'::text, x.rule_code, x.psn_no, x.fixmedins_code,
			x.diag_code, x.code, x.valid::text)
		FROM rule_exemption x
		UNION ALL
		SELECT canonical_digest('since'::text, s.fact, s.since)
		FROM fact_since s
	) all_of_it
$$;
COMMENT ON FUNCTION @extschema@.rule_set_hash() IS
'SHA-256 over all that decides F beside the facts: rules in force, kinds, points, codes, groups, prices, exemptions. Two runs with the same hash judged by the same rules.';

/*
 * Rows of people, places and rules recur in a chunk: each is written as JSON
 * once and joined as text.
 */
CREATE FUNCTION @extschema@.build_evidence(
	source text, truth @extschema@.audit_finding[], rule_set bytea, basis json DEFAULT NULL)
RETURNS TABLE (finding_key bytea, evidence json)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10000 ROWS 1000
SET search_path = pg_catalog, @extschema@, pg_temp
SET datestyle = 'ISO'
SET timezone = 'UTC'
-- the evaluator has just read these rows
SET random_page_cost = 1.1
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH f AS MATERIALIZED (
		SELECT u.* FROM unnest(truth) u
	), rel AS MATERIALIZED (
		SELECT x.finding_key, r.r ->> 'setl_id' AS setl_id, r.r ->> 'feedetl_sn' AS feedetl_sn
		FROM f x CROSS JOIN LATERAL jsonb_array_elements(
			CASE jsonb_typeof(x.related) WHEN 'array' THEN x.related END) AS r(r)
		WHERE jsonb_typeof(r.r) = 'object'
	), rul AS MATERIALIZED (
		SELECT r.code, r.version, row_json(r) AS j, r.legal_basis
		FROM rule r
		WHERE build_evidence.source = 'rule'
			AND (r.code, r.version) IN (SELECT x.source_code, x.source_version FROM f x)
	), pt AS MATERIALIZED (
		SELECT p.point_id, row_json(p) AS j, p.legal_basis
		FROM point_in_force p
		WHERE p.point_id IN (SELECT x.point_id FROM f x)
	), psn AS MATERIALIZED (
		SELECT p.psn_no, row_json(p) AS j
		FROM person p WHERE p.psn_no IN (SELECT x.psn_no FROM f x)
	), ins AS MATERIALIZED (
		SELECT i.fixmedins_code, row_json(i) AS j
		FROM institution i WHERE i.fixmedins_code IN (SELECT x.fixmedins_code FROM f x)
	), vis AS MATERIALIZED (
		SELECT v.mdtrt_id, row_json(v) AS j
		FROM visit v WHERE v.mdtrt_id IN (SELECT x.mdtrt_id FROM f x)
	), stl AS MATERIALIZED (
		SELECT s.setl_id, row_json(s) AS j
		FROM settlement s WHERE s.setl_id IN (SELECT x.setl_id FROM f x)
	), dia AS MATERIALIZED (
		SELECT d.mdtrt_id, json_agg(row_json(d) ORDER BY d.diag_srt_no) AS j
		FROM diagnosis d WHERE d.mdtrt_id IN (SELECT x.mdtrt_id FROM f x)
		GROUP BY d.mdtrt_id
	), opr AS MATERIALIZED (
		SELECT o.mdtrt_id, o.oprn_srt_no::text AS row_no, row_json(o) AS j
		FROM operation o
		WHERE o.mdtrt_id IN (SELECT x.mdtrt_id FROM f x WHERE x.level = 'operation')
	), lin AS MATERIALIZED (
		SELECT l.setl_id, l.feedetl_sn, row_json(l) AS j
		FROM fee_line l
		WHERE (l.setl_id, l.feedetl_sn) IN (
			SELECT x.setl_id, x.feedetl_sn FROM f x WHERE x.feedetl_sn IS NOT NULL
			UNION
			SELECT r.setl_id, r.feedetl_sn FROM rel r WHERE r.feedetl_sn IS NOT NULL)
	), rlj AS MATERIALIZED (
		SELECT r.finding_key, json_agg(l.j ORDER BY r.setl_id COLLATE "C", r.feedetl_sn COLLATE "C") AS j
		FROM rel r JOIN lin l ON l.setl_id = r.setl_id AND l.feedetl_sn = r.feedetl_sn
		GROUP BY r.finding_key
	)
	SELECT x.finding_key, row_json(e)
	FROM f x
	LEFT JOIN lin l ON l.setl_id = x.setl_id AND l.feedetl_sn = x.feedetl_sn
	LEFT JOIN stl s ON s.setl_id = x.setl_id
	LEFT JOIN vis v ON v.mdtrt_id = x.mdtrt_id
	LEFT JOIN psn p ON p.psn_no = x.psn_no
	LEFT JOIN ins i ON i.fixmedins_code = x.fixmedins_code
	LEFT JOIN dia d ON d.mdtrt_id = x.mdtrt_id
	LEFT JOIN opr o ON o.mdtrt_id = x.mdtrt_id AND o.row_no = x.row_no AND x.level = 'operation'
	LEFT JOIN rlj k ON k.finding_key = x.finding_key
	LEFT JOIN rul r ON r.code = x.source_code AND r.version = x.source_version
	LEFT JOIN pt t ON t.point_id = x.point_id
	CROSS JOIN LATERAL (
		SELECT build_evidence.source, x.source_code AS code, x.source_version AS version, x.level,
			x.judged_day AS day, x.period, x.amount, x.score, x.certainty, x.point_id AS point, x.related
	) h
	CROSS JOIN LATERAL (
		SELECT 1 AS v, row_json(h) AS finding, l.j AS line, s.j AS settlement, v.j AS visit,
			p.j AS person, i.j AS institution, d.j AS diagnoses, o.j AS operation, k.j AS related,
			COALESCE(r.j, build_evidence.basis) AS rule, t.j AS point,
			COALESCE(t.legal_basis, r.legal_basis) AS legal_basis, library_version() AS extension,
			encode(build_evidence.rule_set, 'hex') AS rule_set
	) e;
END
$$;
COMMENT ON FUNCTION @extschema@.build_evidence(text, @extschema@.audit_finding[], bytea, json) IS
'Evidence of many findings at once: the rows they rest on, rule, point, legal basis, versions. basis stands in for the rule where a model found them. Reads what the caller may read.';

CREATE FUNCTION @extschema@.evidence_json(id bigint)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 200
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT decompress_evidence(f.evidence)::jsonb FROM finding f WHERE f.finding_id = id
$$;
COMMENT ON FUNCTION @extschema@.evidence_json(bigint) IS
'Evidence of a finding: line, settlement, visit, person, institution, diagnoses, related lines, rule, point, legal basis, versions; NULL if purged. For who may read the finding.';
