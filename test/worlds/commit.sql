-- Worlds that arrive: the claims of a random world, one transaction after another in
-- random order, then amendments; after each transaction what the checks at commit have
-- left in "finding" is compared with the reference on the rows then present.

CREATE SCHEMA staged;
CREATE TABLE staged.visit (LIKE world.visit);
CREATE TABLE staged.settlement (LIKE world.settlement);
CREATE TABLE staged.fee_line (LIKE world.fee_line);
CREATE TABLE staged.diagnosis (LIKE world.diagnosis);
CREATE TABLE staged.operation (LIKE world.operation);

-- Makes a world and takes its claims away again. Often it keeps few of its rules: the
-- longest look-back of any bounds what a check looks at.
CREATE PROCEDURE world.stage(seed integer, persons integer, lines integer, rounds integer)
LANGUAGE plpgsql AS $$
DECLARE
	t text;
	kept text[];
BEGIN
	CALL world.make(seed, persons, lines, rounds);
	IF world.chance(0.6) THEN
		kept := world.some((SELECT string_agg(code, ' ' ORDER BY code COLLATE "C") FROM (SELECT DISTINCT code FROM meso_audit.rule) r),
			1, world.pick('1 2 3 6')::integer);
		DELETE FROM meso_audit.rule WHERE code <> ALL (kept);
	END IF;
	FOREACH t IN ARRAY '{visit,settlement,fee_line,diagnosis,operation}'::text[] LOOP
		EXECUTE format('DELETE FROM staged.%I', t);
		EXECUTE format('WITH gone AS (DELETE FROM world.%I RETURNING *) INSERT INTO staged.%1$I TABLE gone', t);
	END LOOP;
	DELETE FROM meso_audit.finding;
	DELETE FROM meso_audit.claim_hold;
	DELETE FROM meso_audit.unchecked_claim;
	DELETE FROM meso_audit.reaudit_queue;
END $$;

-- Settlements with their lines and visits with theirs, in random order; 's' or 'v'
-- before the key. Lines may have no settlement row.
CREATE FUNCTION world.units() RETURNS text[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	u text[] := ARRAY(
		SELECT k FROM (
			SELECT 's' || setl_id AS k FROM staged.fee_line UNION SELECT 's' || setl_id FROM staged.settlement
			UNION SELECT 'v' || mdtrt_id FROM staged.visit) q
		WHERE k IS NOT NULL ORDER BY k COLLATE "C");
	other integer;
	kept text;
BEGIN
	FOR i IN REVERSE COALESCE(cardinality(u), 0) .. 2 LOOP
		other := world.upto(1, i);
		kept := u[i];
		u[i] := u[other];
		u[other] := kept;
	END LOOP;
	RETURN u;
END $$;

-- Lets a claim in; some of its rows stay behind for later.
CREATE FUNCTION world.let_in(unit text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	id text := substr(unit, 2);
	head_first boolean := world.chance(0.5);
	late boolean := world.chance(0.25);
BEGIN
	IF unit LIKE 's%' THEN
		FOR n IN 1 .. 2 LOOP
			IF (n = 1) = head_first THEN
				WITH gone AS (DELETE FROM staged.settlement WHERE setl_id = id RETURNING *)
				INSERT INTO world.settlement TABLE gone;
			ELSE
				WITH gone AS (
					DELETE FROM staged.fee_line
					WHERE setl_id = id AND NOT (late AND feedetl_sn LIKE '%3')
					RETURNING *)
				INSERT INTO world.fee_line TABLE gone;
			END IF;
		END LOOP;
	ELSE
		WITH gone AS (DELETE FROM staged.visit WHERE mdtrt_id = id RETURNING *)
		INSERT INTO world.visit TABLE gone;
		WITH gone AS (
			DELETE FROM staged.diagnosis WHERE mdtrt_id = id AND NOT (late AND diag_srt_no <> '1') RETURNING *)
		INSERT INTO world.diagnosis TABLE gone;
		WITH gone AS (
			DELETE FROM staged.operation WHERE mdtrt_id = id AND NOT (late AND oprn_srt_no = '1') RETURNING *)
		INSERT INTO world.operation TABLE gone;
		IF late THEN
			UPDATE world.visit SET endtime = NULL WHERE mdtrt_id = id;
		END IF;
	END IF;
	RETURN unit || CASE WHEN late THEN ' in part' ELSE '' END;
END $$;

-- One row of those there, NULL if there is none.
CREATE FUNCTION world.any_line() RETURNS world.fee_line LANGUAGE sql VOLATILE AS $$
	SELECT f FROM world.fee_line f ORDER BY f.setl_id COLLATE "C", f.feedetl_sn COLLATE "C"
	OFFSET (SELECT greatest(0, world.upto(0, count(*)::integer - 1)) FROM world.fee_line) LIMIT 1
$$;
CREATE FUNCTION world.any_settlement() RETURNS world.settlement LANGUAGE sql VOLATILE AS $$
	SELECT s FROM world.settlement s ORDER BY s.setl_id COLLATE "C"
	OFFSET (SELECT greatest(0, world.upto(0, count(*)::integer - 1)) FROM world.settlement) LIMIT 1
$$;
CREATE FUNCTION world.any_visit() RETURNS world.visit LANGUAGE sql VOLATILE AS $$
	SELECT v FROM world.visit v ORDER BY v.mdtrt_id COLLATE "C"
	OFFSET (SELECT greatest(0, world.upto(0, count(*)::integer - 1)) FROM world.visit) LIMIT 1
$$;

-- Amends something; says what.
CREATE FUNCTION world.amend(n integer) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	kinds text[] := '{late,late,copy,move,quantity,time,code,flag,delete,delete_line,delete_settlement,reverse,reverse,undo_reversal,unlink,end,visit,delete_visit,diagnosis,diagnosis,operation,money,rekey,rehome,twice,upsert}';
	kind text := kinds[world.upto(1, cardinality(kinds))];
	l world.fee_line := world.any_line();
	m world.fee_line := world.any_line();
	s world.settlement := world.any_settlement();
	v world.visit := world.any_visit();
BEGIN
	CASE kind
	WHEN 'late' THEN	-- whatever stayed behind of one claim
		SELECT f.setl_id INTO l.setl_id FROM staged.fee_line f ORDER BY f.setl_id COLLATE "C" LIMIT 1;
		WITH gone AS (DELETE FROM staged.fee_line WHERE setl_id = l.setl_id RETURNING *)
		INSERT INTO world.fee_line TABLE gone;
	WHEN 'copy' THEN	-- another such line, before or after
		l.feedetl_sn := 'c' || n;
		l.fee_ocur_time := l.fee_ocur_time + world.pick('-1_hour -1_day -3_days 1_day 00:00')::text::interval;
		IF l.setl_id IS NOT NULL THEN
			INSERT INTO world.fee_line SELECT l.*;
		END IF;
	WHEN 'move' THEN
		UPDATE world.fee_line SET psn_no = world.pick('p1 p2 p3 p2 -')
		WHERE setl_id = l.setl_id AND feedetl_sn = l.feedetl_sn;
	WHEN 'quantity' THEN
		UPDATE world.fee_line SET cnt = world.pick('0 1 2 5 10 -1 -')::numeric
		WHERE setl_id = l.setl_id AND feedetl_sn = l.feedetl_sn;
	WHEN 'time' THEN
		UPDATE world.fee_line SET fee_ocur_time = world.instant(-400, 400)
		WHERE setl_id = l.setl_id AND feedetl_sn = l.feedetl_sn;
	WHEN 'code' THEN
		UPDATE world.fee_line SET med_list_codg = m.med_list_codg
		WHERE setl_id = l.setl_id AND feedetl_sn = l.feedetl_sn;
	WHEN 'flag' THEN
		UPDATE world.settlement SET refd_setl_flag = CASE WHEN refd_setl_flag = '1' THEN '0' ELSE '1' END
		WHERE setl_id = s.setl_id;
	WHEN 'delete' THEN
		DELETE FROM world.settlement WHERE setl_id = s.setl_id;
		DELETE FROM world.fee_line WHERE setl_id = s.setl_id;
	WHEN 'delete_line' THEN
		DELETE FROM world.fee_line WHERE setl_id = l.setl_id AND feedetl_sn = l.feedetl_sn;
	WHEN 'delete_settlement' THEN
		DELETE FROM world.settlement WHERE setl_id = s.setl_id;
	WHEN 'reverse' THEN	-- from its own settlement or a new one, that may be another person's
		IF l.setl_id IS NOT NULL AND l.init_feedetl_sn IS NULL THEN
			IF world.chance(0.6) THEN
				INSERT INTO world.settlement (setl_id, psn_no, fixmedins_code, setl_time, init_setl_id)
				VALUES ('r' || n, COALESCE(CASE WHEN world.chance(0.8) THEN l.psn_no END, 'p2'),
					COALESCE(l.fixmedins_code, 'H1'), l.fee_ocur_time + world.upto(0, 60) * interval '1 day', l.setl_id);
				m := l;
				m.setl_id := 'r' || n;
				m.psn_no := CASE WHEN world.chance(0.8) THEN l.psn_no ELSE 'p1' END;
			ELSE
				m := l;
			END IF;
			m.fee_ocur_time := l.fee_ocur_time + world.pick('0 0 2 40')::integer * interval '1 day';
			m.init_feedetl_sn := l.feedetl_sn;
			m.feedetl_sn := 'r' || n;
			m.cnt := world.pick('-1 1 -2 -10 0.5')::numeric;
			INSERT INTO world.fee_line SELECT m.*;
		END IF;
	WHEN 'undo_reversal' THEN
		DELETE FROM world.fee_line WHERE init_feedetl_sn IS NOT NULL AND psn_no = l.psn_no;
	WHEN 'unlink' THEN	-- a reversal that no longer is one, or is of another line
		IF world.chance(0.5) THEN
			UPDATE world.settlement SET init_setl_id = CASE WHEN init_setl_id IS NULL THEN l.setl_id END
			WHERE setl_id = s.setl_id;
		ELSE
			UPDATE world.fee_line SET init_feedetl_sn = CASE WHEN world.chance(0.5) THEN '2' END
			WHERE init_feedetl_sn IS NOT NULL AND psn_no = l.psn_no;
		END IF;
	WHEN 'end' THEN
		UPDATE world.visit SET endtime = CASE WHEN endtime IS NULL THEN begntime + world.upto(0, 9) * interval '1 day' END
		WHERE mdtrt_id = v.mdtrt_id;
	WHEN 'visit' THEN
		IF world.chance(0.5) THEN
			UPDATE world.visit SET psn_no = world.pick('p1 p2 -') WHERE mdtrt_id = v.mdtrt_id;
		ELSE
			UPDATE world.visit SET begntime = world.instant(-10, 40), med_type = world.pick('11 21 52')
			WHERE mdtrt_id = v.mdtrt_id;
		END IF;
	WHEN 'delete_visit' THEN
		DELETE FROM world.visit WHERE mdtrt_id = v.mdtrt_id;
	WHEN 'diagnosis' THEN
		IF world.chance(0.4) THEN
			DELETE FROM world.diagnosis WHERE mdtrt_id = v.mdtrt_id;
		ELSIF world.chance(0.3) THEN
			UPDATE world.diagnosis SET vali_flag = CASE WHEN vali_flag = '0' THEN '1' ELSE '0' END
			WHERE mdtrt_id = v.mdtrt_id;
		ELSE
			INSERT INTO world.diagnosis (mdtrt_id, diag_srt_no, diag_code)
			VALUES (v.mdtrt_id, 'c' || n, world.pick(world.diag_codes()));
		END IF;
	WHEN 'operation' THEN
		IF world.chance(0.4) THEN
			DELETE FROM world.operation WHERE mdtrt_id = v.mdtrt_id;
		ELSE
			INSERT INTO world.operation (mdtrt_id, oprn_srt_no, oprn_oprt_code, oprn_begntime, oprn_endtime)
			VALUES (v.mdtrt_id, 'c' || n, world.pick(world.oprn_codes()), v.begntime, v.begntime + world.pick('02:00 02:00 -')::interval);
		END IF;
	WHEN 'money' THEN
		UPDATE world.settlement SET fund_pay_sumamt = world.pick('0 5 50 -')::numeric,
			insutype = world.pick('310 390 -'), med_type = world.pick('11 21 -'),
			mdtrt_id = CASE WHEN world.chance(0.5) THEN mdtrt_id ELSE v.mdtrt_id END,
			dise_codg = world.pick(world.diag_codes()),
			setl_time = CASE WHEN world.chance(0.6) THEN setl_time ELSE world.instant(-400, 400) END
		WHERE setl_id = s.setl_id;
	WHEN 'rekey' THEN	-- to a settlement that is there or not
		UPDATE world.fee_line SET setl_id = COALESCE(CASE WHEN world.chance(0.7) THEN s.setl_id END, 'k' || n),
			feedetl_sn = 'k' || n
		WHERE setl_id = l.setl_id AND feedetl_sn = l.feedetl_sn;
	WHEN 'rehome' THEN
		UPDATE world.settlement SET setl_id = 'k' || n, psn_no = COALESCE(world.pick('p1 p2'), psn_no)
		WHERE setl_id = s.setl_id;
	WHEN 'twice' THEN	-- there and back, and gone in the end
		UPDATE world.fee_line SET psn_no = 'p2' WHERE setl_id = l.setl_id AND feedetl_sn = l.feedetl_sn;
		UPDATE world.fee_line SET psn_no = 'p1' WHERE setl_id = l.setl_id AND feedetl_sn = l.feedetl_sn;
		DELETE FROM world.fee_line WHERE setl_id = m.setl_id AND feedetl_sn = m.feedetl_sn;
	WHEN 'upsert' THEN
		IF l.setl_id IS NOT NULL THEN
			INSERT INTO world.fee_line SELECT l.*
			ON CONFLICT (setl_id, feedetl_sn) DO UPDATE SET cnt = EXCLUDED.cnt + 1, psn_no = m.psn_no;
			INSERT INTO world.fee_line SELECT m.* ON CONFLICT DO NOTHING;
		END IF;
	END CASE;
	-- some of what stayed behind comes in with something else
	IF world.chance(0.2) THEN
		WITH gone AS (DELETE FROM staged.diagnosis WHERE mdtrt_id = v.mdtrt_id RETURNING *)
		INSERT INTO world.diagnosis TABLE gone ON CONFLICT DO NOTHING;
	END IF;
	RETURN concat_ws(' ', kind, l.setl_id || '/' || l.feedetl_sn, s.setl_id, v.mdtrt_id);
END $$;

-- One change, whatever it is, sometimes after one that is rolled back.
CREATE FUNCTION world.change(unit text, n integer) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	undone text;
BEGIN
	IF world.chance(0.15) THEN
		BEGIN
			undone := world.amend(n);
			RAISE SQLSTATE 'ZZ000';
		EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
			undone := 'undone: ' || undone;
		END;
	END IF;
	RETURN concat_ws(', ', undone,
		CASE WHEN unit IS NULL THEN world.amend(n) ELSE world.let_in(unit) END);
END $$;

-- One transaction's changes.
CREATE FUNCTION world.transact(step integer, units text[], may_hurry boolean) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	said text;
	at_once boolean := may_hurry AND world.chance(0.2);
BEGIN
	FOR i IN 1 .. cardinality(units) LOOP
		said := concat_ws('; ', said, world.change(units[i], step * 10 + i));
		IF at_once THEN
			SET CONSTRAINTS ALL IMMEDIATE;
			IF world.chance(0.5) THEN
				SET CONSTRAINTS ALL DEFERRED;
			END IF;
		END IF;
	END LOOP;
	said := step || CASE WHEN at_once THEN ' at once: ' ELSE ': ' END || said;
	RAISE NOTICE '%', said;
	RETURN said;
END $$;

CREATE TABLE world.refusal (seed integer, refused boolean);

-- Keys of all lines and settlements.
CREATE FUNCTION world.claim_rows() RETURNS text[] LANGUAGE sql STABLE AS $$
	SELECT ARRAY(SELECT setl_id || '/' || feedetl_sn FROM world.fee_line UNION ALL SELECT setl_id FROM world.settlement)
$$;

-- Whether a finding of a rule that denies is on a settlement that was inserted or
-- changed, or lost a row, since a transaction began. Versions of a rule may differ in
-- their action, which the reference does not tell: must says all of them deny, may that
-- some do.
CREATE FUNCTION world.to_refuse(since xid8, rows_before text[], OUT must boolean, OUT may boolean)
LANGUAGE sql VOLATILE AS $$
	WITH denied AS (
		SELECT f.setl_id, (SELECT bool_and(r.action = 'deny') FROM meso_audit.rule r
			WHERE r.code = f.source_code AND r.status = 'active') AS by_all
		FROM reference.f('(,)') f
		WHERE EXISTS (SELECT FROM meso_audit.rule r
			WHERE r.code = f.source_code AND r.action = 'deny' AND r.status = 'active')
	), changed AS (
		SELECT setl_id FROM world.settlement WHERE xmin::text::bigint >= since::text::bigint
		UNION SELECT setl_id FROM world.fee_line WHERE xmin::text::bigint >= since::text::bigint
	), lost AS (
		SELECT split_part(u, '/', 1) AS setl_id FROM unnest(rows_before) u
		WHERE u <> ALL (world.claim_rows())
	)
	SELECT EXISTS (SELECT FROM denied WHERE by_all AND setl_id IN (TABLE changed)),
		EXISTS (SELECT FROM denied WHERE setl_id IN (TABLE changed UNION TABLE lost))
$$;

-- The same where claims are refused: what is refused leaves nothing.
CREATE FUNCTION world.try_transact(step integer, units text[]) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	said text;
	refused boolean := false;
	since xid8 := pg_current_xact_id();
	rows_before text[] := world.claim_rows();
	must boolean;
	may boolean;
BEGIN
	BEGIN
		said := world.transact(step, units, false);
		SELECT r.must, r.may INTO must, may FROM world.to_refuse(since, rows_before) r;
		SET CONSTRAINTS ALL IMMEDIATE;
		SET CONSTRAINTS ALL DEFERRED;
	EXCEPTION WHEN OTHERS THEN
		IF SQLSTATE NOT LIKE 'MA%' THEN
			RAISE;
		END IF;
		refused := true;
	END;
	INSERT INTO world.refusal SELECT seed, refused FROM world.setting;
	IF (refused AND NOT may) OR (must AND NOT refused) THEN
		INSERT INTO world.difference (seed, side, template, finding)
		SELECT seed, CASE WHEN refused THEN 'refused' ELSE 'let in' END, 'deny', jsonb_build_object('step', said)
		FROM world.setting;
	END IF;
	RETURN CASE WHEN refused THEN 'refused: ' ELSE '' END || said;
END $$;

-- What is stored against the reference; returns how many differences there are.
CREATE FUNCTION world.check_step(said text) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	DELETE FROM world.expected;
	DELETE FROM world.actual;
	INSERT INTO world.expected SELECT f.* FROM reference.f('(,)') f;
	PERFORM world.note_actual(f.source_code, f.level, f.psn_no, f.setl_id, f.feedetl_sn,
		f.mdtrt_id, f.row_no, f.period, f.amount, f.certainty, f.point_id)
	FROM meso_audit.finding f
	WHERE f.source = 'rule' AND f.still_true AND f.status = 'open' AND NOT f.source_gone;
	IF EXISTS (SELECT FROM meso_audit.unchecked_claim) THEN
		RAISE EXCEPTION 'unchecked after %: %', said, (SELECT jsonb_agg(u) FROM meso_audit.unchecked_claim u);
	END IF;
	RETURN world.compare(said);
END $$;

CREATE PROCEDURE world.arrive(seed integer, persons integer, lines integer, rounds integer,
	amendments integer)
LANGUAGE plpgsql AS $$
DECLARE
	units text[];
	batch text[];
	taken integer;
	step integer := 0;
	at integer := 1;
	said text;
	refusing boolean;
BEGIN
	CALL world.stage(seed, persons, lines, rounds);
	PERFORM * FROM meso_audit.attach_checks();
	COMMIT;
	PERFORM setseed((seed % 99991) / 99991.0);
	units := world.units();
	refusing := world.chance(0.25);
	PERFORM set_config('meso_audit.on_deny', CASE WHEN refusing THEN 'raise' ELSE 'hold' END, false);
	WHILE at <= cardinality(units) OR amendments > 0 LOOP
		step := step + 1;
		IF at <= cardinality(units) THEN
			taken := world.pick('1 1 1 2 3 5')::integer;
			batch := units[at : at + taken - 1];
			at := at + taken;
		ELSE
			batch := array_fill(NULL::text, ARRAY[world.pick('1 1 1 2')::integer]);
			amendments := amendments - 1;
		END IF;
		IF refusing THEN
			said := world.try_transact(step, batch);
		ELSE
			said := world.transact(step, batch, true);
		END IF;
		COMMIT;
		EXIT WHEN world.check_step(said) > 0;
		COMMIT;
	END LOOP;
	PERFORM * FROM meso_audit.detach_checks();
	COMMIT;
END $$;

-- After a batch over all days: it has found nothing to mend.
CREATE PROCEDURE world.audited() LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM world.difference d JOIN world.setting s USING (seed)) THEN
		RETURN;
	END IF;
	INSERT INTO world.difference
	SELECT s.seed, 'batch', COALESCE((SELECT max(r.template) FROM meso_audit.rule r WHERE r.code = f.source_code), ''),
		jsonb_build_object('event', l.event) || jsonb_strip_nulls(to_jsonb(f) - '{evidence,finding_key,rule_set_hash}'::text[])
	FROM world.setting s, meso_audit.finding_log l JOIN meso_audit.finding f USING (finding_id)
	WHERE l.run_id = (SELECT max(run_id) FROM meso_audit.audit_run);
END $$;
