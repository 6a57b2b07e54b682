/*-------------------------------------------------------------------------
 *
 * group_dup.c
 *		Several items of one group at the same time.
 *
 * L is a finding iff the window has no earlier line of L's code and the codes
 * present among its lines up to and including L number n or more.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "rules/templates/kinds.h"
#include "rules/templates/registry.h"

static void *
group_dup_compile(MesoParams *params, MesoReach *reach)
{
	MesoKinds  *kinds = palloc0(sizeof(MesoKinds));

	kinds->window = meso_param_unit(params, "window",
									1 << UNIT_RX | 1 << UNIT_SETTLEMENT |
									1 << UNIT_DAY | 1 << UNIT_SUPPLY, -1);
	kinds->least = meso_param_int_required(params, "n");
	if (meso_param_given(params, "n") && kinds->least < 1)
		meso_param_error(params, "n", "must be at least 1");
	meso_reach_unit(reach, kinds->window);
	return kinds;
}

const MesoTemplate meso_template_group_dup = {
	.name = "group_dup",
	.compile = group_dup_compile,
	.judge = meso_kinds_judge
};
