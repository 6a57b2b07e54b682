/*-------------------------------------------------------------------------
 *
 * diag_required.c
 *		Items that need one of certain diagnoses.
 *
 * L is a finding iff the visit has at least one diagnosis and none is in the
 * set; of source "dise", iff the settlement names a disease outside the set.
 * What accuses by absence waits for the end of the visit, whatever the source.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/diag.h"
#include "rules/templates/registry.h"

static void
diag_required_judge(MesoEvaluation *ev)
{
	const MesoDiagSet *set = ev->params;
	struct meso_tally_hash *answers = meso_tallies(ev);

	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];
		MesoDiagAnswer answer;

		CHECK_FOR_INTERRUPTS();
		if (!meso_judged(ev, L) || !meso_unit_closed(L, UNIT_VISIT))
			continue;
		answer = meso_diag_ask(set, answers, L);
		if (answer.any && !answer.match)
			meso_hit(ev, L, L->amount);
	}
}

const MesoTemplate meso_template_diag_required = {
	.name = "diag_required",
	.compile = meso_diag_compile,
	.judge = diag_required_judge,
	.rows = true,
	.diagnoses = true
};
