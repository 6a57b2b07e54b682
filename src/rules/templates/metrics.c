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
	"readmissions", "institutions", "drug_codes", "stay_gap", "persons",
	"readmission_rate", "diag_rate", "unstocked", NULL
};

void
meso_measure_read(MesoParams *params, MesoReach *reach, MesoMeasure *measure)
{
	MesoStr    *classes;
	MesoStr    *items;
	MesoStr    *diags;
	int			n;
	int			nitems;
	int			ndiags;

	measure->metric = meso_param_choice(params, "metric", meso_metric_names, -1);
	n = meso_param_list(params, "chrgitm", &classes);
	meso_params_no_patterns(params, "chrgitm", classes, n);
	nitems = meso_param_list(params, "items", &items);
	ndiags = meso_param_list(params, "diag", &diags);
	measure->days = meso_param_int(params, "days");
	if (n >= 0 && nitems >= 0)
		meso_param_error(params, "items", "excludes chrgitm");
	if (nitems == 0 || ndiags == 0)
		meso_param_error(params, nitems == 0 ? "items" : "diag", "is empty");
	if (measure->metric == METRIC_SHARE)
	{
		if (nitems < 0)
			(void) meso_param_missing(params, "chrgitm");
		reach->columns |= LC_BIT(LC_MED_CHRGITM_TYPE);
	}
	else if (measure->metric == METRIC_DIAG_RATE)
		(void) meso_param_missing(params, "diag");
	else if (measure->metric == METRIC_UNSTOCKED)
		(void) meso_param_missing(params, "items");
	else if (measure->metric == METRIC_READMISSIONS ||
			 measure->metric == METRIC_READMISSION_RATE)
		(void) meso_param_missing(params, "days");
	else if (measure->metric == METRIC_DRUG_CODES)
		reach->columns |= LC_BIT(LC_LIST_TYPE);
	/* what a stay changes about the next one does not ask how far that is */
	reach->chained |= measure->metric == METRIC_STAY_GAP ||
		measure->metric == METRIC_READMISSIONS ||
		measure->metric == METRIC_READMISSION_RATE;
	meso_codeset_build(&measure->classes, classes, Max(n, 0));
	meso_codeset_build(&measure->items, items, Max(nitems, 0));
}

/*
 * add_event: count a row, unless its time is infinite.
 */
static void
add_event(MesoEvents *events, Timestamp t, MesoStr id, fixed part, fixed whole,
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
	event = &events->events[events->n];
	event->t = t;
	event->day = day;
	event->id = id;
	event->seq = events->n++;
	event->part = part;
	event->whole = whole;
	event->key = key;
}

/*
 * in_part: is the line of the part whose share is measured?
 */
static bool
in_part(const MesoMeasure *measure, const MesoLine *line)
{
	return meso_codeset_has_item(&measure->items, line->item) ||
		(!STR_IS_NULL(line->chrgitm) &&
		 meso_codeset_has(&measure->classes, line->chrgitm.data, line->chrgitm.len));
}

/*
 * is_drug: list_type 101 to 104.
 */
static bool
is_drug(const MesoLine *line)
{
	return !STR_IS_NULL(line->list_type) && line->list_type.len > 0 &&
		line->list_type.data[0] == '1';
}

static void
collect_lines(MesoEvaluation *ev, const MesoMeasure *measure, MesoEvents *events)
{
	MesoPerson *person = ev->person;

	for (int i = 0; i < person->nlines[DOMAIN_ITEM]; i++)
	{
		MesoLine   *line = person->lines[DOMAIN_ITEM][i];

		CHECK_FOR_INTERRUPTS();
		if (line->unfit || !meso_line_in_scope(ev, line))
			continue;
		if (measure->metric == METRIC_SHARE)
			add_event(events, line->fee_ocur_time, line->setl->setl_id,
					  in_part(measure, line) ? line->amount : NO_FIXED,
					  line->amount, NULL);
		else if (is_drug(line))
			add_event(events, line->fee_ocur_time, line->setl->setl_id,
					  FIXED_ONE, 0, line->item);
	}
}

static void
collect_settlements(MesoEvaluation *ev, const MesoMeasure *measure,
					MesoEvents *events)
{
	for (MesoSettlement *setl = ev->person->settlements; setl; setl = setl->next)
	{
		fixed		part = FIXED_ONE;

		CHECK_FOR_INTERRUPTS();
		if (!setl->present || setl->refunded ||
			!meso_settlement_in_scope(ev, setl))
			continue;
		if (measure->metric == METRIC_AMOUNT)
			part = setl->medfee_sumamt;
		else if (measure->metric == METRIC_FUND_AMOUNT)
			part = setl->fund_pay_sumamt;
		add_event(events, setl->setl_time, setl->setl_id, part, 0,
				  measure->metric == METRIC_INSTITUTIONS ? setl->inst : NULL);
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
 * gap_before: days from the end of the stay before to the begin of this one;
 * NO_FIXED where there is none, it has no end, or it ended later.
 */
static fixed
gap_before(const MesoVisit *before, const MesoVisit *stay)
{
	int64		gap;

	if (before == NULL || before->endtime == NO_TIME ||
		meso_day(before->endtime) == NO_DATE)
		return NO_FIXED;
	gap = (int64) meso_day(stay->begntime) - meso_day(before->endtime);
	return gap < 0 ? NO_FIXED : gap * FIXED_ONE;
}

/*
 * collect_gaps: each stay with the days since the stay before; for stay_gap
 * the stay before at the same institution.
 */
static void
collect_gaps(MesoEvaluation *ev, const MesoMeasure *measure,
			 MesoVisit **stays, int n, MesoEvents *events)
{
	struct meso_tally_hash *last = meso_tallies(ev);

	for (int i = 0; i < n; i++)
	{
		MesoVisit  *stay = stays[i];
		bool		readmission = measure->metric == METRIC_READMISSIONS;
		MesoTally  *before = meso_tally(last, readmission ? NULL : stay->inst, NULL);
		fixed		part = gap_before(before->data, stay);

		if (readmission)
			part = part != NO_FIXED && part <= measure->days * FIXED_ONE ? FIXED_ONE : 0;
		add_event(events, stay->begntime, stay->mdtrt_id, part, 0, NULL);
		before->data = stay;
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
			add_event(events, visit->begntime, visit->mdtrt_id, FIXED_ONE, 0, NULL);
		if (meso_is_stay(visit))
			stays[n++] = visit;
	}
	qsort(stays, n, sizeof(MesoVisit *), compare_visits);
	if (measure->metric == METRIC_READMISSIONS ||
		measure->metric == METRIC_STAY_GAP)
		collect_gaps(ev, measure, stays, n, events);
}

/*
 * compare_events: the total order; lines were collected in it.
 */
static int
compare_events(const void *a, const void *b)
{
	const MesoEvent *x = a;
	const MesoEvent *y = b;
	int			c;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	c = meso_str_cmp(x->id, y->id);
	return c != 0 ? c : x->seq - y->seq;
}

void
meso_collect_events(MesoEvaluation *ev, const MesoMeasure *measure,
					MesoEvents *events)
{
	memset(events, 0, sizeof(MesoEvents));
	switch (measure->metric)
	{
		case METRIC_SHARE:
		case METRIC_DRUG_CODES:
			collect_lines(ev, measure, events);
			break;
		case METRIC_SETTLEMENTS:
		case METRIC_AMOUNT:
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
		case METRIC_PERSONS:
		case METRIC_READMISSION_RATE:
		case METRIC_DIAG_RATE:
		case METRIC_UNSTOCKED:
			break;
	}
	if (events->n > 0)
		qsort(events->events, events->n, sizeof(MesoEvent), compare_events);
}
