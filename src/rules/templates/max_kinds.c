/*-------------------------------------------------------------------------
 *
 * max_kinds.c
 *		More kinds of items in a prescription, settlement or day than allowed.
 *
 * L is a finding iff the unit has no earlier line of L's code and the codes of
 * the pool present up to and including L exceed max.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "rules/templates/kinds.h"
#include "rules/templates/registry.h"

static void *
max_kinds_compile(MesoParams *params, MesoReach *reach)
{
	MesoKinds  *kinds = palloc0(sizeof(MesoKinds));
	int			max = meso_param_int_required(params, "max");

	if (max == PG_INT32_MAX)
		meso_param_error(params, "max", "is too large");
	kinds->least = max + 1;
	kinds->window = meso_param_unit(params, "unit",
									1 << UNIT_RX | 1 << UNIT_SETTLEMENT |
									1 << UNIT_DAY, -1);
	meso_reach_unit(reach, kinds->window);
	return kinds;
}

const MesoTemplate meso_template_max_kinds = {
	.name = "max_kinds",
	.compile = max_kinds_compile,
	.judge = meso_kinds_judge
};
