-- Trying rules: what a draft or a change would find, beside what is found now.

CREATE TYPE @extschema@.trial_hit AS
(
	drafted		boolean,
	found		@extschema@.audit_finding
);
COMMENT ON TYPE @extschema@.trial_hit IS
'试算命中: an element of F, of the rules as they are or as they would be.';
COMMENT ON COLUMN @extschema@.trial_hit.drafted IS 'Whether the rules as they would be give it; else the rules as they are';
COMMENT ON COLUMN @extschema@.trial_hit.found IS 'What is found';

CREATE FUNCTION @extschema@.versions_on_trial(changed @extschema@.rule[], beside boolean)
RETURNS TABLE (drafted boolean, given @extschema@.rule)
LANGUAGE sql STABLE PARALLEL SAFE COST 500 ROWS 20
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	WITH stored AS MATERIALIZED (
		SELECT r AS given, EXISTS (SELECT FROM unnest(changed) c WHERE c.code = r.code AND c.version = r.version) AS is_tried
		FROM rule r
		WHERE r.status IN ('active', 'void') AND r.code IN (SELECT c.code FROM unnest(changed) c)
	)
	SELECT false, s.given FROM stored s WHERE beside
	UNION ALL
	SELECT true, s.given FROM stored s WHERE NOT s.is_tried
	UNION ALL
	SELECT true, CASE WHEN c.status IN ('draft', 'trial')
		THEN jsonb_populate_record(c, '{"status": "active"}') ELSE c END
	FROM unnest(changed) c
$$;
COMMENT ON FUNCTION @extschema@.versions_on_trial(@extschema@.rule[], boolean) IS
'All versions of the rules of these versions as they would be if these were active (drafted); and, beside them, as they are.';

CREATE FUNCTION @extschema@.rules_on_trial(changed @extschema@.rule[], beside boolean)
RETURNS TABLE (drafted boolean, ruling @extschema@.rule_in_force)
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 10
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT g.drafted, (r.code, r.version, r.kind_code, r.template, r.params, r.codes, d.scope, r.action, r.certainty,
		r.valid, r.decides, r.title, r.legal_basis, r.status, r.origin, r.created_by, r.created_at,
		r.approved_by, r.approved_at, r.area, r.pilot, r.bounds, r.edition, d.days, d.elsewhere)::rule_in_force
	FROM (
		SELECT v.drafted, array_agg(v.given) AS rules FROM versions_on_trial(changed, beside) v GROUP BY v.drafted
	) g
	CROSS JOIN LATERAL unnest(g.rules) r
	JOIN LATERAL rule_days(g.rules) d ON d.code = r.code AND d.version = r.version
$$;
COMMENT ON FUNCTION @extschema@.rules_on_trial(@extschema@.rule[], boolean) IS
'What would be in force of the rules of these versions if they were active; and, beside it, what is in force.';

CREATE FUNCTION @extschema@.evaluate_trial(persons text[], period daterange, changed @extschema@.rule[], beside boolean,
	in_bulk boolean DEFAULT false)
RETURNS SETOF @extschema@.trial_hit
LANGUAGE c STABLE PARALLEL UNSAFE COST 10000 ROWS 1000
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS 'MODULE_PATHNAME', 'meso_audit_evaluate_trial';
COMMENT ON FUNCTION @extschema@.evaluate_trial(text[], daterange, @extschema@.rule[], boolean, boolean) IS
'What these versions would give on all rows of these persons in a period (NULL: all days) if they were active, and, beside it, what the rules of their codes give now, out of one reading of the facts: by index, or in bulk, from end to end, where it is for very many persons. NULL persons or versions: nothing. Writes nothing.';

CREATE FUNCTION @extschema@.population_trial(period daterange, changed @extschema@.rule[], beside boolean)
RETURNS SETOF @extschema@.trial_hit
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000000 ROWS 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT t.drafted, h
	FROM rules_on_trial(changed, beside) t, judge_version(t.ruling, period) h
	WHERE is_population((t.ruling).template, (t.ruling).params) AND (t.ruling).action <> 'remind';
END
$$;
COMMENT ON FUNCTION @extschema@.population_trial(daterange, @extschema@.rule[], boolean) IS
'As evaluate_trial(), of rules over a population. Reads what the caller may read.';

CREATE FUNCTION @extschema@.trial_hits(changed @extschema@.rule, period daterange)
RETURNS TABLE (effect text, present @extschema@.audit_finding, drafted @extschema@.audit_finding,
	stored_status text, stored_true boolean)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 1000000 ROWS 1000
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	days	daterange := COALESCE(trial_hits.period, '(,)');
	persons	text[];
	lines	bigint;
BEGIN
	-- a calendar period may rest on rows before the first day judged
	SELECT array_agg(p.psn_no), sum(p.lines) INTO persons, lines
	FROM as_engine('SELECT psn_no, lines FROM @extschema@.persons_with_facts($1)', CASE
		WHEN changed.template = 'aggregate_threshold' AND changed.params ->> 'period' IN ('week', 'month', 'year')
			AND lower(days) IS NOT NULL
		THEN daterange(date_trunc(changed.params ->> 'period', lower(days)::timestamp)::date, upper(days))
		ELSE days END) AS p(psn_no text, lines bigint);
	RETURN QUERY
	WITH hit AS MATERIALIZED (
		SELECT t.drafted, t.found, (t.found).finding_key AS key
		FROM (
			SELECT * FROM evaluate_trial(persons, days, ARRAY[changed], true,
				audit_slabs(cardinality(persons), lines, 1) > 0)
			UNION ALL
			SELECT * FROM as_engine('SELECT drafted, found FROM @extschema@.population_trial($1, $2, true)', days, ARRAY[changed])
				AS p(drafted boolean, found audit_finding)
		) t
	)
	SELECT CASE WHEN o.key IS NULL THEN 'gained' WHEN n.key IS NULL THEN 'lost'
			WHEN ((o.found).amount, (o.found).certainty, (o.found).point_id)
				IS DISTINCT FROM ((n.found).amount, (n.found).certainty, (n.found).point_id) THEN 'changed'
			ELSE 'kept' END,
		o.found, n.found, f.status, f.still_true
	FROM (SELECT * FROM hit WHERE NOT hit.drafted) o
	FULL JOIN (SELECT * FROM hit WHERE hit.drafted) n ON n.key = o.key
	LEFT JOIN finding f ON f.finding_key = COALESCE(o.key, n.key);
END
$$;
COMMENT ON FUNCTION @extschema@.trial_hits(@extschema@.rule, daterange) IS
'试算明细: every hit of a rule as it is (present) and as it would be (drafted) over a period: gained, lost, changed in amount, certainty or point, or kept; with the status of the stored finding. Writes nothing.';
REVOKE ALL ON FUNCTION @extschema@.trial_hits(@extschema@.rule, daterange) FROM PUBLIC;

CREATE FUNCTION @extschema@.tried_rule(code text, version integer, change jsonb, area text, pilot text[], dated boolean)
RETURNS @extschema@.rule
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 500
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	tried	rule;
BEGIN
	IF change IS NOT NULL AND version IS NOT NULL THEN
		RAISE EXCEPTION 'try either a version of rule "%" or a change of it', tried_rule.code
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF change IS NOT NULL THEN
		tried := changed_rule(tried_rule.code, change, area, pilot);
		PERFORM check_given(tried);
	ELSE
		SELECT r.* INTO tried FROM rule r
		WHERE r.code = tried_rule.code AND r.version = COALESCE(tried_rule.version, r.version)
			AND (tried_rule.version IS NOT NULL OR r.status IN ('draft', 'trial'))
		ORDER BY r.version DESC
		LIMIT 1;
		IF NOT FOUND THEN
			RAISE EXCEPTION 'rule "%" has no draft to try', tried_rule.code
				USING ERRCODE = 'undefined_object',
					HINT = 'Name a version, or give the change: change => ''{"params": {"max": 3}}''.';
		END IF;
	END IF;
	IF NOT dated THEN
		tried.valid := '(,)';
		tried.decides := '(,)';
	END IF;
	RETURN tried;
END
$$;
COMMENT ON FUNCTION @extschema@.tried_rule(text, integer, jsonb, text, text[], boolean) IS
'The version that trial_rule() tries: the one numbered, or a change, or else the latest draft; without its dates if they are not to count.';

CREATE FUNCTION @extschema@.trial_rule(code text, period daterange, version integer DEFAULT NULL,
	change jsonb DEFAULT NULL, area text DEFAULT '', pilot text[] DEFAULT NULL, dated boolean DEFAULT true)
RETURNS TABLE (about text, fixmedins_code text, hits_now bigint, hits_then bigint, gained bigint, lost bigint,
	changed bigint, kept bigint, amount_now numeric, amount_then numeric, amount_gained numeric, amount_lost numeric,
	withdrawn bigint, no_longer_true bigint, confirmed_kept bigint, confirmed_lost bigint, dismissed_kept bigint,
	dismissed_lost bigint)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 1000000 ROWS 100
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	tried	rule := tried_rule(trial_rule.code, trial_rule.version, trial_rule.change, trial_rule.area,
				trial_rule.pilot, trial_rule.dated);
BEGIN
	PERFORM require_engine();
	IF NOT tried.valid && COALESCE(trial_rule.period, '(,)') THEN
		RAISE NOTICE 'version % of rule "%" is valid on no day of the period', tried.version, tried.code
			USING HINT = 'With dated => false it is tried as if it had always been valid.';
	END IF;
	RETURN QUERY
	SELECT CASE WHEN grouping(h.place) = 1 THEN 'total' ELSE 'institution' END, h.place,
		count(*) FILTER (WHERE h.effect <> 'gained'), count(*) FILTER (WHERE h.effect <> 'lost'),
		count(*) FILTER (WHERE h.effect = 'gained'), count(*) FILTER (WHERE h.effect = 'lost'),
		count(*) FILTER (WHERE h.effect = 'changed'), count(*) FILTER (WHERE h.effect = 'kept'),
		COALESCE(sum((h.present).amount), 0), COALESCE(sum((h.drafted).amount), 0),
		COALESCE(sum((h.drafted).amount) FILTER (WHERE h.effect = 'gained'), 0),
		COALESCE(sum((h.present).amount) FILTER (WHERE h.effect = 'lost'), 0),
		count(*) FILTER (WHERE h.effect = 'lost' AND h.stored_status = 'open' AND h.stored_true),
		count(*) FILTER (WHERE h.effect = 'lost' AND h.stored_status <> 'open' AND h.stored_true),
		count(*) FILTER (WHERE h.effect <> 'lost' AND h.stored_status IN ('confirmed', 'closed')),
		count(*) FILTER (WHERE h.effect = 'lost' AND h.stored_status IN ('confirmed', 'closed')),
		count(*) FILTER (WHERE h.effect <> 'lost' AND h.stored_status = 'dismissed'),
		count(*) FILTER (WHERE h.effect = 'lost' AND h.stored_status = 'dismissed')
	FROM (
		SELECT t.*, COALESCE((t.drafted).fixmedins_code, (t.present).fixmedins_code) AS place
		FROM trial_hits(tried, trial_rule.period) t
	) h
	GROUP BY GROUPING SETS ((h.place), ())
	ORDER BY grouping(h.place) DESC, count(*) FILTER (WHERE h.effect IN ('gained', 'lost')) DESC, h.place COLLATE "C";
END
$$;
COMMENT ON FUNCTION @extschema@.trial_rule(text, daterange, integer, jsonb, text, text[], boolean) IS
'规则试算: what a version of a rule (by default its latest draft), or a change of it as for change_rule(), would find over a past period beside what is found now: a row in total and one per institution (NULL: findings about persons). Now and then; gained, lost, changed, kept; amounts; stored findings that would be withdrawn, or keep their status but be true no longer; what of confirmed (or closed) and dismissed ones it keeps and loses. Exactly what approval and an audit of the period then do. dated => false: as if it had always been valid. Writes nothing.';
REVOKE ALL ON FUNCTION @extschema@.trial_rule(text, daterange, integer, jsonb, text, text[], boolean) FROM PUBLIC;

-- Status trial: what the batch audit finds by such versions.
CREATE TABLE @extschema@.trial_result
(
	code		text NOT NULL,
	version		integer NOT NULL,
	finding_key	bytea NOT NULL,
	level		text NOT NULL,
	psn_no		text,
	fixmedins_code	text,
	prac_psn_code	text,
	mdtrt_id	text,
	setl_id		text,
	feedetl_sn	text,
	row_no		text,
	point_id	text,
	period		tsrange,
	judged_day	date NOT NULL,
	amount		numeric,
	certainty	text NOT NULL,
	population	boolean NOT NULL,
	run_id		bigint,
	PRIMARY KEY (code, version, finding_key)
);
CREATE INDEX trial_result_psn_no_idx ON @extschema@.trial_result (psn_no);
COMMENT ON TABLE @extschema@.trial_result IS
'试运行结果: what the last audits found by rule versions on trial; no findings.';
COMMENT ON COLUMN @extschema@.trial_result.code IS 'Rule';
COMMENT ON COLUMN @extschema@.trial_result.version IS 'Version on trial';
COMMENT ON COLUMN @extschema@.trial_result.finding_key IS 'Key that the finding would have';
COMMENT ON COLUMN @extschema@.trial_result.level IS 'What it is about: line, settlement, visit, diagnosis, operation, subject';
COMMENT ON COLUMN @extschema@.trial_result.psn_no IS 'Person (人员编号)';
COMMENT ON COLUMN @extschema@.trial_result.fixmedins_code IS 'Institution (定点医药机构)';
COMMENT ON COLUMN @extschema@.trial_result.prac_psn_code IS 'Practitioner (医保医师等)';
COMMENT ON COLUMN @extschema@.trial_result.mdtrt_id IS 'Visit (就诊)';
COMMENT ON COLUMN @extschema@.trial_result.setl_id IS 'Settlement (结算)';
COMMENT ON COLUMN @extschema@.trial_result.feedetl_sn IS 'Fee line (费用明细)';
COMMENT ON COLUMN @extschema@.trial_result.row_no IS 'Number of the diagnosis or operation in its visit';
COMMENT ON COLUMN @extschema@.trial_result.point_id IS 'Knowledge point (知识点) that was broken';
COMMENT ON COLUMN @extschema@.trial_result.period IS 'Period of a subject, [from, to)';
COMMENT ON COLUMN @extschema@.trial_result.judged_day IS 'Day by which it belongs to an audit''s period';
COMMENT ON COLUMN @extschema@.trial_result.amount IS 'Fund money at risk (涉及基金), yuan';
COMMENT ON COLUMN @extschema@.trial_result.certainty IS 'violation (明确违规) or suspect (可疑)';
COMMENT ON COLUMN @extschema@.trial_result.population IS 'Judged over a population';
COMMENT ON COLUMN @extschema@.trial_result.run_id IS 'Run that found it last';
SELECT pg_catalog.pg_extension_config_dump('@extschema@.trial_result', '');

CREATE FUNCTION @extschema@.rules_tried(wanted text[] DEFAULT NULL)
RETURNS @extschema@.rule[]
LANGUAGE sql STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	SELECT array_agg(r) FROM rule r WHERE r.status = 'trial' AND (wanted IS NULL OR r.code = ANY (wanted))
$$;
COMMENT ON FUNCTION @extschema@.rules_tried(text[]) IS
'All versions on trial of these rules (NULL: all), NULL if there are none.';

CREATE FUNCTION @extschema@.keep_trials(run_id bigint, hits @extschema@.trial_hit[], population boolean)
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	INSERT INTO trial_result (code, version, finding_key, level, psn_no, fixmedins_code, prac_psn_code, mdtrt_id,
		setl_id, feedetl_sn, row_no, point_id, period, judged_day, amount, certainty, population, run_id)
	SELECT (h.found).source_code, (h.found).source_version, (h.found).finding_key, (h.found).level, (h.found).psn_no,
		(h.found).fixmedins_code, (h.found).prac_psn_code, (h.found).mdtrt_id, (h.found).setl_id, (h.found).feedetl_sn,
		(h.found).row_no, (h.found).point_id, (h.found).period, (h.found).judged_day, (h.found).amount,
		(h.found).certainty, keep_trials.population, keep_trials.run_id
	FROM unnest(hits) h
	-- the rule's other versions are no trial
	JOIN rule r ON r.code = (h.found).source_code AND r.version = (h.found).source_version AND r.status = 'trial'
	ON CONFLICT ON CONSTRAINT trial_result_pkey DO NOTHING
$$;
COMMENT ON FUNCTION @extschema@.keep_trials(bigint, @extschema@.trial_hit[], boolean) IS
'Stores what a run found by versions on trial; for the audit.';
REVOKE ALL ON FUNCTION @extschema@.keep_trials(bigint, @extschema@.trial_hit[], boolean) FROM PUBLIC;

CREATE FUNCTION @extschema@.audit_trials(run_id bigint, period daterange, rules text[], persons text[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, @extschema@, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	tried	rule[] := rules_tried(audit_trials.rules);
BEGIN
	DELETE FROM trial_result t
	WHERE t.psn_no = ANY (audit_trials.persons) AND NOT t.population AND t.judged_day <@ audit_trials.period
		AND (audit_trials.rules IS NULL OR t.code = ANY (audit_trials.rules));
	IF tried IS NOT NULL THEN
		PERFORM keep_trials(audit_trials.run_id,
			(SELECT array_agg(h) FROM evaluate_trial(audit_trials.persons, audit_trials.period, tried, false) h), false);
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.audit_trials(bigint, daterange, text[], text[]) IS
'Judges some persons by the versions on trial; for the audit.';
REVOKE ALL ON FUNCTION @extschema@.audit_trials(bigint, daterange, text[], text[]) FROM PUBLIC;

CREATE FUNCTION @extschema@.audit_population_trial(run_id bigint, period daterange, rule_code text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
DECLARE
	tried	rule[] := rules_tried(ARRAY[rule_code]);
BEGIN
	DELETE FROM trial_result t
	WHERE t.code = rule_code AND t.population AND t.judged_day <@ audit_population_trial.period;
	IF tried IS NOT NULL THEN
		PERFORM keep_trials(audit_population_trial.run_id, (
			SELECT array_agg((p.drafted, p.found)::trial_hit)
			FROM as_engine('SELECT drafted, found FROM @extschema@.population_trial($1, $2, false)',
				audit_population_trial.period, tried) AS p(drafted boolean, found audit_finding)), true);
	END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.audit_population_trial(bigint, daterange, text) IS
'Judges by the versions on trial of one rule over a population; for the audit.';
REVOKE ALL ON FUNCTION @extschema@.audit_population_trial(bigint, daterange, text) FROM PUBLIC;

CREATE FUNCTION @extschema@.population_trials()
RETURNS TABLE (code text)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100 ROWS 2
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT r.code FROM rule r WHERE r.status = 'trial' AND is_population(r.template, r.params)
	UNION
	SELECT t.code FROM trial_result t WHERE t.population;
END
$$;
COMMENT ON FUNCTION @extschema@.population_trials() IS
'Rules with versions on trial over a population, or with results of such.';
