/*-------------------------------------------------------------------------
 *
 * component_sum.c
 *		Parts charged one by one above the price of the whole.
 *
 * In one institution and day: n or more components are present, the parent is
 * not, and the sum of the present components' amounts exceeds the ceiling by
 * L's attributes.  L is then a finding for its share of the excess.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/registry.h"

typedef struct ComponentSum
{
	int			n;
	MesoPrices	ceiling;
} ComponentSum;

/* One institution and day */
typedef struct Bill
{
	int			parents;		/* codes present */
	int			components;		/* codes present */
	fixed		amount;			/* of the present components */
} Bill;

static void *
component_sum_compile(MesoParams *params, MesoReach *reach)
{
	ComponentSum *limit = palloc0(sizeof(ComponentSum));

	limit->n = meso_param_int_required(params, "n");
	meso_param_prices(params, "ceiling", &limit->ceiling);
	meso_reach_unit(reach, UNIT_DAY);
	return limit;
}

static Bill *
bill_of(MesoEvaluation *ev, const MesoLine *line)
{
	MesoGroup  *group = meso_group_of(ev, line, UNIT_DAY, true);

	if (group->data == NULL)
		group->data = palloc0(sizeof(Bill));
	return group->data;
}

/*
 * add_up: what stands on the bills of all institutions and days.
 */
static void
add_up(MesoEvaluation *ev)
{
	struct meso_tally_hash *parents = meso_tallies(ev);
	struct meso_tally_hash *cnts = meso_tallies(ev);
	struct meso_tally_hash *amounts = meso_tallies(ev);

	for (int i = 0; i < ev->nothers; i++)
	{
		MesoLine   *line = ev->others[i];
		Bill	   *bill = bill_of(ev, line);

		CHECK_FOR_INTERRUPTS();
		meso_tally_add(parents, bill, line->item, line->cnt, &bill->parents);
	}
	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *line = ev->members[i];
		Bill	   *bill = bill_of(ev, line);
		MesoTally  *amount = meso_tally(amounts, bill, line->item);

		CHECK_FOR_INTERRUPTS();
		meso_tally_add(cnts, bill, line->item, line->cnt, &bill->components);
		amount->sum = fixed_add(amount->sum, line->amount);
	}
	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *line = ev->members[i];
		Bill	   *bill = bill_of(ev, line);
		MesoTally  *amount = meso_tally_find(amounts, bill, line->item);

		CHECK_FOR_INTERRUPTS();
		if (amount->n++ == 0 &&
			meso_tally_find(cnts, bill, line->item)->sum > 0)
			bill->amount = fixed_add(bill->amount, amount->sum);
	}
}

static void
component_sum_judge(MesoEvaluation *ev)
{
	const ComponentSum *limit = ev->params;

	add_up(ev);
	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];
		Bill	   *bill = bill_of(ev, L);
		fixed		ceiling;

		CHECK_FOR_INTERRUPTS();
		if (bill->components < limit->n || bill->parents > 0 ||
			!meso_unit_closed(L, UNIT_DAY) || !meso_judged(ev, L))
			continue;
		ceiling = meso_price_for(&limit->ceiling, L);
		if (ceiling != NO_FIXED && bill->amount > ceiling)
			meso_hit(ev, L, fixed_mul_div_cents(L->amount,
												bill->amount - ceiling,
												bill->amount));
	}
}

const MesoTemplate meso_template_component_sum = {
	.name = "component_sum",
	.compile = component_sum_compile,
	.other_param = "parent",
	.codes_param = "components",
	.judge = component_sum_judge
};
