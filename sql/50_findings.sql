-- Findings: what was found, and what became of it.

CREATE FUNCTION @extschema@.finding_key(VARIADIC parts text[])
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_audit_finding_key';
COMMENT ON FUNCTION @extschema@.finding_key(text[]) IS
'Key of a finding: SHA-256 over source, rule or model code, level and the subject''s keys, each with its length before it; NULL parts count.';

CREATE FUNCTION @extschema@.canonical_digest(VARIADIC parts "any")
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'meso_canonical_digest';
COMMENT ON FUNCTION @extschema@.canonical_digest("any") IS
'SHA-256 over its arguments, each with its length before it and encoded free of settings; NULL arguments count. What the log''s hashes are made of.';
