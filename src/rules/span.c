/*-------------------------------------------------------------------------
 *
 * span.c
 *		Windows in time: interval text of exactly one unit.
 *
 * A span in days, weeks, months or years counts calendar days: the window of
 * span P that ends with L holds the days in (day(L) - P, day(L)].  A span in
 * hours or less holds the instants in (t(L) - P, t(L)].
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/int.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "rules/chunk.h"
#include "rules/judge.h"

/*
 * meso_param_span: the parameter's span; all zero when it is absent.
 *
 * Error 22007 where the text is no interval, 22023 where it is not positive
 * or mixes units.
 */
MesoSpan
meso_param_span(MesoParams *params, const char *name, bool required)
{
	MesoSpan	span = {0, 0, 0};
	char	   *text;
	Interval   *interval;

	if (required ? meso_param_missing(params, name)
		: !meso_param_given(params, name))
		return span;
	text = meso_param_text(params, name, NULL);

	if (strpbrk(text, "0123456789") == NULL)
		meso_param_error(params, name,
						 "must be an interval of exactly one unit, like \"30 days\"");
	interval = DatumGetIntervalP(DirectFunctionCall3(interval_in,
													 CStringGetDatum(text),
													 ObjectIdGetDatum(InvalidOid),
													 Int32GetDatum(-1)));
	span.months = interval->month;
	span.days = interval->day;
	span.usecs = interval->time;
	if ((span.months != 0) + (span.days != 0) + (span.usecs != 0) != 1)
		meso_param_error(params, name,
						 "must be an interval of exactly one unit, like \"30 days\"");
	if (span.months < 0 || span.days < 0 || span.usecs < 0)
		meso_param_error(params, name, "must be positive");
	return span;
}

/*
 * months_before: the day that many months earlier, as timestamp - interval
 * gives it: the last day of a month stands in for a day that it lacks.
 */
static DateADT
months_before(DateADT day, int32 months)
{
	int			year;
	int			month;
	int			mday;
	int64		count;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	count = (int64) year * 12 + (month - 1) - months;
	if (count < (int64) (JULIAN_MINYEAR + 1) * 12)
		return DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE - 1;
	/* the division rounds towards zero: keep the month in 0..11 */
	year = (int) ((count - ((count % 12) + 12) % 12) / 12);
	month = (int) (((count % 12) + 12) % 12) + 1;
	mday = Min(mday, day_tab[isleap(year)][month - 1]);
	return date2j(year, month, mday) - POSTGRES_EPOCH_JDATE;
}

DateADT
meso_span_first_day(MesoSpan span, DateADT day)
{
	int64		first;

	if (DATE_NOT_FINITE(day))
		return day;
	if (span.months > 0)
		return months_before(day, span.months) + 1;
	first = (int64) day - span.days + 1;
	return (DateADT) Max(first, DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE);
}

bool
meso_span_contains(MesoSpan span, const MesoLine *L, const MesoLine *line)
{
	int64		start;

	if (span.usecs == 0)
		return line->day <= L->day &&
			line->day >= meso_span_first_day(span, L->day);
	if (line->fee_ocur_time > L->fee_ocur_time)
		return false;
	return pg_sub_s64_overflow(L->fee_ocur_time, span.usecs, &start) ||
		line->fee_ocur_time > start;
}

bool
meso_span_holds(MesoSpan span, Timestamp upto, Timestamp t)
{
	MesoLine	L = {.fee_ocur_time = upto,.day = meso_day(upto)};
	MesoLine	line = {.fee_ocur_time = t,.day = meso_day(t)};

	return meso_span_contains(span, &L, &line);
}

DateADT
meso_span_touches(MesoSpan span, const MesoLine *L)
{
	int64		start;

	if (span.usecs == 0)
		return meso_span_first_day(span, L->day);
	/* the window is open on the left: its first instant comes after "start" */
	if (pg_sub_s64_overflow(L->fee_ocur_time, span.usecs - 1, &start))
		return DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE;
	return meso_day(start);
}

int32
meso_span_days(MesoSpan span)
{
	int64		days = span.days;

	/* an instant window of n days touches n + 1 calendar days */
	days += (int64) span.months * 31;
	if (span.usecs > 0)
		days += (span.usecs - 1) / USECS_PER_DAY + 2;
	return (int32) Min(days, PG_INT32_MAX);
}

void
meso_reach_back(MesoReach *reach, MesoSpan span)
{
	reach->back.days = Max(reach->back.days, meso_span_days(span));
}
