/*-------------------------------------------------------------------------
 *
 * stay_profile.c
 *		Stays without need: short, cheap, of little but examinations.
 *
 * A stay that has ended is a finding iff it has no operation and satisfies all
 * conditions that are given: at most max_days days, at most max_amount, at
 * least min_share of the amount in the charge classes chrgitm, all of its
 * diagnoses (and at least one) in diag.  Where amounts are asked for, a stay
 * without a positive amount is none.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/chunk.h"
#include "rules/templates/registry.h"

typedef struct StayProfile
{
	int			max_days;		/* -1: not asked for */
	fixed		max_amount;		/* or NO_FIXED, as the next */
	fixed		min_share;
	MesoCodeSet classes;		/* med_chrgitm_type */
	MesoCodeSet diagnoses;
	bool		by_diagnosis;
} StayProfile;

static void *
stay_profile_compile(MesoParams *params, MesoReach *reach)
{
	StayProfile *profile = palloc0(sizeof(StayProfile));
	MesoStr    *codes;
	int			n;

	profile->max_days = meso_param_int(params, "max_days");
	profile->max_amount = meso_param_fixed(params, "max_amount");
	profile->min_share = meso_param_fixed(params, "min_share");
	n = meso_param_list(params, "chrgitm", &codes);
	meso_params_no_patterns(params, "chrgitm", codes, n);
	if (n <= 0 && profile->min_share != NO_FIXED)
		meso_param_error(params, "chrgitm", "names the classes that min_share is of");
	meso_codeset_build(&profile->classes, codes, Max(n, 0));
	n = meso_param_list(params, "diag", &codes);
	if (n == 0)
		meso_param_error(params, "diag", "is empty");
	profile->by_diagnosis = n > 0;
	meso_codeset_build(&profile->diagnoses, codes, Max(n, 0));
	if (profile->max_days < 0 && profile->max_amount == NO_FIXED &&
		profile->min_share == NO_FIXED)
		(void) meso_param_missing(params, "max_days");
	reach->visit = true;
	reach->heads = true;
	reach->columns |= LC_BIT(LC_MED_CHRGITM_TYPE);
	return profile;
}

/*
 * diagnosed: does the stay have diagnoses, and all in the list?
 */
static bool
diagnosed(const StayProfile *profile, const MesoVisit *stay)
{
	for (MesoEntry *entry = stay->diagnoses; entry; entry = entry->next)
	{
		if (!meso_codeset_has_item(&profile->diagnoses, entry->item))
			return false;
	}
	return stay->diagnoses != NULL;
}

/*
 * charged: does what the stay cost satisfy the conditions on amounts?
 */
static bool
charged(const StayProfile *profile, const MesoPerson *person, const MesoVisit *stay)
{
	fixed		whole = 0;
	fixed		part = 0;

	if (profile->max_amount == NO_FIXED && profile->min_share == NO_FIXED)
		return true;
	for (int i = 0; i < person->nlines[DOMAIN_ITEM]; i++)
	{
		const MesoLine *line = person->lines[DOMAIN_ITEM][i];

		CHECK_FOR_INTERRUPTS();
		if (line->visit != stay || line->unfit)
			continue;
		whole = fixed_add(whole, line->amount);
		if (!STR_IS_NULL(line->chrgitm) &&
			meso_codeset_has(&profile->classes, line->chrgitm.data, line->chrgitm.len))
			part = fixed_add(part, line->amount);
	}
	if (whole <= 0)
		return false;
	if (profile->max_amount != NO_FIXED && whole > profile->max_amount)
		return false;
	return profile->min_share == NO_FIXED ||
		(int128) part * FIXED_ONE >= (int128) whole * profile->min_share;
}

static void
no_members(MesoEvaluation *ev)
{
	/* stays are judged, whatever their lines' codes */
}

static void
stay_profile_judge_person(MesoEvaluation *ev)
{
	const StayProfile *profile = ev->params;

	for (MesoVisit *stay = ev->person->visits; stay; stay = stay->next)
	{
		CHECK_FOR_INTERRUPTS();
		if (!stay->present || !meso_is_stay(stay) || stay->endtime == NO_TIME ||
			meso_day(stay->begntime) == NO_DATE || meso_day(stay->endtime) == NO_DATE ||
			stay->endtime < stay->begntime || stay->operations)
			continue;
		if (profile->max_days >= 0 &&
			meso_day(stay->endtime) - meso_day(stay->begntime) > profile->max_days)
			continue;
		if (profile->by_diagnosis && !diagnosed(profile, stay))
			continue;
		if (charged(profile, ev->person, stay))
			meso_hit_visit(ev, stay);
	}
}

const MesoTemplate meso_template_stay_profile = {
	.name = "stay_profile",
	.compile = stay_profile_compile,
	.judge = no_members,
	.judge_person = stay_profile_judge_person,
	.diagnoses = true,
	.operations = true,
	.no_codes = true
};
