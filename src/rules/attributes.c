/*-------------------------------------------------------------------------
 *
 * attributes.c
 *		Attributes of a line that have more than one source.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/datetime.h"

#include "rules/judge.h"

static const MesoStr null_str = {NULL, 0};

/*
 * meso_med_type: the settlement's, else the visit's.
 */
MesoStr
meso_med_type(const MesoLine *L)
{
	if (L->setl && !STR_IS_NULL(L->setl->med_type))
		return L->setl->med_type;
	return L->visit ? L->visit->med_type : null_str;
}

/*
 * meso_insutype: the settlement's, else the smallest that is in force and not
 * paused on the line's day.
 */
MesoStr
meso_insutype(const MesoLine *L)
{
	MesoStr		result = null_str;

	if (L->setl && !STR_IS_NULL(L->setl->insutype))
		return L->setl->insutype;
	if (L->person == NULL)
		return result;
	for (MesoSpell *spell = L->person->spells; spell; spell = spell->next)
	{
		if (spell->paused || !DAYS_CONTAIN(spell->days, L->day))
			continue;
		if (STR_IS_NULL(result) || meso_str_cmp(spell->insutype, result) < 0)
			result = spell->insutype;
	}
	return result;
}

/*
 * birthday: of the line's person, NO_DATE when it is unknown, not finite or
 * after the line's day.
 */
static DateADT
birthday(const MesoLine *L)
{
	DateADT		brdy = L->person ? L->person->brdy : NO_DATE;

	if (brdy == NO_DATE || DATE_NOT_FINITE(brdy) ||
		DATE_NOT_FINITE(L->day) || brdy > L->day)
		return NO_DATE;
	return brdy;
}

/*
 * meso_age: completed years on the line's day; who was born on 29 February
 * completes a year on 1 March where there is no such day.
 */
int
meso_age(const MesoLine *L)
{
	DateADT		brdy = birthday(L);
	int			year;
	int			month;
	int			day;
	int			born_year;
	int			born_month;
	int			born_day;

	if (brdy == NO_DATE)
		return -1;
	j2date(L->day + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	j2date(brdy + POSTGRES_EPOCH_JDATE, &born_year, &born_month, &born_day);
	year -= born_year;
	if (month < born_month || (month == born_month && day < born_day))
		year--;
	return year;
}

int
meso_age_days(const MesoLine *L)
{
	DateADT		brdy = birthday(L);

	if (brdy == NO_DATE)
		return -1;
	return (int) Min((int64) L->day - brdy, PG_INT32_MAX);
}

/*
 * meso_is_stay: a visit whose med_type begins with 2 or is 52.
 */
bool
meso_is_stay(const MesoVisit *visit)
{
	MesoStr		med_type = visit->med_type;

	return visit->present && !STR_IS_NULL(med_type) && med_type.len > 0 &&
		(med_type.data[0] == '2' || meso_str_is(med_type, "52"));
}
