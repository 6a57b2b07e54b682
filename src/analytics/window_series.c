/*-------------------------------------------------------------------------
 *
 * window_series.c
 *		Window functions that carry a state from row to row.
 *
 * The state is a few numbers in partition memory; each row costs O(1) and
 * rows behind are given up.  A frame clause has no effect; the order of the
 * window is the order of the series.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "utils/date.h"
#include "utils/float.h"
#include "windowapi.h"

#include "analytics/state.h"

PG_FUNCTION_INFO_V1(meso_stockpile);
PG_FUNCTION_INFO_V1(meso_stockpile_date);
PG_FUNCTION_INFO_V1(meso_episode_no);
PG_FUNCTION_INFO_V1(meso_episode_no_date);
PG_FUNCTION_INFO_V1(meso_episode_no_date_days);
PG_FUNCTION_INFO_V1(meso_ewma);
PG_FUNCTION_INFO_V1(meso_cusum_high);
PG_FUNCTION_INFO_V1(meso_cusum_low);

/* all zero before the first row of a partition */
typedef struct Series
{
	bool		begun;
	int64		number;			/* episode */
	Timestamp	last;			/* time of the row before, or latest end */
	Timestamp	ordered;		/* start of the row before */
	float8		value;
} Series;

static Series *
series_state(WindowObject winobj)
{
	Series	   *series = WinGetPartitionLocalMemory(winobj, sizeof(Series));

	WinSetMarkPosition(winobj, WinGetCurrentPosition(winobj));
	return series;
}

/*
 * number_arg: argument argno of the current row; false for NULL and NaN.
 * Infinite numbers are refused: they would stay in the state for ever.
 */
static bool
number_arg(WindowObject winobj, int argno, float8 *x)
{
	bool		isnull;

	*x = DatumGetFloat8(WinGetFuncArgCurrent(winobj, argno, &isnull));
	if (isnull || isnan(*x))
		return false;
	if (isinf(*x))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("a series must not contain infinite values")));
	return true;
}

/*
 * time_arg: argument argno of the current row in microseconds; false for NULL.
 */
static bool
time_arg(WindowObject winobj, int argno, bool is_date, Timestamp *t)
{
	bool		isnull;
	Datum		d = WinGetFuncArgCurrent(winobj, argno, &isnull);

	if (isnull)
		return false;
	if (is_date)
	{
		DateADT		date = DatumGetDateADT(d);

		if (DATE_NOT_FINITE(date))
			*t = DT_NOEND;
		else
			*t = date2timestamp_opt_overflow(date, NULL);
	}
	else
		*t = DatumGetTimestamp(d);
	meso_check_finite_time(*t, "time");
	return true;
}

/*
 * check_order: the window must be ordered by time.
 */
static void
check_order(bool begun, Timestamp before, Timestamp t)
{
	if (begun && t < before)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rows are not in order of time"),
				 errhint("Order the window by the time argument, ascending.")));
}

/*
 * stockpile: days of supply on hand just before each dispense:
 *		S[1] = 0, S[i] = max(0, S[i-1] + days[i-1] - (t[i] - t[i-1]))
 *
 * A row without time gets NULL and changes nothing; NULL days dispense none.
 */
static Datum
stockpile(FunctionCallInfo fcinfo, bool is_date)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	Series	   *series = series_state(winobj);
	Timestamp	t;
	float8		days;
	float8		on_hand = 0;

	if (!time_arg(winobj, 0, is_date, &t))
		PG_RETURN_NULL();
	check_order(series->begun, series->last, t);
	if (!number_arg(winobj, 1, &days))
		days = 0;
	if (series->begun)
	{
		float8		elapsed = (float8) ((uint64) t - (uint64) series->last) / USECS_PER_DAY;

		on_hand = Max(0.0, series->value - elapsed);
	}
	series->begun = true;
	series->last = t;
	series->value = on_hand + days;
	PG_RETURN_FLOAT8(on_hand);
}

Datum
meso_stockpile(PG_FUNCTION_ARGS)
{
	return stockpile(fcinfo, false);
}

Datum
meso_stockpile_date(PG_FUNCTION_ARGS)
{
	return stockpile(fcinfo, true);
}

/*
 * episode_no: numbers chained stays from 1.  A stay opens a new episode when
 * it starts more than the gap after the latest end so far.
 *
 * A row without start gets NULL and changes nothing; a stay without end ends
 * when it starts.
 */
static Datum
episode_no(FunctionCallInfo fcinfo, bool is_date, int64 gap)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	Series	   *series = series_state(winobj);
	Timestamp	start;
	Timestamp	end;

	if (gap < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("gap must not be negative or null")));
	if (!time_arg(winobj, 0, is_date, &start))
		PG_RETURN_NULL();
	check_order(series->begun, series->ordered, start);
	if (!time_arg(winobj, 1, is_date, &end))
		end = start;
	if (!series->begun ||
		(start > series->last &&
		 (uint64) start - (uint64) series->last > (uint64) gap))
		series->number++;
	series->last = series->begun ? Max(series->last, Max(start, end)) : Max(start, end);
	series->ordered = start;
	series->begun = true;
	PG_RETURN_INT64(series->number);
}

/*
 * gap_arg: argument 2 of the current row in microseconds; -1 for NULL.
 */
static int64
gap_arg(FunctionCallInfo fcinfo)
{
	bool		isnull;
	Datum		d = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), 2, &isnull);

	return isnull ? -1 : meso_interval_usecs(DatumGetIntervalP(d), "gap");
}

Datum
meso_episode_no(PG_FUNCTION_ARGS)
{
	return episode_no(fcinfo, false, gap_arg(fcinfo));
}

Datum
meso_episode_no_date(PG_FUNCTION_ARGS)
{
	return episode_no(fcinfo, true, gap_arg(fcinfo));
}

Datum
meso_episode_no_date_days(PG_FUNCTION_ARGS)
{
	bool		isnull;
	Datum		d = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), 2, &isnull);

	return episode_no(fcinfo, true,
					  isnull ? -1 : (int64) DatumGetInt32(d) * USECS_PER_DAY);
}

/*
 * overflow_checked: a state that has left the range of float8 is an error.
 */
static float8
overflow_checked(float8 x)
{
	if (isinf(x))
		float_overflow_error();
	return x;
}

/*
 * meso_ewma(float8, alpha [, start]) returns float8: exponentially weighted
 * moving average E[i] = alpha * x[i] + (1 - alpha) * E[i-1].
 *
 * E[0] is the start; without it, or where it is NULL, E[1] = x[1].  A missing
 * value leaves the average as it was.
 */
Datum
meso_ewma(PG_FUNCTION_ARGS)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	Series	   *series = series_state(winobj);
	float8		alpha;
	float8		x;

	if (!number_arg(winobj, 1, &alpha) || alpha <= 0 || alpha > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("weight of an average must be above 0 and at most 1")));
	if (!series->begun && PG_NARGS() > 2)
		series->begun = number_arg(winobj, 2, &series->value);
	if (number_arg(winobj, 0, &x))
	{
		series->value = series->begun ?
			overflow_checked(alpha * x + (1 - alpha) * series->value) : x;
		series->begun = true;
	}
	if (!series->begun)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(series->value);
}

/*
 * cusum: C[i] = max(0, C[i-1] + sign * (x[i] - target) - slack), C[0] = 0
 * (Page 1954).  A missing value leaves the sum as it was.
 */
static Datum
cusum(FunctionCallInfo fcinfo, float8 sign)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	Series	   *series = series_state(winobj);
	float8		x;
	float8		target;
	float8		slack;

	if (!number_arg(winobj, 1, &target))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("target must not be NaN or null")));
	if (!number_arg(winobj, 2, &slack) || slack < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("slack must not be negative, NaN or null")));
	if (number_arg(winobj, 0, &x))
		series->value = Max(0.0, overflow_checked(series->value + sign * (x - target) - slack));
	PG_RETURN_FLOAT8(series->value);
}

Datum
meso_cusum_high(PG_FUNCTION_ARGS)
{
	return cusum(fcinfo, 1);
}

Datum
meso_cusum_low(PG_FUNCTION_ARGS)
{
	return cusum(fcinfo, -1);
}
