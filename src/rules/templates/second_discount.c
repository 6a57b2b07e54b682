/*-------------------------------------------------------------------------
 *
 * second_discount.c
 *		Further items of a group on one day that were not discounted.
 *
 * Among the pool's lines of one institution and day with cnt > 0 and amount
 * >= 0 that have a list price, L is a finding iff it is not the one with the
 * highest list price (of equal ones: the first) and its pric exceeds ratio *
 * its list price.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/registry.h"

typedef struct SecondDiscount
{
	fixed		ratio;
} SecondDiscount;

static void *
second_discount_compile(MesoParams *params, MesoReach *reach)
{
	static const char *const bys[] = {"day", NULL};
	SecondDiscount *discount = palloc0(sizeof(SecondDiscount));

	discount->ratio = meso_param_fixed_required(params, "ratio");
	if (discount->ratio < 0)
		meso_param_error(params, "ratio", "must not be negative");
	(void) meso_param_choice(params, "by", bys, 0);
	reach->columns |= LC_BIT(LC_PRIC);
	meso_reach_unit(reach, UNIT_DAY);
	return discount;
}

static void
second_discount_judge(MesoEvaluation *ev)
{
	const SecondDiscount *discount = ev->params;
	fixed	   *prices = palloc_extended(sizeof(fixed) * Max(ev->nmembers, 1),
										 MCXT_ALLOC_HUGE);

	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *line = ev->members[i];
		MesoGroup  *group;

		CHECK_FOR_INTERRUPTS();
		prices[i] = NO_FIXED;
		if (line->cnt <= 0 || line->amount < 0)
			continue;
		prices[i] = meso_list_price(ev, line);
		if (prices[i] == NO_FIXED)
			continue;
		group = meso_group_of(ev, line, UNIT_DAY, true);
		if (group->data == NULL || prices[i] > group->sum)
		{
			group->sum = prices[i];
			group->data = line;
		}
	}
	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];
		MesoLine   *dearest;

		CHECK_FOR_INTERRUPTS();
		if (prices[i] == NO_FIXED || L->pric == NO_FIXED)
			continue;
		dearest = meso_group_of(ev, L, UNIT_DAY, true)->data;
		if (L != dearest &&
			meso_above_price(L->pric, prices[i], discount->ratio))
			meso_hit_related(ev, L,
							 meso_overcharge(L, prices[i], discount->ratio),
							 &dearest, 1);
	}
}

const MesoTemplate meso_template_second_discount = {
	.name = "second_discount",
	.compile = second_discount_compile,
	.judge = second_discount_judge,
	.prices = true
};
