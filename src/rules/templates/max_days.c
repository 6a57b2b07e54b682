/*-------------------------------------------------------------------------
 *
 * max_days.c
 *		An item on more days of a window or visit than allowed.
 *
 * Days count whose whole-day net quantity of the pool is above 0 (in a visit:
 * the net of the visit's lines).  All lines of a day that counts are findings
 * iff the days up to it in the window number more than max.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/registry.h"

typedef struct MaxDays
{
	int			max;
	bool		by_visit;
	MesoSpan	period;
} MaxDays;

static void *
max_days_compile(MesoParams *params, MesoReach *reach)
{
	MaxDays    *limit = palloc0(sizeof(MaxDays));
	char	   *period = meso_param_text(params, "period", NULL);

	limit->max = meso_param_int_required(params, "max");
	limit->by_visit = period != NULL && strcmp(period, "visit") == 0;
	if (limit->by_visit)
	{
		meso_reach_unit(reach, UNIT_VISIT);
		return limit;
	}
	limit->period = meso_param_span(params, "period", true);
	if (limit->period.usecs != 0)
		meso_param_error(params, "period",
						 "must be in days or more, or \"visit\"");
	meso_reach_back(reach, limit->period);
	return limit;
}

static void
judge_visits(MesoEvaluation *ev, int max)
{
	struct meso_tally_hash *nets = meso_tallies(ev);

	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *line = ev->members[i];
		MesoGroup  *groups[MAX_WINDOWS];
		int			n = meso_windows(ev, line, UNIT_VISIT, groups);

		CHECK_FOR_INTERRUPTS();
		for (int g = 0; g < n; g++)
		{
			MesoTally  *net = meso_tally(nets, groups[g], DAY_KEY(line->day));

			net->sum = fixed_add(net->sum, line->cnt);
		}
	}
	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];
		MesoGroup  *groups[MAX_WINDOWS];
		int			n = meso_windows(ev, L, UNIT_VISIT, groups);

		CHECK_FOR_INTERRUPTS();
		/* a group counts its days, in order, at the first line of each */
		for (int g = 0; g < n; g++)
		{
			MesoTally  *net = meso_tally_find(nets, groups[g], DAY_KEY(L->day));

			if (net->sum > 0 && net->n++ == 0)
				groups[g]->n++;
		}
		if (groups[0]->n > max &&
			meso_tally_find(nets, groups[0], DAY_KEY(L->day))->sum > 0)
			meso_hit(ev, L, L->amount);
	}
}

static void
judge_window(MesoEvaluation *ev, MesoSpan period, int max)
{
	DateADT    *days = palloc_extended(sizeof(DateADT) * Max(ev->nmembers, 1),
									   MCXT_ALLOC_HUGE);
	int			ndays = 0;
	int			oldest = 0;		/* of days, in the window */
	int			end;

	for (int begin = 0; begin < ev->nmembers; begin = end)
	{
		DateADT		day = ev->members[begin]->day;
		fixed		net = 0;

		CHECK_FOR_INTERRUPTS();
		for (end = begin; end < ev->nmembers && ev->members[end]->day == day; end++)
			net = fixed_add(net, ev->members[end]->cnt);
		if (net <= 0)
			continue;
		days[ndays++] = day;
		while (days[oldest] < meso_span_first_day(period, day))
			oldest++;
		if (ndays - oldest <= max)
			continue;
		for (int i = begin; i < end; i++)
			meso_hit(ev, ev->members[i], ev->members[i]->amount);
	}
}

static void
max_days_judge(MesoEvaluation *ev)
{
	const MaxDays *limit = ev->params;

	if (limit->by_visit)
		judge_visits(ev, limit->max);
	else
		judge_window(ev, limit->period, limit->max);
}

const MesoTemplate meso_template_max_days = {
	.name = "max_days",
	.compile = max_days_compile,
	.judge = max_days_judge
};
