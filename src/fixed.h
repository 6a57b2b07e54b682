/*-------------------------------------------------------------------------
 *
 * fixed.h
 *		Exact fixed-point integers out of numeric values.
 *
 * Money, quantities and prices are int64 in millionths: 6 decimals, up to
 * nine million millions.  Products are taken in 128 bits.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_FIXED_H
#define MESO_FIXED_H

#include "meso_audit.h"

#include "utils/numeric.h"

#define FIXED_SCALE		6
#define FIXED_ONE		INT64CONST(1000000)
#define FIXED_CENT		INT64CONST(10000)

typedef int64 fixed;

/*
 * numeric_packed: a numeric as it stands in the row, which the functions here
 * read without a copy; spares a call for each row.
 */
static inline Numeric
numeric_packed(Datum d)
{
	Pointer		p = DatumGetPointer(d);

	if (likely(VARATT_IS_SHORT(p) || !VARATT_IS_EXTENDED(p)))
		return (Numeric) p;
	return (Numeric) PG_DETOAST_DATUM_PACKED(d);
}

#define GETARG_NUMERIC_PACKED(n)	numeric_packed(PG_GETARG_DATUM(n))

/* false: NaN, infinite, more than "scale" decimals, or out of range */
extern bool numeric_to_scaled(Numeric num, int scale, int64 *result);

/* first 1 to 3 significant digits of |num|; 0: zero, NaN, infinite */
extern int	numeric_leading(Numeric num, int digits);

/* sign, base-10000 weight and digits (unaligned) of a finite numeric */
typedef struct NumericParts
{
	bool		negative;
	int			weight;
	int			ndigits;
	const int16 *digits;
	int			special;		/* 0 NaN, 1 infinity, 3 -infinity */
} NumericParts;

extern bool numeric_parts(Numeric num, NumericParts *parts);

/* display scale: decimals shown; 0 for NaN and infinities */
extern int	numeric_decimals(Numeric num);

/* nearest float8; NaN and infinities stay what they are */
extern float8 numeric_to_float8(Numeric num);

/* numeric without trailing zero decimals beyond "dscale" */
extern Datum fixed_to_numeric(fixed value, int dscale);

/* round(a * b / c, 6) half away from zero; c > 0; error 22003 on overflow */
extern fixed fixed_mul_div(fixed a, int64 b, int64 c);

/* round(a * b / c, 2) half away from zero; c > 0; error 22003 on overflow */
extern fixed fixed_mul_div_cents(fixed a, int64 b, int64 c);

/* a + b, error 22003 on overflow */
extern fixed fixed_add(fixed a, fixed b);

static inline bool
datum_to_fixed(Datum d, fixed *result)
{
	return numeric_to_scaled(DatumGetNumeric(d), FIXED_SCALE, result);
}

#endif							/* MESO_FIXED_H */
