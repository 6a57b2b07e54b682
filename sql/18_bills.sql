-- Equal and nearly equal bills.

CREATE FUNCTION @extschema@.multiset_accum(bytea, text)
RETURNS bytea
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_multiset_add';
COMMENT ON FUNCTION @extschema@.multiset_accum(bytea, text) IS
'Transition of multiset_hash_agg: one more line; none without code';

CREATE FUNCTION @extschema@.multiset_discard(bytea, text)
RETURNS bytea
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_multiset_sub';
COMMENT ON FUNCTION @extschema@.multiset_discard(bytea, text) IS
'Inverse transition of multiset_hash_agg: one line less, exactly';

CREATE FUNCTION @extschema@.multiset_accum(bytea, text, numeric)
RETURNS bytea
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_multiset_add';
COMMENT ON FUNCTION @extschema@.multiset_accum(bytea, text, numeric) IS
'Transition of multiset_hash_agg: one more line; none without code';

CREATE FUNCTION @extschema@.multiset_discard(bytea, text, numeric)
RETURNS bytea
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_multiset_sub';
COMMENT ON FUNCTION @extschema@.multiset_discard(bytea, text, numeric) IS
'Inverse transition of multiset_hash_agg: one line less, exactly';

CREATE FUNCTION @extschema@.multiset_combine(bytea, bytea)
RETURNS bytea
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_multiset_combine';
COMMENT ON FUNCTION @extschema@.multiset_combine(bytea, bytea) IS
'Adds two multiset hashes: the lines of both';

CREATE FUNCTION @extschema@.multiset_final(bytea)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_multiset_final';
COMMENT ON FUNCTION @extschema@.multiset_final(bytea) IS
'Final function of multiset_hash_agg';

CREATE AGGREGATE @extschema@.multiset_hash_agg(text, numeric)
(
	SFUNC = @extschema@.multiset_accum,
	STYPE = bytea,
	SSPACE = 32,
	FINALFUNC = @extschema@.multiset_final,
	COMBINEFUNC = @extschema@.multiset_combine,
	MSFUNC = @extschema@.multiset_accum,
	MINVFUNC = @extschema@.multiset_discard,
	MSTYPE = bytea,
	MSSPACE = 32,
	MFINALFUNC = @extschema@.multiset_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.multiset_hash_agg(text, numeric) IS
'相同清单: 24 bytes that are the same for the same lines (code, quantity) in any order, as often as each occurs: equal bills have equal hashes. 1 and 1.00 are the same quantity; a line of quantity NULL is a line of its own kind; a line without code is left out. NULL without input. Additive: multiset_hash_rollup() of parts is the hash of the whole. Not cryptographic.';

CREATE AGGREGATE @extschema@.multiset_hash_agg(text)
(
	SFUNC = @extschema@.multiset_accum,
	STYPE = bytea,
	SSPACE = 32,
	FINALFUNC = @extschema@.multiset_final,
	COMBINEFUNC = @extschema@.multiset_combine,
	MSFUNC = @extschema@.multiset_accum,
	MINVFUNC = @extschema@.multiset_discard,
	MSTYPE = bytea,
	MSSPACE = 32,
	MFINALFUNC = @extschema@.multiset_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.multiset_hash_agg(text) IS
'相同清单: As multiset_hash_agg(code, quantity), for codes without quantities.';

CREATE AGGREGATE @extschema@.multiset_hash_rollup(bytea)
(
	SFUNC = @extschema@.multiset_combine,
	STYPE = bytea,
	SSPACE = 32,
	FINALFUNC = @extschema@.multiset_final,
	COMBINEFUNC = @extschema@.multiset_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.multiset_hash_rollup(bytea) IS
'Hash of all lines whose parts were hashed by multiset_hash_agg. NULL without input.';

CREATE TYPE @extschema@.minhash;

CREATE FUNCTION @extschema@.minhash_in(cstring)
RETURNS @extschema@.minhash
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_minhash_in';
COMMENT ON FUNCTION @extschema@.minhash_in(cstring) IS 'I/O of type minhash';

CREATE FUNCTION @extschema@.minhash_out(@extschema@.minhash)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_minhash_out';
COMMENT ON FUNCTION @extschema@.minhash_out(@extschema@.minhash) IS 'I/O of type minhash';

CREATE FUNCTION @extschema@.minhash_recv(internal)
RETURNS @extschema@.minhash
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_minhash_recv';
COMMENT ON FUNCTION @extschema@.minhash_recv(internal) IS 'I/O of type minhash';

CREATE FUNCTION @extschema@.minhash_send(@extschema@.minhash)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_minhash_send';
COMMENT ON FUNCTION @extschema@.minhash_send(@extschema@.minhash) IS 'I/O of type minhash';

CREATE TYPE @extschema@.minhash
(
	INPUT = @extschema@.minhash_in,
	OUTPUT = @extschema@.minhash_out,
	RECEIVE = @extschema@.minhash_recv,
	SEND = @extschema@.minhash_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE @extschema@.minhash IS
'Sketch of a set of texts (bottom-k MinHash): compare two with jaccard(), find candidates with lsh_bands(), unite several with rollup(). 8 bytes times k.';

CREATE FUNCTION @extschema@.minhash_accum(@extschema@.minhash, text)
RETURNS @extschema@.minhash
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_minhash_add';
COMMENT ON FUNCTION @extschema@.minhash_accum(@extschema@.minhash, text) IS
'Transition of minhash_agg: one more element; NULL is none';

CREATE FUNCTION @extschema@.minhash_accum(@extschema@.minhash, text, integer)
RETURNS @extschema@.minhash
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_minhash_add';
COMMENT ON FUNCTION @extschema@.minhash_accum(@extschema@.minhash, text, integer) IS
'Transition of minhash_agg: one more element; NULL is none';

CREATE FUNCTION @extschema@.minhash_combine(@extschema@.minhash, @extschema@.minhash)
RETURNS @extschema@.minhash
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_minhash_combine';
COMMENT ON FUNCTION @extschema@.minhash_combine(@extschema@.minhash, @extschema@.minhash) IS
'Sketch of the union of two sets; both must be of the same size';

CREATE FUNCTION @extschema@.minhash_final(@extschema@.minhash)
RETURNS @extschema@.minhash
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_minhash_final';
COMMENT ON FUNCTION @extschema@.minhash_final(@extschema@.minhash) IS
'Final function of minhash_agg';

CREATE FUNCTION @extschema@.minhash_count(@extschema@.minhash)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_minhash_count';
COMMENT ON FUNCTION @extschema@.minhash_count(@extschema@.minhash) IS
'Estimated number of distinct elements; exact below k.';

CREATE FUNCTION @extschema@.jaccard(@extschema@.minhash, @extschema@.minhash)
RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'meso_jaccard';
COMMENT ON FUNCTION @extschema@.jaccard(@extschema@.minhash, @extschema@.minhash) IS
'Estimate of the Jaccard index |A and B| / |A or B| of two sets; exact as long as the union has at most k elements, otherwise with a standard error of at most 0.5 / sqrt(k). Of different sizes the smaller counts.';

CREATE FUNCTION @extschema@.lsh_bands(sketch @extschema@.minhash, bands integer DEFAULT 16, rows_per_band integer DEFAULT 4)
RETURNS bigint[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 500
AS 'MODULE_PATHNAME', 'meso_lsh_bands';
COMMENT ON FUNCTION @extschema@.lsh_bands(@extschema@.minhash, integer, integer) IS
'One number a band; two sets of Jaccard index s share the number of some band with a chance of 1 - (1 - s^rows)^bands (16 bands of 4 rows: 0.99 at s = 0.7, 0.64 at 0.5, 0.12 at 0.3). Join on (band, number) for candidates, then judge them by jaccard(). Sets of more than k elements are judged by their samples, which finds fewer when the sizes differ much.';

CREATE AGGREGATE @extschema@.minhash_agg(text)
(
	SFUNC = @extschema@.minhash_accum,
	STYPE = @extschema@.minhash,
	SSPACE = 512,
	FINALFUNC = @extschema@.minhash_final,
	COMBINEFUNC = @extschema@.minhash_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.minhash_agg(text) IS
'相似清单: Sketch of the set of texts: its 128 smallest hashes. Repetition and order do not matter; NULL is no element. NULL without input. Read with jaccard(), lsh_bands(), minhash_count(); rollup() unites sets exactly.';

CREATE AGGREGATE @extschema@.minhash_agg(text, integer)
(
	SFUNC = @extschema@.minhash_accum,
	STYPE = @extschema@.minhash,
	SSPACE = 512,
	FINALFUNC = @extschema@.minhash_final,
	COMBINEFUNC = @extschema@.minhash_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.minhash_agg(text, integer) IS
'相似清单: Sketch of the set of texts: its k smallest hashes, k from 1 to 4096 and the same for the group. Repetition and order do not matter; NULL is no element. NULL without input. Read with jaccard(), lsh_bands(), minhash_count(); rollup() unites sets exactly.';

CREATE AGGREGATE @extschema@.rollup(@extschema@.minhash)
(
	SFUNC = @extschema@.minhash_combine,
	STYPE = @extschema@.minhash,
	SSPACE = 1100,
	FINALFUNC = @extschema@.minhash_final,
	COMBINEFUNC = @extschema@.minhash_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rollup(@extschema@.minhash) IS
'Sketch of the union of sets.';
