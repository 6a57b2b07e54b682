/*-------------------------------------------------------------------------
 *
 * max_qty_period.c
 *		More of an item in a sliding window than allowed, or too soon again.
 *
 * L is a finding iff the signed sum of the pool in the window that ends with
 * L exceeds max (for the share of its amount that falls to the excess), or
 * the last earlier day with a net quantity above 0 is less than min_gap days
 * before L's (for its whole amount).  Where both hold the excess counts, which
 * accuses of less.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/registry.h"

typedef struct MaxQtyPeriod
{
	fixed		max;			/* or NO_FIXED */
	MesoSpan	period;
	int			min_gap;		/* days, or -1 */
} MaxQtyPeriod;

static void *
max_qty_period_compile(MesoParams *params, MesoReach *reach)
{
	MaxQtyPeriod *limit = palloc0(sizeof(MaxQtyPeriod));
	MesoSpan	gap = {0, 0, 0};

	limit->max = meso_param_fixed(params, "max");
	if (limit->max != NO_FIXED && limit->max < 0)
		meso_param_error(params, "max", "must not be negative");
	limit->min_gap = meso_param_int(params, "min_gap");
	limit->period = meso_param_span(params, "period", limit->max != NO_FIXED);
	if (limit->max == NO_FIXED && limit->min_gap < 0)
		(void) meso_param_missing(params, "max");
	meso_reach_back(reach, limit->period);
	gap.days = Max(limit->min_gap, 0);
	meso_reach_back(reach, gap);
	return limit;
}

/*
 * day_end: index after the last member of the day of members[i], and the
 * day's net quantity.
 */
static int
day_end(MesoEvaluation *ev, int i, fixed *net)
{
	DateADT		day = ev->members[i]->day;

	*net = 0;
	for (; i < ev->nmembers && ev->members[i]->day == day; i++)
		*net = fixed_add(*net, ev->members[i]->cnt);
	return i;
}

static void
max_qty_period_judge(MesoEvaluation *ev)
{
	const MaxQtyPeriod *limit = ev->params;
	DateADT		last = NO_DATE; /* earlier day with a net above 0 */
	fixed		sum = 0;
	int			oldest = 0;		/* of the window */
	int			end;

	for (int begin = 0; begin < ev->nmembers; begin = end)
	{
		DateADT		day = ev->members[begin]->day;
		fixed		net;
		bool		too_soon;

		end = day_end(ev, begin, &net);
		too_soon = last != NO_DATE && (int64) day - last < limit->min_gap;
		for (int i = begin; i < end; i++)
		{
			MesoLine   *L = ev->members[i];

			CHECK_FOR_INTERRUPTS();
			if (limit->max != NO_FIXED)
			{
				sum = fixed_add(sum, L->cnt);
				while (oldest < i &&
					   !meso_span_contains(limit->period, L, ev->members[oldest]))
					sum -= ev->members[oldest++]->cnt;
			}
			if (!meso_judged(ev, L))
				continue;
			if (limit->max != NO_FIXED && sum > limit->max)
				meso_hit_related(ev, L,
								 meso_share_of_quantity(L, Min(L->cnt, sum - limit->max)),
								 &ev->members[oldest],
								 ev->members[oldest] != L ? 1 : 0);
			else if (too_soon)
				meso_hit_related(ev, L, L->amount, &ev->members[begin - 1], 1);
		}
		if (net > 0)
			last = day;
	}
}

const MesoTemplate meso_template_max_qty_period = {
	.name = "max_qty_period",
	.compile = max_qty_period_compile,
	.judge = max_qty_period_judge
};
