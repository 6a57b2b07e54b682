/*-------------------------------------------------------------------------
 *
 * concurrency.c
 *		How many stays there were at once.
 *
 * A stay is half-open: [start, end).  One that ends when another begins does
 * not overlap it; one without length occupies nothing.  Starts and ends are
 * sorted apart and merged, so equal times need no rule but "ends first".
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "common/int.h"
#include "funcapi.h"

#include "analytics/pair_list.h"

static MesoState *stay_list_decode(StringInfo buf);

static const MesoStateType stay_list_type = {
	MESO_STAY_LIST, "stay_list", meso_pairs_encode, stay_list_decode
};

MESO_STATE_IO(stay_list, stay_list_type);

PG_FUNCTION_INFO_V1(meso_stay_add);
PG_FUNCTION_INFO_V1(meso_stay_add_tz);
PG_FUNCTION_INFO_V1(meso_stay_concurrency);
PG_FUNCTION_INFO_V1(meso_stay_concurrency_tz);

typedef struct Concurrency
{
	int64		peak;
	Timestamp	peak_at;
	int64		over;			/* microseconds above capacity */
	int64		total;			/* microseconds of all stays together */
} Concurrency;

static bool
stay_valid(uint16 flags, int64 capacity, const MesoPair *item)
{
	return (flags & ~MESO_PAIRS_ZONED) == 0 &&
		(capacity >= 0 || capacity == MESO_NO_PARAM) &&
		IS_VALID_TIMESTAMP(item->a) && IS_VALID_TIMESTAMP(item->b) &&
		item->a <= item->b;
}

static MesoState *
stay_list_decode(StringInfo buf)
{
	return meso_pairs_decode(buf, &stay_list_type, stay_valid);
}

/*
 * capacity_arg: argument argno; must not be negative.
 */
static int64
capacity_arg(FunctionCallInfo fcinfo, int argno)
{
	int64		capacity = PG_ARGISNULL(argno) ? -1 : PG_GETARG_INT64(argno);

	if (capacity < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("capacity must not be negative or null")));
	return capacity;
}

/*
 * stay_add: transition of (start, end [, capacity]); a row without start or
 * end does not count.
 */
static Datum
stay_add(FunctionCallInfo fcinfo, uint16 flags)
{
	Timestamp	start;
	Timestamp	end;
	int64		capacity;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return meso_unchanged(fcinfo);
	start = PG_GETARG_TIMESTAMP(1);
	end = PG_GETARG_TIMESTAMP(2);
	meso_check_finite_time(start, "start of a stay");
	meso_check_finite_time(end, "end of a stay");
	if (end < start)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_EXCEPTION),
				 errmsg("a stay must not end before it starts"),
				 errhint("Filter such rows; they are findings of their own.")));
	capacity = PG_NARGS() > 3 ? capacity_arg(fcinfo, 3) : MESO_NO_PARAM;
	PG_RETURN_POINTER(meso_pairs_add(fcinfo, MESO_STAY_LIST, flags, capacity, start, end));
}

Datum
meso_stay_add(PG_FUNCTION_ARGS)
{
	return stay_add(fcinfo, 0);
}

Datum
meso_stay_add_tz(PG_FUNCTION_ARGS)
{
	return stay_add(fcinfo, MESO_PAIRS_ZONED);
}

/*
 * sweep: over n starts and ends, each ascending; fills peak, peak_at and over.
 */
static void
sweep(const int64 *starts, const int64 *ends, Size n, int64 capacity,
	  Concurrency *result)
{
	Size		started = 0;
	Size		ended = 0;
	Timestamp	since = 0;

	while (ended < n)
	{
		bool		starting = started < n && starts[started] < ends[ended];
		Timestamp	now = starting ? starts[started] : ends[ended];
		int64		level = (int64) (started - ended);

		MESO_ANSWER_CANCEL(started + ended);
		if (capacity >= 0 && level > capacity)
			result->over += now - since;
		since = now;
		if (starting)
			started++;
		else
			ended++;
		level = (int64) (started - ended);
		if (level > result->peak)
		{
			result->peak = level;
			result->peak_at = now;
		}
	}
}

/*
 * measure: sorts starts and ends apart, in scratch memory, and sweeps.
 */
static Concurrency
measure(const MesoPair *item, Size n, int64 capacity)
{
	Concurrency result = {0};
	int64	   *starts = palloc_extended(n * sizeof(int64), MCXT_ALLOC_HUGE);
	int64	   *ends = palloc_extended(n * sizeof(int64), MCXT_ALLOC_HUGE);
	Size		used = 0;

	for (Size i = 0; i < n; i++)
	{
		int64		length;

		MESO_ANSWER_CANCEL(i);
		if (item[i].a == item[i].b)
			continue;
		starts[used] = item[i].a;
		ends[used++] = item[i].b;
		if (pg_sub_s64_overflow(item[i].b, item[i].a, &length) ||
			pg_add_s64_overflow(result.total, length, &result.total))
			ereport(ERROR,
					(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
					 errmsg("total length of stays is out of range")));
	}
	meso_sort_int64(starts, used);
	meso_sort_int64(ends, used);
	sweep(starts, ends, used, capacity, &result);
	pfree(starts);
	pfree(ends);
	return result;
}

/*
 * stay_concurrency(stay_list [, capacity]) returns (peak, peak_at, over,
 * total).  Without capacity "over" is NULL; without any stay of some length
 * peak is 0 and peak_at NULL.
 */
static Datum
stay_concurrency(FunctionCallInfo fcinfo, uint16 zoned)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);
	int64		capacity = PG_NARGS() > 1 ? capacity_arg(fcinfo, 1)
	: meso_pair_list(state)->param;
	Concurrency result;
	Datum		values[4];
	bool		nulls[4] = {false};

	if ((state->flags & MESO_PAIRS_ZONED) != zoned)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 zoned ? errmsg("the stays have no time zone")
				 : errmsg("the stays have a time zone"),
				 zoned ? errhint("Use stay_concurrency().")
				 : errhint("Use stay_concurrency_tz().")));
	result = measure(meso_pair_list(state)->item, meso_pair_count(state), capacity);
	values[0] = Int64GetDatum(result.peak);
	values[1] = TimestampGetDatum(result.peak_at);
	nulls[1] = result.peak == 0;
	values[2] = IntervalPGetDatum(meso_usecs_interval(result.over));
	nulls[2] = capacity == MESO_NO_PARAM;
	values[3] = IntervalPGetDatum(meso_usecs_interval(result.total));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(meso_result_desc(fcinfo),
													  values, nulls)));
}

Datum
meso_stay_concurrency(PG_FUNCTION_ARGS)
{
	return stay_concurrency(fcinfo, 0);
}

Datum
meso_stay_concurrency_tz(PG_FUNCTION_ARGS)
{
	return stay_concurrency(fcinfo, MESO_PAIRS_ZONED);
}
