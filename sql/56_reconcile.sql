-- Reconcile: makes "finding" equal to what was found, and logs the way there.

/*
 * The one writer of findings' machine-made columns. Each step is one statement
 * over all changes; where nothing changed nothing is written.
 *
 * Plans: who reconciles many persons at once sets plan_cache_mode to
 * force_custom_plan, as the batch does: a generic plan expects ten rows. Who
 * reconciles a claim leaves it alone: planning would cost more than the work.
 */
CREATE FUNCTION @extschema@.apply_changes(
	source text, changes @extschema@.finding_change[], population boolean, found_by text,
	run bigint, rule_set bytea, basis json DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	proven	@extschema@.audit_finding[];
	ids		bigint[];
	events	text[];
	digests	bytea[];
BEGIN
	IF COALESCE(cardinality(changes), 0) = 0 THEN
		RETURN 0;
	END IF;
	SELECT array_agg(c.found) INTO proven
	FROM unnest(changes) c WHERE (c.found).finding_key IS NOT NULL;

	WITH c AS MATERIALIZED (
		SELECT u.event, u.finding_id, u.found FROM unnest(changes) u
	), proof AS MATERIALIZED (
		SELECT b.*
		FROM build_evidence(apply_changes.source, proven, rule_set, basis) b
	), made AS (
		INSERT INTO finding (finding_key, source, source_code, kind_code, source_version, point_id,
			level, psn_no, fixmedins_code, prac_psn_code, mdtrt_id, setl_id, feedetl_sn, row_no,
			related, period, judged_day, amount, score, certainty, action, population, found_by,
			run_id, rule_set_hash, evidence)
		SELECT (c.found).finding_key, apply_changes.source, (c.found).source_code,
			(c.found).kind_code, (c.found).source_version, (c.found).point_id, (c.found).level,
			(c.found).psn_no, (c.found).fixmedins_code, (c.found).prac_psn_code,
			(c.found).mdtrt_id, (c.found).setl_id, (c.found).feedetl_sn, (c.found).row_no,
			(c.found).related, (c.found).period, (c.found).judged_day, (c.found).amount,
			(c.found).score, (c.found).certainty, (c.found).action, apply_changes.population,
			apply_changes.found_by, run, rule_set, p.archive
		FROM c JOIN proof p ON p.finding_key = (c.found).finding_key
		WHERE c.event = 'found'
		RETURNING finding_id, finding_key
	), kept AS (
		UPDATE finding f
		SET source_version = (c.found).source_version, point_id = (c.found).point_id,
			kind_code = (c.found).kind_code, psn_no = (c.found).psn_no,
			fixmedins_code = (c.found).fixmedins_code, prac_psn_code = (c.found).prac_psn_code,
			mdtrt_id = (c.found).mdtrt_id, related = (c.found).related, period = (c.found).period,
			judged_day = (c.found).judged_day, amount = (c.found).amount, score = (c.found).score,
			certainty = (c.found).certainty, action = (c.found).action,
			status = CASE f.status WHEN 'withdrawn' THEN 'open' ELSE f.status END,
			still_true = true, source_gone = false, population = apply_changes.population,
			rule_set_hash = rule_set, evidence = p.archive
		FROM c JOIN proof p ON p.finding_key = (c.found).finding_key
		WHERE f.finding_id = c.finding_id AND c.event <> 'found'
		RETURNING f.finding_id
	), lost AS (
		UPDATE finding f
		SET status = CASE c.event WHEN 'withdrawn' THEN 'withdrawn' ELSE f.status END,
			still_true = c.event = 'source_gone', source_gone = c.event = 'source_gone'
		FROM c
		WHERE f.finding_id = c.finding_id AND (c.found).finding_key IS NULL
		RETURNING f.finding_id
	)
	SELECT array_agg(w.id ORDER BY w.id), array_agg(w.event ORDER BY w.id),
		array_agg(w.digest ORDER BY w.id)
	INTO ids, events, digests
	FROM (
		SELECT m.finding_id AS id, 'found'::text AS event, p.digest
		FROM made m JOIN proof p ON p.finding_key = m.finding_key
		UNION ALL
		SELECT k.finding_id, c.event, p.digest
		FROM kept k JOIN c ON c.finding_id = k.finding_id
		JOIN proof p ON p.finding_key = (c.found).finding_key
		UNION ALL
		SELECT g.finding_id, c.event, NULL
		FROM lost g JOIN c ON c.finding_id = g.finding_id
	) w;

	RETURN log_events(ids, events, digests, run, rule_set);
END
$$;
COMMENT ON FUNCTION @extschema@.apply_changes(text, @extschema@.finding_change[], boolean, text, bigint, bytea, json) IS
'Carries out changes of findings with evidence, log and outbox; returns how many. The caller holds the persons'' guards.';
REVOKE EXECUTE ON FUNCTION @extschema@.apply_changes(text, @extschema@.finding_change[], boolean, text, bigint, bytea, json) FROM PUBLIC;

CREATE FUNCTION @extschema@.reconcile(
	persons text[], period daterange, truth @extschema@.audit_finding[],
	rules text[] DEFAULT NULL, found_by text DEFAULT 'batch', run bigint DEFAULT NULL,
	rule_set bytea DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	PERFORM require_engine();
	RETURN apply_changes('rule',
		(SELECT array_agg(c) FROM person_changes(persons, period, truth, rules) c),
		false, found_by, run, rule_set);
END
$$;
COMMENT ON FUNCTION @extschema@.reconcile(text[], daterange, @extschema@.audit_finding[], text[], text, bigint, bytea) IS
'Makes "finding" equal to F ("truth") for these persons over this period, by these rules (NULL: all); returns how many findings changed. The caller has raised the persons'' guards.';
REVOKE EXECUTE ON FUNCTION @extschema@.reconcile(text[], daterange, @extschema@.audit_finding[], text[], text, bigint, bytea) FROM PUBLIC;

CREATE FUNCTION @extschema@.reconcile_population(
	source text, codes text[], period daterange, truth @extschema@.audit_finding[],
	found_by text DEFAULT 'batch', run bigint DEFAULT NULL, rule_set bytea DEFAULT NULL,
	basis json DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	PERFORM require_engine();
	-- two runs of one rule or model meet here, in byte order of the codes
	PERFORM pg_advisory_xact_lock(hashtextextended('meso_audit.population.' || source || '.' || k.code, 0))
	FROM (SELECT u.code FROM unnest(codes) AS u(code) ORDER BY u.code COLLATE "C") k;
	RETURN apply_changes(source,
		(SELECT array_agg(c) FROM population_changes(source, codes, period, truth) c),
		true, found_by, run, rule_set, basis);
END
$$;
COMMENT ON FUNCTION @extschema@.reconcile_population(text, text[], daterange, @extschema@.audit_finding[], text, bigint, bytea, json) IS
'Makes "finding" equal to what these rules or models found over a population in this period; returns how many findings changed.';
REVOKE EXECUTE ON FUNCTION @extschema@.reconcile_population(text, text[], daterange, @extschema@.audit_finding[], text, bigint, bytea, json) FROM PUBLIC;

CREATE FUNCTION @extschema@.purge_evidence(before date)
RETURNS integer
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10000
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	ids	bigint[];
BEGIN
	WITH gone AS (
		UPDATE finding f SET evidence = NULL
		WHERE f.judged_day < before AND f.evidence IS NOT NULL
			AND f.status IN ('withdrawn', 'dismissed', 'closed')
		RETURNING f.finding_id
	)
	SELECT array_agg(g.finding_id) INTO ids FROM gone g;
	RETURN log_events(ids, array_fill('purged'::text, ARRAY[COALESCE(cardinality(ids), 0)]));
END
$$;
COMMENT ON FUNCTION @extschema@.purge_evidence(date) IS
'Drops the evidence of withdrawn, dismissed and closed findings judged on days before the given one; the log keeps its hash and says so. Returns how many.';
REVOKE EXECUTE ON FUNCTION @extschema@.purge_evidence(date) FROM PUBLIC;
