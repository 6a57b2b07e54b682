/*-------------------------------------------------------------------------
 *
 * attr_limit.c
 *		An attribute of the line that does not satisfy a limit.
 *
 * L is a finding iff the attribute is known and the limit does not hold; with
 * "missing": "hit" also if the attribute is not known.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "rules/templates/registry.h"

typedef enum Attribute
{
	/* numbers */
	ATTR_AGE,
	ATTR_AGE_DAYS,
	ATTR_HOSP_LV,
	ATTR_SIN_DOS,
	ATTR_PRD_DAYS,
	/* texts */
	ATTR_GEND,
	ATTR_INSUTYPE,
	ATTR_PSN_TYPE,
	ATTR_MED_TYPE,
	ATTR_FIXMEDINS_TYPE,
	ATTR_DEPT,
	ATTR_CHANNEL,
	ATTR_TITLE,
	ATTR_MATN_STAS,
	ATTR_AREA,
	ATTR_PSN_AREA,
	ATTR_LIST_TYPE
} Attribute;

static const char *const attribute_names[] = {
	"age", "age_days", "hosp_lv", "sin_dos", "prd_days",
	"gend", "insutype", "psn_type", "med_type", "fixmedins_type", "dept",
	"channel", "title", "matn_stas", "area", "psn_area", "list_type",
	NULL
};

typedef enum Op
{
	OP_IN, OP_NOT_IN, OP_GE, OP_LE, OP_BETWEEN
} Op;

static const char *const op_names[] = {
	"in", "not_in", ">=", "<=", "between", NULL
};

typedef struct AttrLimit
{
	Attribute	attribute;
	Op			op;
	bool		missing_hits;
	int			n;
	MesoStr    *texts;			/* of a text attribute */
	fixed	   *numbers;		/* of a number */
} AttrLimit;

#define IS_NUMBER(attribute) ((attribute) <= ATTR_PRD_DAYS)

/*
 * to_number: a listed value as an exact number.
 */
static fixed
to_number(MesoParams *params, MesoStr text)
{
	Datum		number = DirectFunctionCall3(numeric_in,
											 CStringGetDatum(text.data),
											 ObjectIdGetDatum(InvalidOid),
											 Int32GetDatum(-1));
	fixed		result;

	if (!datum_to_fixed(number, &result))
		meso_param_error(params, "value",
						 "must be a number with at most 6 decimals");
	return result;
}

/*
 * check_values: refuse lists that no line could satisfy, or that look like
 * patterns: all lines would be findings.
 */
static void
check_values(MesoParams *params, const AttrLimit *limit)
{
	if (limit->n == 0)
		meso_param_error(params, "value", "is empty");
	if (limit->op == OP_BETWEEN && limit->numbers != NULL &&
		limit->numbers[0] > limit->numbers[1])
		meso_param_error(params, "value", "must begin with the smaller number");
	if (!IS_NUMBER(limit->attribute))
		meso_params_no_patterns(params, "value", limit->texts, limit->n);
}

static void *
attr_limit_compile(MesoParams *params, MesoReach *reach)
{
	static const char *const missing[] = {"pass", "hit", NULL};
	AttrLimit  *limit = palloc0(sizeof(AttrLimit));

	limit->attribute = meso_param_choice(params, "attribute", attribute_names, -1);
	limit->op = meso_param_choice(params, "op", op_names, -1);
	limit->missing_hits = meso_param_choice(params, "missing", missing, 0) == 1;
	if (meso_param_missing(params, "value") ||
		!meso_param_given(params, "op") ||
		!meso_param_given(params, "attribute"))
		return limit;
	limit->n = meso_param_list(params, "value", &limit->texts);
	if (limit->op == OP_BETWEEN ? limit->n != 2
		: limit->op >= OP_GE && limit->n != 1)
		meso_param_error(params, "value", limit->op == OP_BETWEEN
						 ? "must be a list of two numbers"
						 : "must be a single number");
	if (IS_NUMBER(limit->attribute))
	{
		limit->numbers = palloc(sizeof(fixed) * Max(limit->n, 1));
		for (int i = 0; i < limit->n; i++)
			limit->numbers[i] = to_number(params, limit->texts[i]);
	}
	else if (limit->op >= OP_GE)
		meso_param_error(params, "op", "applies to numbers only");
	check_values(params, limit);

	switch (limit->attribute)
	{
		case ATTR_SIN_DOS:
			reach->columns |= LC_BIT(LC_SIN_DOS);
			break;
		case ATTR_PRD_DAYS:
			reach->columns |= LC_BIT(LC_PRD_DAYS);
			break;
		case ATTR_DEPT:
			reach->columns |= LC_BIT(LC_BILG_DEPT_CODG);
			break;
		case ATTR_TITLE:
			reach->columns |= LC_BIT(LC_BILG_DR_CODE);
			break;
		case ATTR_LIST_TYPE:
			reach->columns |= LC_BIT(LC_LIST_TYPE);
			break;
		default:
			break;
	}
	return limit;
}

/*
 * number_of: the attribute of the line; false when it is NULL.
 */
static bool
number_of(Attribute attribute, const MesoLine *L, fixed *result)
{
	int			whole;

	if (attribute == ATTR_SIN_DOS)
	{
		*result = L->sin_dos;
		return L->sin_dos != NO_FIXED;
	}
	if (attribute == ATTR_PRD_DAYS)
	{
		*result = L->prd_days;
		return L->prd_days != NO_FIXED;
	}
	if (attribute == ATTR_AGE)
		whole = meso_age(L);
	else if (attribute == ATTR_AGE_DAYS)
		whole = meso_age_days(L);
	else
		whole = L->inst->hosp_lv;
	*result = (fixed) whole * FIXED_ONE;
	return whole >= 0;
}

static bool
number_fits(const AttrLimit *limit, fixed value)
{
	const fixed *numbers = limit->numbers;

	if (limit->op == OP_GE)
		return value >= numbers[0];
	if (limit->op == OP_LE)
		return value <= numbers[0];
	if (limit->op == OP_BETWEEN)
		return value >= numbers[0] && value <= numbers[1];
	for (int i = 0; i < limit->n; i++)
	{
		if (numbers[i] == value)
			return limit->op == OP_IN;
	}
	return limit->op == OP_NOT_IN;
}

static MesoStr
text_of(MesoEvaluation *ev, Attribute attribute, const MesoLine *L)
{
	const MesoPerson *person = ev->person;
	MesoStr		none = {NULL, 0};

	switch (attribute)
	{
		case ATTR_GEND:
			if (person->gend != '\0')
			{
				none.data = &person->gend;
				none.len = 1;
			}
			return none;
		case ATTR_INSUTYPE:
			return meso_insutype(L);
		case ATTR_PSN_TYPE:
			return person->psn_type;
		case ATTR_MED_TYPE:
			return meso_med_type(L);
		case ATTR_FIXMEDINS_TYPE:
			return L->inst->type;
		case ATTR_DEPT:
			return L->dept;
		case ATTR_CHANNEL:
			return L->visit ? L->visit->channel : none;
		case ATTR_TITLE:
			return meso_title(ev, L);
		case ATTR_MATN_STAS:
			return L->visit ? L->visit->matn_stas : none;
		case ATTR_AREA:
			return L->inst->area;
		case ATTR_PSN_AREA:
			return person->area;
		case ATTR_LIST_TYPE:
			return L->list_type;
		default:
			return none;
	}
}

/*
 * text_fits: areas are listed by prefix, all else in full.
 */
static bool
text_fits(const AttrLimit *limit, MesoStr value)
{
	for (int i = 0; i < limit->n; i++)
	{
		if (limit->attribute == ATTR_AREA || limit->attribute == ATTR_PSN_AREA
			? meso_str_has_prefix(value, limit->texts[i])
			: meso_str_eq(value, limit->texts[i]))
			return limit->op == OP_IN;
	}
	return limit->op == OP_NOT_IN;
}

static void
attr_limit_judge(MesoEvaluation *ev)
{
	const AttrLimit *limit = ev->params;

	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];
		bool		hit;

		CHECK_FOR_INTERRUPTS();
		if (!meso_judged(ev, L))
			continue;
		if (IS_NUMBER(limit->attribute))
		{
			fixed		number;

			if (number_of(limit->attribute, L, &number))
				hit = !number_fits(limit, number);
			else
				hit = limit->missing_hits;
		}
		else
		{
			MesoStr text = text_of(ev, limit->attribute, L);

			if (!STR_IS_NULL(text))
				hit = !text_fits(limit, text);
			else
				hit = limit->missing_hits;
		}
		if (hit)
			meso_hit(ev, L, L->amount);
	}
}

const MesoTemplate meso_template_attr_limit = {
	.name = "attr_limit",
	.compile = attr_limit_compile,
	.judge = attr_limit_judge,
	.rows = true,
	.titles = true
};
