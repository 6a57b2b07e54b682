/*-------------------------------------------------------------------------
 *
 * pair_exclusive.c
 *		Two items that must not be charged together.
 *
 * Judged are the lines with a code in "with": L is a finding iff a code of the
 * pool is present in the window without L.  A supply window holds the pool's
 * lines that began at or before L and still supply at it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/registry.h"
#include "rules/templates/supply.h"

typedef struct PairExclusive
{
	MesoUnit	window;
} PairExclusive;

static void *
pair_exclusive_compile(MesoParams *params, MesoReach *reach)
{
	PairExclusive *pair = palloc0(sizeof(PairExclusive));

	pair->window = meso_param_unit(params, "window",
								   1 << UNIT_SETTLEMENT | 1 << UNIT_VISIT |
								   1 << UNIT_DAY | 1 << UNIT_RX |
								   1 << UNIT_SUPPLY, -1);
	meso_reach_unit(reach, pair->window);
	return pair;
}

/*
 * hit_pair: L beside the first line of the pool in its window, where that one
 * is of a code that is present.
 */
static void
hit_pair(MesoEvaluation *ev, struct meso_tally_hash *sums, const void *group,
		 MesoLine *L, MesoLine *first)
{
	bool		shown = first && first != L &&
	meso_tally_find(sums, group, first->item)->sum > 0;

	meso_hit_related(ev, L, L->amount, &first, shown ? 1 : 0);
}

static void
judge_units(MesoEvaluation *ev, MesoUnit window)
{
	struct meso_tally_hash *sums = meso_tallies(ev);

	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *line = ev->members[i];
		MesoGroup  *groups[MAX_WINDOWS];
		int			n = meso_windows(ev, line, window, groups);

		CHECK_FOR_INTERRUPTS();
		for (int g = 0; g < n; g++)
		{
			meso_tally_add(sums, groups[g], line->item, line->cnt, &groups[g]->n);
			if (groups[g]->data == NULL && line->cnt > 0)
				groups[g]->data = line;
		}
	}
	for (int i = 0; i < ev->nothers; i++)
	{
		MesoLine   *L = ev->others[i];
		MesoGroup  *groups[MAX_WINDOWS];

		CHECK_FOR_INTERRUPTS();
		meso_windows(ev, L, window, groups);
		if (meso_present_without(sums, groups[0], L, groups[0]->n))
			hit_pair(ev, sums, groups[0], L, groups[0]->data);
	}
}

static void
judge_supply(MesoEvaluation *ev)
{
	struct meso_tally_hash *sums = meso_tallies(ev);
	MesoSupply	supply;
	int			npresent = 0;
	int			next = 0;
	MesoLine   *last = NULL;

	meso_supply_begin(&supply, ev->members, ev->nmembers);
	for (int i = 0; i < ev->nothers; i++)
	{
		MesoLine   *L = ev->others[i];
		MesoLine   *line;

		CHECK_FOR_INTERRUPTS();
		for (; next < ev->nmembers; next++)
		{
			line = ev->members[next];
			if (line->fee_ocur_time > L->fee_ocur_time)
				break;
			meso_tally_add(sums, NULL, line->item, line->cnt, &npresent);
			last = line;
		}
		while ((line = meso_supply_ended(&supply, L->fee_ocur_time)) != NULL)
			meso_tally_add(sums, NULL, line->item, -line->cnt, &npresent);
		if (meso_present_without(sums, NULL, L, npresent))
			hit_pair(ev, sums, NULL, L, last);
	}
}

static void
pair_exclusive_judge(MesoEvaluation *ev)
{
	const PairExclusive *pair = ev->params;

	if (ev->nmembers == 0 || ev->nothers == 0)
		return;
	if (pair->window == UNIT_SUPPLY)
		judge_supply(ev);
	else
		judge_units(ev, pair->window);
}

const MesoTemplate meso_template_pair_exclusive = {
	.name = "pair_exclusive",
	.compile = pair_exclusive_compile,
	.other_param = "with",
	.judge = pair_exclusive_judge,
	.judges_others = true,
	.same_institution = true
};
