-- Asking before the bill: what the rules would say of a claim.

CREATE FUNCTION @extschema@.check_claim(claim jsonb)
RETURNS jsonb
LANGUAGE c STABLE STRICT PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
-- one person's rows, by index
SET random_page_cost = 1.1
SET jit = off
AS 'MODULE_PATHNAME', 'meso_audit_check_claim';
COMMENT ON FUNCTION @extschema@.check_claim(jsonb) IS
'事前审核: what the rules in force, reminding ones among them, would find on a claim that is given as the national audit services 3101 and 3102 give it; the answer is in their shape. Writes nothing; a standby may answer. NULL for NULL.';
REVOKE EXECUTE ON FUNCTION @extschema@.check_claim(jsonb) FROM PUBLIC;
