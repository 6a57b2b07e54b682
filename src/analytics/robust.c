/*-------------------------------------------------------------------------
 *
 * robust.c
 *		Order statistics that a few wild values cannot move.
 *
 * The results are NaN where infinite values leave no number.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "utils/float.h"

#include "analytics/robust.h"
#include "analytics/sorting.h"
#include "analytics/state.h"

/*
 * between: lo + (hi - lo) * share, as percentile_cont() does it.
 */
static inline float8
between(float8 lo, float8 hi, float8 share)
{
	if (share == 0 || lo == hi)
		return lo;
	return lo + share * (hi - lo);
}

/*
 * meso_median: of n > 0 values, which it rearranges.
 */
float8
meso_median(float8 *scratch, Size n)
{
	float8		low = meso_select_float8(scratch, n, (n - 1) / 2);
	float8		high = low;

	if (n % 2 == 0)
	{
		high = scratch[n / 2];
		for (Size i = n / 2 + 1; i < n; i++)
		{
			MESO_ANSWER_CANCEL(i);
			high = Min(high, scratch[i]);
		}
	}
	return between(low, high, 0.5);
}

/*
 * meso_mad: median of |x - median(x)|, unscaled; overwrites the values.
 */
float8
meso_mad(float8 *scratch, Size n, float8 *median)
{
	*median = meso_median(scratch, n);
	if (!isfinite(*median))
		return get_float8_nan();
	for (Size i = 0; i < n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		scratch[i] = fabs(scratch[i] - *median);
	}
	return meso_median(scratch, n);
}

/*
 * meso_quantile_sorted: by linear interpolation between order statistics, the
 * definition of percentile_cont() (type 7 of Hyndman and Fan 1996).
 */
float8
meso_quantile_sorted(const float8 *sorted, Size n, float8 p)
{
	float8		position = p * (float8) (n - 1);
	Size		low = (Size) floor(position);
	Size		high = Min(low + 1, n - 1);

	return between(sorted[low], sorted[high], position - (float8) low);
}

/*
 * The kernel of the medcouple over z = (x - median) / 2: upper values
 * descending against lower values descending.
 *
 * h(i, j) = (upper[i] + lower[j]) / (upper[i] - lower[j]); where both are the
 * median itself, the sign of ties - 1 - i' - j', i' and j' being positions
 * among the ties.  It falls along i and along j.
 */
typedef struct MedcoupleKernel
{
	const float8 *sorted;		/* all values, ascending */
	float8		median;
	Size		n;
	Size		nupper;			/* values >= median: the last ones */
	Size		nlower;			/* values <= median: the first ones */
	Size		ties;			/* values = median */
} MedcoupleKernel;

static inline float8
kernel_value(const MedcoupleKernel *k, Size i, Size j)
{
	float8		up = 0.5 * k->sorted[k->n - 1 - i] - 0.5 * k->median;
	float8		down = 0.5 * k->sorted[k->nlower - 1 - j] - 0.5 * k->median;

	if (i >= k->nupper - k->ties && j < k->ties)
	{
		Size		place = (i - (k->nupper - k->ties)) + j + 1;

		return place < k->ties ? 1.0 : (place > k->ties ? -1.0 : 0.0);
	}
	if (up == down)
		return 0.0;
	return (up + down) / (up - down);
}

/*
 * kernel_count: how many of the nupper * nlower kernel values are >= bound.
 * One walk down the staircase, O(n).
 */
static uint64
kernel_count(const MedcoupleKernel *k, float8 bound)
{
	uint64		count = 0;
	Size		j = k->nlower;

	for (Size i = 0; i < k->nupper && j > 0; i++)
	{
		MESO_ANSWER_CANCEL(i);
		for (; j > 0 && kernel_value(k, i, j - 1) < bound; j--)
			MESO_ANSWER_CANCEL(j);
		count += j;
	}
	return count;
}

/*
 * kernel_select: the rank-th largest kernel value (rank 1 = largest).
 *
 * Halves the float8 numbers between -1 and 1 until one is left: the largest
 * bound that at least rank values reach.  At most 64 walks, so O(n) times a
 * constant for any data; Johnson and Mizoguchi's selection (used by Brys,
 * Hubert and Struyf) needs O(log n) walks and gives the same number.
 */
static float8
kernel_select(const MedcoupleKernel *k, uint64 rank)
{
	int64		low = meso_float8_key(-1.0);
	int64		high = meso_float8_key(1.0);

	while (low < high)
	{
		int64		middle = high - (int64) (((uint64) high - (uint64) low) / 2);

		if (kernel_count(k, meso_key_float8(middle)) >= rank)
			low = middle;
		else
			high = middle - 1;
	}
	return meso_key_float8(low) + 0.0;
}

/*
 * meso_medcouple_sorted: Brys, Hubert and Struyf (2004), a measure of skewness
 * between -1 and 1: the median of the kernel over all pairs of an upper and a
 * lower value.
 *
 * With an even number of pairs: the middle of the two medians up to 100
 * values, the lower one beyond; that is what R's robustbase::mc() gives.
 */
float8
meso_medcouple_sorted(const float8 *sorted, Size n)
{
	MedcoupleKernel k;
	uint64		pairs;
	Size		below = 0;
	float8		result;

	if (!isfinite(sorted[0]) || !isfinite(sorted[n - 1]))
		return get_float8_nan();
	k.sorted = sorted;
	k.n = n;
	k.median = meso_quantile_sorted(sorted, n, 0.5);
	k.nlower = n / 2;
	while (k.nlower < n && sorted[k.nlower] <= k.median)
		k.nlower++;
	below = k.nlower;
	while (below > 0 && sorted[below - 1] >= k.median)
		below--;
	k.ties = k.nlower - below;
	k.nupper = n - below;
	pairs = (uint64) k.nupper * k.nlower;

	result = kernel_select(&k, pairs / 2 + 1);
	if (pairs % 2 == 0 && n <= 100)
		result = (result + kernel_select(&k, pairs / 2)) / 2;
	return result;
}

/*
 * meso_adjusted_fences: the boxplot for skewed data of Hubert and
 * Vandervieren (2008).
 *
 * Quartiles are Tukey's hinges (R's fivenum); with M the medcouple and
 * IQR = Q3 - Q1:
 *		M >= 0: Q1 - 1.5 exp(-4 M) IQR, Q3 + 1.5 exp(3 M) IQR
 *		M < 0:  Q1 - 1.5 exp(-3 M) IQR, Q3 + 1.5 exp(4 M) IQR
 */
void
meso_adjusted_fences(const float8 *sorted, Size n, float8 *low, float8 *high)
{
	Size		twice = (n + 3) / 2;	/* depth of the hinges, doubled */
	Size		d = twice / 2;
	Size		e = (twice + 1) / 2;
	float8		q1 = 0.5 * sorted[d - 1] + 0.5 * sorted[e - 1];
	float8		q3 = 0.5 * sorted[n - d] + 0.5 * sorted[n - e];
	float8		mc = meso_medcouple_sorted(sorted, n);
	float8		reach = 1.5 * (q3 - q1);

	*low = q1 - reach * exp((mc >= 0 ? -4 : -3) * mc);
	*high = q3 + reach * exp((mc >= 0 ? 3 : 4) * mc);
}
