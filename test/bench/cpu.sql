CREATE SCHEMA IF NOT EXISTS bench;
-- user and system time of this backend so far, ms
CREATE FUNCTION bench.cpu() RETURNS bigint LANGUAGE sql VOLATILE AS $$
	SELECT (a[12]::bigint + a[13]::bigint) * 10
	FROM string_to_array(split_part(pg_read_file('/proc/self/stat', 0, 4096), ') ', 2), ' ') a
$$;
-- the same, as the scheduler counts it, us
CREATE FUNCTION bench.cpu_us() RETURNS bigint LANGUAGE sql VOLATILE AS $$
	SELECT split_part(pg_read_file('/proc/self/schedstat', 0, 100), ' ', 1)::bigint / 1000
$$;
