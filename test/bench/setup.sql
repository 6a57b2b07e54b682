-- What the benchmark itself needs: CPU of this backend, the peer's tables, resets.

\ir cpu.sql
-- memory of this backend that is its own, kB
CREATE FUNCTION bench.rss() RETURNS bigint LANGUAGE sql VOLATILE AS $$
	SELECT substring(pg_read_file('/proc/self/status', 0, 8192) FROM 'RssAnon:\s+(\d+)')::bigint
$$;

CREATE TABLE bench.run (what text, lines bigint, cpu_ms bigint, wall_ms bigint);

-- as meso_audit.finding, with the indexes that a unique finding needs
CREATE TABLE bench.peer_finding (finding_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, finding_key bytea NOT NULL UNIQUE, source_code text, level text,
	psn_no text, fixmedins_code text, setl_id text, feedetl_sn text, judged_day date, amount numeric, status text DEFAULT 'open', found_at timestamptz DEFAULT now());
CREATE INDEX ON bench.peer_finding (psn_no);
CREATE TABLE bench.peer_log (log_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, finding_id bigint, event text, at timestamptz DEFAULT now(), digest bytea);

-- An empty book before each audit; the triggers that forbid this rest meanwhile.
CREATE PROCEDURE bench.forget() LANGUAGE plpgsql AS $$
DECLARE
	t record;
BEGIN
	CREATE TEMP TABLE resting ON COMMIT DROP AS
	SELECT tgrelid::regclass AS tab, tgname, tgenabled FROM pg_trigger
	WHERE tgrelid IN ('meso_audit.finding'::regclass, 'meso_audit.finding_log'::regclass, 'meso_audit.log_block'::regclass)
		AND NOT tgisinternal AND tgenabled <> 'D';
	FOR t IN SELECT * FROM resting LOOP
		EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', t.tab, t.tgname);
	END LOOP;
	TRUNCATE meso_audit.finding, meso_audit.finding_log, meso_audit.outbox, meso_audit.log_block, meso_audit.person_guard;
	FOR t IN SELECT * FROM resting LOOP
		EXECUTE format('ALTER TABLE %s ENABLE %s TRIGGER %I', t.tab, CASE t.tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, t.tgname);
	END LOOP;
END
$$;
