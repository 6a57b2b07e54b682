-- Reconcile: makes "finding" equal to what was found, and logs the way there.

/*
 * The one writer of findings' machine-made columns, but for what a claim makes
 * new, which the check at commit stores itself (src/evidence/new_findings.c):
 * the columns and values of a new finding stand there too. Each step is one statement
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
	known	bigint[];
	ids		bigint[];
	events	text[];
	digests	bytea[];
BEGIN
	IF COALESCE(cardinality(changes), 0) = 0 THEN
		RETURN 0;
	END IF;
	SELECT array_agg(c.found), array_agg(c.finding_id), array_agg(c.event)
	INTO proven, known, events
	FROM unnest(changes) c WHERE (c.found).finding_key IS NOT NULL;

	WITH c AS MATERIALIZED (
		-- side by side: build_evidence() keeps the order
		SELECT COALESCE(u.finding_id, nextval('finding_finding_id_seq')) AS id, u.*
		FROM ROWS FROM (unnest(known), unnest(events), unnest(proven),
			build_evidence(apply_changes.source, proven, rule_set, basis)) AS u(finding_id, event,
			finding_key, source_code, kind_code, source_version, point_id, level, psn_no,
			fixmedins_code, prac_psn_code, mdtrt_id, setl_id, feedetl_sn, row_no, related, period,
			amount, score, certainty, action, judged_day, proven_key, archive, digest)
	), made AS (
		INSERT INTO finding (finding_id, finding_key, source, source_code, kind_code,
			source_version, point_id, level, psn_no, fixmedins_code, prac_psn_code, mdtrt_id,
			setl_id, feedetl_sn, row_no, related, period, judged_day, amount, score, certainty,
			action, population, found_by, run_id, rule_set_hash, evidence)
		SELECT c.id, c.finding_key, apply_changes.source, c.source_code, c.kind_code,
			c.source_version, c.point_id, c.level, c.psn_no, c.fixmedins_code, c.prac_psn_code,
			c.mdtrt_id, c.setl_id, c.feedetl_sn, c.row_no, c.related, c.period, c.judged_day,
			c.amount, c.score, c.certainty, c.action, apply_changes.population,
			apply_changes.found_by, run, rule_set, c.archive
		FROM c
		WHERE c.finding_id IS NULL
	), kept AS (
		UPDATE finding f
		SET source_version = c.source_version, point_id = c.point_id, kind_code = c.kind_code,
			psn_no = c.psn_no, fixmedins_code = c.fixmedins_code,
			prac_psn_code = c.prac_psn_code, mdtrt_id = c.mdtrt_id, related = c.related,
			period = c.period, judged_day = c.judged_day, amount = c.amount, score = c.score,
			certainty = c.certainty, action = c.action,
			status = CASE f.status WHEN 'withdrawn' THEN 'open' ELSE f.status END,
			still_true = true, source_gone = false, population = apply_changes.population,
			rule_set_hash = rule_set, evidence = c.archive
		FROM c
		WHERE f.finding_id = c.finding_id AND c.finding_id IS NOT NULL
	), lost AS (
		UPDATE finding f
		SET status = CASE l.event WHEN 'withdrawn' THEN 'withdrawn' ELSE f.status END,
			still_true = l.event = 'source_gone', source_gone = l.event = 'source_gone'
		FROM unnest(changes) l
		WHERE f.finding_id = l.finding_id AND (l.found).finding_key IS NULL
		RETURNING f.finding_id, l.event
	)
	SELECT array_agg(w.id), array_agg(w.event), array_agg(w.digest)
	INTO ids, events, digests
	FROM (
		SELECT c.id, c.event, c.digest FROM c
		UNION ALL
		SELECT g.finding_id, g.event, NULL FROM lost g
		ORDER BY 1
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
