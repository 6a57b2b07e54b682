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
#include "utils/memutils.h"
#include "windowapi.h"

#include "analytics/robust.h"
#include "analytics/sorting.h"
#include "analytics/state.h"

PG_FUNCTION_INFO_V1(meso_robust_z);
PG_FUNCTION_INFO_V1(meso_adjusted_box_flag);
PG_FUNCTION_INFO_V1(meso_tukey_flag);

/* what is known of a partition; all zero before its first row */
typedef struct Peers
{
	bool		known;
	bool		defined;		/* are there bounds at all? */
	float8		median;
	float8		sigma;
	float8		low;			/* fences; for tukey_flag the quartiles */
	float8		high;
} Peers;

/*
 * gather: the numbers of argument 0 over the whole partition, in the current
 * memory context; *n may become 0.
 */
static float8 *
gather(WindowObject winobj, Size *n)
{
	int64		rows = WinGetPartitionRowCount(winobj);
	float8	   *values;

	meso_state_check_limit((Size) rows * sizeof(float8));
	values = (float8 *) palloc((Size) rows * sizeof(float8));
	*n = 0;
	for (int64 i = 0; i < rows; i++)
	{
		bool		isnull;
		bool		isout;
		float8		x = DatumGetFloat8(WinGetFuncArgInPartition(winobj, 0, (int) i,
																WINDOW_SEEK_HEAD, false,
																&isnull, &isout));

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (!isnull && !isout && !isnan(x))
			values[(*n)++] = x + 0.0;
	}
	return values;
}

/*
 * current_value: argument 0 of the current row; false for NULL and NaN.  Rows
 * before it are given up.
 */
static bool
current_value(WindowObject winobj, float8 *x)
{
	bool		isnull;

	*x = DatumGetFloat8(WinGetFuncArgCurrent(winobj, 0, &isnull));
	WinSetMarkPosition(winobj, WinGetCurrentPosition(winobj));
	return !isnull && !isnan(*x);
}

/*
 * meso_robust_z(float8) returns float8: (x - median) / (1.4826 * MAD) within
 * the partition (Iglewicz and Hoaglin 1993: beyond 3.5 is an outlier).
 *
 * NULL where MAD is 0, that is where at least half of the values are equal.
 */
Datum
meso_robust_z(PG_FUNCTION_ARGS)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	Peers	   *peers = WinGetPartitionLocalMemory(winobj, sizeof(Peers));
	float8		x;

	if (!peers->known)
	{
		Size		n;
		float8	   *values = gather(winobj, &n);

		if (n > 0)
			peers->sigma = MESO_MAD_SIGMA * meso_mad(values, n, &peers->median);
		peers->defined = n > 0 && peers->sigma > 0 && isfinite(peers->sigma);
		peers->known = true;
		pfree(values);
	}
	if (!current_value(winobj, &x) || !peers->defined)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((x - peers->median) / peers->sigma);
}

/*
 * meso_adjusted_box_flag(float8) returns boolean: outside the fences of the
 * boxplot for skewed data, see meso_adjusted_fences().
 */
Datum
meso_adjusted_box_flag(PG_FUNCTION_ARGS)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	Peers	   *peers = WinGetPartitionLocalMemory(winobj, sizeof(Peers));
	float8		x;

	if (!peers->known)
	{
		Size		n;
		float8	   *values = gather(winobj, &n);

		if (n > 0)
		{
			meso_sort_float8(values, n);
			meso_adjusted_fences(values, n, &peers->low, &peers->high);
		}
		peers->defined = n > 0 && !isnan(peers->low) && !isnan(peers->high);
		peers->known = true;
		pfree(values);
	}
	if (!current_value(winobj, &x) || !peers->defined)
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
 * meso_tukey_flag(float8 [, k]) returns boolean: below Q1 - k * IQR or above
 * Q3 + k * IQR; quartiles as percentile_cont() gives them.
 */
Datum
meso_tukey_flag(PG_FUNCTION_ARGS)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	Peers	   *peers = WinGetPartitionLocalMemory(winobj, sizeof(Peers));
	float8		k = tukey_factor(fcinfo, winobj);
	float8		reach;
	float8		x;

	if (!peers->known)
	{
		Size		n;
		float8	   *values = gather(winobj, &n);

		if (n > 0)
		{
			meso_sort_float8(values, n);
			peers->low = meso_quantile_sorted(values, n, 0.25);
			peers->high = meso_quantile_sorted(values, n, 0.75);
		}
		peers->defined = n > 0 && isfinite(peers->low) && isfinite(peers->high);
		peers->known = true;
		pfree(values);
	}
	if (!current_value(winobj, &x) || !peers->defined)
		PG_RETURN_NULL();
	reach = k * (peers->high - peers->low);
	PG_RETURN_BOOL(x < peers->low - reach || x > peers->high + reach);
}
