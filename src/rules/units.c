/*-------------------------------------------------------------------------
 *
 * units.c
 *		The units that limits are set for: line, prescription, settlement,
 *		visit, day, supply.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "rules/judge.h"

static const char *const unit_names[UNIT_COUNT] = {
	[UNIT_LINE] = "line",
	[UNIT_RX] = "rx",
	[UNIT_SETTLEMENT] = "settlement",
	[UNIT_VISIT] = "visit",
	[UNIT_DAY] = "day",
	[UNIT_SUPPLY] = "supply"
};

/*
 * meso_param_unit: the unit that a parameter names, among those allowed.
 *
 * default_unit -1: the parameter is required.
 */
MesoUnit
meso_param_unit(MesoParams *params, const char *name, int allowed,
				int default_unit)
{
	const char *choices[UNIT_COUNT + 1];
	MesoUnit	units[UNIT_COUNT];
	int			n = 0;
	int			def = -1;

	for (int unit = 0; unit < UNIT_COUNT; unit++)
	{
		if ((allowed & (1 << unit)) == 0)
			continue;
		if (unit == default_unit)
			def = n;
		units[n] = (MesoUnit) unit;
		choices[n++] = unit_names[unit];
	}
	choices[n] = NULL;
	return units[meso_param_choice(params, name, choices, def)];
}

/*
 * meso_reach_unit: what a feeder must read for all lines of L's unit.
 */
void
meso_reach_unit(MesoReach *reach, MesoUnit unit)
{
	MesoSpan	one_day = {0, 1, 0};

	switch (unit)
	{
		case UNIT_LINE:
			break;
		case UNIT_RX:
			reach->columns |= LC_BIT(LC_RXNO);
			break;
		case UNIT_SETTLEMENT:
			/* a feeder reads settlements whole in any case */
			break;
		case UNIT_VISIT:
			reach->visit = true;
			break;
		case UNIT_DAY:
			meso_reach_back(reach, one_day);
			break;
		case UNIT_SUPPLY:
			reach->columns |= LC_BIT(LC_PRD_DAYS);
			reach->everything = true;
			break;
		case UNIT_COUNT:
			break;
	}
}

int
meso_windows(MesoEvaluation *ev, const MesoLine *L, MesoUnit unit,
			 MesoGroup **groups)
{
	int			n = 0;

	if (unit == UNIT_VISIT)
	{
		if (L->visit != NULL)
			groups[n++] = meso_group(ev, L, UNIT_VISIT);
		unit = UNIT_SETTLEMENT;
	}
	groups[n++] = meso_group(ev, L, unit);
	return n;
}

int
meso_window_keys(const MesoLine *L, MesoUnit unit, const void **keys)
{
	int			n = 0;

	if (unit == UNIT_DAY)
	{
		keys[0] = DAY_KEY(L->day);
		return 1;
	}
	if (unit == UNIT_VISIT && L->visit != NULL)
		keys[n++] = L->visit;
	if (L->setl != NULL)
		keys[n++] = L->setl;
	return n;
}

bool
meso_unit_closed(const MesoLine *L, MesoUnit unit)
{
	if (unit == UNIT_VISIT && L->visit != NULL)
		return L->visit->present && L->visit->endtime != NO_TIME;
	return L->setl != NULL && L->setl->present;
}

fixed
meso_share_of_quantity(const MesoLine *L, fixed excess)
{
	return fixed_mul_div_cents(L->amount, excess, L->cnt);
}
