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

/*
 * What the rules judge by, in one hash. Facts are not in it.
 */
CREATE FUNCTION @extschema@.rule_set_hash()
RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE COST 100000
SET search_path = pg_catalog, @extschema@, pg_temp
SET datestyle = 'ISO'
SET jit = off
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
		SELECT canonical_digest('suspension'::text, s.subject_type, s.subject_code, s.valid::text)
		FROM suspension_in_force s
		UNION ALL
		SELECT canonical_digest('since'::text, s.fact, s.since)
		FROM fact_since s
	) all_of_it
$$;
COMMENT ON FUNCTION @extschema@.rule_set_hash() IS
'SHA-256 over all that decides F beside the facts: rules in force, kinds, points, codes, groups, prices, exemptions. Two runs with the same hash judged by the same rules.';

CREATE FUNCTION @extschema@.build_evidence(
	source text, truth @extschema@.audit_finding[], rule_set bytea, basis json DEFAULT NULL)
RETURNS TABLE (finding_key bytea, archive bytea, digest bytea)
LANGUAGE c STABLE PARALLEL RESTRICTED COST 10000 ROWS 1000
SET datestyle = 'ISO'
SET timezone = 'UTC'
-- the evaluator has just read these rows
SET random_page_cost = 1.1
SET jit = off
AS 'MODULE_PATHNAME', 'meso_build_evidence';
COMMENT ON FUNCTION @extschema@.build_evidence(text, @extschema@.audit_finding[], bytea, json) IS
'Evidence of many findings at once, compressed, with the SHA-256 of its text: the rows they rest on, rule, point, legal basis, versions. basis stands in for the rule where a model found them. NULL source or findings: no row. Reads as the role meso_audit_engine.';
REVOKE EXECUTE ON FUNCTION @extschema@.build_evidence(text, @extschema@.audit_finding[], bytea, json) FROM PUBLIC;

CREATE FUNCTION @extschema@.evidence_json(id bigint)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 200
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT decompress_evidence(f.evidence)::jsonb FROM finding f WHERE f.finding_id = id
$$;
COMMENT ON FUNCTION @extschema@.evidence_json(bigint) IS
'Evidence of a finding: line, settlement, visit, person, institution, diagnoses, related lines, rule, point, legal basis, versions; NULL if purged. For who may read the finding.';
