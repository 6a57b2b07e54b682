/*-------------------------------------------------------------------------
 *
 * diag.c
 *		The diagnoses that a line is held against.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "rules/templates/diag.h"

/*
 * meso_diag_compile: a MesoDiagSet of the parameters diag and source.
 */
void *
meso_diag_compile(MesoParams *params, MesoReach *reach)
{
	static const char *const sources[] = {"diagnosis", "dise", "both", NULL};
	MesoDiagSet *set = palloc0(sizeof(MesoDiagSet));
	MesoStr    *codes;
	int			n = meso_param_list(params, "diag", &codes);

	if (!meso_param_missing(params, "diag") && n == 0)
		meso_param_error(params, "diag", "is empty");
	meso_codeset_build(&set->codes, codes, Max(n, 0));
	set->source = meso_param_choice(params, "source", sources, DIAG_DIAGNOSIS);
	if (set->source != DIAG_DISE)
		reach->visit = true;
	return set;
}

/*
 * ask_visit: the diagnoses of a visit, each looked up once a judgement.
 */
static MesoDiagAnswer
ask_visit(const MesoDiagSet *set, struct meso_tally_hash *answers,
		  MesoVisit *visit)
{
	MesoTally  *tally = meso_tally(answers, visit, NULL);
	MesoDiagAnswer answer;

	if (tally->n == 0)
	{
		tally->n = 1;
		for (MesoEntry *entry = visit->diagnoses;
			 entry && tally->sum == 0; entry = entry->next)
		{
			if (meso_codeset_has_item(&set->codes, entry->item))
				tally->sum = 1;
		}
	}
	answer.any = visit->diagnoses != NULL;
	answer.match = tally->sum != 0;
	return answer;
}

MesoDiagAnswer
meso_diag_ask(const MesoDiagSet *set, struct meso_tally_hash *answers,
			  const MesoLine *L)
{
	MesoDiagAnswer answer = {false, false};
	MesoItem   *dise = L->setl ? L->setl->dise : NULL;

	if (set->source != DIAG_DISE && L->visit != NULL)
		answer = ask_visit(set, answers, L->visit);
	if (set->source != DIAG_DIAGNOSIS && dise != NULL)
	{
		answer.any = true;
		answer.match = answer.match || meso_codeset_has_item(&set->codes, dise);
	}
	return answer;
}
