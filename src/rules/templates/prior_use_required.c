/*-------------------------------------------------------------------------
 *
 * prior_use_required.c
 *		Second-line items without the first line before.
 *
 * L is a finding iff no code of "first_line" is present at an earlier instant
 * of the look-back, nor in L's settlement.  Not judged: a line whose
 * settlement is missing, or whose look-back begins before the data does.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/registry.h"

typedef struct PriorUse
{
	MesoSpan	lookback;
} PriorUse;

/* The first-line codes in the look-back of the line at hand */
typedef struct Lookback
{
	struct meso_tally_hash *sums;
	int			npresent;
	int			oldest;			/* of ev->others, in the look-back */
	int			next;			/* of ev->others, not yet in it */
} Lookback;

static void *
prior_use_required_compile(MesoParams *params, MesoReach *reach)
{
	PriorUse   *prior = palloc0(sizeof(PriorUse));

	prior->lookback = meso_param_span(params, "lookback", true);
	meso_reach_back(reach, prior->lookback);
	meso_reach_unit(reach, UNIT_SETTLEMENT);
	return prior;
}

/*
 * slide: move the look-back on to L.
 */
static void
slide(MesoEvaluation *ev, Lookback *past, MesoSpan span, const MesoLine *L)
{
	MesoLine   *line;

	for (; past->next < ev->nothers; past->next++)
	{
		line = ev->others[past->next];
		if (line->fee_ocur_time >= L->fee_ocur_time)
			break;
		meso_tally_add(past->sums, NULL, line->item, line->cnt, &past->npresent);
	}
	for (; past->oldest < past->next; past->oldest++)
	{
		line = ev->others[past->oldest];
		if (meso_span_contains(span, L, line))
			break;
		meso_tally_add(past->sums, NULL, line->item, -line->cnt, &past->npresent);
	}
}

static void
prior_use_required_judge(MesoEvaluation *ev)
{
	const PriorUse *prior = ev->params;
	struct meso_tally_hash *settled = meso_tallies(ev);
	DateADT		since = meso_data_since(ev);
	Lookback	past = {0};

	for (int i = 0; i < ev->nothers; i++)
	{
		MesoLine   *line = ev->others[i];
		MesoGroup  *group = meso_group(ev, line, UNIT_SETTLEMENT);

		CHECK_FOR_INTERRUPTS();
		meso_tally_add(settled, group, line->item, line->cnt, &group->n);
	}
	past.sums = meso_tallies(ev);
	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];

		CHECK_FOR_INTERRUPTS();
		slide(ev, &past, prior->lookback, L);
		if (past.npresent > 0 || meso_group(ev, L, UNIT_SETTLEMENT)->n > 0 ||
			!meso_unit_closed(L, UNIT_SETTLEMENT) ||
			meso_span_touches(prior->lookback, L) < since)
			continue;
		meso_hit(ev, L, L->amount);
	}
}

const MesoTemplate meso_template_prior_use_required = {
	.name = "prior_use_required",
	.compile = prior_use_required_compile,
	.other_param = "first_line",
	.judge = prior_use_required_judge
};
