-- Who keeps turning up together at a place.

CREATE TYPE @extschema@.visit_list;

CREATE FUNCTION @extschema@.visit_list_in(cstring)
RETURNS @extschema@.visit_list
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_visit_list_in';
COMMENT ON FUNCTION @extschema@.visit_list_in(cstring) IS 'I/O of type visit_list';

CREATE FUNCTION @extschema@.visit_list_out(@extschema@.visit_list)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_visit_list_out';
COMMENT ON FUNCTION @extschema@.visit_list_out(@extschema@.visit_list) IS 'I/O of type visit_list';

CREATE FUNCTION @extschema@.visit_list_recv(internal)
RETURNS @extschema@.visit_list
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_visit_list_recv';
COMMENT ON FUNCTION @extschema@.visit_list_recv(internal) IS 'I/O of type visit_list';

CREATE FUNCTION @extschema@.visit_list_send(@extschema@.visit_list)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_visit_list_send';
COMMENT ON FUNCTION @extschema@.visit_list_send(@extschema@.visit_list) IS 'I/O of type visit_list';

CREATE TYPE @extschema@.visit_list
(
	INPUT = @extschema@.visit_list_in,
	OUTPUT = @extschema@.visit_list_out,
	RECEIVE = @extschema@.visit_list_recv,
	SEND = @extschema@.visit_list_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE @extschema@.visit_list IS
'Visits of persons to one place with the span within which two belong together: the transition state of co_visit_agg.';

CREATE TYPE @extschema@.visit_pairs;

CREATE FUNCTION @extschema@.visit_pairs_in(cstring)
RETURNS @extschema@.visit_pairs
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_visit_pairs_in';
COMMENT ON FUNCTION @extschema@.visit_pairs_in(cstring) IS 'I/O of type visit_pairs';

CREATE FUNCTION @extschema@.visit_pairs_out(@extschema@.visit_pairs)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_visit_pairs_out';
COMMENT ON FUNCTION @extschema@.visit_pairs_out(@extschema@.visit_pairs) IS 'I/O of type visit_pairs';

CREATE FUNCTION @extschema@.visit_pairs_recv(internal)
RETURNS @extschema@.visit_pairs
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_visit_pairs_recv';
COMMENT ON FUNCTION @extschema@.visit_pairs_recv(internal) IS 'I/O of type visit_pairs';

CREATE FUNCTION @extschema@.visit_pairs_send(@extschema@.visit_pairs)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_visit_pairs_send';
COMMENT ON FUNCTION @extschema@.visit_pairs_send(@extschema@.visit_pairs) IS 'I/O of type visit_pairs';

CREATE TYPE @extschema@.visit_pairs
(
	INPUT = @extschema@.visit_pairs_in,
	OUTPUT = @extschema@.visit_pairs_out,
	RECEIVE = @extschema@.visit_pairs_recv,
	SEND = @extschema@.visit_pairs_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE @extschema@.visit_pairs IS
'Pairs of persons with the days on which they met: read it with co_visit_pairs(), unite several places with rollup().';

CREATE FUNCTION @extschema@.visit_accum(@extschema@.visit_list, text, timestamp, interval)
RETURNS @extschema@.visit_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_visit_add';
COMMENT ON FUNCTION @extschema@.visit_accum(@extschema@.visit_list, text, timestamp, interval) IS
'Transition of co_visit_agg: one more visit; none without person or time';

CREATE FUNCTION @extschema@.visit_list_combine(@extschema@.visit_list, @extschema@.visit_list)
RETURNS @extschema@.visit_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_visit_list_combine';
COMMENT ON FUNCTION @extschema@.visit_list_combine(@extschema@.visit_list, @extschema@.visit_list) IS
'Merges two lists of visits to one place';

CREATE FUNCTION @extschema@.visit_list_pairs(@extschema@.visit_list)
RETURNS @extschema@.visit_pairs
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'meso_visit_list_pairs';
COMMENT ON FUNCTION @extschema@.visit_list_pairs(@extschema@.visit_list) IS
'The pairs of persons whose visits are at most the span apart, with the days.';

CREATE FUNCTION @extschema@.visit_pairs_combine(@extschema@.visit_pairs, @extschema@.visit_pairs)
RETURNS @extschema@.visit_pairs
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_visit_pairs_combine';
COMMENT ON FUNCTION @extschema@.visit_pairs_combine(@extschema@.visit_pairs, @extschema@.visit_pairs) IS
'Unites two sets of pairs';

CREATE FUNCTION @extschema@.visit_pairs_final(@extschema@.visit_pairs)
RETURNS @extschema@.visit_pairs
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_visit_pairs_final';
COMMENT ON FUNCTION @extschema@.visit_pairs_final(@extschema@.visit_pairs) IS
'Final function of the rollup of visit_pairs';

CREATE FUNCTION @extschema@.row_estimate(internal)
RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_row_estimate';
COMMENT ON FUNCTION @extschema@.row_estimate(internal) IS
'Planner support of co_visit_pairs() and component_members(): counts the rows of a constant';

CREATE FUNCTION @extschema@.co_visit_pairs(pairs @extschema@.visit_pairs, min_days bigint DEFAULT 1,
	OUT a text, OUT b text, OUT days bigint)
RETURNS SETOF record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 1000
SUPPORT @extschema@.row_estimate
AS 'MODULE_PATHNAME', 'meso_co_visit_pairs';
COMMENT ON FUNCTION @extschema@.co_visit_pairs(@extschema@.visit_pairs, bigint) IS
'The pairs one a row, with the number of different days on which they met; only those of min_days and more. a comes before b in byte order; rows are in that order.';

CREATE AGGREGATE @extschema@.co_visit_agg(text, timestamp, interval)
(
	SFUNC = @extschema@.visit_accum,
	STYPE = @extschema@.visit_list,
	SSPACE = 256,
	FINALFUNC = @extschema@.visit_list_pairs,
	COMBINEFUNC = @extschema@.visit_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.co_visit_agg(text, timestamp, interval) IS
'结伴就医: Pairs of persons who visit one place (GROUP BY it) within a span of each other, with the days: two visits at most the span apart (closed; 0 asks for the same instant), on the day of the later one. Read with co_visit_pairs(); rollup() unites places, a day at two places counting once. The span must be the same for the group, not negative, without months; a day counts 24 hours. A row without person or time is left out. NULL without input. Work and memory grow with the pairs in a window, not with visits squared.';

CREATE AGGREGATE @extschema@.rollup(@extschema@.visit_pairs)
(
	SFUNC = @extschema@.visit_pairs_combine,
	STYPE = @extschema@.visit_pairs,
	SSPACE = 1024,
	FINALFUNC = @extschema@.visit_pairs_final,
	COMBINEFUNC = @extschema@.visit_pairs_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rollup(@extschema@.visit_pairs) IS
'Unites pairs found at several places (or in several parts whose visits do not mix); a day counts once.';
