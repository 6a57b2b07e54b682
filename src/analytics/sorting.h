/*-------------------------------------------------------------------------
 *
 * sorting.h
 *		Sorting and selection inside one group's state.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_SORTING_H
#define MESO_SORTING_H

#include "meso_audit.h"

/* two integers that travel together; sorted by "a" alone */
typedef struct MesoPair
{
	int64		a;
	int64		b;
} MesoPair;

/* a float8 as an int64 of the same order, and back; not for NaN */
static inline int64
meso_float8_key(float8 x)
{
	int64		bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits ^ (int64) ((uint64) (bits >> 63) >> 1);
}

static inline float8
meso_key_float8(int64 key)
{
	float8		x;

	key ^= (int64) ((uint64) (key >> 63) >> 1);
	memcpy(&x, &key, sizeof(x));
	return x;
}

extern void meso_sort_int64(int64 *items, Size n);
extern void meso_sort_float8(float8 *items, Size n);
extern void meso_sort_pairs(MesoPair *items, Size n);
extern void meso_sort_pairs_full(MesoPair *items, Size n);
extern float8 meso_select_float8(float8 *items, Size n, Size rank);

#endif							/* MESO_SORTING_H */
