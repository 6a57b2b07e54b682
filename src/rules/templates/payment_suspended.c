/*-------------------------------------------------------------------------
 *
 * payment_suspended.c
 *		Lines of whom the fund does not pay that day.
 *
 * L is a finding iff its institution, its billing practitioner or its person
 * has a row of suspension_in_force on the day.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/registry.h"

static void *
payment_suspended_compile(MesoParams *params, MesoReach *reach)
{
	return NULL;
}

static void
payment_suspended_judge(MesoEvaluation *ev)
{
	for (int i = 0; i < ev->nmembers; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (meso_payment_suspended(ev, ev->members[i]))
			meso_hit(ev, ev->members[i], ev->members[i]->amount);
	}
}

const MesoTemplate meso_template_payment_suspended = {
	.name = "payment_suspended",
	.compile = payment_suspended_compile,
	.judge = payment_suspended_judge,
	.suspensions = true
};
