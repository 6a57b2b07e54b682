/*-------------------------------------------------------------------------
 *
 * max_qty.c
 *		More of an item in a unit than allowed.
 *
 * S(L) is the signed sum of the pool in the unit up to and including L.  L is
 * a finding iff S(L) exceeds max, for the share of its amount that falls to
 * min(cnt, S(L) - max).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/registry.h"

typedef struct MaxQty
{
	MesoUnit	unit;
	fixed		max;
} MaxQty;

static void *
max_qty_compile(MesoParams *params, MesoReach *reach)
{
	MaxQty	   *limit = palloc0(sizeof(MaxQty));

	limit->max = meso_param_fixed_required(params, "max");
	if (limit->max < 0)
		meso_param_error(params, "max", "must not be negative");
	limit->unit = meso_param_unit(params, "unit",
								  1 << UNIT_LINE | 1 << UNIT_DAY |
								  1 << UNIT_SETTLEMENT | 1 << UNIT_VISIT |
								  1 << UNIT_RX, -1);
	meso_reach_unit(reach, limit->unit);
	return limit;
}

static void
max_qty_judge(MesoEvaluation *ev)
{
	const MaxQty *limit = ev->params;

	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];
		MesoLine   *before = NULL;
		fixed		sum = L->cnt;

		CHECK_FOR_INTERRUPTS();
		if (limit->unit != UNIT_LINE)
		{
			MesoGroup  *groups[MAX_WINDOWS];
			int			n = meso_windows(ev, L, limit->unit, groups);

			before = groups[0]->data;
			for (int g = 0; g < n; g++)
			{
				groups[g]->sum = fixed_add(groups[g]->sum, L->cnt);
				groups[g]->data = L;
			}
			sum = groups[0]->sum;
		}
		if (sum > limit->max && meso_judged(ev, L))
			meso_hit_related(ev, L,
							 meso_share_of_quantity(L, Min(L->cnt, sum - limit->max)),
							 &before, before ? 1 : 0);
	}
}

const MesoTemplate meso_template_max_qty = {
	.name = "max_qty",
	.compile = max_qty_compile,
	.judge = max_qty_judge
};
