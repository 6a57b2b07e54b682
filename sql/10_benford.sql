-- Leading digits against Benford's law (domain model M51).

CREATE TYPE @extschema@.benford;

CREATE FUNCTION @extschema@.benford_in(cstring)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_benford_in';
COMMENT ON FUNCTION @extschema@.benford_in(cstring) IS 'I/O of type benford';

CREATE FUNCTION @extschema@.benford_out(@extschema@.benford)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_benford_out';
COMMENT ON FUNCTION @extschema@.benford_out(@extschema@.benford) IS 'I/O of type benford';

CREATE FUNCTION @extschema@.benford_recv(internal)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_benford_recv';
COMMENT ON FUNCTION @extschema@.benford_recv(internal) IS 'I/O of type benford';

CREATE FUNCTION @extschema@.benford_send(@extschema@.benford)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_benford_send';
COMMENT ON FUNCTION @extschema@.benford_send(@extschema@.benford) IS 'I/O of type benford';

CREATE TYPE @extschema@.benford
(
	INPUT = @extschema@.benford_in,
	OUTPUT = @extschema@.benford_out,
	RECEIVE = @extschema@.benford_recv,
	SEND = @extschema@.benford_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE @extschema@.benford IS
'Counts of the leading digits of a groups numbers; read it with benford_n(), benford_mad() and the like, add several up with rollup().';

CREATE FUNCTION @extschema@.benford_accum(@extschema@.benford, numeric)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_benford_add_numeric';
COMMENT ON FUNCTION @extschema@.benford_accum(@extschema@.benford, numeric) IS
'Transition of benford_agg: one more number';

CREATE FUNCTION @extschema@.benford_discard(@extschema@.benford, numeric)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_benford_sub_numeric';
COMMENT ON FUNCTION @extschema@.benford_discard(@extschema@.benford, numeric) IS
'Inverse transition of benford_agg: one number less, exactly';

CREATE FUNCTION @extschema@.benford_accum(@extschema@.benford, numeric, integer)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_benford_add_numeric';
COMMENT ON FUNCTION @extschema@.benford_accum(@extschema@.benford, numeric, integer) IS
'Transition of benford_agg: one more number';

CREATE FUNCTION @extschema@.benford_discard(@extschema@.benford, numeric, integer)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_benford_sub_numeric';
COMMENT ON FUNCTION @extschema@.benford_discard(@extschema@.benford, numeric, integer) IS
'Inverse transition of benford_agg: one number less, exactly';

CREATE FUNCTION @extschema@.benford_accum(@extschema@.benford, bigint)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_benford_add_bigint';
COMMENT ON FUNCTION @extschema@.benford_accum(@extschema@.benford, bigint) IS
'Transition of benford_agg: one more number';

CREATE FUNCTION @extschema@.benford_discard(@extschema@.benford, bigint)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_benford_sub_bigint';
COMMENT ON FUNCTION @extschema@.benford_discard(@extschema@.benford, bigint) IS
'Inverse transition of benford_agg: one number less, exactly';

CREATE FUNCTION @extschema@.benford_accum(@extschema@.benford, bigint, integer)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_benford_add_bigint';
COMMENT ON FUNCTION @extschema@.benford_accum(@extschema@.benford, bigint, integer) IS
'Transition of benford_agg: one more number';

CREATE FUNCTION @extschema@.benford_discard(@extschema@.benford, bigint, integer)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_benford_sub_bigint';
COMMENT ON FUNCTION @extschema@.benford_discard(@extschema@.benford, bigint, integer) IS
'Inverse transition of benford_agg: one number less, exactly';

CREATE FUNCTION @extschema@.benford_accum(@extschema@.benford, float8)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_benford_add_float8';
COMMENT ON FUNCTION @extschema@.benford_accum(@extschema@.benford, float8) IS
'Transition of benford_agg: one more number';

CREATE FUNCTION @extschema@.benford_discard(@extschema@.benford, float8)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_benford_sub_float8';
COMMENT ON FUNCTION @extschema@.benford_discard(@extschema@.benford, float8) IS
'Inverse transition of benford_agg: one number less, exactly';

CREATE FUNCTION @extschema@.benford_accum(@extschema@.benford, float8, integer)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_benford_add_float8';
COMMENT ON FUNCTION @extschema@.benford_accum(@extschema@.benford, float8, integer) IS
'Transition of benford_agg: one more number';

CREATE FUNCTION @extschema@.benford_discard(@extschema@.benford, float8, integer)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'meso_benford_sub_float8';
COMMENT ON FUNCTION @extschema@.benford_discard(@extschema@.benford, float8, integer) IS
'Inverse transition of benford_agg: one number less, exactly';

CREATE FUNCTION @extschema@.benford_combine(@extschema@.benford, @extschema@.benford)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_benford_combine';
COMMENT ON FUNCTION @extschema@.benford_combine(@extschema@.benford, @extschema@.benford) IS
'Adds two digit counts; both must be of the same number of digits';

CREATE FUNCTION @extschema@.benford_final(@extschema@.benford)
RETURNS @extschema@.benford
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_benford_final';
COMMENT ON FUNCTION @extschema@.benford_final(@extschema@.benford) IS
'Final function of benford_agg';

CREATE AGGREGATE @extschema@.benford_agg(numeric)
(
	SFUNC = @extschema@.benford_accum,
	STYPE = @extschema@.benford,
	SSPACE = 96,
	FINALFUNC = @extschema@.benford_final,
	COMBINEFUNC = @extschema@.benford_combine,
	MSFUNC = @extschema@.benford_accum,
	MINVFUNC = @extschema@.benford_discard,
	MSTYPE = @extschema@.benford,
	MSSPACE = 96,
	MFINALFUNC = @extschema@.benford_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.benford_agg(numeric) IS
'首位数字分布: Counts the first digit (1 to 9) of absolute values, for a test against Benford''s law: digit d is expected with probability log10(1 + 1/d). NULL, zero, NaN and infinite values are not counted. NULL without input. Counts are exact: any order, split or moving frame gives the same. Source: Nigrini, Benford''s Law, 2012.';

CREATE AGGREGATE @extschema@.benford_agg(numeric, integer)
(
	SFUNC = @extschema@.benford_accum,
	STYPE = @extschema@.benford,
	SSPACE = 752,
	FINALFUNC = @extschema@.benford_final,
	COMBINEFUNC = @extschema@.benford_combine,
	MSFUNC = @extschema@.benford_accum,
	MINVFUNC = @extschema@.benford_discard,
	MSTYPE = @extschema@.benford,
	MSSPACE = 752,
	MFINALFUNC = @extschema@.benford_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.benford_agg(numeric, integer) IS
'首位数字分布: Counts the first 1, 2 or 3 digits of absolute values, for a test against Benford''s law: digit d is expected with probability log10(1 + 1/d). NULL, zero, NaN and infinite values are not counted. NULL without input. Counts are exact: any order, split or moving frame gives the same. Source: Nigrini, Benford''s Law, 2012.';

CREATE AGGREGATE @extschema@.benford_agg(bigint)
(
	SFUNC = @extschema@.benford_accum,
	STYPE = @extschema@.benford,
	SSPACE = 96,
	FINALFUNC = @extschema@.benford_final,
	COMBINEFUNC = @extschema@.benford_combine,
	MSFUNC = @extschema@.benford_accum,
	MINVFUNC = @extschema@.benford_discard,
	MSTYPE = @extschema@.benford,
	MSSPACE = 96,
	MFINALFUNC = @extschema@.benford_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.benford_agg(bigint) IS
'首位数字分布: Counts the first digit (1 to 9) of absolute values, for a test against Benford''s law: digit d is expected with probability log10(1 + 1/d). NULL, zero, NaN and infinite values are not counted. NULL without input. Counts are exact: any order, split or moving frame gives the same. Source: Nigrini, Benford''s Law, 2012.';

CREATE AGGREGATE @extschema@.benford_agg(bigint, integer)
(
	SFUNC = @extschema@.benford_accum,
	STYPE = @extschema@.benford,
	SSPACE = 752,
	FINALFUNC = @extschema@.benford_final,
	COMBINEFUNC = @extschema@.benford_combine,
	MSFUNC = @extschema@.benford_accum,
	MINVFUNC = @extschema@.benford_discard,
	MSTYPE = @extschema@.benford,
	MSSPACE = 752,
	MFINALFUNC = @extschema@.benford_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.benford_agg(bigint, integer) IS
'首位数字分布: Counts the first 1, 2 or 3 digits of absolute values, for a test against Benford''s law: digit d is expected with probability log10(1 + 1/d). NULL, zero, NaN and infinite values are not counted. NULL without input. Counts are exact: any order, split or moving frame gives the same. Source: Nigrini, Benford''s Law, 2012.';

CREATE AGGREGATE @extschema@.benford_agg(float8)
(
	SFUNC = @extschema@.benford_accum,
	STYPE = @extschema@.benford,
	SSPACE = 96,
	FINALFUNC = @extschema@.benford_final,
	COMBINEFUNC = @extschema@.benford_combine,
	MSFUNC = @extschema@.benford_accum,
	MINVFUNC = @extschema@.benford_discard,
	MSTYPE = @extschema@.benford,
	MSSPACE = 96,
	MFINALFUNC = @extschema@.benford_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.benford_agg(float8) IS
'首位数字分布: Counts the first digit (1 to 9) of absolute values, for a test against Benford''s law: digit d is expected with probability log10(1 + 1/d). NULL, zero, NaN and infinite values are not counted. NULL without input. Counts are exact: any order, split or moving frame gives the same. Source: Nigrini, Benford''s Law, 2012.';

CREATE AGGREGATE @extschema@.benford_agg(float8, integer)
(
	SFUNC = @extschema@.benford_accum,
	STYPE = @extschema@.benford,
	SSPACE = 752,
	FINALFUNC = @extschema@.benford_final,
	COMBINEFUNC = @extschema@.benford_combine,
	MSFUNC = @extschema@.benford_accum,
	MINVFUNC = @extschema@.benford_discard,
	MSTYPE = @extschema@.benford,
	MSSPACE = 752,
	MFINALFUNC = @extschema@.benford_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.benford_agg(float8, integer) IS
'首位数字分布: Counts the first 1, 2 or 3 digits of absolute values, for a test against Benford''s law: digit d is expected with probability log10(1 + 1/d). NULL, zero, NaN and infinite values are not counted. NULL without input. Counts are exact: any order, split or moving frame gives the same. Source: Nigrini, Benford''s Law, 2012.';

CREATE AGGREGATE @extschema@.rollup(@extschema@.benford)
(
	SFUNC = @extschema@.benford_combine,
	STYPE = @extschema@.benford,
	SSPACE = 752,
	FINALFUNC = @extschema@.benford_final,
	COMBINEFUNC = @extschema@.benford_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rollup(@extschema@.benford) IS
'Adds digit counts up: the rollup of parts is the count of the whole.';

CREATE FUNCTION @extschema@.benford_n(@extschema@.benford)
RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_benford_n';
COMMENT ON FUNCTION @extschema@.benford_n(@extschema@.benford) IS
'How many numbers have a leading digit (neither zero nor NaN nor infinite).';

CREATE FUNCTION @extschema@.benford_digits(@extschema@.benford)
RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_benford_digits';
COMMENT ON FUNCTION @extschema@.benford_digits(@extschema@.benford) IS
'How many leading digits were counted: 1, 2 or 3.';

CREATE FUNCTION @extschema@.benford_counts(@extschema@.benford)
RETURNS bigint[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_benford_counts';
COMMENT ON FUNCTION @extschema@.benford_counts(@extschema@.benford) IS
'Counts by leading number: element 1 is digit 1 (of two digits: 10, of three: 100).';

CREATE FUNCTION @extschema@.benford_chi2(@extschema@.benford)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_benford_chi2';
COMMENT ON FUNCTION @extschema@.benford_chi2(@extschema@.benford) IS
'Pearson''s chi-squared of the counts against n * log10(1 + 1/d); 8, 89 or 899 degrees of freedom. Grows with n: on large groups read benford_mad() instead. NULL if nothing was counted.';

CREATE FUNCTION @extschema@.benford_p_value(@extschema@.benford)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_benford_p_value';
COMMENT ON FUNCTION @extschema@.benford_p_value(@extschema@.benford) IS
'Chance of a chi-squared at least that large if the law holds (upper tail). NULL if nothing was counted.';

CREATE FUNCTION @extschema@.benford_mad(@extschema@.benford)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_benford_mad';
COMMENT ON FUNCTION @extschema@.benford_mad(@extschema@.benford) IS
'Mean absolute deviation of the shares from log10(1 + 1/d); does not depend on n. NULL if nothing was counted.';

CREATE FUNCTION @extschema@.benford_conformity(@extschema@.benford)
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_benford_conformity';
COMMENT ON FUNCTION @extschema@.benford_conformity(@extschema@.benford) IS
'Nigrini''s verdict on benford_mad(): Close conformity, Acceptable conformity, Marginally acceptable conformity or Nonconformity; bounds 0.006, 0.012, 0.015 for one digit, 0.0012, 0.0018, 0.0022 for two, 0.00036, 0.00044, 0.00050 for three. Meant for groups of a thousand numbers and more. NULL if nothing was counted.';
