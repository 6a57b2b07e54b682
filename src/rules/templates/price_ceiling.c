/*-------------------------------------------------------------------------
 *
 * price_ceiling.c
 *		Prices, or amounts of a visit or year, above a ceiling.
 *
 * The ceiling is price * (1 + tolerance) by the entry that fits L.  Basis
 * price: L is a finding iff pric exceeds it, for what the quantity cost above
 * it.  Basis visit, year: iff the cumulative amount of the pool up to and
 * including L exceeds it, for the smaller of L's amount and the excess.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/datetime.h"

#include "rules/templates/registry.h"

typedef enum Basis
{
	BASIS_PRICE, BASIS_VISIT, BASIS_YEAR
} Basis;

typedef struct PriceCeiling
{
	Basis		basis;
	fixed		factor;			/* 1 + tolerance */
	MesoPrices	ceiling;
} PriceCeiling;

static void *
price_ceiling_compile(MesoParams *params, MesoReach *reach)
{
	static const char *const bases[] = {"price", "visit", "year", NULL};
	const MesoSpan year = {12, 0, 0};
	PriceCeiling *limit = palloc0(sizeof(PriceCeiling));
	fixed		tolerance = meso_param_fixed(params, "tolerance");

	if (tolerance != NO_FIXED && tolerance < 0)
		meso_param_error(params, "tolerance", "must not be negative");
	limit->factor = fixed_add(FIXED_ONE, tolerance == NO_FIXED ? 0 : tolerance);
	limit->basis = meso_param_choice(params, "basis", bases, BASIS_PRICE);
	meso_param_prices(params, "ceiling", &limit->ceiling);
	if (limit->basis == BASIS_PRICE)
		reach->columns |= LC_BIT(LC_PRIC);
	else if (limit->basis == BASIS_VISIT)
		meso_reach_unit(reach, UNIT_VISIT);
	else
		meso_reach_back(reach, year);
	return limit;
}

static void
judge_price(MesoEvaluation *ev, const PriceCeiling *limit, MesoLine *L)
{
	fixed		price;

	if (L->pric == NO_FIXED || !meso_judged(ev, L))
		return;
	price = meso_price_for(&limit->ceiling, L);
	if (price != NO_FIXED && meso_above_price(L->pric, price, limit->factor))
		meso_hit(ev, L, meso_overcharge(L, price, limit->factor));
}

/*
 * judge_sum: sum is the cumulative amount up to and including L.
 */
static void
judge_sum(MesoEvaluation *ev, const PriceCeiling *limit, MesoLine *L, fixed sum)
{
	fixed		price;

	if (!meso_judged(ev, L))
		return;
	price = meso_price_for(&limit->ceiling, L);
	if (price != NO_FIXED && meso_above_price(sum, price, limit->factor))
		meso_hit(ev, L, Min(L->amount,
							meso_price_excess(sum, price, limit->factor)));
}

static int
year_of(DateADT day)
{
	int			year;
	int			month;
	int			mday;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	return year;
}

static void
price_ceiling_judge(MesoEvaluation *ev)
{
	const PriceCeiling *limit = ev->params;
	fixed		sum = 0;

	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];
		MesoGroup  *groups[MAX_WINDOWS];
		int			n;

		CHECK_FOR_INTERRUPTS();
		switch (limit->basis)
		{
			case BASIS_PRICE:
				judge_price(ev, limit, L);
				break;
			case BASIS_VISIT:
				n = meso_windows(ev, L, UNIT_VISIT, groups);
				for (int g = 0; g < n; g++)
					groups[g]->sum = fixed_add(groups[g]->sum, L->amount);
				judge_sum(ev, limit, L, groups[0]->sum);
				break;
			case BASIS_YEAR:
				if (i > 0 && year_of(L->day) != year_of(ev->members[i - 1]->day))
					sum = 0;
				sum = fixed_add(sum, L->amount);
				judge_sum(ev, limit, L, sum);
				break;
		}
	}
}

const MesoTemplate meso_template_price_ceiling = {
	.name = "price_ceiling",
	.compile = price_ceiling_compile,
	.judge = price_ceiling_judge
};
