/*-------------------------------------------------------------------------
 *
 * sorting.c
 *		Sorting and selection inside one group's state.
 *
 * Small inputs go through PostgreSQL's own quicksort template, large ones
 * through a radix sort by bytes, least significant first, which skips bytes
 * that are the same in all items and does not care how they are arranged.
 * All of it answers to interrupts.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "analytics/sorting.h"

/* below that many items, the set-up of a radix sort costs more than it saves */
#define RADIX_MIN	512

#define ST_SORT quick_int64
#define ST_ELEMENT_TYPE int64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : (*(a) > *(b)))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT quick_pairs
#define ST_ELEMENT_TYPE MesoPair
#define ST_COMPARE(x, y) ((x)->a < (y)->a ? -1 : ((x)->a > (y)->a))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT quick_pairs_full
#define ST_ELEMENT_TYPE MesoPair
#define ST_COMPARE(x, y) \
	((x)->a < (y)->a ? -1 : (x)->a > (y)->a ? 1 : \
	 (x)->b < (y)->b ? -1 : ((x)->b > (y)->b))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/* bytes of a signed key in unsigned order */
static inline uint64
radix_key(int64 v)
{
	return (uint64) v ^ (UINT64CONST(1) << 63);
}

/*
 * radix_starts: turn counts into start positions; false when all items share
 * the byte, so that the pass would move nothing.
 */
static bool
radix_starts(Size *count, Size n)
{
	Size		sum = 0;

	for (int i = 0; i < 256; i++)
	{
		Size		c = count[i];

		if (c == n)
			return false;
		count[i] = sum;
		sum += c;
	}
	return true;
}

/*
 * meso_sort_int64: ascending, in place.
 */
void
meso_sort_int64(int64 *items, Size n)
{
	Size		(*count)[256];
	int64	   *from = items;
	int64	   *spare;
	int64	   *to;

	if (n < RADIX_MIN)
	{
		quick_int64(items, n);
		return;
	}
	count = palloc0(8 * sizeof(*count));
	spare = to = palloc_extended(n * sizeof(int64), MCXT_ALLOC_HUGE);
	for (Size i = 0; i < n; i++)
	{
		uint64		k = radix_key(items[i]);

		for (int b = 0; b < 8; b++)
			count[b][(k >> (8 * b)) & 0xFF]++;
	}
	for (int b = 0; b < 8; b++)
	{
		int64	   *swap = from;

		CHECK_FOR_INTERRUPTS();
		if (!radix_starts(count[b], n))
			continue;
		for (Size i = 0; i < n; i++)
			to[count[b][(radix_key(from[i]) >> (8 * b)) & 0xFF]++] = from[i];
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(int64));
	pfree(spare);
	pfree(count);
}

/*
 * meso_sort_float8: ascending, in place; no NaN among the items.
 */
void
meso_sort_float8(float8 *items, Size n)
{
	int64	   *keys = (int64 *) items;

	StaticAssertStmt(sizeof(int64) == sizeof(float8), "keys replace values in place");
	for (Size i = 0; i < n; i++)
	{
		float8		x;

		memcpy(&x, &items[i], sizeof(x));
		keys[i] = meso_float8_key(x);
	}
	meso_sort_int64(keys, n);
	for (Size i = 0; i < n; i++)
	{
		float8		x = meso_key_float8(keys[i]);

		memcpy(&items[i], &x, sizeof(x));
	}
}

/*
 * pairs_ascend: whether the items stand in order already, as events do that
 * are kept in order of arrival.
 */
static bool
pairs_ascend(const MesoPair *items, Size n, bool by_b)
{
	Size		i = 1;

	if (by_b)
		while (i < n && items[i - 1].b <= items[i].b)
			i++;
	else
		while (i < n && items[i - 1].a <= items[i].a)
			i++;
	return i >= n;
}

/*
 * radix_pairs: ascending by "a", or by "b"; keeps the order of equal items.
 */
static void
radix_pairs(MesoPair *items, Size n, bool by_b)
{
	Size		(*count)[256];
	MesoPair   *spare;
	MesoPair   *from = items;
	MesoPair   *to;

	if (pairs_ascend(items, n, by_b))
		return;
	count = palloc0(8 * sizeof(*count));
	spare = to = palloc_extended(n * sizeof(MesoPair), MCXT_ALLOC_HUGE);
	for (Size i = 0; i < n; i++)
	{
		uint64		k = radix_key(by_b ? items[i].b : items[i].a);

		for (int b = 0; b < 8; b++)
			count[b][(k >> (8 * b)) & 0xFF]++;
	}
	for (int b = 0; b < 8; b++)
	{
		MesoPair   *swap = from;

		CHECK_FOR_INTERRUPTS();
		if (!radix_starts(count[b], n))
			continue;
		for (Size i = 0; i < n; i++)
		{
			uint64		k = radix_key(by_b ? from[i].b : from[i].a);

			to[count[b][(k >> (8 * b)) & 0xFF]++] = from[i];
		}
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(MesoPair));
	pfree(spare);
	pfree(count);
}

/*
 * meso_sort_pairs: ascending by "a", in place.  Large inputs keep the order of
 * equal items, small ones may not: nothing may depend on it.
 */
void
meso_sort_pairs(MesoPair *items, Size n)
{
	if (n < RADIX_MIN)
		quick_pairs(items, n);
	else
		radix_pairs(items, n, false);
}

/*
 * meso_sort_pairs_full: ascending by "a", then "b", in place.
 */
void
meso_sort_pairs_full(MesoPair *items, Size n)
{
	if (n < RADIX_MIN)
		quick_pairs_full(items, n);
	else
	{
		radix_pairs(items, n, true);
		radix_pairs(items, n, false);
	}
}

/*
 * swap_float8, median_of_three: small helpers of the selection.
 */
static inline void
swap_float8(float8 *x, float8 *y)
{
	float8		t = *x;

	*x = *y;
	*y = t;
}

static inline float8
median_of_three(float8 a, float8 b, float8 c)
{
	if (a < b)
		return b < c ? b : Max(a, c);
	return a < c ? a : Max(b, c);
}

/*
 * meso_select_float8: the item of that rank (0 = smallest).
 *
 * Afterwards items[0 .. rank-1] are not larger and items[rank+1 ..] not
 * smaller.  Hoare's quickselect; when pivots turn out bad it falls back to
 * sorting what is left, so that no arrangement costs more than O(n log n).
 */
float8
meso_select_float8(float8 *items, Size n, Size rank)
{
	Size		lo = 0;
	Size		hi = n - 1;
	int			rounds = 0;
	int			max_rounds = 8;

	Assert(rank < n);
	for (Size m = n; m > 1; m >>= 1)
		max_rounds += 2;
	while (lo < hi)
	{
		Size		i = lo;
		Size		j = hi;
		float8		pivot;

		if (hi - lo < 16 || rounds++ > max_rounds)
		{
			meso_sort_float8(items + lo, hi - lo + 1);
			break;
		}
		if (hi - lo > 100000)
			CHECK_FOR_INTERRUPTS();
		pivot = median_of_three(items[lo], items[lo + (hi - lo) / 2], items[hi]);
		for (;;)
		{
			while (items[i] < pivot)
				i++;
			while (items[j] > pivot)
				j--;
			if (i >= j)
				break;
			swap_float8(&items[i++], &items[j--]);
		}
		/* items up to j are <= pivot, items from j+1 are >= pivot */
		if (rank <= j)
			hi = j;
		else
			lo = j + 1;
	}
	return items[rank];
}
