/*-------------------------------------------------------------------------
 *
 * fixed.c
 *		Exact fixed-point integers out of numeric values.
 *
 * A numeric is a sign, a weight and base-10000 digits (numeric.c keeps that
 * layout private; it has been the on-disk format since 9.1 and cannot change
 * without pg_upgrade noticing).  Decoding the digits directly costs a few
 * nanoseconds; going through int8 or float8 casts costs fifty.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/int.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "fixed.h"

PG_FUNCTION_INFO_V1(meso_fits);

/* nine million millions: what is larger is not judged */
#define FIXED_LIMIT			(INT64CONST(9000000000000) * FIXED_ONE)

/* numeric.c: header bits of the on-disk form */
#define NUM_SIGN_MASK		0xC000
#define NUM_NEG				0x4000
#define NUM_SHORT			0x8000
#define NUM_SPECIAL			0xC000
#define NUM_SHORT_SIGN		0x2000
#define NUM_SHORT_DSCALE	0x1F80
#define NUM_SHORT_DSCALE_SHIFT	7
#define NUM_DSCALE			0x3FFF
#define NUM_SHORT_WSIGN		0x0040
#define NUM_SHORT_WMASK		0x003F

static const int64 pow10_table[] = {
	INT64CONST(1), INT64CONST(10), INT64CONST(100), INT64CONST(1000),
	INT64CONST(10000), INT64CONST(100000), INT64CONST(1000000),
	INT64CONST(10000000), INT64CONST(100000000), INT64CONST(1000000000)
};

/*
 * numeric_digits: where the base-10000 digits of a detoasted numeric stand.
 * false for NaN and infinities.
 */
static inline bool
numeric_digits(Numeric num, bool *negative, int *weight,
			   const int16 **digits, int *ndigits)
{
	const char *data = VARDATA_ANY(num);
	int			len = VARSIZE_ANY_EXHDR(num);
	uint16		header;
	int			used;

	memcpy(&header, data, sizeof(header));
	if ((header & NUM_SIGN_MASK) == NUM_SPECIAL)
		return false;
	if (header & NUM_SHORT)
	{
		*negative = (header & NUM_SHORT_SIGN) != 0;
		*weight = header & NUM_SHORT_WMASK;
		if (header & NUM_SHORT_WSIGN)
			*weight |= ~NUM_SHORT_WMASK;
		used = sizeof(uint16);
	}
	else
	{
		int16		w;

		memcpy(&w, data + sizeof(uint16), sizeof(w));
		*negative = (header & NUM_SIGN_MASK) == NUM_NEG;
		*weight = w;
		used = 2 * sizeof(uint16);
	}
	*digits = (const int16 *) (data + used);
	*ndigits = (len - used) / (int) sizeof(int16);
	return true;
}

/*
 * numeric_to_scaled: num * 10^scale as an int64, exactly.
 *
 * scale is 0 to 8.  Returns false, leaving *result alone, when the value is
 * NaN or infinite, has more than "scale" decimals, or does not fit.  num must
 * be detoasted (DatumGetNumeric); its bytes may be unaligned.
 */
bool
numeric_to_scaled(Numeric num, int scale, int64 *result)
{
	bool		negative;
	int			weight;
	int			ndigits;
	const int16 *digits;
	int64		value = 0;

	if (!numeric_digits(num, &negative, &weight, &digits, &ndigits))
		return false;
	for (int i = 0; i < ndigits; i++)
	{
		int			exponent = 4 * (weight - i) + scale;
		int16		digit;
		int64		part;

		memcpy(&digit, (const char *) digits + i * sizeof(int16), sizeof(digit));
		if (exponent < 0)
		{
			int64		divisor;

			if (digit == 0)
				continue;
			if (exponent < -3)
				return false;
			divisor = pow10_table[-exponent];
			if (digit % divisor != 0)
				return false;
			part = digit / divisor;
		}
		else
		{
			if (digit == 0)
				continue;
			part = digit;
			for (; exponent > 9; exponent -= 9)
				if (pg_mul_s64_overflow(part, pow10_table[9], &part))
					return false;
			if (pg_mul_s64_overflow(part, pow10_table[exponent], &part))
				return false;
		}
		if (pg_add_s64_overflow(value, part, &value))
			return false;
	}
	*result = negative ? -value : value;
	return true;
}

/*
 * numeric_leading: the first 1 to 3 significant decimal digits of |num|, as a
 * number from 1, 10 or 100 up; 0 for zero, NaN and infinities.
 */
int
numeric_leading(Numeric num, int digits)
{
	static const uint32 divisor[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
	bool		negative;
	int			weight;
	int			ndigits;
	const int16 *source;
	int16		first;
	int16		second = 0;
	int			decimals;

	Assert(digits >= 1 && digits <= 3);
	if (!numeric_digits(num, &negative, &weight, &source, &ndigits) || ndigits == 0)
		return 0;
	memcpy(&first, source, sizeof(first));
	if (ndigits > 1)
		memcpy(&second, (const char *) source + sizeof(int16), sizeof(second));
	/* counted without branches, which amounts would have guessed wrong */
	decimals = 1 + (first >= 10) + (first >= 100) + (first >= 1000);
	return (int) (((uint32) first * 10000 + (uint32) second) /
				  divisor[4 + decimals - digits]);
}

/*
 * numeric_parts: what makes up the value of a detoasted numeric, the same for
 * 1 and 1.00; the digits stay where they are.
 *
 * false for NaN and infinities, which "special" tells apart.
 */
bool
numeric_parts(Numeric num, NumericParts *parts)
{
	uint16		header;

	if (numeric_digits(num, &parts->negative, &parts->weight, &parts->digits, &parts->ndigits))
		return true;
	memcpy(&header, VARDATA_ANY(num), sizeof(header));
	parts->special = (header >> 12) & 0x3;
	return false;
}

/*
 * numeric_decimals: the display scale of a numeric; 0 for NaN and infinities.
 */
int
numeric_decimals(Numeric num)
{
	uint16		header;

	memcpy(&header, VARDATA_ANY(num), sizeof(header));
	if ((header & NUM_SIGN_MASK) == NUM_SPECIAL)
		return 0;
	if (header & NUM_SHORT)
		return (header & NUM_SHORT_DSCALE) >> NUM_SHORT_DSCALE_SHIFT;
	return header & NUM_DSCALE;
}

/*
 * numeric_to_float8: the nearest float8 of a numeric.
 *
 * A numeric without more than 15 digits is an integer below 2^53 times or over
 * a power of ten below 10^22, both exact in float8: one rounding, so the
 * result is the correctly rounded one (Clinger 1990).  Everything else, NaN
 * and infinities among them, takes numeric's own way through text.
 */
float8
numeric_to_float8(Numeric num)
{
	static const float8 powers[] = {
		1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
	};
	bool		negative;
	int			weight;
	int			ndigits;
	const int16 *digits;

	if (numeric_digits(num, &negative, &weight, &digits, &ndigits) &&
		ndigits <= 4)
	{
		int64		value = 0;
		int			exponent = 4 * (weight - ndigits + 1);

		for (int i = 0; i < ndigits; i++)
		{
			int16		digit;

			memcpy(&digit, (const char *) digits + i * sizeof(int16), sizeof(digit));
			value = value * 10000 + digit;
		}
		if (value < (INT64CONST(1) << 53) && exponent >= -22 && exponent <= 22)
		{
			float8		x = exponent < 0 ? (float8) value / powers[-exponent]
			: (float8) value * powers[exponent];

			return negative ? -x : x;
		}
	}
	return DatumGetFloat8(DirectFunctionCall1(numeric_float8,
											  NumericGetDatum(num)));
}

/*
 * fixed_to_numeric: a numeric with "dscale" decimals; value must have no more.
 * Allocated in the current memory context.
 */
Datum
fixed_to_numeric(fixed value, int dscale)
{
	Assert(dscale >= 0 && dscale <= FIXED_SCALE);
	return NumericGetDatum(int64_div_fast_to_numeric(value / pow10_table[FIXED_SCALE - dscale],
													 dscale));
}

/*
 * mul_div_units: round(a * b / (c * unit)) * unit, half away from zero; c > 0.
 */
static fixed
mul_div_units(fixed a, int64 b, int64 c, int64 unit)
{
	int128		product = (int128) a * b;
	int128		divisor = (int128) c * unit;
	int128		quotient;
	bool		negative = product < 0;

	Assert(c > 0);
	if (negative)
		product = -product;
	quotient = product / divisor;
	if ((product - quotient * divisor) >= divisor - (product - quotient * divisor))
		quotient++;
	if (quotient > PG_INT64_MAX / unit)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("amount out of range")));
	return (fixed) (negative ? -quotient : quotient) * unit;
}

/*
 * fixed_mul_div: a * b / c rounded to 6 decimals, half away from zero.
 *
 * b and c share any unit; c must be positive.
 */
fixed
fixed_mul_div(fixed a, int64 b, int64 c)
{
	return mul_div_units(a, b, c, 1);
}

/*
 * fixed_mul_div_cents: the same, rounded to 2 decimals.
 */
fixed
fixed_mul_div_cents(fixed a, int64 b, int64 c)
{
	return mul_div_units(a, b, c, FIXED_CENT);
}

/*
 * fixed_add: a + b.
 */
fixed
fixed_add(fixed a, fixed b)
{
	fixed		result;

	if (pg_add_s64_overflow(a, b, &result))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("sum of amounts or quantities out of range")));
	return result;
}

/*
 * fits(numeric) returns boolean: whether a number is one that is judged. Strict.
 */
Datum
meso_fits(PG_FUNCTION_ARGS)
{
	fixed		value;

	PG_RETURN_BOOL(numeric_to_scaled(GETARG_NUMERIC_PACKED(0), FIXED_SCALE, &value) &&
				   value > -FIXED_LIMIT && value < FIXED_LIMIT);
}
