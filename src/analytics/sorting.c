/*-------------------------------------------------------------------------
 *
 * sorting.c
 *		Sorting and selection inside one group's state.
 *
 * Small inputs go through PostgreSQL's own quicksort template, large ones
 * through a radix sort by bytes, least significant first, which skips bytes
 * that are the same in all items, leaves alone what is in order, and does not
 * care how the items are arranged otherwise.
 * All of it answers to interrupts.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "analytics/sorting.h"
#include "analytics/state.h"

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

/* the bytes of a key that are not the same in all items, and their counts */
typedef struct Radix
{
	int			digits;
	int			shift[sizeof(uint64)];
	Size		count[sizeof(uint64)][256];
} Radix;

/*
 * radix_new: for keys that differ in those bits; all counts zero.
 */
static Radix *
radix_new(uint64 varying)
{
	Radix	   *radix = (Radix *) palloc0(sizeof(Radix));

	for (int shift = 0; shift < 64; shift += 8)
		if ((varying >> shift) & 0xFF)
			radix->shift[radix->digits++] = shift;
	return radix;
}

static inline void
radix_count(Radix *radix, uint64 key)
{
	for (int d = 0; d < radix->digits; d++)
		radix->count[d][(key >> radix->shift[d]) & 0xFF]++;
}

/*
 * radix_starts: turns the counts of a digit into start positions.
 */
static void
radix_starts(Size *count)
{
	Size		sum = 0;

	for (int i = 0; i < 256; i++)
	{
		Size		c = count[i];

		count[i] = sum;
		sum += c;
	}
}

/*
 * meso_sort_int64: ascending, in place.
 */
void
meso_sort_int64(int64 *items, Size n)
{
	Radix	   *radix;
	int64	   *from = items;
	int64	   *spare;
	int64	   *to;
	uint64		varying = 0;
	bool		ascend = true;

	if (n < RADIX_MIN)
	{
		quick_int64(items, n);
		return;
	}
	for (Size i = 1; i < n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		varying |= (uint64) items[i] ^ (uint64) items[0];
		ascend &= items[i - 1] <= items[i];
	}
	if (ascend)
		return;
	radix = radix_new(varying);
	spare = to = palloc_extended(n * sizeof(int64), MCXT_ALLOC_HUGE);
	for (Size i = 0; i < n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		radix_count(radix, radix_key(items[i]));
	}
	for (int d = 0; d < radix->digits; d++)
	{
		Size	   *next = radix->count[d];
		int			shift = radix->shift[d];
		int64	   *swap = from;

		radix_starts(next);
		for (Size i = 0; i < n; i++)
		{
			MESO_ANSWER_CANCEL(i);
			to[next[(radix_key(from[i]) >> shift) & 0xFF]++] = from[i];
		}
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(int64));
	pfree(spare);
	pfree(radix);
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

		MESO_ANSWER_CANCEL(i);
		memcpy(&x, &items[i], sizeof(x));
		keys[i] = meso_float8_key(x);
	}
	meso_sort_int64(keys, n);
	for (Size i = 0; i < n; i++)
	{
		float8		x = meso_key_float8(keys[i]);

		MESO_ANSWER_CANCEL(i);
		memcpy(&items[i], &x, sizeof(x));
	}
}

static inline int64
pair_key(const MesoPair *item, bool by_b)
{
	return by_b ? item->b : item->a;
}

/*
 * radix_pairs: ascending by "a", or by "b"; keeps the order of equal items.
 * Items in order already, as events are that are kept in order of arrival,
 * are left alone.
 */
static inline void
radix_pairs(MesoPair *items, Size n, bool by_b)
{
	Radix	   *radix;
	MesoPair   *spare;
	MesoPair   *from = items;
	MesoPair   *to;
	uint64		varying = 0;
	bool		ascend = true;

	for (Size i = 1; i < n; i++)
	{
		int64		key = pair_key(&items[i], by_b);

		MESO_ANSWER_CANCEL(i);
		varying |= (uint64) key ^ (uint64) pair_key(&items[0], by_b);
		ascend &= pair_key(&items[i - 1], by_b) <= key;
	}
	if (ascend)
		return;
	radix = radix_new(varying);
	spare = to = palloc_extended(n * sizeof(MesoPair), MCXT_ALLOC_HUGE);
	for (Size i = 0; i < n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		radix_count(radix, radix_key(pair_key(&items[i], by_b)));
	}
	for (int d = 0; d < radix->digits; d++)
	{
		Size	   *next = radix->count[d];
		int			shift = radix->shift[d];
		MesoPair   *swap = from;

		radix_starts(next);
		for (Size i = 0; i < n; i++)
		{
			MESO_ANSWER_CANCEL(i);
			to[next[(radix_key(pair_key(&from[i], by_b)) >> shift) & 0xFF]++] = from[i];
		}
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(MesoPair));
	pfree(spare);
	pfree(radix);
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
		pivot = median_of_three(items[lo], items[lo + (hi - lo) / 2], items[hi]);
		for (Size step = 0;; step++)
		{
			MESO_ANSWER_CANCEL(step);
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
