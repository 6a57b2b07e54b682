/*-------------------------------------------------------------------------
 *
 * diag_forbidden.c
 *		Items that certain diagnoses rule out.
 *
 * L is a finding iff some diagnosis of the source is in the set.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/diag.h"
#include "rules/templates/registry.h"

static void
diag_forbidden_judge(MesoEvaluation *ev)
{
	const MesoDiagSet *set = ev->params;
	struct meso_tally_hash *answers = meso_tallies(ev);

	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];

		CHECK_FOR_INTERRUPTS();
		if (meso_judged(ev, L) && meso_diag_ask(set, answers, L).match)
			meso_hit(ev, L, L->amount);
	}
}

const MesoTemplate meso_template_diag_forbidden = {
	.name = "diag_forbidden",
	.compile = meso_diag_compile,
	.judge = diag_forbidden_judge,
	.rows = true,
	.diagnoses = true
};
