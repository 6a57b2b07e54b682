-- How many stays there were at once: beds, doctors, machines.

CREATE TYPE @extschema@.stay_list;

CREATE FUNCTION @extschema@.stay_list_in(cstring)
RETURNS @extschema@.stay_list
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_stay_list_in';
COMMENT ON FUNCTION @extschema@.stay_list_in(cstring) IS 'I/O of type stay_list';

CREATE FUNCTION @extschema@.stay_list_out(@extschema@.stay_list)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_stay_list_out';
COMMENT ON FUNCTION @extschema@.stay_list_out(@extschema@.stay_list) IS 'I/O of type stay_list';

CREATE FUNCTION @extschema@.stay_list_recv(internal)
RETURNS @extschema@.stay_list
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_stay_list_recv';
COMMENT ON FUNCTION @extschema@.stay_list_recv(internal) IS 'I/O of type stay_list';

CREATE FUNCTION @extschema@.stay_list_send(@extschema@.stay_list)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_stay_list_send';
COMMENT ON FUNCTION @extschema@.stay_list_send(@extschema@.stay_list) IS 'I/O of type stay_list';

CREATE TYPE @extschema@.stay_list
(
	INPUT = @extschema@.stay_list_in,
	OUTPUT = @extschema@.stay_list_out,
	RECEIVE = @extschema@.stay_list_recv,
	SEND = @extschema@.stay_list_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE @extschema@.stay_list IS
'Half-open stays [start, end) of a group: read it with stay_concurrency(), merge several with rollup(). 16 bytes a stay.';

CREATE TYPE @extschema@.concurrency AS
(
	peak	bigint,
	peak_at	timestamp,
	over	interval,
	total	interval
);
COMMENT ON TYPE @extschema@.concurrency IS
'How many half-open stays [start, end) there were at once, how long more than the capacity, and how long all together.';
COMMENT ON COLUMN @extschema@.concurrency.peak IS 'Most stays at the same time';
COMMENT ON COLUMN @extschema@.concurrency.peak_at IS 'When that many were reached first; NULL when no stay has any length';
COMMENT ON COLUMN @extschema@.concurrency.over IS 'How long there were more stays than the capacity, in hours and smaller units; NULL without capacity';
COMMENT ON COLUMN @extschema@.concurrency.total IS 'Length of all stays together (bed time, working time), in hours and smaller units';

CREATE TYPE @extschema@.concurrency_tz AS
(
	peak	bigint,
	peak_at	timestamptz,
	over	interval,
	total	interval
);
COMMENT ON TYPE @extschema@.concurrency_tz IS
'How many half-open stays [start, end) there were at once, how long more than the capacity, and how long all together.';
COMMENT ON COLUMN @extschema@.concurrency_tz.peak IS 'Most stays at the same time';
COMMENT ON COLUMN @extschema@.concurrency_tz.peak_at IS 'When that many were reached first; NULL when no stay has any length';
COMMENT ON COLUMN @extschema@.concurrency_tz.over IS 'How long there were more stays than the capacity, in hours and smaller units; NULL without capacity';
COMMENT ON COLUMN @extschema@.concurrency_tz.total IS 'Length of all stays together (bed time, working time), in hours and smaller units';

CREATE FUNCTION @extschema@.stay_accum(@extschema@.stay_list, timestamp, timestamp)
RETURNS @extschema@.stay_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_stay_add';
COMMENT ON FUNCTION @extschema@.stay_accum(@extschema@.stay_list, timestamp, timestamp) IS
'Transition of stay_agg and concurrency_agg: one more stay; none without start or end';

CREATE FUNCTION @extschema@.stay_accum(@extschema@.stay_list, timestamp, timestamp, bigint)
RETURNS @extschema@.stay_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_stay_add';
COMMENT ON FUNCTION @extschema@.stay_accum(@extschema@.stay_list, timestamp, timestamp, bigint) IS
'Transition of stay_agg and concurrency_agg: one more stay; none without start or end';

CREATE FUNCTION @extschema@.stay_accum(@extschema@.stay_list, timestamptz, timestamptz)
RETURNS @extschema@.stay_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_stay_add_tz';
COMMENT ON FUNCTION @extschema@.stay_accum(@extschema@.stay_list, timestamptz, timestamptz) IS
'Transition of stay_agg and concurrency_agg: one more stay; none without start or end';

CREATE FUNCTION @extschema@.stay_accum(@extschema@.stay_list, timestamptz, timestamptz, bigint)
RETURNS @extschema@.stay_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_stay_add_tz';
COMMENT ON FUNCTION @extschema@.stay_accum(@extschema@.stay_list, timestamptz, timestamptz, bigint) IS
'Transition of stay_agg and concurrency_agg: one more stay; none without start or end';

CREATE FUNCTION @extschema@.stay_list_combine(@extschema@.stay_list, @extschema@.stay_list)
RETURNS @extschema@.stay_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_pair_list_combine';
COMMENT ON FUNCTION @extschema@.stay_list_combine(@extschema@.stay_list, @extschema@.stay_list) IS
'Merges two lists of stays';

CREATE FUNCTION @extschema@.stay_list_final(@extschema@.stay_list)
RETURNS @extschema@.stay_list
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_pair_list_final';
COMMENT ON FUNCTION @extschema@.stay_list_final(@extschema@.stay_list) IS
'Final function of stay_agg: ascending order';

CREATE FUNCTION @extschema@.stay_list_n(@extschema@.stay_list)
RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_pair_list_n';
COMMENT ON FUNCTION @extschema@.stay_list_n(@extschema@.stay_list) IS
'How many stays there are, those without length too.';

CREATE FUNCTION @extschema@.stay_concurrency(@extschema@.stay_list)
RETURNS @extschema@.concurrency
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_stay_concurrency';
COMMENT ON FUNCTION @extschema@.stay_concurrency(@extschema@.stay_list) IS
'How many of the stays there were at once; against the capacity that the list was made with, if any.';

CREATE FUNCTION @extschema@.stay_concurrency(@extschema@.stay_list, capacity bigint)
RETURNS @extschema@.concurrency
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_stay_concurrency';
COMMENT ON FUNCTION @extschema@.stay_concurrency(@extschema@.stay_list, capacity bigint) IS
'How many of the stays there were at once; against that capacity.';

CREATE FUNCTION @extschema@.stay_concurrency_tz(@extschema@.stay_list)
RETURNS @extschema@.concurrency_tz
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_stay_concurrency_tz';
COMMENT ON FUNCTION @extschema@.stay_concurrency_tz(@extschema@.stay_list) IS
'How many of the stays there were at once; against the capacity that the list was made with, if any. For stays with time zone.';

CREATE FUNCTION @extschema@.stay_concurrency_tz(@extschema@.stay_list, capacity bigint)
RETURNS @extschema@.concurrency_tz
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_stay_concurrency_tz';
COMMENT ON FUNCTION @extschema@.stay_concurrency_tz(@extschema@.stay_list, capacity bigint) IS
'How many of the stays there were at once; against that capacity. For stays with time zone.';

CREATE AGGREGATE @extschema@.stay_agg(timestamp, timestamp)
(
	SFUNC = @extschema@.stay_accum,
	STYPE = @extschema@.stay_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.stay_list_final,
	COMBINEFUNC = @extschema@.stay_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stay_agg(timestamp, timestamp) IS
'区间集: Collects stays, for storing, for rollup() and for stay_concurrency() with several capacities. A row without start or end is left out; an end before its start or an infinite time is an error.';

CREATE AGGREGATE @extschema@.concurrency_agg(timestamp, timestamp)
(
	SFUNC = @extschema@.stay_accum,
	STYPE = @extschema@.stay_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.stay_concurrency,
	COMBINEFUNC = @extschema@.stay_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.concurrency_agg(timestamp, timestamp) IS
'同时在院/并发: How many stays [start, end) there were at once: peak, when it was reached first, over (NULL here: no capacity given), and the total length of all stays. Half-open: a stay that ends when another begins does not overlap it; one without length occupies nothing. A row without start or end is left out; an end before its start or an infinite time is an error. NULL without input. O(n log n) a group.';

CREATE AGGREGATE @extschema@.concurrency_agg(timestamp, timestamp, bigint)
(
	SFUNC = @extschema@.stay_accum,
	STYPE = @extschema@.stay_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.stay_concurrency,
	COMBINEFUNC = @extschema@.stay_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.concurrency_agg(timestamp, timestamp, bigint) IS
'同时在院/并发: How many stays [start, end) there were at once: peak, when it was reached first, how long the capacity was exceeded (capacity must be the same for the whole group and not negative), and the total length of all stays. Half-open: a stay that ends when another begins does not overlap it; one without length occupies nothing. A row without start or end is left out; an end before its start or an infinite time is an error. NULL without input. O(n log n) a group.';

CREATE AGGREGATE @extschema@.stay_agg(timestamptz, timestamptz)
(
	SFUNC = @extschema@.stay_accum,
	STYPE = @extschema@.stay_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.stay_list_final,
	COMBINEFUNC = @extschema@.stay_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.stay_agg(timestamptz, timestamptz) IS
'区间集: Collects stays, for storing, for rollup() and for stay_concurrency() with several capacities. A row without start or end is left out; an end before its start or an infinite time is an error.';

CREATE AGGREGATE @extschema@.concurrency_agg(timestamptz, timestamptz)
(
	SFUNC = @extschema@.stay_accum,
	STYPE = @extschema@.stay_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.stay_concurrency_tz,
	COMBINEFUNC = @extschema@.stay_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.concurrency_agg(timestamptz, timestamptz) IS
'同时在院/并发: How many stays [start, end) there were at once: peak, when it was reached first, over (NULL here: no capacity given), and the total length of all stays. Half-open: a stay that ends when another begins does not overlap it; one without length occupies nothing. A row without start or end is left out; an end before its start or an infinite time is an error. NULL without input. O(n log n) a group.';

CREATE AGGREGATE @extschema@.concurrency_agg(timestamptz, timestamptz, bigint)
(
	SFUNC = @extschema@.stay_accum,
	STYPE = @extschema@.stay_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.stay_concurrency_tz,
	COMBINEFUNC = @extschema@.stay_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.concurrency_agg(timestamptz, timestamptz, bigint) IS
'同时在院/并发: How many stays [start, end) there were at once: peak, when it was reached first, how long the capacity was exceeded (capacity must be the same for the whole group and not negative), and the total length of all stays. Half-open: a stay that ends when another begins does not overlap it; one without length occupies nothing. A row without start or end is left out; an end before its start or an infinite time is an error. NULL without input. O(n log n) a group.';

CREATE AGGREGATE @extschema@.rollup(@extschema@.stay_list)
(
	SFUNC = @extschema@.stay_list_combine,
	STYPE = @extschema@.stay_list,
	SSPACE = 1024,
	FINALFUNC = @extschema@.stay_list_final,
	COMBINEFUNC = @extschema@.stay_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rollup(@extschema@.stay_list) IS
'Merges lists of stays.';
