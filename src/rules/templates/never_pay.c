/*-------------------------------------------------------------------------
 *
 * never_pay.c
 *		Items that the fund never pays.
 *
 * Every line of the pool is a finding; payable_only keeps out those of which
 * nothing was paid.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/registry.h"

static void *
never_pay_compile(MesoParams *params, MesoReach *reach)
{
	return NULL;
}

static void
never_pay_judge(MesoEvaluation *ev)
{
	for (int i = 0; i < ev->nmembers; i++)
	{
		CHECK_FOR_INTERRUPTS();
		meso_hit(ev, ev->members[i], ev->members[i]->amount);
	}
}

const MesoTemplate meso_template_never_pay = {
	.name = "never_pay",
	.compile = never_pay_compile,
	.judge = never_pay_judge,
	.rows = true
};
