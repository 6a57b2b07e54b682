/*-------------------------------------------------------------------------
 *
 * companion_required.c
 *		Items that need another item beside them.
 *
 * L is a finding iff no code of "needs" is present in the window without L.
 * "needs" are items also where the pool is of diagnoses or operations.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/registry.h"

typedef struct CompanionRequired
{
	MesoUnit	window;
} CompanionRequired;

static void *
companion_required_compile(MesoParams *params, MesoReach *reach)
{
	CompanionRequired *companion = palloc0(sizeof(CompanionRequired));

	companion->window = meso_param_unit(params, "window",
										1 << UNIT_SETTLEMENT |
										1 << UNIT_VISIT | 1 << UNIT_DAY, -1);
	meso_reach_unit(reach, companion->window);
	return companion;
}

static void
companion_required_judge(MesoEvaluation *ev)
{
	const CompanionRequired *companion = ev->params;
	struct meso_tally_hash *sums = meso_tallies(ev);
	struct meso_tally_hash *present = meso_tallies(ev);

	for (int i = 0; i < ev->nothers; i++)
	{
		MesoLine   *line = ev->others[i];
		const void *keys[MAX_WINDOWS];
		int			n = meso_window_keys(line, companion->window, keys);

		CHECK_FOR_INTERRUPTS();
		for (int k = 0; k < n; k++)
			meso_tally_add(sums, keys[k], line->item, line->cnt,
						   &meso_tally(present, keys[k], NULL)->n);
	}
	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];
		const void *keys[MAX_WINDOWS];
		MesoTally  *tally;

		CHECK_FOR_INTERRUPTS();
		if (!meso_judged(ev, L) || !meso_unit_closed(L, companion->window))
			continue;
		/* a closed window has a key */
		(void) meso_window_keys(L, companion->window, keys);
		tally = meso_tally_find(present, keys[0], NULL);
		if (tally == NULL ||
			!meso_present_without(sums, keys[0], L, tally->n))
			meso_hit(ev, L, L->amount);
	}
}

const MesoTemplate meso_template_companion_required = {
	.name = "companion_required",
	.compile = companion_required_compile,
	.other_param = "needs",
	.judge = companion_required_judge,
	.same_institution = true,
	.rows = true
};
