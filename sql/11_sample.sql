-- Statistics that need all of a group's numbers: concentration, robust scale,
-- skewness. They share one state.

CREATE TYPE @extschema@.sample;

CREATE FUNCTION @extschema@.sample_in(cstring)
RETURNS @extschema@.sample
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_sample_in';
COMMENT ON FUNCTION @extschema@.sample_in(cstring) IS 'I/O of type sample';

CREATE FUNCTION @extschema@.sample_out(@extschema@.sample)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_sample_out';
COMMENT ON FUNCTION @extschema@.sample_out(@extschema@.sample) IS 'I/O of type sample';

CREATE FUNCTION @extschema@.sample_recv(internal)
RETURNS @extschema@.sample
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_sample_recv';
COMMENT ON FUNCTION @extschema@.sample_recv(internal) IS 'I/O of type sample';

CREATE FUNCTION @extschema@.sample_send(@extschema@.sample)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_sample_send';
COMMENT ON FUNCTION @extschema@.sample_send(@extschema@.sample) IS 'I/O of type sample';

CREATE TYPE @extschema@.sample
(
	INPUT = @extschema@.sample_in,
	OUTPUT = @extschema@.sample_out,
	RECEIVE = @extschema@.sample_recv,
	SEND = @extschema@.sample_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE @extschema@.sample IS
'The numbers of a group, kept whole: read it with sample_median(), sample_mad() and the like, merge several with rollup(). 8 bytes a number.';

CREATE FUNCTION @extschema@.sample_accum(@extschema@.sample, float8)
RETURNS @extschema@.sample
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_sample_add_float8';
COMMENT ON FUNCTION @extschema@.sample_accum(@extschema@.sample, float8) IS
'Transition of the aggregates over a sample: one more number; NULL and NaN are not taken';

CREATE FUNCTION @extschema@.sample_accum(@extschema@.sample, numeric)
RETURNS @extschema@.sample
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_sample_add_numeric';
COMMENT ON FUNCTION @extschema@.sample_accum(@extschema@.sample, numeric) IS
'Transition of the aggregates over a sample: one more number; NULL and NaN are not taken';

CREATE FUNCTION @extschema@.sample_accum(@extschema@.sample, bigint)
RETURNS @extschema@.sample
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_sample_add_bigint';
COMMENT ON FUNCTION @extschema@.sample_accum(@extschema@.sample, bigint) IS
'Transition of the aggregates over a sample: one more number; NULL and NaN are not taken';

CREATE FUNCTION @extschema@.sample_combine(@extschema@.sample, @extschema@.sample)
RETURNS @extschema@.sample
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_sample_combine';
COMMENT ON FUNCTION @extschema@.sample_combine(@extschema@.sample, @extschema@.sample) IS
'Merges two samples';

CREATE FUNCTION @extschema@.sample_final(@extschema@.sample)
RETURNS @extschema@.sample
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_sample_final';
COMMENT ON FUNCTION @extschema@.sample_final(@extschema@.sample) IS
'Final function of sample_agg: ascending order';

CREATE FUNCTION @extschema@.sample_n(@extschema@.sample)
RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_sample_n';
COMMENT ON FUNCTION @extschema@.sample_n(@extschema@.sample) IS
'How many numbers there are.';

CREATE FUNCTION @extschema@.sample_median(@extschema@.sample)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'meso_sample_median';
COMMENT ON FUNCTION @extschema@.sample_median(@extschema@.sample) IS
'Median; between two middle numbers their mean, as percentile_cont(0.5).';

CREATE FUNCTION @extschema@.sample_mad(@extschema@.sample)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_sample_mad';
COMMENT ON FUNCTION @extschema@.sample_mad(@extschema@.sample) IS
'Median absolute deviation from the median, unscaled: multiply by 1.4826 to compare it with a standard deviation. NULL when infinite values leave no number.';

CREATE FUNCTION @extschema@.sample_medcouple(@extschema@.sample)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'meso_sample_medcouple';
COMMENT ON FUNCTION @extschema@.sample_medcouple(@extschema@.sample) IS
'Medcouple, a robust measure of skewness from -1 (long lower tail) to 1 (long upper tail); 0 if symmetric. Source: Brys, Hubert and Struyf 2004. With an even number of pairs: the middle of the two medians up to 100 numbers, the lower one beyond (as robustbase::mc of R). NULL when a number is infinite.';

CREATE FUNCTION @extschema@.sample_gini(@extschema@.sample)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'meso_sample_gini';
COMMENT ON FUNCTION @extschema@.sample_gini(@extschema@.sample) IS
'Gini coefficient of concentration: 0 all equal, (n-1)/n one has all; (2 * sum(i * x[i]) / sum(x) - (n + 1)) / n over ascending x, uncorrected for n. A negative number is an error; NULL when all are zero or one is infinite.';

CREATE AGGREGATE @extschema@.sample_agg(float8)
(
	SFUNC = @extschema@.sample_accum,
	STYPE = @extschema@.sample,
	SSPACE = 128,
	FINALFUNC = @extschema@.sample_final,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.sample_agg(float8) IS
'样本: Collects numbers as a sample, for storing, for rollup() and for several statistics at once. NULL and NaN are left out; NULL without input.';

CREATE AGGREGATE @extschema@.gini_agg(float8)
(
	SFUNC = @extschema@.sample_accum,
	STYPE = @extschema@.sample,
	SSPACE = 128,
	FINALFUNC = @extschema@.sample_gini,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.gini_agg(float8) IS
'集中度（基尼系数）: Gini coefficient of concentration: 0 all equal, (n-1)/n one has all; see sample_gini(). NULL and NaN are left out, a negative number is an error. NULL without input, when all are zero or one is infinite. O(n log n) a group.';

CREATE AGGREGATE @extschema@.mad_agg(float8)
(
	SFUNC = @extschema@.sample_accum,
	STYPE = @extschema@.sample,
	SSPACE = 128,
	FINALFUNC = @extschema@.sample_mad,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.mad_agg(float8) IS
'绝对中位差: Median absolute deviation from the median, unscaled (times 1.4826 it estimates a standard deviation). NULL and NaN are left out. NULL without input or when infinite values leave no number. O(n) a group on average, O(n log n) at worst.';

CREATE AGGREGATE @extschema@.medcouple_agg(float8)
(
	SFUNC = @extschema@.sample_accum,
	STYPE = @extschema@.sample,
	SSPACE = 128,
	FINALFUNC = @extschema@.sample_medcouple,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.medcouple_agg(float8) IS
'稳健偏度: Medcouple: robust skewness from -1 to 1; see sample_medcouple(). NULL and NaN are left out. NULL without input or when a number is infinite. O(n log n) a group.';

CREATE AGGREGATE @extschema@.sample_agg(numeric)
(
	SFUNC = @extschema@.sample_accum,
	STYPE = @extschema@.sample,
	SSPACE = 128,
	FINALFUNC = @extschema@.sample_final,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.sample_agg(numeric) IS
'样本: Collects numbers as a sample, for storing, for rollup() and for several statistics at once. NULL and NaN are left out; NULL without input.';

CREATE AGGREGATE @extschema@.gini_agg(numeric)
(
	SFUNC = @extschema@.sample_accum,
	STYPE = @extschema@.sample,
	SSPACE = 128,
	FINALFUNC = @extschema@.sample_gini,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.gini_agg(numeric) IS
'集中度（基尼系数）: Gini coefficient of concentration: 0 all equal, (n-1)/n one has all; see sample_gini(). NULL and NaN are left out, a negative number is an error. NULL without input, when all are zero or one is infinite. O(n log n) a group.';

CREATE AGGREGATE @extschema@.mad_agg(numeric)
(
	SFUNC = @extschema@.sample_accum,
	STYPE = @extschema@.sample,
	SSPACE = 128,
	FINALFUNC = @extschema@.sample_mad,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.mad_agg(numeric) IS
'绝对中位差: Median absolute deviation from the median, unscaled (times 1.4826 it estimates a standard deviation). NULL and NaN are left out. NULL without input or when infinite values leave no number. O(n) a group on average, O(n log n) at worst.';

CREATE AGGREGATE @extschema@.medcouple_agg(numeric)
(
	SFUNC = @extschema@.sample_accum,
	STYPE = @extschema@.sample,
	SSPACE = 128,
	FINALFUNC = @extschema@.sample_medcouple,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.medcouple_agg(numeric) IS
'稳健偏度: Medcouple: robust skewness from -1 to 1; see sample_medcouple(). NULL and NaN are left out. NULL without input or when a number is infinite. O(n log n) a group.';

CREATE AGGREGATE @extschema@.sample_agg(bigint)
(
	SFUNC = @extschema@.sample_accum,
	STYPE = @extschema@.sample,
	SSPACE = 128,
	FINALFUNC = @extschema@.sample_final,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.sample_agg(bigint) IS
'样本: Collects numbers as a sample, for storing, for rollup() and for several statistics at once. NULL and NaN are left out; NULL without input.';

CREATE AGGREGATE @extschema@.gini_agg(bigint)
(
	SFUNC = @extschema@.sample_accum,
	STYPE = @extschema@.sample,
	SSPACE = 128,
	FINALFUNC = @extschema@.sample_gini,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.gini_agg(bigint) IS
'集中度（基尼系数）: Gini coefficient of concentration: 0 all equal, (n-1)/n one has all; see sample_gini(). NULL and NaN are left out, a negative number is an error. NULL without input, when all are zero or one is infinite. O(n log n) a group.';

CREATE AGGREGATE @extschema@.mad_agg(bigint)
(
	SFUNC = @extschema@.sample_accum,
	STYPE = @extschema@.sample,
	SSPACE = 128,
	FINALFUNC = @extschema@.sample_mad,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.mad_agg(bigint) IS
'绝对中位差: Median absolute deviation from the median, unscaled (times 1.4826 it estimates a standard deviation). NULL and NaN are left out. NULL without input or when infinite values leave no number. O(n) a group on average, O(n log n) at worst.';

CREATE AGGREGATE @extschema@.medcouple_agg(bigint)
(
	SFUNC = @extschema@.sample_accum,
	STYPE = @extschema@.sample,
	SSPACE = 128,
	FINALFUNC = @extschema@.sample_medcouple,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.medcouple_agg(bigint) IS
'稳健偏度: Medcouple: robust skewness from -1 to 1; see sample_medcouple(). NULL and NaN are left out. NULL without input or when a number is infinite. O(n log n) a group.';

CREATE AGGREGATE @extschema@.rollup(@extschema@.sample)
(
	SFUNC = @extschema@.sample_combine,
	STYPE = @extschema@.sample,
	SSPACE = 1024,
	FINALFUNC = @extschema@.sample_final,
	COMBINEFUNC = @extschema@.sample_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rollup(@extschema@.sample) IS
'Merges samples: the rollup of parts is the sample of the whole.';
