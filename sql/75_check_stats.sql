-- What the checks at commit cost.

CREATE TABLE @extschema@.check_tally
(
	noted_at	timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	pid			integer NOT NULL DEFAULT pg_catalog.pg_backend_pid(),
	counts		bigint[] NOT NULL,
	buckets		bigint[] NOT NULL,
	rules		text[] NOT NULL,
	rule_micros	bigint[] NOT NULL
);
CREATE INDEX check_tally_noted_at_idx ON @extschema@.check_tally (noted_at);
COMMENT ON TABLE @extschema@.check_tally IS
'检查计数: what each session counted of its checks at commit, a row a second at most; read through check_stats. Audits take off rows older than 30 days.';
COMMENT ON COLUMN @extschema@.check_tally.noted_at IS 'When it was written';
COMMENT ON COLUMN @extschema@.check_tally.pid IS 'Session';
COMMENT ON COLUMN @extschema@.check_tally.counts IS 'Checks, claims, persons, rows changed, fee lines read, microseconds, waits for a guard, microseconds of guards, failures';
COMMENT ON COLUMN @extschema@.check_tally.buckets IS 'Claims by microseconds each: element i from 2^((i - 1) / 2) up';
COMMENT ON COLUMN @extschema@.check_tally.rules IS 'Rules that judged anything in the checks whose rules were timed';
COMMENT ON COLUMN @extschema@.check_tally.rule_micros IS 'Microseconds of each of them, extrapolated: the rules of one check in 32 are timed';
-- the engine writes to dumped tables; of this one no row is dumped
SELECT pg_catalog.pg_extension_config_dump('@extschema@.check_tally', 'WHERE false');

CREATE FUNCTION @extschema@.bucket_quantile(buckets bigint[], fraction double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT round(power(2::numeric, (min(b.i) - 0.5) / 2), 0)::double precision
	FROM (SELECT u.i, sum(u.n) OVER (ORDER BY u.i) AS upto, sum(u.n) OVER () AS total
		FROM unnest(buckets) WITH ORDINALITY AS u(n, i)) b
	WHERE b.upto >= fraction * b.total AND b.total > 0
$$;
COMMENT ON FUNCTION @extschema@.bucket_quantile(bigint[], double precision) IS
'Microseconds below which that fraction of claims lies, from counts in buckets of half an octave; NULL without any.';

CREATE VIEW @extschema@.check_stats AS
SELECT t.since, t.checks, t.claims, t.persons, t.row_count, t.history_rows, t.failed,
	pg_catalog.round(t.micros OPERATOR(pg_catalog./) 1000000.0, 3) AS seconds,
	pg_catalog.round(t.micros OPERATOR(pg_catalog./) NULLIF(t.claims, 0)::numeric, 1) AS us_a_claim,
	@extschema@.bucket_quantile(t.buckets, 0.5) AS us_a_claim_p50,
	@extschema@.bucket_quantile(t.buckets, 0.99) AS us_a_claim_p99,
	t.guard_waits,
	pg_catalog.round(t.guard_micros OPERATOR(pg_catalog./) 1000000.0, 3) AS guard_seconds
FROM (
	SELECT pg_catalog.min(c.noted_at) AS since,
		COALESCE(pg_catalog.sum(c.counts[1]), 0)::bigint AS checks,
		COALESCE(pg_catalog.sum(c.counts[2]), 0)::bigint AS claims,
		COALESCE(pg_catalog.sum(c.counts[3]), 0)::bigint AS persons,
		COALESCE(pg_catalog.sum(c.counts[4]), 0)::bigint AS row_count,
		COALESCE(pg_catalog.sum(c.counts[5]), 0)::bigint AS history_rows,
		COALESCE(pg_catalog.sum(c.counts[6]), 0)::bigint AS micros,
		COALESCE(pg_catalog.sum(c.counts[7]), 0)::bigint AS guard_waits,
		COALESCE(pg_catalog.sum(c.counts[8]), 0)::bigint AS guard_micros,
		COALESCE(pg_catalog.sum(c.counts[9]), 0)::bigint AS failed,
		ARRAY(SELECT pg_catalog.sum(u.n)::bigint
			FROM @extschema@.check_tally k
			CROSS JOIN LATERAL pg_catalog.unnest(k.buckets) WITH ORDINALITY AS u(n, i)
			GROUP BY u.i ORDER BY u.i) AS buckets
	FROM @extschema@.check_tally c
) t;
COMMENT ON VIEW @extschema@.check_stats IS
'检查统计: what the checks at commit did and cost, of all sessions; behind by a second at most. Percentiles are exact to a fifth.';
COMMENT ON COLUMN @extschema@.check_stats.since IS 'First check counted; NULL: none';
COMMENT ON COLUMN @extschema@.check_stats.checks IS 'Checks: about one a transaction';
COMMENT ON COLUMN @extschema@.check_stats.claims IS 'Settlements checked';
COMMENT ON COLUMN @extschema@.check_stats.persons IS 'Persons judged';
COMMENT ON COLUMN @extschema@.check_stats.row_count IS 'Rows inserted, updated or deleted that were noted';
COMMENT ON COLUMN @extschema@.check_stats.history_rows IS 'Fee lines read to judge them';
COMMENT ON COLUMN @extschema@.check_stats.failed IS 'Checks that failed; their claims are in unchecked_claim or were refused';
COMMENT ON COLUMN @extschema@.check_stats.seconds IS 'Time of all checks, waiting for guards included';
COMMENT ON COLUMN @extschema@.check_stats.us_a_claim IS 'Microseconds a claim, on average';
COMMENT ON COLUMN @extschema@.check_stats.us_a_claim_p50 IS 'Microseconds a claim, median';
COMMENT ON COLUMN @extschema@.check_stats.us_a_claim_p99 IS 'Microseconds a claim, 99 of 100 below';
COMMENT ON COLUMN @extschema@.check_stats.guard_waits IS 'Checks that waited more than a millisecond for somebody else who judged the same person';
COMMENT ON COLUMN @extschema@.check_stats.guard_seconds IS 'Time of raising guards, waiting included';

CREATE VIEW @extschema@.check_rule_stats AS
SELECT u.code,
	pg_catalog.round(pg_catalog.sum(u.micros) OPERATOR(pg_catalog./) 1000000.0, 3) AS seconds,
	pg_catalog.round(100.0 OPERATOR(pg_catalog.*) pg_catalog.sum(u.micros)
		OPERATOR(pg_catalog./) NULLIF(pg_catalog.sum(pg_catalog.sum(u.micros)) OVER (), 0), 1) AS percent
FROM @extschema@.check_tally c
CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(c.rules), pg_catalog.unnest(c.rule_micros)) AS u(code, micros)
GROUP BY u.code;
COMMENT ON VIEW @extschema@.check_rule_stats IS
'规则耗时: time that each rule took in the checks at commit, extrapolated from one check in 32.';
COMMENT ON COLUMN @extschema@.check_rule_stats.code IS 'Rule';
COMMENT ON COLUMN @extschema@.check_rule_stats.seconds IS 'Time of judging by it; reading rows and writing findings are not in it';
COMMENT ON COLUMN @extschema@.check_rule_stats.percent IS 'Of the time of all rules';

CREATE FUNCTION @extschema@.reset_check_stats()
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
SECURITY DEFINER
SET search_path = pg_catalog, @extschema@, pg_temp
AS $$
	DELETE FROM check_tally
$$;
COMMENT ON FUNCTION @extschema@.reset_check_stats() IS
'Begins check_stats anew.';
REVOKE EXECUTE ON FUNCTION @extschema@.reset_check_stats() FROM PUBLIC;
