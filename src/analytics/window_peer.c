/*-------------------------------------------------------------------------
 *
 * window_peer.c
 *		Window functions that hold a value against all of its partition.
 *
 * The partition is read once, at its first row; what is needed of it then
 * stands in partition memory and each row costs O(1).  As with row_number(),
 * a frame clause has no effect.  NULL and NaN are no part of the peers and get
 * NULL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/float.h"
#include "utils/memutils.h"
#include "windowapi.h"

#include "analytics/robust.h"
#include "analytics/sorting.h"
#include "analytics/state.h"
#include "fixed.h"

PG_FUNCTION_INFO_V1(meso_robust_z);
PG_FUNCTION_INFO_V1(meso_robust_z_numeric);
PG_FUNCTION_INFO_V1(meso_adjusted_box_flag);
PG_FUNCTION_INFO_V1(meso_adjusted_box_flag_numeric);
PG_FUNCTION_INFO_V1(meso_tukey_flag);
PG_FUNCTION_INFO_V1(meso_tukey_flag_numeric);

/* what is known of a partition; all zero before its first row */
typedef struct Peers
{
	float8	   *value;			/* of each row; NaN where it is missing */
	bool		defined;		/* are there bounds at all? */
	float8		median;
	float8		sigma;
	float8		low;			/* fences; for tukey_flag the quartiles */
	float8		high;
} Peers;

/*
 * read_partition: the values of argument 0, one a row, kept in partition
 * memory; returns those that are numbers in the current memory context, *n of
 * them.
 */
static float8 *
read_partition(WindowObject winobj, Peers *peers, bool is_numeric, Size *n)
{
	int64		rows = WinGetPartitionRowCount(winobj);
	float8	   *numbers;

	meso_state_check_limit((Size) rows * sizeof(float8));
	peers->value = (float8 *) MemoryContextAlloc(GetMemoryChunkContext(peers),
												 (Size) rows * sizeof(float8));
	numbers = (float8 *) palloc((Size) rows * sizeof(float8));
	*n = 0;
	for (int64 i = 0; i < rows; i++)
	{
		bool		isnull;
		bool		isout;
		Datum		d = WinGetFuncArgInPartition(winobj, 0, (int) i, WINDOW_SEEK_HEAD,
												 false, &isnull, &isout);
		float8		x = get_float8_nan();

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (!isnull && !isout)
			x = is_numeric ? numeric_to_float8(numeric_packed(d))
				: DatumGetFloat8(d);
		peers->value[i] = x;
		if (!isnan(x))
			numbers[(*n)++] = x + 0.0;
	}
	return numbers;
}

/*
 * current_value: of the current row; rows before it are given up.
 */
static float8
current_value(WindowObject winobj, const Peers *peers)
{
	int64		row = WinGetCurrentPosition(winobj);

	WinSetMarkPosition(winobj, row);
	return peers->value[row];
}

/*
 * robust_z(x) returns float8: (x - median) / (1.4826 * MAD) within the
 * partition (Iglewicz and Hoaglin 1993: beyond 3.5 is an outlier).
 *
 * NULL where MAD is 0, that is where at least half of the values are equal.
 */
static Datum
robust_z(FunctionCallInfo fcinfo, bool is_numeric)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	Peers	   *peers = WinGetPartitionLocalMemory(winobj, sizeof(Peers));
	float8		x;

	if (peers->value == NULL)
	{
		Size		n;
		float8	   *numbers = read_partition(winobj, peers, is_numeric, &n);

		if (n > 0)
			peers->sigma = MESO_MAD_SIGMA * meso_mad(numbers, n, &peers->median);
		peers->defined = n > 0 && peers->sigma > 0 && isfinite(peers->sigma);
		pfree(numbers);
	}
	x = current_value(winobj, peers);
	if (isnan(x) || !peers->defined)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((x - peers->median) / peers->sigma);
}

/*
 * adjusted_box_flag(x) returns boolean: outside the fences of the boxplot for
 * skewed data, see meso_adjusted_fences().
 */
static Datum
adjusted_box_flag(FunctionCallInfo fcinfo, bool is_numeric)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	Peers	   *peers = WinGetPartitionLocalMemory(winobj, sizeof(Peers));
	float8		x;

	if (peers->value == NULL)
	{
		Size		n;
		float8	   *numbers = read_partition(winobj, peers, is_numeric, &n);

		if (n > 0)
		{
			meso_sort_float8(numbers, n);
			meso_adjusted_fences(numbers, n, &peers->low, &peers->high);
		}
		peers->defined = n > 0 && !isnan(peers->low) && !isnan(peers->high);
		pfree(numbers);
	}
	x = current_value(winobj, peers);
	if (isnan(x) || !peers->defined)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(x < peers->low || x > peers->high);
}

/*
 * tukey_factor: argument 1 of the current row; 1.5 without it.
 */
static float8
tukey_factor(FunctionCallInfo fcinfo, WindowObject winobj)
{
	bool		isnull;
	float8		k;

	if (PG_NARGS() < 2)
		return 1.5;
	k = DatumGetFloat8(WinGetFuncArgCurrent(winobj, 1, &isnull));
	if (isnull || isnan(k) || k < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("factor of the interquartile range must not be negative, NaN or null")));
	return k;
}

/*
 * tukey_flag(x [, k]) returns boolean: below Q1 - k * IQR or above
 * Q3 + k * IQR; quartiles as percentile_cont() gives them.
 */
static Datum
tukey_flag(FunctionCallInfo fcinfo, bool is_numeric)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	Peers	   *peers = WinGetPartitionLocalMemory(winobj, sizeof(Peers));
	float8		k = tukey_factor(fcinfo, winobj);
	float8		reach;
	float8		x;

	if (peers->value == NULL)
	{
		Size		n;
		float8	   *numbers = read_partition(winobj, peers, is_numeric, &n);

		if (n > 0)
		{
			meso_sort_float8(numbers, n);
			peers->low = meso_quantile_sorted(numbers, n, 0.25);
			peers->high = meso_quantile_sorted(numbers, n, 0.75);
		}
		peers->defined = n > 0 && isfinite(peers->low) && isfinite(peers->high);
		pfree(numbers);
	}
	x = current_value(winobj, peers);
	if (isnan(x) || !peers->defined)
		PG_RETURN_NULL();
	reach = k * (peers->high - peers->low);
	PG_RETURN_BOOL(x < peers->low - reach || x > peers->high + reach);
}

Datum
meso_robust_z(PG_FUNCTION_ARGS)
{
	return robust_z(fcinfo, false);
}

Datum
meso_robust_z_numeric(PG_FUNCTION_ARGS)
{
	return robust_z(fcinfo, true);
}

Datum
meso_adjusted_box_flag(PG_FUNCTION_ARGS)
{
	return adjusted_box_flag(fcinfo, false);
}

Datum
meso_adjusted_box_flag_numeric(PG_FUNCTION_ARGS)
{
	return adjusted_box_flag(fcinfo, true);
}

Datum
meso_tukey_flag(PG_FUNCTION_ARGS)
{
	return tukey_flag(fcinfo, false);
}

Datum
meso_tukey_flag_numeric(PG_FUNCTION_ARGS)
{
	return tukey_flag(fcinfo, true);
}
