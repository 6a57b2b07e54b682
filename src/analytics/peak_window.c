/*-------------------------------------------------------------------------
 *
 * peak_window.c
 *		The worst sliding window of a group of dated amounts.
 *
 * For every event at time t the window is (t - P, t]: P long, open where it
 * begins, closed where it ends.  All events at the same time share a window.
 * Among equal windows the earliest counts.  "from" is the time of the first
 * event inside, so [from, from + P) holds the same events.
 *
 * Times are microseconds, amounts are kept exactly as integers of millionths;
 * sums are taken in 128 bits.  One sort, one walk.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"

#include "analytics/pair_list.h"
#include "fixed.h"

static MesoState *event_list_decode(StringInfo buf);

static const MesoStateType event_list_type = {
	MESO_EVENT_LIST, "event_list", meso_pairs_encode, event_list_decode
};

MESO_STATE_IO(event_list, event_list_type);

PG_FUNCTION_INFO_V1(meso_event_add);
PG_FUNCTION_INFO_V1(meso_event_add_tz);
PG_FUNCTION_INFO_V1(meso_event_peak);
PG_FUNCTION_INFO_V1(meso_event_peak_tz);

/* what a walk over the windows finds */
typedef struct PeakWindow
{
	int64		count;
	Timestamp	count_from;
	int128		sum;
	Timestamp	sum_from;
} PeakWindow;

static bool
event_valid(uint16 flags, int64 width, const MesoPair *item)
{
	int			dscale = flags >> MESO_PAIRS_DSCALE_SHIFT;

	return (flags & ~(MESO_PAIRS_ZONED | MESO_PAIRS_DSCALE)) == 0 &&
		dscale <= FIXED_SCALE &&
		(width > 0 || width == MESO_NO_PARAM) &&
		IS_VALID_TIMESTAMP(item->a);
}

static MesoState *
event_list_decode(StringInfo buf)
{
	return meso_pairs_decode(buf, &event_list_type, event_valid);
}

/*
 * window_width: argument argno in microseconds; must be positive.
 */
static int64
window_width(FunctionCallInfo fcinfo, int argno)
{
	int64		width = PG_ARGISNULL(argno) ? 0 :
	meso_interval_usecs(PG_GETARG_INTERVAL_P(argno), "window width");

	if (width <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("window width must be positive")));
	return width;
}

/*
 * event_add: transition of (time, amount [, width]).
 *
 * A row without time does not count; one without amount counts and adds
 * nothing to the sum.
 */
static Datum
event_add(FunctionCallInfo fcinfo, uint16 flags)
{
	int64		width;
	int64		amount = 0;
	Timestamp	t;

	if (PG_ARGISNULL(1))
		return meso_unchanged(fcinfo);
	t = PG_GETARG_TIMESTAMP(1);
	meso_check_finite_time(t, "time of an event");
	width = PG_NARGS() > 3 ? window_width(fcinfo, 3) : MESO_NO_PARAM;
	if (!PG_ARGISNULL(2))
	{
		Numeric		num = GETARG_NUMERIC_PACKED(2);
		int			dscale;

		if (!numeric_to_scaled(num, FIXED_SCALE, &amount))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("amount is not a number of at most %d decimals below 9.2e12",
							FIXED_SCALE),
					 errhint("Round amounts before they are summed.")));
		dscale = Min(numeric_decimals(num), FIXED_SCALE);
		flags |= (uint16) (dscale << MESO_PAIRS_DSCALE_SHIFT);
	}
	PG_RETURN_POINTER(meso_pairs_add(fcinfo, MESO_EVENT_LIST, flags, width, t, amount));
}

Datum
meso_event_add(PG_FUNCTION_ARGS)
{
	return event_add(fcinfo, 0);
}

Datum
meso_event_add_tz(PG_FUNCTION_ARGS)
{
	return event_add(fcinfo, MESO_PAIRS_ZONED);
}

/*
 * find_peak: over n > 0 events in ascending order of time.
 */
static PeakWindow
find_peak(const MesoPair *item, Size n, int64 width)
{
	PeakWindow	peak = {0};
	int128		sum = 0;
	Size		first = 0;

	for (Size i = 0; i < n; i++)
	{
		int64		count;

		MESO_ANSWER_CANCEL(i);
		sum += item[i].b;
		if (i + 1 < n && item[i + 1].a == item[i].a)
			continue;
		while ((uint64) item[i].a - (uint64) item[first].a >= (uint64) width)
			sum -= item[first++].b;
		count = (int64) (i - first + 1);
		if (peak.count == 0 || sum > peak.sum)
		{
			peak.sum = sum;
			peak.sum_from = item[first].a;
		}
		if (count > peak.count)
		{
			peak.count = count;
			peak.count_from = item[first].a;
		}
	}
	return peak;
}

/*
 * event_peak(event_list [, width]) returns (peak_count, peak_count_from,
 * peak_sum, peak_sum_from).  Without width: the one the list was made with.
 */
static Datum
event_peak(FunctionCallInfo fcinfo, uint16 zoned)
{
	MesoState  *state = meso_pairs_sorted(fcinfo, 0);
	int			dscale = state->flags >> MESO_PAIRS_DSCALE_SHIFT;
	int64		width = PG_NARGS() > 1 ? window_width(fcinfo, 1)
	: meso_pair_list(state)->param;
	PeakWindow	peak;
	Datum		values[4];
	bool		nulls[4] = {false};

	if ((state->flags & MESO_PAIRS_ZONED) != zoned)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 zoned ? errmsg("the events have no time zone")
				 : errmsg("the events have a time zone"),
				 zoned ? errhint("Use event_peak().")
				 : errhint("Use event_peak_tz().")));
	if (width == MESO_NO_PARAM)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the events were collected without a window width"),
				 errhint("Give the width as second argument.")));
	peak = find_peak(meso_pair_list(state)->item, meso_pair_count(state), width);
	values[0] = Int64GetDatum(peak.count);
	values[1] = TimestampGetDatum(peak.count_from);
	values[2] = meso_int128_numeric(peak.sum, FIXED_SCALE, dscale);
	values[3] = TimestampGetDatum(peak.sum_from);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(meso_result_desc(fcinfo),
													  values, nulls)));
}

Datum
meso_event_peak(PG_FUNCTION_ARGS)
{
	return event_peak(fcinfo, 0);
}

Datum
meso_event_peak_tz(PG_FUNCTION_ARGS)
{
	return event_peak(fcinfo, MESO_PAIRS_ZONED);
}
