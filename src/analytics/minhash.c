/*-------------------------------------------------------------------------
 *
 * minhash.c
 *		Sketches of sets whose likeness can be estimated.
 *
 * Bottom-k MinHash (Broder 1997; Cohen and Kaplan 2007): the k smallest of the
 * 64-bit hashes of the distinct elements.  The k smallest of a union are the k
 * smallest of both sketches, so sketches merge exactly, and the share of them
 * that stands in both estimates the Jaccard index |A and B| / |A or B| without
 * bias, with a standard error of at most 0.5 / sqrt(k).  As long as the union
 * has no more than k elements the answer is exact.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "utils/array.h"

#include "analytics/pair_list.h"
#include "analytics/state.h"

#define MINHASH_DEFAULT_K	128
#define MINHASH_MAX_K		4096
#define MINHASH_FIRST_ROOM	MESO_FIRST_ROOM(64)
#define MINHASH_SEED		UINT64CONST(0x6d65736f6d696e68)
#define MINHASH_MAX_BANDS	1024

static void minhash_encode(StringInfo buf, MesoState *state);
static MesoState *minhash_decode(StringInfo buf);

static const MesoStateType minhash_type = {
	MESO_MINHASH, "minhash", minhash_encode, minhash_decode
};

MESO_STATE_IO(minhash, minhash_type);

PG_FUNCTION_INFO_V1(meso_minhash_add);
PG_FUNCTION_INFO_V1(meso_minhash_combine);
PG_FUNCTION_INFO_V1(meso_minhash_final);
PG_FUNCTION_INFO_V1(meso_minhash_count);
PG_FUNCTION_INFO_V1(meso_jaccard);
PG_FUNCTION_INFO_V1(meso_lsh_bands);

/* flags hold k; the content is ascending, distinct hashes */
static inline uint64 *
minhash_items(MesoState *state)
{
	return (uint64 *) MESO_CONTENT(state);
}

static inline Size
minhash_n(const MesoState *state)
{
	return state->used / sizeof(uint64);
}

/*
 * minhash_encode: k, number of hashes, hashes.
 */
static void
minhash_encode(StringInfo buf, MesoState *state)
{
	pq_sendint16(buf, state->flags);
	pq_sendint16(buf, (uint16) minhash_n(state));
	for (Size i = 0; i < minhash_n(state); i++)
		pq_sendint64(buf, minhash_items(state)[i]);
}

/*
 * minhash_decode: one to k hashes, strictly ascending.
 */
static MesoState *
minhash_decode(StringInfo buf)
{
	MesoState  *state;
	uint64	   *item;
	int			k;
	int			n;

	meso_wire_check(meso_wire_left(buf) >= 2 * sizeof(uint16), &minhash_type);
	k = pq_getmsgint(buf, sizeof(uint16));
	n = pq_getmsgint(buf, sizeof(uint16));
	meso_wire_check(k >= 1 && k <= MINHASH_MAX_K && n >= 1 && n <= k &&
					meso_wire_left(buf) == n * sizeof(uint64), &minhash_type);
	state = meso_state_new(MESO_MINHASH, n * sizeof(uint64));
	state->flags = (uint16) k;
	state->used = n * sizeof(uint64);
	item = minhash_items(state);
	for (int i = 0; i < n; i++)
	{
		item[i] = (uint64) pq_getmsgint64(buf);
		meso_wire_check(i == 0 || item[i - 1] < item[i], &minhash_type);
	}
	return state;
}

/*
 * k_arg: argument 2; the default without it.
 */
static uint16
k_arg(FunctionCallInfo fcinfo)
{
	int			k;

	if (PG_NARGS() < 3)
		return MINHASH_DEFAULT_K;
	k = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT32(2);
	if (k < 1 || k > MINHASH_MAX_K)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("size of a minhash must be between 1 and %d", MINHASH_MAX_K)));
	return (uint16) k;
}

/*
 * check_k: sketches of different sizes do not mix.
 */
static void
check_k(const MesoState *state, uint16 k)
{
	if (state->flags != k)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("size of a minhash must be the same for all rows of a group")));
}

/*
 * minhash_insert: the state with one more hash, if it is among the k smallest.
 */
static MesoState *
minhash_insert(MesoState *state, uint64 hash)
{
	uint64	   *item = minhash_items(state);
	Size		n = minhash_n(state);
	Size		low = 0;
	Size		high = n;

	if (n == state->flags && hash >= item[n - 1])
		return state;
	while (low < high)
	{
		Size		middle = (low + high) / 2;

		if (item[middle] < hash)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < n && item[low] == hash)
		return state;
	if (n < state->flags)
	{
		state = meso_state_reserve(state, sizeof(uint64));
		item = minhash_items(state);
		state->used += sizeof(uint64);
		n++;
	}
	memmove(&item[low + 1], &item[low], (n - 1 - low) * sizeof(uint64));
	item[low] = hash;
	return state;
}

/*
 * meso_minhash_add(minhash, text [, k]): transition; NULL is no element.
 */
Datum
meso_minhash_add(PG_FUNCTION_ARGS)
{
	MesoState  *state;
	text	   *element;
	uint16		k;

	if (PG_ARGISNULL(1))
		return meso_unchanged(fcinfo);
	k = k_arg(fcinfo);
	element = PG_GETARG_TEXT_PP(1);
	if (PG_ARGISNULL(0))
	{
		state = meso_state_new(MESO_MINHASH, MINHASH_FIRST_ROOM);
		state->flags = k;
	}
	else
	{
		state = meso_state_writable(fcinfo, 0);
		check_k(state, k);
	}
	PG_RETURN_POINTER(minhash_insert(state,
									 meso_hash64(VARDATA_ANY(element),
												 VARSIZE_ANY_EXHDR(element),
												 MINHASH_SEED)));
}

/*
 * merge: the first k distinct hashes of both into "into" (room for k);
 * *common counts those in both.
 */
static Size
merge(MesoState *a, MesoState *b, Size k, uint64 *into, Size *common)
{
	const uint64 *x = minhash_items(a);
	const uint64 *y = minhash_items(b);
	Size		i = 0;
	Size		j = 0;
	Size		n = 0;

	*common = 0;
	while (n < k && (i < minhash_n(a) || j < minhash_n(b)))
	{
		if (j == minhash_n(b) || (i < minhash_n(a) && x[i] < y[j]))
			into[n++] = x[i++];
		else if (i == minhash_n(a) || y[j] < x[i])
			into[n++] = y[j++];
		else
		{
			into[n++] = x[i++];
			j++;
			(*common)++;
		}
	}
	return n;
}

/*
 * meso_minhash_combine(minhash, minhash): the sketch of the union.
 */
Datum
meso_minhash_combine(PG_FUNCTION_ARGS)
{
	MesoState  *into;
	MesoState  *from;
	uint64	   *merged;
	Size		n;
	Size		common;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return meso_either_state(fcinfo);
	from = meso_state_arg(fcinfo, 1);
	into = meso_state_writable(fcinfo, 0);
	check_k(into, from->flags);
	merged = (uint64 *) palloc(from->flags * sizeof(uint64));
	n = merge(into, from, from->flags, merged, &common);
	into = meso_state_reserve(into, n * sizeof(uint64) - into->used);
	memcpy(minhash_items(into), merged, n * sizeof(uint64));
	into->used = n * sizeof(uint64);
	pfree(merged);
	PG_RETURN_POINTER(into);
}

/*
 * meso_minhash_final(minhash): trimmed.
 */
Datum
meso_minhash_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(meso_state_trimmed(meso_state_arg(fcinfo, 0)));
}

/*
 * meso_minhash_count(minhash) returns float8: estimated number of distinct
 * elements; exact below k.
 */
Datum
meso_minhash_count(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);
	Size		n = minhash_n(state);

	if (n < state->flags || n < 2)
		PG_RETURN_FLOAT8((float8) n);
	PG_RETURN_FLOAT8((float8) (n - 1) * 18446744073709551616.0 /
					 ((float8) minhash_items(state)[n - 1] + 1));
}

/*
 * meso_jaccard(minhash, minhash) returns float8.
 */
Datum
meso_jaccard(PG_FUNCTION_ARGS)
{
	MesoState  *a = meso_state_arg(fcinfo, 0);
	MesoState  *b = meso_state_arg(fcinfo, 1);
	Size		k = Min(a->flags, b->flags);
	uint64	   *merged = (uint64 *) palloc(k * sizeof(uint64));
	Size		common;
	Size		n = merge(a, b, k, merged, &common);

	PG_RETURN_FLOAT8((float8) common / (float8) n);
}

/*
 * positive_arg: an integer argument between 1 and a bound.
 */
static int
positive_arg(FunctionCallInfo fcinfo, int argno, const char *what)
{
	int			value = PG_GETARG_INT32(argno);

	if (value < 1 || value > MINHASH_MAX_BANDS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of %s must be between 1 and %d", what, MINHASH_MAX_BANDS)));
	return value;
}

/*
 * meso_lsh_bands(minhash, bands, rows) returns bigint[]: one number a band.
 *
 * Row r of band b is the smallest element under a hash function of its own;
 * two sets agree in it with a chance of their Jaccard index s, in all rows of
 * a band with s^rows, in some band with 1 - (1 - s^rows)^bands.  Exact for
 * sets of at most k elements; larger ones are judged by their k samples.
 */
Datum
meso_lsh_bands(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);
	const uint64 *item = minhash_items(state);
	int			bands = positive_arg(fcinfo, 1, "bands");
	int			rows = positive_arg(fcinfo, 2, "rows");
	Datum	   *result = (Datum *) palloc(bands * sizeof(Datum));

	for (int b = 0; b < bands; b++)
	{
		uint64		band = meso_mix64((uint64) b + 1);

		CHECK_FOR_INTERRUPTS();
		for (int r = 0; r < rows; r++)
		{
			uint64		salt = meso_mix64(((uint64) b << 32 | (uint64) r) + MINHASH_SEED);
			uint64		least = PG_UINT64_MAX;

			for (Size i = 0; i < minhash_n(state); i++)
				least = Min(least, meso_mix64(item[i] ^ salt));
			band = meso_mix64(band ^ least) + (uint64) r;
		}
		result[b] = Int64GetDatum((int64) band);
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(result, bands, INT8OID, sizeof(int64),
										  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
