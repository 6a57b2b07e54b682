/*-------------------------------------------------------------------------
 *
 * score.c
 *		From a subject's standings to a score.  doc/credit.md is its meaning;
 *		the steps there are the functions here.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "credit/subject.h"

/*
 * interpolated: w * (best - v) / (best - worst), between 0 and w.
 */
static fixed
interpolated(const MesoIndicator *indicator, fixed v)
{
	fixed		span = indicator->best - indicator->worst;
	fixed		short_of = indicator->best - v;

	if (span < 0)
	{
		span = -span;
		short_of = -short_of;
	}
	if (short_of <= 0)
		return 0;
	if (short_of >= span)
		return indicator->weight;
	return fixed_mul_div(indicator->weight, short_of, span);
}

static fixed
banded(const MesoIndicator *indicator, fixed v)
{
	for (int i = 0; i < indicator->nbands; i++)
	{
		const MesoBand *band = &indicator->bands[i];

		if ((band->from == NO_FIXED || v >= band->from) &&
			(band->upto == NO_FIXED || v <= band->upto))
			return fixed_mul_div(indicator->weight, FIXED_ONE - band->earn, FIXED_ONE);
	}
	return indicator->weight;
}

/*
 * needs_value: does the method count the value, not the records?
 */
static bool
needs_value(const MesoIndicator *indicator)
{
	switch (indicator->scoring)
	{
		case SCORING_DEDUCT:
		case SCORING_ADD:
			return indicator->of_value;
		case SCORING_VETO:
			return false;
		default:
			return true;
	}
}

/*
 * known: has the subject what the method counts?
 */
static bool
known(const MesoIndicator *indicator, const MesoStanding *standing)
{
	if (!needs_value(indicator))
		return true;
	if (!standing->has_row)
		return false;
	if (indicator->scoring == SCORING_PEER_PERCENTILE)
		return standing->peer_share != NO_FIXED && standing->peers >= indicator->min_peers;
	return standing->value != NO_FIXED;
}

/*
 * counted: per times records or value, at most the cap.
 */
static fixed
counted(const MesoIndicator *indicator, const MesoStanding *standing)
{
	fixed		quantity = indicator->of_value ? standing->value : standing->quantity;

	return Min(indicator->cap,
			   fixed_mul_div(indicator->per, Max(quantity, 0), FIXED_ONE));
}

/*
 * judge: outcome, loss and gain of an indicator before they are scaled.
 */
static MesoIndicatorScore
judge(const MesoIndicator *indicator, const MesoStanding *standing)
{
	MesoIndicatorScore result = {OUTCOME_COUNTS};

	if (standing->has_row && !standing->applicable)
	{
		result.outcome = OUTCOME_NOT_APPLICABLE;
		return result;
	}
	if (!known(indicator, standing))
	{
		result.outcome = indicator->missing == MISSING_NOT_APPLICABLE ?
			OUTCOME_NOT_APPLICABLE : OUTCOME_MISSING;
		if (indicator->missing == MISSING_ZERO && indicator->scoring != SCORING_ADD)
			result.lost = indicator->weight;
		return result;
	}
	switch (indicator->scoring)
	{
		case SCORING_DEDUCT:
			result.lost = counted(indicator, standing);
			break;
		case SCORING_ADD:
			result.gained = counted(indicator, standing);
			break;
		case SCORING_RATIO_BAND:
			result.lost = banded(indicator, standing->value);
			break;
		case SCORING_LINEAR:
			result.lost = interpolated(indicator, standing->value);
			break;
		case SCORING_PEER_PERCENTILE:
			result.lost = interpolated(indicator, indicator->low_is_better ?
									   FIXED_ONE - standing->peer_share : standing->peer_share);
			break;
		case SCORING_BOOLEAN:
			result.lost = standing->value != 0 ? 0 : indicator->weight;
			break;
		case SCORING_VETO:
			break;
	}
	return result;
}

static bool
weighs(const MesoIndicator *indicator, const MesoIndicatorScore *score)
{
	return score->outcome != OUTCOME_NOT_APPLICABLE &&
		indicator->scoring != SCORING_ADD && indicator->scoring != SCORING_VETO;
}

/*
 * scale: losses become points out of full marks, gains are rounded.
 */
static void
scale(const MesoScheme *scheme, MesoScore *score, fixed denominator)
{
	for (int i = 0; i < scheme->nindicators; i++)
	{
		MesoIndicatorScore *one = &score->indicators[i];

		one->lost = scheme->normalize ?
			fixed_mul_div_cents(one->lost, scheme->full_marks, denominator) :
			fixed_mul_div_cents(one->lost, 1, 1);
		one->gained = fixed_mul_div_cents(one->gained, 1, 1);
	}
}

/*
 * cap_aspects: in order of the indicators, each loses what is left of the cap.
 */
static void
cap_aspects(const MesoScheme *scheme, MesoScore *score)
{
	fixed	   *left = palloc(sizeof(fixed) * Max(scheme->naspects, 1));

	for (int a = 0; a < scheme->naspects; a++)
		left[a] = scheme->aspects[a].cap;
	for (int i = 0; i < scheme->nindicators; i++)
	{
		MesoIndicatorScore *one = &score->indicators[i];
		fixed	   *room = &left[scheme->indicators[i].aspect];

		if (*room == NO_FIXED)
			continue;
		one->lost = Min(one->lost, *room);
		*room -= one->lost;
	}
	pfree(left);
}

/*
 * bound: bring the score within the scheme's bounds, and vetoed ones down.
 */
static void
bound(const MesoScheme *scheme, const MesoSubject *subject, MesoScore *score)
{
	fixed		bounded = Max(Min(score->score, scheme->max_score), scheme->min_score);

	score->bounds_lost = score->score - bounded;
	score->score = bounded;
	for (int i = 0; i < scheme->nindicators && score->vetoed_by < 0; i++)
	{
		if (scheme->indicators[i].scoring == SCORING_VETO &&
			score->indicators[i].outcome == OUTCOME_COUNTS &&
			subject->standings[i].quantity > 0)
		{
			score->vetoed_by = i;
			score->indicators[i].lost = score->score - scheme->min_score;
			score->score = scheme->min_score;
		}
	}
}

static const char *
grade_of(const MesoScheme *scheme, const MesoScore *score)
{
	int			i = 0;

	if (score->vetoed_by >= 0)
		return scheme->veto_grade;
	while (scheme->grades[i].from != NO_FIXED && score->score < scheme->grades[i].from)
		i++;
	return scheme->grades[i].grade;
}

MesoScore *
meso_score(const MesoScheme *scheme, const MesoSubject *subject)
{
	MesoScore  *score = palloc0(sizeof(MesoScore));
	fixed		denominator = 0;

	score->vetoed_by = -1;
	score->indicators = palloc(sizeof(MesoIndicatorScore) * Max(scheme->nindicators, 1));
	for (int i = 0; i < scheme->nindicators; i++)
	{
		score->indicators[i] = judge(&scheme->indicators[i], &subject->standings[i]);
		if (weighs(&scheme->indicators[i], &score->indicators[i]))
			denominator = fixed_add(denominator, scheme->indicators[i].weight);
	}
	if (denominator == 0)
		return score;
	score->rated = true;
	scale(scheme, score, denominator);
	cap_aspects(scheme, score);
	score->score = scheme->full_marks;
	for (int i = 0; i < scheme->nindicators; i++)
		score->score = fixed_add(score->score,
								 score->indicators[i].gained - score->indicators[i].lost);
	bound(scheme, subject, score);
	score->grade = grade_of(scheme, score);
	return score;
}
