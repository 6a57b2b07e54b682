/*-------------------------------------------------------------------------
 *
 * aggregate_threshold.c
 *		Totals of a person beyond a fixed value.
 *
 * A period of a calendar (day, ISO week, month, year) with at least one event
 * is a finding iff its metric satisfies the comparison.  A rolling period is
 * judged at each event over the days that end with it; a maximal run of
 * events that satisfy it is one finding, at its first.
 *
 * By institution or practitioner, and against peers, the batch judges in SQL:
 * here such a rule is only read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "rules/templates/metrics.h"
#include "rules/templates/registry.h"

typedef enum Op
{
	OP_GT, OP_GE, OP_LT, OP_LE
} Op;

typedef enum Calendar
{
	BY_DAY, BY_WEEK, BY_MONTH, BY_YEAR, ROLLING
} Calendar;

typedef struct AggregateThreshold
{
	bool		here;			/* by person, with a fixed value */
	MesoMeasure measure;
	Calendar	calendar;
	MesoSpan	period;			/* ROLLING */
	Op			op;
	fixed		value;
} AggregateThreshold;

/* Running totals of a window over the events */
typedef struct Totals
{
	struct meso_tally_hash *keys;
	int			nkeys;			/* told apart */
	int			nparts;			/* that are not NULL */
	fixed		part;
	fixed		whole;
	int		   *least;			/* events that are smaller than all later ones */
	int			first;			/* of least, in the window */
	int			nleast;
} Totals;

/*
 * read_period: a name of the calendar, or interval text in days or more.
 */
static void
read_period(MesoParams *params, MesoReach *reach, AggregateThreshold *limit)
{
	static const char *const names[] = {"day", "week", "month", "year"};
	static const MesoSpan spans[] = {{0, 1, 0}, {0, 7, 0}, {1, 0, 0}, {12, 0, 0}};
	char	   *period = meso_param_text_required(params, "period");

	for (int i = 0; i < lengthof(names); i++)
	{
		if (strcmp(period, names[i]) == 0)
		{
			limit->calendar = (Calendar) i;
			meso_reach_back(reach, spans[i]);
			return;
		}
	}
	limit->calendar = ROLLING;
	limit->period = meso_param_span(params, "period", true);
	if (limit->period.usecs != 0)
		meso_param_error(params, "period",
						 "must be day, week, month, year, or an interval in days or more");

	/*
	 * Where a run of events began may lie far back, and where the next one
	 * begins far ahead.  Visits and settlements are read in any case.
	 */
	reach->chained = true;
	if (limit->measure.metric == METRIC_SHARE ||
		limit->measure.metric == METRIC_DRUG_CODES)
		reach->everything = true;
}

/*
 * read_group: who the peers are: columns of the subject's fact, under their
 * names or those of attributes.
 */
static void
read_group(MesoParams *peer, int by)
{
	static const char *const columns[][8] = {
		{"gend", "psn_type", "psn_area", "insu_admdvs", NULL},
		{"hosp_lv", "fixmedins_type", "area", "fix_blng_admdvs", "biznat", "aprv_bed_cnt", NULL},
		{"title", "pro_tech_duty", "prac_psn_type", "fixmedins_code", NULL}
	};
	MesoStr    *names;
	int			n = meso_param_list(peer, "group", &names);

	for (int i = 0; i < n; i++)
	{
		int			c = 0;

		while (columns[by][c] && !meso_str_is(names[i], columns[by][c]))
			c++;
		if (columns[by][c] == NULL)
			meso_param_error(peer, "group",
							 psprintf("names \"%s\", by which subjects of this kind are not grouped",
									  names[i].data));
	}
}

/*
 * read_peer: {"group": ..., "z": ...}; true when it is given.
 */
static bool
read_peer(MesoParams *params, int by)
{
	JsonbValue *value = meso_param_value(params, "peer");
	MesoParams *peer;

	if (value == NULL)
		return false;
	if (value->type != jbvBinary ||
		!JsonContainerIsObject(value->val.binary.data))
		meso_param_error(params, "peer", "must be an object with group and z");
	peer = meso_params_within(params, JsonbValueToJsonb(value));
	read_group(peer, by);
	(void) meso_param_fixed_required(peer, "z");
	meso_params_finish(peer);
	return true;
}

static void *
aggregate_threshold_compile(MesoParams *params, MesoReach *reach)
{
	static const char *const bys[] = {"person", "institution", "practitioner", NULL};
	static const char *const ops[] = {">", ">=", "<", "<=", NULL};
	AggregateThreshold *limit = palloc0(sizeof(AggregateThreshold));
	int			by = meso_param_choice(params, "by", bys, 0);
	bool		peer = read_peer(params, by);

	meso_measure_read(params, reach, &limit->measure);
	read_period(params, reach, limit);
	limit->value = meso_param_fixed(params, "value");
	limit->op = meso_param_choice(params, "op", ops, peer ? OP_GT : -1);
	if (!peer)
		(void) meso_param_missing(params, "value");
	else if (limit->value != NO_FIXED)
		meso_param_error(params, "value", "does not go with \"peer\"");
	if (peer && limit->calendar == ROLLING)
		meso_param_error(params, "period",
						 "must be day, week, month or year to compare peers");
	if (by == 0 && limit->measure.metric >= METRIC_PERSONS)
		meso_param_error(params, "metric", "is not one of a person");
	if (by != 1 && limit->measure.metric == METRIC_UNSTOCKED)
		meso_param_error(params, "metric", "is one of institutions");
	limit->here = by == 0 && !peer;
	if (meso_param_int(params, "at_least") >= 0 && limit->here)
		meso_param_error(params, "at_least", "is for institutions, practitioners and peers");
	/* what the batch judges in SQL needs nothing read here */
	if (!limit->here)
		memset(reach, 0, sizeof(*reach));
	reach->heads = limit->here;
	return limit;
}

/*
 * add, take: an event enters the window at its end, leaves at its begin.
 */
static void
add(Totals *totals, const MesoEvents *events, int i)
{
	const MesoEvent *event = &events->events[i];

	if (event->key)
		meso_tally_add(totals->keys, NULL, event->key, FIXED_ONE, &totals->nkeys);
	totals->whole = fixed_add(totals->whole, event->whole);
	if (event->part == NO_FIXED)
		return;
	totals->nparts++;
	totals->part = fixed_add(totals->part, event->part);
	while (totals->nleast > totals->first &&
		   events->events[totals->least[totals->nleast - 1]].part >= event->part)
		totals->nleast--;
	totals->least[totals->nleast++] = i;
}

static void
take(Totals *totals, const MesoEvents *events, int i)
{
	const MesoEvent *event = &events->events[i];

	if (event->key)
		meso_tally_add(totals->keys, NULL, event->key, -FIXED_ONE, &totals->nkeys);
	totals->whole -= event->whole;
	if (event->part == NO_FIXED)
		return;
	totals->nparts--;
	totals->part -= event->part;
	if (totals->least[totals->first] == i)
		totals->first++;
}

/*
 * satisfied: does the metric of the window satisfy the comparison?  *score
 * becomes the metric.
 */
static bool
satisfied(const AggregateThreshold *limit, const Totals *totals,
		  const MesoEvents *events, double *score)
{
	int128		metric = totals->part;
	int128		bound = limit->value;

	if (totals->nparts == 0)
		return false;
	switch (limit->measure.metric)
	{
		case METRIC_SHARE:
			if (totals->whole <= 0)
				return false;
			metric *= FIXED_ONE;
			bound *= totals->whole;
			*score = (double) totals->part / totals->whole;
			break;
		case METRIC_INSTITUTIONS:
		case METRIC_DRUG_CODES:
			metric = (int128) totals->nkeys * FIXED_ONE;
			*score = totals->nkeys;
			break;
		case METRIC_STAY_GAP:
			metric = events->events[totals->least[totals->first]].part;
			*score = (double) metric / FIXED_ONE;
			break;
		default:
			*score = (double) totals->part / FIXED_ONE;
			break;
	}
	switch (limit->op)
	{
		case OP_GT:
			return metric > bound;
		case OP_GE:
			return metric >= bound;
		case OP_LT:
			return metric < bound;
		case OP_LE:
			return metric <= bound;
	}
	return false;
}

/*
 * period_of: the calendar period [*from, *upto) that holds the day.
 */
static void
period_of(Calendar calendar, DateADT day, DateADT *from, DateADT *upto)
{
	int			year;
	int			month;
	int			mday;

	*from = day;
	*upto = day + 1;
	if (calendar == BY_WEEK)
	{
		/* Monday is day 0 of the Julian day count */
		*from = day - (day + POSTGRES_EPOCH_JDATE) % 7;
		*upto = *from + 7;
	}
	if (calendar != BY_MONTH && calendar != BY_YEAR)
		return;
	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	if (calendar == BY_YEAR)
		month = 1;
	*from = date2j(year, month, 1) - POSTGRES_EPOCH_JDATE;
	if (calendar == BY_YEAR || month == 12)
		*upto = date2j(year + 1, 1, 1) - POSTGRES_EPOCH_JDATE;
	else
		*upto = date2j(year, month + 1, 1) - POSTGRES_EPOCH_JDATE;
}

/*
 * hit_period: the first and last calendar periods that there are reach beyond
 * the first and last timestamp.
 */
static void
hit_period(MesoEvaluation *ev, int64 from, int64 upto, DateADT judged,
		   double score)
{
	meso_hit_subject(ev, Max(from, MIN_TIMESTAMP),
					 Min(upto, END_TIMESTAMP - 1), judged, score);
}

static void
judge_calendar(MesoEvaluation *ev, const AggregateThreshold *limit,
			   const MesoEvents *events, Totals *totals)
{
	int			end;

	for (int begin = 0; begin < events->n; begin = end)
	{
		DateADT		from;
		DateADT		upto;
		double		score;

		CHECK_FOR_INTERRUPTS();
		period_of(limit->calendar, events->events[begin].day, &from, &upto);
		for (end = begin; end < events->n && events->events[end].day < upto; end++)
			add(totals, events, end);
		if (satisfied(limit, totals, events, &score))
			hit_period(ev, from * USECS_PER_DAY, upto * USECS_PER_DAY,
					   upto - 1, score);
		for (int i = begin; i < end; i++)
			take(totals, events, i);
	}
}

/*
 * judge_rolling: each event over the days that end with it.
 */
static void
judge_rolling(MesoEvaluation *ev, const AggregateThreshold *limit,
			  const MesoEvents *events, Totals *totals)
{
	const MesoEvent *first = NULL;	/* of the run */
	const MesoEvent *last = NULL;
	double		run_score = 0;
	int			oldest = 0;

	for (int i = 0; i < events->n; i++)
	{
		const MesoEvent *event = &events->events[i];
		DateADT		from = meso_span_first_day(limit->period, event->day);
		double		score;

		CHECK_FOR_INTERRUPTS();
		add(totals, events, i);
		for (; events->events[oldest].day < from; oldest++)
			take(totals, events, oldest);
		if (!meso_valid_on(ev, event->day))
			continue;
		if (satisfied(limit, totals, events, &score))
		{
			last = event;
			if (first == NULL)
			{
				first = event;
				run_score = score;
			}
		}
		else if (first)
		{
			hit_period(ev, first->t, last->t + 1, first->day, run_score);
			first = NULL;
		}
	}
	if (first)
		hit_period(ev, first->t, last->t + 1, first->day, run_score);
}

static void
no_members(MesoEvaluation *ev)
{
	/* the codes of an aggregate's rule, if any, are of no account */
}

static void
aggregate_threshold_judge_person(MesoEvaluation *ev)
{
	const AggregateThreshold *limit = ev->params;
	MesoEvents	events;
	Totals		totals = {0};

	if (!limit->here)
		return;
	meso_collect_events(ev, &limit->measure, &events);
	if (events.n == 0)
		return;
	totals.keys = meso_tallies(ev);
	totals.least = palloc_extended(sizeof(int) * events.n, MCXT_ALLOC_HUGE);
	if (limit->calendar == ROLLING)
		judge_rolling(ev, limit, &events, &totals);
	else
		judge_calendar(ev, limit, &events, &totals);
}

const MesoTemplate meso_template_aggregate_threshold = {
	.name = "aggregate_threshold",
	.compile = aggregate_threshold_compile,
	.judge = no_members,
	.judge_person = aggregate_threshold_judge_person,
	.no_codes = true
};
