/*-------------------------------------------------------------------------
 *
 * benford.c
 *		Leading digits against Benford's law.
 *
 * Amounts that grow out of many causes begin with the digits d = 1, 2, ...
 * (or 10, 11, ...; 100, 101, ...) with probability log10(1 + 1/d).  Invented
 * or capped amounts do not.  M. Nigrini, Benford's Law (Wiley 2012), gives the
 * bounds of the mean absolute deviation that are used here.
 *
 * The state counts; counts add and subtract exactly, so order, splits and
 * moving frames cannot matter.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "common/shortest_dec.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "analytics/state.h"
#include "fixed.h"

#define BENFORD_MAX_DIGITS	3

/* content: values seen (zero, NaN and infinite ones too), then the counts */
typedef struct BenfordCounts
{
	int64		seen;
	int64		count[FLEXIBLE_ARRAY_MEMBER];
} BenfordCounts;

typedef struct BenfordBounds
{
	float8		close;
	float8		acceptable;
	float8		marginal;
} BenfordBounds;

/* Nigrini 2012, table 7.1, for 1, 2 and 3 leading digits */
static const BenfordBounds bounds[BENFORD_MAX_DIGITS] = {
	{0.006, 0.012, 0.015},
	{0.0012, 0.0018, 0.0022},
	{0.00036, 0.00044, 0.00050}
};

static void benford_encode(StringInfo buf, MesoState *state);
static MesoState *benford_decode(StringInfo buf);

static const MesoStateType benford_type = {
	MESO_BENFORD, "benford", benford_encode, benford_decode
};

MESO_STATE_IO(benford, benford_type);

PG_FUNCTION_INFO_V1(meso_benford_add_numeric);
PG_FUNCTION_INFO_V1(meso_benford_add_bigint);
PG_FUNCTION_INFO_V1(meso_benford_add_float8);
PG_FUNCTION_INFO_V1(meso_benford_sub_numeric);
PG_FUNCTION_INFO_V1(meso_benford_sub_bigint);
PG_FUNCTION_INFO_V1(meso_benford_sub_float8);
PG_FUNCTION_INFO_V1(meso_benford_combine);
PG_FUNCTION_INFO_V1(meso_benford_final);
PG_FUNCTION_INFO_V1(meso_benford_n);
PG_FUNCTION_INFO_V1(meso_benford_digits);
PG_FUNCTION_INFO_V1(meso_benford_counts);
PG_FUNCTION_INFO_V1(meso_benford_chi2);
PG_FUNCTION_INFO_V1(meso_benford_p_value);
PG_FUNCTION_INFO_V1(meso_benford_mad);
PG_FUNCTION_INFO_V1(meso_benford_conformity);

/* least leading number and how many there are: 1 and 9, 10 and 90, ... */
static inline int
benford_base(const MesoState *state)
{
	static const int base[] = {1, 10, 100};

	return base[state->flags - 1];
}

static inline int
benford_cells(const MesoState *state)
{
	return 9 * benford_base(state);
}

static inline BenfordCounts *
benford_counts(MesoState *state)
{
	return (BenfordCounts *) MESO_CONTENT(state);
}

/*
 * benford_new: all counts zero, in the current memory context.
 */
static MesoState *
benford_new(int digits)
{
	MesoState  *state;
	Size		cells = 9;

	for (int i = 1; i < digits; i++)
		cells *= 10;
	state = meso_state_new(MESO_BENFORD, sizeof(int64) * (cells + 1));
	state->flags = (uint16) digits;
	state->used = sizeof(int64) * (cells + 1);
	memset(MESO_CONTENT(state), 0, state->used);
	return state;
}

/*
 * benford_encode: digits, values seen, counts.
 */
static void
benford_encode(StringInfo buf, MesoState *state)
{
	BenfordCounts *counts = benford_counts(state);

	pq_sendbyte(buf, (uint8) state->flags);
	pq_sendint64(buf, counts->seen);
	for (int i = 0; i < benford_cells(state); i++)
		pq_sendint64(buf, counts->count[i]);
}

/*
 * benford_decode: counts are not negative and together at most "seen".
 */
static MesoState *
benford_decode(StringInfo buf)
{
	MesoState  *state;
	BenfordCounts *counts;
	int64		sum = 0;
	int			digits;

	meso_wire_check(meso_wire_left(buf) >= 1, &benford_type);
	digits = pq_getmsgbyte(buf);
	meso_wire_check(digits >= 1 && digits <= BENFORD_MAX_DIGITS, &benford_type);
	state = benford_new(digits);
	counts = benford_counts(state);
	meso_wire_check(meso_wire_left(buf) == state->used, &benford_type);
	counts->seen = pq_getmsgint64(buf);
	for (int i = 0; i < benford_cells(state); i++)
	{
		counts->count[i] = pq_getmsgint64(buf);
		meso_wire_check(counts->count[i] >= 0 &&
						!pg_add_s64_overflow(sum, counts->count[i], &sum),
						&benford_type);
	}
	meso_wire_check(counts->seen > 0 && sum <= counts->seen, &benford_type);
	return state;
}

/*
 * bigint_leading, float8_leading: as numeric_leading(); a float8 counts by the
 * digits that PostgreSQL prints of it, so 0.3 begins with 3.
 */
static int
bigint_leading(int64 value, int digits)
{
	static const uint64 limit[] = {10, 100, 1000};
	uint64		rest = value < 0 ? -(uint64) value : (uint64) value;

	if (rest == 0)
		return 0;
	while (rest < limit[digits - 1] / 10)
		rest *= 10;
	while (rest >= limit[digits - 1])
		rest /= 10;
	return (int) rest;
}

static int
float8_leading(float8 value, int digits)
{
	char		decimal[DOUBLE_SHORTEST_DECIMAL_LEN];
	int			result = 0;
	int			found = 0;

	if (isnan(value) || isinf(value) || value == 0)
		return 0;
	double_to_shortest_decimal_buf(value, decimal);
	for (const char *p = decimal; *p != '\0' && *p != 'e' && found < digits; p++)
	{
		if (*p >= '0' && *p <= '9' && (found > 0 || *p != '0'))
		{
			result = result * 10 + (*p - '0');
			found++;
		}
	}
	for (; found < digits; found++)
		result *= 10;
	return result;
}

/*
 * benford_digits_arg: argument 2, the number of leading digits; 1 without it.
 */
static int
benford_digits_arg(FunctionCallInfo fcinfo)
{
	int			digits;

	if (PG_NARGS() < 3)
		return 1;
	digits = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT32(2);
	if (digits < 1 || digits > BENFORD_MAX_DIGITS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of leading digits must be 1, 2 or 3")));
	return digits;
}

/*
 * benford_state_for_add: the state to count into; new on the group's first
 * value.
 */
static MesoState *
benford_state_for_add(FunctionCallInfo fcinfo, int digits)
{
	MesoState  *state;

	if (PG_ARGISNULL(0))
		return benford_new(digits);
	state = meso_state_writable(fcinfo, 0);
	if (state->flags != digits)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of leading digits must be the same for all rows of a group")));
	return state;
}

/*
 * benford_count: one value seen, by its leading number (0: ignored).
 */
static inline Datum
benford_count(MesoState *state, int leading)
{
	BenfordCounts *counts = benford_counts(state);

	counts->seen++;
	if (leading > 0)
		counts->count[leading - benford_base(state)]++;
	return PointerGetDatum(state);
}

/*
 * benford_uncount: the inverse.  NULL when nothing is left, which tells the
 * executor to start afresh.
 */
static Datum
benford_uncount(FunctionCallInfo fcinfo, MesoState *state, int leading)
{
	BenfordCounts *counts = benford_counts(state);

	if (--counts->seen <= 0)
		PG_RETURN_NULL();
	if (leading > 0 && --counts->count[leading - benford_base(state)] < 0)
		PG_RETURN_NULL();
	return PointerGetDatum(state);
}

/* transition and inverse: the three types differ in how digits are read */
#define BENFORD_TRANSITION(name, leading) \
Datum \
meso_benford_add_##name(PG_FUNCTION_ARGS) \
{ \
	int			digits; \
	MesoState  *state; \
	if (PG_ARGISNULL(1)) \
		return meso_unchanged(fcinfo); \
	digits = benford_digits_arg(fcinfo); \
	state = benford_state_for_add(fcinfo, digits); \
	return benford_count(state, leading); \
} \
Datum \
meso_benford_sub_##name(PG_FUNCTION_ARGS) \
{ \
	int			digits; \
	MesoState  *state; \
	if (PG_ARGISNULL(0)) \
		PG_RETURN_NULL(); \
	if (PG_ARGISNULL(1)) \
		PG_RETURN_DATUM(PG_GETARG_DATUM(0)); \
	digits = benford_digits_arg(fcinfo); \
	state = benford_state_for_add(fcinfo, digits); \
	return benford_uncount(fcinfo, state, leading); \
}

BENFORD_TRANSITION(numeric, numeric_leading(GETARG_NUMERIC_PACKED(1), digits))
BENFORD_TRANSITION(bigint, bigint_leading(PG_GETARG_INT64(1), digits))
BENFORD_TRANSITION(float8, float8_leading(PG_GETARG_FLOAT8(1), digits))

/*
 * meso_benford_combine(benford, benford) returns benford: counts added.
 */
Datum
meso_benford_combine(PG_FUNCTION_ARGS)
{
	MesoState  *into;
	BenfordCounts *to;
	BenfordCounts *from;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return meso_either_state(fcinfo);
	into = meso_state_writable(fcinfo, 0);
	if (into->flags != meso_state_arg(fcinfo, 1)->flags)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("digit counts of different numbers of leading digits cannot be combined")));
	to = benford_counts(into);
	from = benford_counts(meso_state_arg(fcinfo, 1));
	if (pg_add_s64_overflow(to->seen, from->seen, &to->seen))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("digit counts out of range")));
	for (int i = 0; i < benford_cells(into); i++)
		to->count[i] += from->count[i];
	PG_RETURN_POINTER(into);
}

/*
 * meso_benford_final(benford) returns benford.
 */
Datum
meso_benford_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(meso_state_trimmed(meso_state_arg(fcinfo, 0)));
}

/*
 * benford_total: values that have a leading digit.
 */
static int64
benford_total(MesoState *state)
{
	int64		total = 0;

	for (int i = 0; i < benford_cells(state); i++)
		total += benford_counts(state)->count[i];
	return total;
}

/*
 * benford_expected: share of cell i under the law.
 */
static inline float8
benford_expected(const MesoState *state, int i)
{
	return log10(1.0 + 1.0 / (benford_base(state) + i));
}

/*
 * benford_deviation: mean absolute deviation of shares; total > 0.
 */
static float8
benford_deviation(MesoState *state, int64 total)
{
	float8		sum = 0;

	for (int i = 0; i < benford_cells(state); i++)
		sum += fabs((float8) benford_counts(state)->count[i] / (float8) total -
					benford_expected(state, i));
	return sum / benford_cells(state);
}

/*
 * benford_chi2: Pearson's statistic; total > 0.
 */
static float8
benford_chi2(MesoState *state, int64 total)
{
	float8		sum = 0;

	for (int i = 0; i < benford_cells(state); i++)
	{
		float8		expected = (float8) total * benford_expected(state, i);
		float8		difference = (float8) benford_counts(state)->count[i] - expected;

		sum += difference * difference / expected;
	}
	return sum;
}

/*
 * gamma_upper: regularised upper incomplete gamma function Q(a, x); a > 0,
 * x >= 0.
 *
 * Below a + 1 the power series of P, above it the continued fraction of Q by
 * Lentz's method (Abramowitz and Stegun 6.5.29 and 6.5.31).
 */
static float8
gamma_upper(float8 a, float8 x)
{
	float8		front;

	if (x <= 0)
		return 1;
	front = exp(a * log(x) - x - lgamma(a));
	if (x < a + 1)
	{
		float8		term = 1 / a;
		float8		sum = term;

		for (int n = 1; n < 1000 && term > sum * 1e-17; n++)
		{
			term *= x / (a + n);
			sum += term;
		}
		return 1 - front * sum;
	}
	else
	{
		float8		b = x + 1 - a;
		float8		c = 1e300;
		float8		d = 1 / b;
		float8		h = d;

		for (int n = 1; n < 1000; n++)
		{
			float8		an = -n * (n - a);
			float8		factor;

			b += 2;
			d = an * d + b;
			if (fabs(d) < 1e-300)
				d = 1e-300;
			c = b + an / c;
			if (fabs(c) < 1e-300)
				c = 1e-300;
			d = 1 / d;
			factor = d * c;
			h *= factor;
			if (fabs(factor - 1) < 1e-16)
				break;
		}
		return front * h;
	}
}

/*
 * meso_benford_n(benford) returns bigint.
 */
Datum
meso_benford_n(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(benford_total(meso_state_arg(fcinfo, 0)));
}

/*
 * meso_benford_digits(benford) returns integer.
 */
Datum
meso_benford_digits(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(meso_state_arg(fcinfo, 0)->flags);
}

/*
 * meso_benford_counts(benford) returns bigint[]: element 1 counts 1 (10, 100).
 */
Datum
meso_benford_counts(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);
	int			cells = benford_cells(state);
	Datum	   *items = (Datum *) palloc(cells * sizeof(Datum));

	for (int i = 0; i < cells; i++)
		items[i] = Int64GetDatum(benford_counts(state)->count[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(items, cells, INT8OID, sizeof(int64),
										  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/*
 * meso_benford_chi2(benford) returns float8; NULL without counted values.
 */
Datum
meso_benford_chi2(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);
	int64		total = benford_total(state);

	if (total == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(benford_chi2(state, total));
}

/*
 * meso_benford_p_value(benford) returns float8; NULL without counted values.
 */
Datum
meso_benford_p_value(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);
	int64		total = benford_total(state);
	float8		freedom = benford_cells(state) - 1;

	if (total == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(gamma_upper(freedom / 2, benford_chi2(state, total) / 2));
}

/*
 * meso_benford_mad(benford) returns float8; NULL without counted values.
 */
Datum
meso_benford_mad(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);
	int64		total = benford_total(state);

	if (total == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(benford_deviation(state, total));
}

/*
 * meso_benford_conformity(benford) returns text: Nigrini's verdict on the mean
 * absolute deviation; a bound belongs to the milder verdict.
 */
Datum
meso_benford_conformity(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);
	const BenfordBounds *bound = &bounds[state->flags - 1];
	int64		total = benford_total(state);
	float8		mad;
	const char *verdict;

	if (total == 0)
		PG_RETURN_NULL();
	mad = benford_deviation(state, total);
	if (mad <= bound->close)
		verdict = "Close conformity";
	else if (mad <= bound->acceptable)
		verdict = "Acceptable conformity";
	else if (mad <= bound->marginal)
		verdict = "Marginally acceptable conformity";
	else
		verdict = "Nonconformity";
	PG_RETURN_TEXT_P(cstring_to_text(verdict));
}
