-- The worst sliding window of dated amounts.

CREATE TYPE @extschema@.event_list;

CREATE FUNCTION @extschema@.event_list_in(cstring)
RETURNS @extschema@.event_list
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_event_list_in';
COMMENT ON FUNCTION @extschema@.event_list_in(cstring) IS 'I/O of type event_list';

CREATE FUNCTION @extschema@.event_list_out(@extschema@.event_list)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_event_list_out';
COMMENT ON FUNCTION @extschema@.event_list_out(@extschema@.event_list) IS 'I/O of type event_list';

CREATE FUNCTION @extschema@.event_list_recv(internal)
RETURNS @extschema@.event_list
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_event_list_recv';
COMMENT ON FUNCTION @extschema@.event_list_recv(internal) IS 'I/O of type event_list';

CREATE FUNCTION @extschema@.event_list_send(@extschema@.event_list)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_event_list_send';
COMMENT ON FUNCTION @extschema@.event_list_send(@extschema@.event_list) IS 'I/O of type event_list';

CREATE TYPE @extschema@.event_list
(
	INPUT = @extschema@.event_list_in,
	OUTPUT = @extschema@.event_list_out,
	RECEIVE = @extschema@.event_list_recv,
	SEND = @extschema@.event_list_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE @extschema@.event_list IS
'Dated amounts of a group: read it with event_peak(), merge several with rollup(). 16 bytes an event.';

CREATE TYPE @extschema@.peak_window AS
(
	peak_count		bigint,
	peak_count_from	timestamp,
	peak_sum		numeric,
	peak_sum_from	timestamp
);
COMMENT ON TYPE @extschema@.peak_window IS
'The worst sliding window (t - P, t]: most events and largest sum, each with the time of the first event inside; the earliest of equals.';
COMMENT ON COLUMN @extschema@.peak_window.peak_count IS 'Most events in one window';
COMMENT ON COLUMN @extschema@.peak_window.peak_count_from IS 'Time of the first event in the earliest window of that many events';
COMMENT ON COLUMN @extschema@.peak_window.peak_sum IS 'Largest sum of amounts in one window';
COMMENT ON COLUMN @extschema@.peak_window.peak_sum_from IS 'Time of the first event in the earliest window of that sum';

CREATE TYPE @extschema@.peak_window_tz AS
(
	peak_count		bigint,
	peak_count_from	timestamptz,
	peak_sum		numeric,
	peak_sum_from	timestamptz
);
COMMENT ON TYPE @extschema@.peak_window_tz IS
'The worst sliding window (t - P, t]: most events and largest sum, each with the time of the first event inside; the earliest of equals.';
COMMENT ON COLUMN @extschema@.peak_window_tz.peak_count IS 'Most events in one window';
COMMENT ON COLUMN @extschema@.peak_window_tz.peak_count_from IS 'Time of the first event in the earliest window of that many events';
COMMENT ON COLUMN @extschema@.peak_window_tz.peak_sum IS 'Largest sum of amounts in one window';
COMMENT ON COLUMN @extschema@.peak_window_tz.peak_sum_from IS 'Time of the first event in the earliest window of that sum';

CREATE FUNCTION @extschema@.event_accum(@extschema@.event_list, timestamp, numeric)
RETURNS @extschema@.event_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_event_add';
COMMENT ON FUNCTION @extschema@.event_accum(@extschema@.event_list, timestamp, numeric) IS
'Transition of event_agg and peak_window_agg: one more event; none without time';

CREATE FUNCTION @extschema@.event_accum(@extschema@.event_list, timestamp, numeric, interval)
RETURNS @extschema@.event_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_event_add';
COMMENT ON FUNCTION @extschema@.event_accum(@extschema@.event_list, timestamp, numeric, interval) IS
'Transition of event_agg and peak_window_agg: one more event; none without time';

CREATE FUNCTION @extschema@.event_accum(@extschema@.event_list, timestamptz, numeric)
RETURNS @extschema@.event_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_event_add_tz';
COMMENT ON FUNCTION @extschema@.event_accum(@extschema@.event_list, timestamptz, numeric) IS
'Transition of event_agg and peak_window_agg: one more event; none without time';

CREATE FUNCTION @extschema@.event_accum(@extschema@.event_list, timestamptz, numeric, interval)
RETURNS @extschema@.event_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_event_add_tz';
COMMENT ON FUNCTION @extschema@.event_accum(@extschema@.event_list, timestamptz, numeric, interval) IS
'Transition of event_agg and peak_window_agg: one more event; none without time';

CREATE FUNCTION @extschema@.event_list_combine(@extschema@.event_list, @extschema@.event_list)
RETURNS @extschema@.event_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_pair_list_combine';
COMMENT ON FUNCTION @extschema@.event_list_combine(@extschema@.event_list, @extschema@.event_list) IS
'Merges two lists of events';

CREATE FUNCTION @extschema@.event_list_final(@extschema@.event_list)
RETURNS @extschema@.event_list
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_pair_list_final';
COMMENT ON FUNCTION @extschema@.event_list_final(@extschema@.event_list) IS
'Final function of event_agg: ascending order';

CREATE FUNCTION @extschema@.event_list_n(@extschema@.event_list)
RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_pair_list_n';
COMMENT ON FUNCTION @extschema@.event_list_n(@extschema@.event_list) IS
'How many events there are.';

CREATE FUNCTION @extschema@.event_peak(@extschema@.event_list)
RETURNS @extschema@.peak_window
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_event_peak';
COMMENT ON FUNCTION @extschema@.event_peak(@extschema@.event_list) IS
'Worst sliding window (t - width, t] of the events; of the width that the list was made with.';

CREATE FUNCTION @extschema@.event_peak(@extschema@.event_list, width interval)
RETURNS @extschema@.peak_window
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_event_peak';
COMMENT ON FUNCTION @extschema@.event_peak(@extschema@.event_list, width interval) IS
'Worst sliding window (t - width, t] of the events; a day of width counts 24 hours, months are refused.';

CREATE FUNCTION @extschema@.event_peak_tz(@extschema@.event_list)
RETURNS @extschema@.peak_window_tz
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_event_peak_tz';
COMMENT ON FUNCTION @extschema@.event_peak_tz(@extschema@.event_list) IS
'Worst sliding window (t - width, t] of the events; of the width that the list was made with. For events with time zone.';

CREATE FUNCTION @extschema@.event_peak_tz(@extschema@.event_list, width interval)
RETURNS @extschema@.peak_window_tz
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_event_peak_tz';
COMMENT ON FUNCTION @extschema@.event_peak_tz(@extschema@.event_list, width interval) IS
'Worst sliding window (t - width, t] of the events; a day of width counts 24 hours, months are refused. For events with time zone.';

CREATE AGGREGATE @extschema@.event_agg(timestamp, numeric)
(
	SFUNC = @extschema@.event_accum,
	STYPE = @extschema@.event_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.event_list_final,
	COMBINEFUNC = @extschema@.event_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.event_agg(timestamp, numeric) IS
'事件集: Collects dated amounts, for storing, for rollup() and for event_peak() with several widths. A row without time is left out; one without amount counts and adds nothing. An infinite time, an amount that is NaN, infinite, beyond 9.2e12 or of more than six decimals is an error.';

CREATE AGGREGATE @extschema@.peak_window_agg(timestamp, numeric, interval)
(
	SFUNC = @extschema@.event_accum,
	STYPE = @extschema@.event_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.event_peak,
	COMBINEFUNC = @extschema@.event_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.peak_window_agg(timestamp, numeric, interval) IS
'最密时段: Worst sliding window of width P: for every event at t the window (t - P, t]; most events (peak_count) and largest sum (peak_sum), each with the time of the first event inside; the earliest of equals. Events of the same time share a window. P must be positive, the same for the whole group, and without months; a day counts 24 hours. A row without time is left out; one without amount counts and adds nothing to the sum. NULL without input. Sums are exact. O(n log n) a group.';

CREATE AGGREGATE @extschema@.event_agg(timestamptz, numeric)
(
	SFUNC = @extschema@.event_accum,
	STYPE = @extschema@.event_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.event_list_final,
	COMBINEFUNC = @extschema@.event_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.event_agg(timestamptz, numeric) IS
'事件集: Collects dated amounts, for storing, for rollup() and for event_peak() with several widths. A row without time is left out; one without amount counts and adds nothing. An infinite time, an amount that is NaN, infinite, beyond 9.2e12 or of more than six decimals is an error.';

CREATE AGGREGATE @extschema@.peak_window_agg(timestamptz, numeric, interval)
(
	SFUNC = @extschema@.event_accum,
	STYPE = @extschema@.event_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.event_peak_tz,
	COMBINEFUNC = @extschema@.event_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.peak_window_agg(timestamptz, numeric, interval) IS
'最密时段: Worst sliding window of width P: for every event at t the window (t - P, t]; most events (peak_count) and largest sum (peak_sum), each with the time of the first event inside; the earliest of equals. Events of the same time share a window. P must be positive, the same for the whole group, and without months; a day counts 24 hours. A row without time is left out; one without amount counts and adds nothing to the sum. NULL without input. Sums are exact. O(n log n) a group.';

CREATE AGGREGATE @extschema@.rollup(@extschema@.event_list)
(
	SFUNC = @extschema@.event_list_combine,
	STYPE = @extschema@.event_list,
	SSPACE = 1024,
	FINALFUNC = @extschema@.event_list_final,
	COMBINEFUNC = @extschema@.event_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rollup(@extschema@.event_list) IS
'Merges lists of events.';
