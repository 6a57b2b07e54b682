/*-------------------------------------------------------------------------
 *
 * data_quality.c
 *		Rows that cannot be right.
 *
 * Each check is a condition of its own: see doc/templates.md.  Most are about
 * lines of the pool; sum_mismatch and refund_both are about settlements,
 * order about visits, whatever the codes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "rules/chunk.h"
#include "rules/templates/registry.h"

typedef enum Check
{
	CHECK_MISSING,
	CHECK_QTY_PRICE_AMOUNT,
	CHECK_UPLOAD_LAG,
	CHECK_OUTSIDE_STAY,
	CHECK_AFTER_DEATH,
	CHECK_INSURANCE_PAUSED,
	CHECK_UNKNOWN_CODE,
	CHECK_KEY_MISMATCH,
	/* settlement level */
	CHECK_SUM_MISMATCH,
	CHECK_REFUND_BOTH,
	/* visit level */
	CHECK_ORDER
} Check;

static const char *const check_names[] = {
	"missing", "qty_price_amount", "upload_lag", "outside_stay",
	"after_death", "insurance_paused", "unknown_code", "key_mismatch",
	"sum_mismatch", "refund_both", "order", NULL
};

typedef struct DataQuality
{
	Check		check;
	uint64		columns;		/* missing */
	fixed		money;			/* tolerance: qty_price_amount, sum_mismatch */
	int64		usecs;			/* upload_lag */
	int			days;			/* outside_stay */
} DataQuality;

/*
 * column_mask: the listed columns of fee_line.
 */
static uint64
column_mask(MesoParams *params)
{
	MesoStr    *names;
	int			n = meso_param_list(params, "columns", &names);
	uint64		mask = 0;

	for (int i = 0; i < n; i++)
	{
		int			column = 0;

		while (column < LC_COUNT && !meso_str_is(names[i], meso_line_columns[column]))
			column++;
		if (column == LC_COUNT)
			meso_param_error(params, "columns", "names what is no column of fee_line");
		mask |= LC_BIT(column);
	}
	return mask;
}

static fixed
money_tolerance(MesoParams *params)
{
	fixed		tolerance = meso_param_fixed(params, "tolerance");

	if (tolerance == NO_FIXED)
		return FIXED_CENT;
	if (tolerance < 0)
		meso_param_error(params, "tolerance", "must not be negative");
	return tolerance;
}

/*
 * time_tolerance: interval text; a month has 30 days, as when timestamps'
 * differences are compared.
 */
static int64
time_tolerance(MesoParams *params)
{
	MesoSpan	span = meso_param_span(params, "tolerance", false);

	if (!SPAN_IS_SET(span))
		return meso_param_given(params, "tolerance") ? 0 : USECS_PER_DAY;
	return span.usecs + ((int64) span.days + (int64) span.months * DAYS_PER_MONTH) *
		USECS_PER_DAY;
}

/*
 * day_tolerance: a number of days, or interval text in days.
 */
static int
day_tolerance(MesoParams *params)
{
	JsonbValue *value = meso_param_value(params, "tolerance");
	MesoSpan	span;

	if (value == NULL || value->type != jbvString)
		return Max(meso_param_int(params, "tolerance"), 0);
	span = meso_param_span(params, "tolerance", false);
	if (span.days == 0)
		meso_param_error(params, "tolerance", "must be in days");
	return span.days;
}

static void *
data_quality_compile(MesoParams *params, MesoReach *reach)
{
	DataQuality *quality = palloc0(sizeof(DataQuality));

	quality->check = meso_param_choice(params, "check", check_names, -1);
	switch (quality->check)
	{
		case CHECK_MISSING:
			if (!meso_param_missing(params, "columns"))
				quality->columns = column_mask(params);
			reach->columns |= quality->columns;
			break;
		case CHECK_QTY_PRICE_AMOUNT:
			reach->columns |= LC_BIT(LC_PRIC);
			quality->money = money_tolerance(params);
			break;
		case CHECK_UPLOAD_LAG:
			reach->columns |= LC_BIT(LC_UPLOAD_TIME);
			quality->usecs = time_tolerance(params);
			break;
		case CHECK_OUTSIDE_STAY:
			quality->days = day_tolerance(params);
			break;
		case CHECK_SUM_MISMATCH:
			quality->money = money_tolerance(params);
			reach->heads = true;
			break;
		case CHECK_REFUND_BOTH:
		case CHECK_ORDER:
			reach->heads = true;
			break;
		default:
			break;
	}
	return quality;
}

/*
 * wrong_amount: does abs(round(cnt * pric, 2) - amount) exceed the tolerance?
 */
static bool
wrong_amount(const MesoLine *L, fixed tolerance)
{
	const int128 cent = (int128) FIXED_CENT * FIXED_ONE;
	int128		product;
	int128		difference;

	if (L->pric == NO_FIXED)
		return false;
	product = (int128) L->cnt * L->pric;
	product = (product + (product < 0 ? -cent : cent) / 2) / cent;
	difference = product * FIXED_CENT - L->amount;
	return difference > tolerance || -difference > tolerance;
}

static bool
outside_stay(const MesoLine *L, int tolerance)
{
	const MesoVisit *visit = L->visit;
	DateADT		end;

	if (visit == NULL || !meso_is_stay(visit) || visit->endtime == NO_TIME)
		return false;
	end = meso_day(visit->endtime);
	return (int64) L->day < (int64) meso_day(visit->begntime) - tolerance ||
		(end != NO_DATE && (int64) L->day > (int64) end + tolerance);
}

static bool
insurance_paused(const MesoPerson *person, const MesoLine *L)
{
	MesoStr		insutype = meso_insutype(L);

	if (STR_IS_NULL(insutype))
		return false;
	for (MesoSpell *spell = person->spells; spell; spell = spell->next)
	{
		if (spell->paused && DAYS_CONTAIN(spell->days, L->day) &&
			meso_str_eq(spell->insutype, insutype))
			return true;
	}
	return false;
}

static bool
key_mismatch(const MesoLine *L)
{
	const MesoSettlement *setl = L->setl;

	return setl != NULL && setl->present &&
		(!meso_str_eq(L->psn_no, setl->psn_no) ||
		 !meso_str_eq(L->inst->code, setl->inst->code));
}

static bool
wrong_line(MesoEvaluation *ev, const DataQuality *quality, const MesoLine *L)
{
	const MesoPerson *person = ev->person;

	switch (quality->check)
	{
		case CHECK_MISSING:
			return (L->nulls & quality->columns) != 0;
		case CHECK_QTY_PRICE_AMOUNT:
			return L->unfit || wrong_amount(L, quality->money);
		case CHECK_UPLOAD_LAG:
			return L->upload_time != NO_TIME &&
				(int128) L->upload_time - L->fee_ocur_time > quality->usecs;
		case CHECK_OUTSIDE_STAY:
			return outside_stay(L, quality->days);
		case CHECK_AFTER_DEATH:
			return person->die_date != NO_DATE && L->day > person->die_date;
		case CHECK_INSURANCE_PAUSED:
			return insurance_paused(person, L);
		case CHECK_UNKNOWN_CODE:
			return !meso_item_known(L->item, L->day) && meso_known_codes_loaded(ev);
		case CHECK_KEY_MISMATCH:
			return key_mismatch(L);
		default:
			return false;
	}
}

static void
data_quality_judge(MesoEvaluation *ev)
{
	const DataQuality *quality = ev->params;

	if (quality->check >= CHECK_SUM_MISMATCH)
		return;
	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];

		CHECK_FOR_INTERRUPTS();
		if (wrong_line(ev, quality, L))
			meso_hit(ev, L, L->unfit ? NO_FIXED : L->amount);
	}
}

/*
 * judge_settlement: the lines count as they were reported, reversing ones
 * too; what does not fit the evaluator's numbers cannot be summed.
 */
static void
judge_settlement(MesoEvaluation *ev, const DataQuality *quality,
				 MesoSettlement *setl)
{
	int128		difference;

	if (!setl->present || setl->reported_lines == 0)
		return;
	if (quality->check == CHECK_REFUND_BOTH)
	{
		if (setl->refunded && setl->reported_negative)
			meso_hit_settlement(ev, setl, NO_FIXED);
		return;
	}
	if (setl->refunded || setl->reported_unfit || setl->medfee_sumamt == NO_FIXED)
		return;
	difference = (int128) setl->medfee_sumamt - setl->reported_sum;
	if (difference < 0)
		difference = -difference;
	if (difference > quality->money)
		meso_hit_settlement(ev, setl, (fixed) Min(difference, PG_INT64_MAX));
}

static void
data_quality_judge_person(MesoEvaluation *ev)
{
	const DataQuality *quality = ev->params;

	if (quality->check == CHECK_ORDER)
	{
		for (MesoVisit *visit = ev->person->visits; visit; visit = visit->next)
		{
			CHECK_FOR_INTERRUPTS();
			if (visit->present && visit->endtime != NO_TIME &&
				visit->begntime > visit->endtime)
				meso_hit_visit(ev, visit);
		}
	}
	else if (quality->check >= CHECK_SUM_MISMATCH)
	{
		for (MesoSettlement *setl = ev->person->settlements; setl; setl = setl->next)
		{
			CHECK_FOR_INTERRUPTS();
			judge_settlement(ev, quality, setl);
		}
	}
}

const MesoTemplate meso_template_data_quality = {
	.name = "data_quality",
	.compile = data_quality_compile,
	.judge = data_quality_judge,
	.judge_person = data_quality_judge_person,
	.any_sign = true,
	.known_codes = true
};
