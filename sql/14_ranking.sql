-- How well a score ranks true cases before false ones.

CREATE TYPE @extschema@.score_list;

CREATE FUNCTION @extschema@.score_list_in(cstring)
RETURNS @extschema@.score_list
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_score_list_in';
COMMENT ON FUNCTION @extschema@.score_list_in(cstring) IS 'I/O of type score_list';

CREATE FUNCTION @extschema@.score_list_out(@extschema@.score_list)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_score_list_out';
COMMENT ON FUNCTION @extschema@.score_list_out(@extschema@.score_list) IS 'I/O of type score_list';

CREATE FUNCTION @extschema@.score_list_recv(internal)
RETURNS @extschema@.score_list
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_score_list_recv';
COMMENT ON FUNCTION @extschema@.score_list_recv(internal) IS 'I/O of type score_list';

CREATE FUNCTION @extschema@.score_list_send(@extschema@.score_list)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_score_list_send';
COMMENT ON FUNCTION @extschema@.score_list_send(@extschema@.score_list) IS 'I/O of type score_list';

CREATE TYPE @extschema@.score_list
(
	INPUT = @extschema@.score_list_in,
	OUTPUT = @extschema@.score_list_out,
	RECEIVE = @extschema@.score_list_recv,
	SEND = @extschema@.score_list_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE @extschema@.score_list IS
'Scores with their labels: read it with score_auc() and score_precision_at(), merge several with rollup(). 16 bytes a case.';

CREATE FUNCTION @extschema@.score_accum(@extschema@.score_list, float8, boolean)
RETURNS @extschema@.score_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_score_add_float8';
COMMENT ON FUNCTION @extschema@.score_accum(@extschema@.score_list, float8, boolean) IS
'Transition of score_agg, auc_agg and precision_at_agg: one more case; none without score or label';

CREATE FUNCTION @extschema@.score_accum(@extschema@.score_list, float8, boolean, bigint)
RETURNS @extschema@.score_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_score_add_float8';
COMMENT ON FUNCTION @extschema@.score_accum(@extschema@.score_list, float8, boolean, bigint) IS
'Transition of score_agg, auc_agg and precision_at_agg: one more case; none without score or label';

CREATE FUNCTION @extschema@.score_accum(@extschema@.score_list, numeric, boolean)
RETURNS @extschema@.score_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_score_add_numeric';
COMMENT ON FUNCTION @extschema@.score_accum(@extschema@.score_list, numeric, boolean) IS
'Transition of score_agg, auc_agg and precision_at_agg: one more case; none without score or label';

CREATE FUNCTION @extschema@.score_accum(@extschema@.score_list, numeric, boolean, bigint)
RETURNS @extschema@.score_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_score_add_numeric';
COMMENT ON FUNCTION @extschema@.score_accum(@extschema@.score_list, numeric, boolean, bigint) IS
'Transition of score_agg, auc_agg and precision_at_agg: one more case; none without score or label';

CREATE FUNCTION @extschema@.score_list_combine(@extschema@.score_list, @extschema@.score_list)
RETURNS @extschema@.score_list
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_pair_list_combine';
COMMENT ON FUNCTION @extschema@.score_list_combine(@extschema@.score_list, @extschema@.score_list) IS
'Merges two lists of scores';

CREATE FUNCTION @extschema@.score_list_final(@extschema@.score_list)
RETURNS @extschema@.score_list
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_pair_list_final';
COMMENT ON FUNCTION @extschema@.score_list_final(@extschema@.score_list) IS
'Final function of score_agg: ascending order';

CREATE FUNCTION @extschema@.score_list_n(@extschema@.score_list)
RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_pair_list_n';
COMMENT ON FUNCTION @extschema@.score_list_n(@extschema@.score_list) IS
'How many cases there are.';

CREATE FUNCTION @extschema@.score_auc(@extschema@.score_list)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_score_auc';
COMMENT ON FUNCTION @extschema@.score_auc(@extschema@.score_list) IS
'Area under the ROC curve: the chance that a random true case scores above a random false one, ties counting half (Mann-Whitney U / (true * false)). NULL without a true or without a false case.';

CREATE FUNCTION @extschema@.score_precision_at(@extschema@.score_list)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_score_precision_at';
COMMENT ON FUNCTION @extschema@.score_precision_at(@extschema@.score_list) IS
'Share of true cases among the k highest scores, k being the one the list was made with.';

CREATE FUNCTION @extschema@.score_precision_at(@extschema@.score_list, k bigint)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_score_precision_at';
COMMENT ON FUNCTION @extschema@.score_precision_at(@extschema@.score_list, k bigint) IS
'Share of true cases among the k highest scores, or among all when there are fewer. Equal scores at the k-th place count with their average share.';

CREATE AGGREGATE @extschema@.score_agg(float8, boolean)
(
	SFUNC = @extschema@.score_accum,
	STYPE = @extschema@.score_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.score_list_final,
	COMBINEFUNC = @extschema@.score_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.score_agg(float8, boolean) IS
'评分集: Collects scores with labels, for storing, for rollup() and for several measures at once. A row without score or label, or with score NaN, is left out.';

CREATE AGGREGATE @extschema@.auc_agg(float8, boolean)
(
	SFUNC = @extschema@.score_accum,
	STYPE = @extschema@.score_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.score_auc,
	COMBINEFUNC = @extschema@.score_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.auc_agg(float8, boolean) IS
'模型区分度（AUC）: Area under the ROC curve of a score (higher: more suspicious) against a label (true: confirmed): 0.5 is chance, 1 perfect; ties count half. A row without score or label, or with score NaN, is left out. NULL without a true or without a false case. O(n log n).';

CREATE AGGREGATE @extschema@.precision_at_agg(float8, boolean, bigint)
(
	SFUNC = @extschema@.score_accum,
	STYPE = @extschema@.score_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.score_precision_at,
	COMBINEFUNC = @extschema@.score_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.precision_at_agg(float8, boolean, bigint) IS
'前 k 命中率: Share of true cases among the k highest scores, or among all when there are fewer; equal scores at the k-th place count with their average share, so the order of rows does not matter. k must be positive and the same for the whole group. A row without score or label, or with score NaN, is left out. NULL without input. O(n log n).';

CREATE AGGREGATE @extschema@.score_agg(numeric, boolean)
(
	SFUNC = @extschema@.score_accum,
	STYPE = @extschema@.score_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.score_list_final,
	COMBINEFUNC = @extschema@.score_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.score_agg(numeric, boolean) IS
'评分集: Collects scores with labels, for storing, for rollup() and for several measures at once. A row without score or label, or with score NaN, is left out.';

CREATE AGGREGATE @extschema@.auc_agg(numeric, boolean)
(
	SFUNC = @extschema@.score_accum,
	STYPE = @extschema@.score_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.score_auc,
	COMBINEFUNC = @extschema@.score_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.auc_agg(numeric, boolean) IS
'模型区分度（AUC）: Area under the ROC curve of a score (higher: more suspicious) against a label (true: confirmed): 0.5 is chance, 1 perfect; ties count half. A row without score or label, or with score NaN, is left out. NULL without a true or without a false case. O(n log n).';

CREATE AGGREGATE @extschema@.precision_at_agg(numeric, boolean, bigint)
(
	SFUNC = @extschema@.score_accum,
	STYPE = @extschema@.score_list,
	SSPACE = 160,
	FINALFUNC = @extschema@.score_precision_at,
	COMBINEFUNC = @extschema@.score_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.precision_at_agg(numeric, boolean, bigint) IS
'前 k 命中率: Share of true cases among the k highest scores, or among all when there are fewer; equal scores at the k-th place count with their average share, so the order of rows does not matter. k must be positive and the same for the whole group. A row without score or label, or with score NaN, is left out. NULL without input. O(n log n).';

CREATE AGGREGATE @extschema@.rollup(@extschema@.score_list)
(
	SFUNC = @extschema@.score_list_combine,
	STYPE = @extschema@.score_list,
	SSPACE = 1024,
	FINALFUNC = @extschema@.score_list_final,
	COMBINEFUNC = @extschema@.score_list_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rollup(@extschema@.score_list) IS
'Merges lists of scores.';
