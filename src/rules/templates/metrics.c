/*-------------------------------------------------------------------------
 *
 * metrics.c
 *		What can be counted of a person: the closed list of metrics.
 *
 * Only existing rows that the rule's scope holds for count.  A visit is placed
 * by the day of begntime, a settlement by that of setl_time, a line by its
 * own.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/chunk.h"
#include "rules/templates/metrics.h"

const char *const meso_metric_names[] = {
	"visits", "settlements", "stays", "amount", "fund_amount", "share",
	"readmissions", "institutions", "drug_codes", "stay_gap", NULL
};

void
meso_measure_read(MesoParams *params, MesoReach *reach, MesoMeasure *measure)
{
	MesoStr    *classes;
	int			n;

	measure->metric = meso_param_choice(params, "metric", meso_metric_names, -1);
	n = meso_param_list(params, "chrgitm", &classes);
	measure->days = meso_param_int(params, "days");
	if (measure->metric == METRIC_SHARE)
	{
		(void) meso_param_missing(params, "chrgitm");
		reach->columns |= LC_BIT(LC_MED_CHRGITM_TYPE);
	}
	else if (measure->metric == METRIC_READMISSIONS)
		(void) meso_param_missing(params, "days");
	else if (measure->metric == METRIC_DRUG_CODES)
		reach->columns |= LC_BIT(LC_LIST_TYPE);
	meso_codeset_build(&measure->classes, classes, Max(n, 0));
}

static void
add_event(MesoEvents *events, Timestamp t, fixed part, fixed whole,
		  const void *key)
{
	DateADT		day = meso_day(t);
	MesoEvent  *event;

	if (day == NO_DATE)
		return;
	if (events->n == events->max)
	{
		events->max = Max(64, events->max * 2);
		events->events = events->events
			? repalloc_huge(events->events, events->max * sizeof(MesoEvent))
			: palloc(events->max * sizeof(MesoEvent));
	}
	event = &events->events[events->n++];
	event->t = t;
	event->day = day;
	event->part = part;
	event->whole = whole;
	event->key = key;
}

static void
collect_lines(MesoEvaluation *ev, const MesoMeasure *measure, MesoEvents *events)
{
	MesoPerson *person = ev->person;

	for (int i = 0; i < person->nlines[DOMAIN_ITEM]; i++)
	{
		MesoLine   *line = person->lines[DOMAIN_ITEM][i];
		fixed		part = line->amount;

		CHECK_FOR_INTERRUPTS();
		if (line->unfit || !meso_line_in_scope(ev, line))
			continue;
		if (measure->metric == METRIC_DRUG_CODES)
		{
			/* list_type 101 to 104: drugs */
			if (!STR_IS_NULL(line->list_type) && line->list_type.len > 0 &&
				line->list_type.data[0] == '1')
				add_event(events, line->fee_ocur_time, line->cnt, 0, line->item);
			continue;
		}
		if (measure->metric == METRIC_SHARE &&
			(STR_IS_NULL(line->chrgitm) ||
			 !meso_codeset_has(&measure->classes, line->chrgitm.data,
							   line->chrgitm.len)))
			part = 0;
		add_event(events, line->fee_ocur_time, part, line->amount, NULL);
	}
}

static void
collect_settlements(MesoEvaluation *ev, const MesoMeasure *measure,
					MesoEvents *events)
{
	for (MesoSettlement *setl = ev->person->settlements; setl; setl = setl->next)
	{
		fixed		part = FIXED_ONE;
		const void *key = NULL;

		CHECK_FOR_INTERRUPTS();
		if (!setl->present || setl->refunded ||
			!meso_settlement_in_scope(ev, setl))
			continue;
		if (measure->metric == METRIC_FUND_AMOUNT)
			part = setl->fund_pay_sumamt == NO_FIXED ? 0 : setl->fund_pay_sumamt;
		else if (measure->metric == METRIC_INSTITUTIONS)
			key = setl->inst;
		add_event(events, setl->setl_time, part, 0, key);
	}
}

static int
compare_visits(const void *a, const void *b)
{
	const MesoVisit *x = *(MesoVisit *const *) a;
	const MesoVisit *y = *(MesoVisit *const *) b;

	if (x->begntime != y->begntime)
		return x->begntime < y->begntime ? -1 : 1;
	return meso_str_cmp(x->mdtrt_id, y->mdtrt_id);
}

/*
 * collect_gaps: each stay with the days since the latest end of the stays
 * that began before it; a stay that began before that end has no gap.
 */
static void
collect_gaps(const MesoMeasure *measure, MesoVisit **stays, int n,
			 MesoEvents *events)
{
	DateADT		left = NO_DATE;

	for (int i = 0; i < n; i++)
	{
		DateADT		day = meso_day(stays[i]->begntime);
		int64		gap = (int64) day - left;

		if (day != NO_DATE && left != NO_DATE && gap >= 0)
		{
			if (measure->metric == METRIC_STAY_GAP)
				add_event(events, stays[i]->begntime, gap * FIXED_ONE, 0, NULL);
			else if (gap <= measure->days)
				add_event(events, stays[i]->begntime, FIXED_ONE, 0, NULL);
		}
		if (stays[i]->endtime != NO_TIME)
			left = Max(left, meso_day(stays[i]->endtime));
	}
}

static void
collect_visits(MesoEvaluation *ev, const MesoMeasure *measure, MesoEvents *events)
{
	MesoVisit **stays;
	int			n = 0;
	int			nvisits = 0;

	for (MesoVisit *visit = ev->person->visits; visit; visit = visit->next)
		nvisits++;
	stays = palloc_extended(sizeof(MesoVisit *) * Max(nvisits, 1),
							MCXT_ALLOC_HUGE);
	for (MesoVisit *visit = ev->person->visits; visit; visit = visit->next)
	{
		CHECK_FOR_INTERRUPTS();
		if (!visit->present || !meso_visit_in_scope(ev, visit))
			continue;
		if (measure->metric == METRIC_VISITS ||
			(measure->metric == METRIC_STAYS && meso_is_stay(visit)))
			add_event(events, visit->begntime, FIXED_ONE, 0, NULL);
		if (meso_is_stay(visit))
			stays[n++] = visit;
	}
	qsort(stays, n, sizeof(MesoVisit *), compare_visits);
	if (measure->metric == METRIC_READMISSIONS ||
		measure->metric == METRIC_STAY_GAP)
		collect_gaps(measure, stays, n, events);
}

static int
compare_events(const void *a, const void *b)
{
	const MesoEvent *x = a;
	const MesoEvent *y = b;

	return (x->t > y->t) - (x->t < y->t);
}

void
meso_collect_events(MesoEvaluation *ev, const MesoMeasure *measure,
					MesoEvents *events)
{
	memset(events, 0, sizeof(MesoEvents));
	switch (measure->metric)
	{
		case METRIC_AMOUNT:
		case METRIC_SHARE:
		case METRIC_DRUG_CODES:
			collect_lines(ev, measure, events);
			break;
		case METRIC_SETTLEMENTS:
		case METRIC_FUND_AMOUNT:
		case METRIC_INSTITUTIONS:
			collect_settlements(ev, measure, events);
			break;
		case METRIC_VISITS:
		case METRIC_STAYS:
		case METRIC_READMISSIONS:
		case METRIC_STAY_GAP:
			collect_visits(ev, measure, events);
			break;
	}
	if (events->n > 0)
		qsort(events->events, events->n, sizeof(MesoEvent), compare_events);
}
