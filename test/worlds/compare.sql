-- The comparison: what the reference expects of a world and what was found.

CREATE TABLE world.expected (source_code text, level text, psn_no text, setl_id text,
	feedetl_sn text, mdtrt_id text, row_no text, period_start timestamp, amount numeric,
	certainty text, point_id text);
CREATE TABLE world.actual (LIKE world.expected);

-- variant: what the rule's first version checks, counts or limits
CREATE TABLE world.compared (seed integer, template text, variant text, findings bigint);
CREATE TABLE world.difference (seed integer, side text, template text, finding jsonb,
	rule jsonb, subject jsonb);

-- Subject keys by level: the other columns of a finding are not part of its identity.
CREATE FUNCTION world.note_actual(source_code text, level text, psn_no text, setl_id text,
	feedetl_sn text, mdtrt_id text, row_no text, period tsrange, amount numeric,
	certainty text, point_id text)
RETURNS void LANGUAGE sql AS $$
	INSERT INTO world.actual VALUES (source_code, level, psn_no,
		CASE WHEN level IN ('line', 'settlement') THEN setl_id END,
		CASE WHEN level = 'line' THEN feedetl_sn END,
		CASE WHEN level IN ('visit', 'diagnosis', 'operation') THEN mdtrt_id END,
		CASE WHEN level IN ('diagnosis', 'operation') THEN row_no END,
		CASE WHEN level = 'subject' THEN lower(period) END,
		amount, certainty, point_id)
$$;

CREATE FUNCTION world.persons() RETURNS text[] LANGUAGE sql STABLE AS $$
	SELECT array_agg(psn_no) FROM (
		SELECT psn_no FROM world.fee_line UNION SELECT psn_no FROM world.settlement
		UNION SELECT psn_no FROM world.visit UNION SELECT psn_no FROM world.person) q
	WHERE psn_no IS NOT NULL
$$;

-- Makes the world and what the reference says of it: of a period, or of all days.
CREATE PROCEDURE world.expect(seed integer, persons integer, lines integer, rounds integer,
	all_days boolean DEFAULT false)
LANGUAGE plpgsql AS $$
BEGIN
	CALL world.make(seed, persons, lines, rounds);
	IF all_days THEN
		UPDATE world.setting SET period = '(,)';
	END IF;
	DELETE FROM world.expected;
	DELETE FROM world.actual;
	INSERT INTO world.expected
	SELECT f.* FROM reference.f((SELECT s.period FROM world.setting s)) f;
END $$;

CREATE PROCEDURE world.expect_population(seed integer, persons integer, lines integer, rules integer)
LANGUAGE plpgsql AS $$
DECLARE
	audited daterange;
BEGIN
	CALL world.make_population(seed, persons, lines, rules);
	SELECT period INTO audited FROM world.setting;
	DELETE FROM world.expected;
	DELETE FROM world.actual;
	PERFORM reference.load(audited);
	INSERT INTO world.expected (source_code, level, psn_no, period_start, certainty)
	SELECT p.source_code, 'subject', p.subject, p.period_start, p.certainty
	FROM reference.aggregate_population p WHERE audited @> p.day;
END $$;

-- Sources of what was found: the evaluator itself, asked for all persons or for one at
-- a time, and the stored findings after a batch audit (which commits, hence is called
-- by the driver).
CREATE PROCEDURE world.found_by_evaluator()
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM world.note_actual(f.source_code, f.level, f.psn_no, f.setl_id, f.feedetl_sn,
		f.mdtrt_id, f.row_no, f.period, f.amount, f.certainty, f.point_id)
	FROM meso_audit.evaluate_persons(world.persons(), (SELECT period FROM world.setting)) f;
END $$;

-- The same, while rules come, go and change and come back: whenever one did, the program
-- that followed it and one that is loaded anew must find the same. More and more persons
-- are asked for, so that codes are met that were not in use before.
CREATE FUNCTION world.found_of(n integer) RETURNS meso_audit.audit_finding[] LANGUAGE sql VOLATILE AS $$
	SELECT array_agg(f ORDER BY f.finding_key)
	FROM meso_audit.evaluate_persons((world.persons())[1:n], (SELECT period FROM world.setting)) f
$$;

CREATE PROCEDURE world.found_after_changes()
LANGUAGE plpgsql AS $$
DECLARE
	given	meso_audit.rule[] := ARRAY(SELECT r FROM meso_audit.rule r ORDER BY r.code, r.version);
	one	meso_audit.rule;
	other	meso_audit.rule;
	followed	meso_audit.audit_finding[] := world.found_of(1);
BEGIN
	FOR step IN 1 .. 24 LOOP
		one := given[1 + floor(random() * cardinality(given))::integer];
		other := given[1 + floor(random() * cardinality(given))::integer];
		IF random() < 0.3 THEN
			DELETE FROM meso_audit.rule r WHERE r.code = one.code AND r.version = one.version;
		ELSIF random() < 0.6 THEN
			UPDATE meso_audit.rule r SET codes = other.codes, scope = other.scope, action = other.action, valid = other.valid
			WHERE r.code = one.code AND r.version = one.version AND r.codes IS NOT NULL AND other.codes IS NOT NULL
				AND COALESCE(r.params ->> 'codes_of', '') = COALESCE(other.params ->> 'codes_of', '');
		ELSE
			DELETE FROM meso_audit.rule r WHERE r.code IN (one.code, other.code);
			INSERT INTO meso_audit.rule SELECT (g).* FROM unnest(given) g WHERE g.code IN (one.code, other.code);
		END IF;
		followed := world.found_of(1 + step / 4);
		-- a change of anything else has all loaded
		UPDATE meso_audit.fact_since SET since = since WHERE false;
		IF followed IS DISTINCT FROM world.found_of(1 + step / 4) THEN
			RAISE EXCEPTION 'after a change of rules % and % a session finds something else than a new one', one.code, other.code;
		END IF;
	END LOOP;
	DELETE FROM meso_audit.rule WHERE code <> ALL (ARRAY['PAYMENT_SUSPENDED']);
	INSERT INTO meso_audit.rule SELECT (g).* FROM unnest(given) g ON CONFLICT DO NOTHING;
	CALL world.found_by_evaluator();
END $$;

CREATE PROCEDURE world.found_one_by_one()
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM world.note_actual(f.source_code, f.level, f.psn_no, f.setl_id, f.feedetl_sn,
		f.mdtrt_id, f.row_no, f.period, f.amount, f.certainty, f.point_id)
	FROM unnest(world.persons()) p,
		meso_audit.evaluate_persons(ARRAY[p], (SELECT period FROM world.setting)) f;
END $$;

-- Out of spools: one or two of them, in parts of one to three persons.
CREATE PROCEDURE world.found_in_bulk()
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM world.note_actual(f.source_code, f.level, f.psn_no, f.setl_id, f.feedetl_sn,
		f.mdtrt_id, f.row_no, f.period, f.amount, f.certainty, f.point_id)
	FROM world.setting w,
		(SELECT array_agg(p) AS persons FROM world.setting, unnest(world.persons()) WITH ORDINALITY u(p, n)
			GROUP BY seed % 2 * n / 4) c,
		meso_audit.evaluate_in_bulk(c.persons, w.period, NULL, 1 + (w.seed % 3)::integer) f;
END $$;

-- Rules over populations: the subject, whatever it is, stands for the person.
CREATE PROCEDURE world.found_of_population()
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM world.note_actual(f.source_code, f.level,
		COALESCE(f.psn_no, f.fixmedins_code, f.prac_psn_code), NULL, NULL, NULL, NULL, f.period,
		NULL, f.certainty, NULL)
	FROM (SELECT DISTINCT code FROM meso_audit.population_rules()) r,
		meso_audit.judge_population(r.code, (SELECT period FROM world.setting)) f;
END $$;

CREATE PROCEDURE world.found_by_audit()
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM world.note_actual(f.source_code, f.level, f.psn_no, f.setl_id, f.feedetl_sn,
		f.mdtrt_id, f.row_no, f.period, f.amount, f.certainty, f.point_id)
	FROM meso_audit.finding f
	WHERE f.source = 'rule' AND f.status = 'open';
END $$;

-- Notes the differences with what explains them, the last step of a world that arrives
-- in steps among it; returns how many there are.
CREATE FUNCTION world.compare(step text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	s integer := (SELECT seed FROM world.setting);
	n bigint;
BEGIN
	INSERT INTO world.compared
	SELECT s, r.template, COALESCE(r.params->>'check',
		CASE WHEN r.params ? 'peer' THEN 'peers of ' || (r.params->>'by') END
		|| ' by ', nullif(r.params->>'by', 'person') || ' by ', '') || COALESCE(
		r.params->>'metric', r.params->>'attribute', r.params->>'basis', r.params->>'window',
		r.params->>'unit', r.params->>'period', r.params->>'source', ''), count(*)
	FROM world.expected e
	JOIN meso_audit.rule r ON r.code = e.source_code AND r.version = 1
	GROUP BY 2, 3;

	WITH missing AS (
		TABLE world.expected EXCEPT ALL TABLE world.actual
	), surplus AS (
		TABLE world.actual EXCEPT ALL TABLE world.expected
	)
	INSERT INTO world.difference
	SELECT s, d.side, (SELECT max(r.template) FROM meso_audit.rule r WHERE r.code = d.source_code),
		jsonb_strip_nulls(to_jsonb(d) - 'side' || jsonb_build_object('step', step)),
		(SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(r)
				- '{title,legal_basis,origin,created_by,created_at,approved_by,kind_code}'::text[]))
			FROM meso_audit.rule r WHERE r.code = d.source_code),
		(SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(x) - 'fields'))
			FROM reference.subject x
			WHERE x.level = d.level AND x.psn_no = d.psn_no
				AND (x.setl_id, x.feedetl_sn, x.row_no) IS NOT DISTINCT FROM (d.setl_id, d.feedetl_sn, d.row_no)
				AND (d.mdtrt_id IS NULL OR x.mdtrt_id = d.mdtrt_id))
	FROM (SELECT 'expected' AS side, m.* FROM missing m
		UNION ALL SELECT 'found', u.* FROM surplus u) d;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END $$;
