/*-------------------------------------------------------------------------
 *
 * sample.c
 *		A group's numbers, kept whole: the state of all holistic statistics.
 *
 * Several aggregates over one column (gini_agg, mad_agg, medcouple_agg,
 * sample_agg) share one state in a query, as their transition functions are
 * the same.  The values stand in the state in any order; what is computed
 * from them is computed from sorted or selected values, so that neither the
 * order of rows nor a split among workers can change a single bit.
 *
 * NULL and NaN are missing values.  Infinite values are kept: they are larger
 * (or smaller) than all others.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "libpq/pqformat.h"

#include "analytics/robust.h"
#include "analytics/sorting.h"
#include "analytics/state.h"
#include "fixed.h"

/* room of a fresh group: small, as most groups of a large query are */
#define SAMPLE_FIRST_ROOM	MESO_FIRST_ROOM(64)

/* flags: the values are in ascending order */
#define SAMPLE_SORTED		1

static void sample_encode(StringInfo buf, MesoState *state);
static MesoState *sample_decode(StringInfo buf);

static const MesoStateType sample_type = {
	MESO_SAMPLE, "sample", sample_encode, sample_decode
};

MESO_STATE_IO(sample, sample_type);

PG_FUNCTION_INFO_V1(meso_sample_add_float8);
PG_FUNCTION_INFO_V1(meso_sample_add_numeric);
PG_FUNCTION_INFO_V1(meso_sample_add_bigint);
PG_FUNCTION_INFO_V1(meso_sample_combine);
PG_FUNCTION_INFO_V1(meso_sample_final);
PG_FUNCTION_INFO_V1(meso_sample_n);
PG_FUNCTION_INFO_V1(meso_sample_median);
PG_FUNCTION_INFO_V1(meso_sample_mad);
PG_FUNCTION_INFO_V1(meso_sample_medcouple);
PG_FUNCTION_INFO_V1(meso_sample_gini);

static inline float8 *
sample_values(MesoState *state)
{
	return (float8 *) MESO_CONTENT(state);
}

static inline Size
sample_size(const MesoState *state)
{
	return state->used / sizeof(float8);
}

/*
 * sample_encode: number of values, values.
 */
static void
sample_encode(StringInfo buf, MesoState *state)
{
	pq_sendint32(buf, (uint32) sample_size(state));
	enlargeStringInfo(buf, (int) Min(state->used, PG_INT32_MAX / 2));
	for (Size i = 0; i < sample_size(state); i++)
	{
		MESO_ANSWER_CANCEL(i);
		pq_sendfloat8(buf, sample_values(state)[i]);
	}
}

/*
 * sample_decode: at least one value, no NaN; in any order.
 */
static MesoState *
sample_decode(StringInfo buf)
{
	MesoState  *state;
	uint32		n;

	meso_wire_check(meso_wire_left(buf) >= sizeof(uint32), &sample_type);
	n = (uint32) pq_getmsgint(buf, sizeof(uint32));
	meso_wire_check(n > 0 && meso_wire_left(buf) == (Size) n * sizeof(float8),
					&sample_type);
	state = meso_state_new(MESO_SAMPLE, (Size) n * sizeof(float8));
	state->used = (Size) n * sizeof(float8);
	for (uint32 i = 0; i < n; i++)
	{
		float8		x = pq_getmsgfloat8(buf);

		MESO_ANSWER_CANCEL(i);
		meso_wire_check(!isnan(x), &sample_type);
		sample_values(state)[i] = x + 0.0;
	}
	return state;
}

/*
 * sample_add: one more value.  Minus zero becomes zero.
 */
static inline Datum
sample_add(FunctionCallInfo fcinfo, float8 x)
{
	MesoState  *state;

	if (unlikely(isnan(x)))
		return meso_unchanged(fcinfo);
	if (PG_ARGISNULL(0))
		state = meso_state_new(MESO_SAMPLE, SAMPLE_FIRST_ROOM);
	else
		state = meso_state_reserve(meso_state_writable(fcinfo, 0), sizeof(float8));
	sample_values(state)[sample_size(state)] = x + 0.0;
	state->used += sizeof(float8);
	state->flags = 0;
	PG_RETURN_POINTER(state);
}

Datum
meso_sample_add_float8(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return meso_unchanged(fcinfo);
	return sample_add(fcinfo, PG_GETARG_FLOAT8(1));
}

Datum
meso_sample_add_numeric(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return meso_unchanged(fcinfo);
	return sample_add(fcinfo, numeric_to_float8(GETARG_NUMERIC_PACKED(1)));
}

Datum
meso_sample_add_bigint(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		return meso_unchanged(fcinfo);
	return sample_add(fcinfo, (float8) PG_GETARG_INT64(1));
}

/*
 * meso_sample_combine(sample, sample) returns sample: all values of both.
 */
Datum
meso_sample_combine(PG_FUNCTION_ARGS)
{
	return meso_state_append(fcinfo);
}

/*
 * sample_sorted: argument 0 with ascending values.
 *
 * A transition value is sorted where it stands: that changes nothing that
 * anyone can see, and the next call finds it done.
 */
static MesoState *
sample_sorted(FunctionCallInfo fcinfo)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);

	if (state->flags & SAMPLE_SORTED)
		return state;
	state = meso_state_writable(fcinfo, 0);
	meso_sort_float8(sample_values(state), sample_size(state));
	state->flags |= SAMPLE_SORTED;
	return state;
}

/*
 * sample_scratch: a copy of the values that may be overwritten.
 */
static float8 *
sample_scratch(MesoState *state)
{
	float8	   *scratch = (float8 *) palloc(state->used);

	memcpy(scratch, sample_values(state), state->used);
	return scratch;
}

/*
 * float8_or_null: NULL for a result that is not a number.
 */
static Datum
float8_or_null(FunctionCallInfo fcinfo, float8 result)
{
	if (!isfinite(result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

/*
 * meso_sample_final(sample) returns sample: sorted and trimmed.
 */
Datum
meso_sample_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(meso_state_trimmed(sample_sorted(fcinfo)));
}

/*
 * meso_sample_n(sample) returns bigint.
 */
Datum
meso_sample_n(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) sample_size(meso_state_arg(fcinfo, 0)));
}

/*
 * meso_sample_median(sample) returns float8; may be infinite.
 */
Datum
meso_sample_median(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);
	float8		median = meso_median(sample_scratch(state), sample_size(state));

	if (isnan(median))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(median);
}

/*
 * meso_sample_mad(sample) returns float8: unscaled.
 */
Datum
meso_sample_mad(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);
	float8		median;

	return float8_or_null(fcinfo, meso_mad(sample_scratch(state),
										   sample_size(state), &median));
}

/*
 * meso_sample_medcouple(sample) returns float8.
 */
Datum
meso_sample_medcouple(PG_FUNCTION_ARGS)
{
	MesoState  *state = sample_sorted(fcinfo);

	return float8_or_null(fcinfo, meso_medcouple_sorted(sample_values(state),
														sample_size(state)));
}

/*
 * meso_sample_gini(sample) returns float8.
 *
 * G = (2 * sum(i * x[i]) / sum(x) - (n + 1)) / n over ascending x, i from 1.
 * Undefined (NULL) when all values are zero or one is infinite.
 */
Datum
meso_sample_gini(PG_FUNCTION_ARGS)
{
	MesoState  *state = sample_sorted(fcinfo);
	const float8 *x = sample_values(state);
	Size		n = sample_size(state);
	float8		scale = x[n - 1];
	float8		sum = 0;
	float8		weighted = 0;

	if (x[0] < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("concentration is not defined for negative values"),
				 errhint("Filter them, or net refunds first.")));
	if (scale == 0 || isinf(scale))
		PG_RETURN_NULL();
	for (Size i = 0; i < n; i++)
	{
		/* relative to the largest, so that no sum can overflow */
		float8		share = x[i] / scale;

		MESO_ANSWER_CANCEL(i);
		sum += share;
		weighted += share * (2.0 * (float8) i + 1 - (float8) n);
	}
	PG_RETURN_FLOAT8(weighted / sum / (float8) n);
}
