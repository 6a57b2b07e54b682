/*-------------------------------------------------------------------------
 *
 * multiset_hash.c
 *		One value for a bill: equal for equal lines in any order.
 *
 * Each line is hashed to 128 bits and the hashes are added modulo 2^128, next
 * to the number of lines (Clarke et al. 2003, MSet-Add-Hash).  Addition does
 * not care for order and has an inverse, so splits and moving frames are
 * exact.  The hash is fast, not cryptographic: two bills that nobody has made
 * to collide differ with near certainty.
 *
 * The state is the result: 24 bytes, sum then count, most significant byte
 * first.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "port/pg_bswap.h"

#include "analytics/pair_list.h"
#include "analytics/state.h"
#include "fixed.h"

PG_FUNCTION_INFO_V1(meso_multiset_add);
PG_FUNCTION_INFO_V1(meso_multiset_sub);
PG_FUNCTION_INFO_V1(meso_multiset_combine);
PG_FUNCTION_INFO_V1(meso_multiset_final);

#define MULTISET_BYTES	24

typedef struct Multiset
{
	uint64		high;
	uint64		low;
	uint64		count;
} Multiset;

/*
 * load: the numbers in a state of unknown origin.
 */
static void
load(const bytea *state, Multiset *set)
{
	uint64		part[3];

	if (VARSIZE_ANY_EXHDR(state) != MULTISET_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid multiset hash"),
				 errdetail("A multiset hash has %d bytes.", MULTISET_BYTES)));
	memcpy(part, VARDATA_ANY(state), MULTISET_BYTES);
	set->high = pg_ntoh64(part[0]);
	set->low = pg_ntoh64(part[1]);
	set->count = pg_ntoh64(part[2]);
}

static void
store(bytea *state, const Multiset *set)
{
	uint64		part[3];

	part[0] = pg_hton64(set->high);
	part[1] = pg_hton64(set->low);
	part[2] = pg_hton64(set->count);
	memcpy(VARDATA(state), part, MULTISET_BYTES);
}

/*
 * writable: argument 0 as a state that may be changed in place; a new, empty
 * one for NULL.
 */
static bytea *
writable(FunctionCallInfo fcinfo, Multiset *set)
{
	bytea	   *state;

	if (!PG_ARGISNULL(0) && AggCheckCallContext(fcinfo, NULL))
		state = PG_GETARG_BYTEA_P(0);
	else if (!PG_ARGISNULL(0))
		state = PG_GETARG_BYTEA_P_COPY(0);
	else
	{
		const Multiset empty = {0};

		state = (bytea *) palloc(VARHDRSZ + MULTISET_BYTES);
		SET_VARSIZE(state, VARHDRSZ + MULTISET_BYTES);
		store(state, &empty);
	}
	load(state, set);
	return state;
}

/*
 * quantity_hash: of the value, so that 1 and 1.00 are the same; NULL is a
 * value of its own.
 */
static uint64
quantity_hash(FunctionCallInfo fcinfo, int argno)
{
	NumericParts parts;
	uint64		h;

	if (PG_NARGS() <= argno)
		return 1;
	if (PG_ARGISNULL(argno))
		return 2;
	if (!numeric_parts(GETARG_NUMERIC_PACKED(argno), &parts))
		return 3 + parts.special;
	h = meso_mix64(((uint64) (uint32) parts.weight << 8) | (parts.negative ? 7 : 6));
	for (int i = 0; i < parts.ndigits; i++)
	{
		int16		digit;

		memcpy(&digit, (const char *) parts.digits + i * sizeof(int16), sizeof(digit));
		h = meso_mix64(h + (uint64) digit + UINT64CONST(0x9e3779b97f4a7c15));
	}
	return h;
}

/*
 * line_hash: of (code [, quantity]).
 */
static Multiset
line_hash(FunctionCallInfo fcinfo)
{
	text	   *code = PG_GETARG_TEXT_PP(1);
	uint64		quantity = quantity_hash(fcinfo, 2);
	Multiset	line;

	line.high = meso_hash64(VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code), quantity);
	line.low = meso_hash64(VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code), ~quantity);
	line.count = 1;
	return line;
}

static void
add(Multiset *to, const Multiset *from)
{
	uint64		low = to->low + from->low;

	to->high += from->high + (low < to->low);
	to->low = low;
	to->count += from->count;
}

static void
subtract(Multiset *to, const Multiset *from)
{
	to->high -= from->high + (to->low < from->low);
	to->low -= from->low;
	to->count -= from->count;
}

/*
 * meso_multiset_add(bytea, text [, numeric]): transition; a line without code
 * does not count.
 */
Datum
meso_multiset_add(PG_FUNCTION_ARGS)
{
	Multiset	set;
	Multiset	line;
	bytea	   *state;

	if (PG_ARGISNULL(1))
		return meso_unchanged(fcinfo);
	state = writable(fcinfo, &set);
	line = line_hash(fcinfo);
	add(&set, &line);
	store(state, &set);
	PG_RETURN_BYTEA_P(state);
}

/*
 * meso_multiset_sub(bytea, text [, numeric]): inverse; NULL when no line is
 * left, which makes the executor start afresh.
 */
Datum
meso_multiset_sub(PG_FUNCTION_ARGS)
{
	Multiset	set;
	Multiset	line;
	bytea	   *state;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return meso_unchanged(fcinfo);
	state = writable(fcinfo, &set);
	line = line_hash(fcinfo);
	subtract(&set, &line);
	if (set.count == 0)
		PG_RETURN_NULL();
	store(state, &set);
	PG_RETURN_BYTEA_P(state);
}

/*
 * meso_multiset_combine(bytea, bytea): the lines of both.
 */
Datum
meso_multiset_combine(PG_FUNCTION_ARGS)
{
	Multiset	set;
	Multiset	other;
	bytea	   *state;

	if (PG_ARGISNULL(1))
		return meso_unchanged(fcinfo);
	load(PG_GETARG_BYTEA_PP(1), &other);
	state = writable(fcinfo, &set);
	add(&set, &other);
	store(state, &set);
	PG_RETURN_BYTEA_P(state);
}

/*
 * meso_multiset_final(bytea): a copy, as the state goes on changing.
 */
Datum
meso_multiset_final(PG_FUNCTION_ARGS)
{
	Multiset	set;

	load(PG_GETARG_BYTEA_PP(0), &set);
	PG_RETURN_BYTEA_P(PG_GETARG_BYTEA_P_COPY(0));
}
