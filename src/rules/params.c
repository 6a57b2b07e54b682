/*-------------------------------------------------------------------------
 *
 * params.c
 *		Parameters of rules and points, read strictly out of jsonb.
 *
 * Every name that a reader asks for is remembered, present or not: what the
 * rule gives beyond these is a mistake, and the list of them is the hint.  Names
 * are constants, which are not copied.
 * JSON null is the same as an absent parameter.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "rules/params.h"

struct MesoParams
{
	const char *owner;			/* for messages: rule "code" */
	JsonbContainer *rule;
	JsonbContainer *limits;		/* wins over rule; or NULL */
	bool		partial;		/* required ones may be missing */
	const char *missing;		/* the first required one that is not there */
	int			nasked;			/* in the order of the first ask */
	int			maxasked;
	MesoStr    *asked;
};

/*
 * object_root: the object that a jsonb holds; anything else is an error.
 */
static JsonbContainer *
object_root(const char *owner, Jsonb *json)
{
	if (!JB_ROOT_IS_OBJECT(json))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameters of %s are not a JSON object", owner)));
	return &json->root;
}

/*
 * meso_params_open: begin to read.
 *
 * The jsonb values must outlive the MesoParams, not what is read out of it.
 */
MesoParams *
meso_params_open(const char *rule_code, Jsonb *params, Jsonb *limits)
{
	return meso_params_open_of(psprintf("rule \"%s\"", rule_code), params, limits);
}

MesoParams *
meso_params_open_of(const char *owner, Jsonb *params, Jsonb *limits)
{
	MesoParams *result = palloc0(sizeof(MesoParams));

	result->owner = pstrdup(owner);
	result->rule = object_root(owner, params);
	if (limits)
		result->limits = object_root(owner, limits);
	return result;
}

MesoParams *
meso_params_within(MesoParams *params, Jsonb *object)
{
	return meso_params_open_of(params->owner, object, NULL);
}

void
meso_params_partial(MesoParams *params)
{
	params->partial = true;
}

static bool
was_asked(const MesoParams *params, MesoStr name)
{
	for (int i = 0; i < params->nasked; i++)
	{
		if (meso_str_eq(params->asked[i], name))
			return true;
	}
	return false;
}

static void
note_asked(MesoParams *params, const char *name)
{
	MesoStr		asked = meso_str(name, strlen(name));

	if (was_asked(params, asked))
		return;
	if (params->nasked == params->maxasked)
	{
		params->maxasked = Max(16, params->maxasked * 2);
		params->asked = params->asked ?
			repalloc(params->asked, sizeof(MesoStr) * params->maxasked) :
			palloc(sizeof(MesoStr) * params->maxasked);
	}
	params->asked[params->nasked++] = asked;
}

/*
 * refuse_unread: error at the first key of the object that nobody asked for.
 */
static void
refuse_unread(MesoParams *params, JsonbContainer *object)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	value;
	JsonbIteratorToken token;
	StringInfoData known;

	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		if (token != WJB_KEY ||
			was_asked(params, meso_str(value.val.string.val, value.val.string.len)))
			continue;
		initStringInfo(&known);
		for (int i = 0; i < params->nasked; i++)
			appendStringInfo(&known, "%s%s", known.len > 0 ? ", " : "", params->asked[i].data);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown parameter \"%.*s\" of %s",
						value.val.string.len, value.val.string.val,
						params->owner),
				 errhint("Known here are: %s.", known.data)));
	}
}

void
meso_params_finish(MesoParams *params)
{
	refuse_unread(params, params->rule);
	if (params->limits)
		refuse_unread(params, params->limits);
	if (params->missing && !params->partial)
		meso_param_error(params, params->missing, "is missing");
}

void
meso_param_error(MesoParams *params, const char *name, const char *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("parameter \"%s\" of %s %s", name, params->owner, problem)));
	pg_unreachable();
}

/*
 * find_value: the value under a name, not JSON null, or NULL.
 */
static JsonbValue *
find_value(JsonbContainer *object, const char *name)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object, name,
													 strlen(name), NULL);

	return value && value->type != jbvNull ? value : NULL;
}

JsonbValue *
meso_param_value(MesoParams *params, const char *name)
{
	JsonbValue *value = NULL;

	note_asked(params, name);
	if (params->limits)
		value = find_value(params->limits, name);
	return value ? value : find_value(params->rule, name);
}

bool
meso_param_given(MesoParams *params, const char *name)
{
	return meso_param_value(params, name) != NULL;
}

bool
meso_param_missing(MesoParams *params, const char *name)
{
	if (meso_param_given(params, name))
		return false;
	/* told at the end: an unknown name may be what this one was meant to be */
	if (params->missing == NULL)
		params->missing = pstrdup(name);
	return true;
}

char *
meso_param_text(MesoParams *params, const char *name, const char *def)
{
	JsonbValue *value = meso_param_value(params, name);

	if (value == NULL)
		return def ? pstrdup(def) : NULL;
	if (value->type != jbvString)
		meso_param_error(params, name, "must be a string");
	return pnstrdup(value->val.string.val, value->val.string.len);
}

char *
meso_param_text_required(MesoParams *params, const char *name)
{
	if (meso_param_missing(params, name))
		return pstrdup("");
	return meso_param_text(params, name, NULL);
}

int
meso_param_choice(MesoParams *params, const char *name,
				  const char *const *choices, int def)
{
	StringInfoData problem;
	char	   *text;

	if (def < 0 ? meso_param_missing(params, name)
		: !meso_param_given(params, name))
		return Max(def, 0);
	text = meso_param_text(params, name, NULL);

	for (int i = 0; choices[i]; i++)
	{
		if (strcmp(text, choices[i]) == 0)
			return i;
	}
	initStringInfo(&problem);
	appendStringInfoString(&problem, "must be one of");
	for (int i = 0; choices[i]; i++)
		appendStringInfo(&problem, "%s \"%s\"", i > 0 ? "," : "", choices[i]);
	meso_param_error(params, name, problem.data);
}

bool
meso_param_bool(MesoParams *params, const char *name, bool def)
{
	JsonbValue *value = meso_param_value(params, name);

	if (value == NULL)
		return def;
	if (value->type != jbvBool)
		meso_param_error(params, name, "must be true or false");
	return value->val.boolean;
}

bool
meso_json_fixed(const JsonbValue *value, fixed *result)
{
	return value->type == jbvNumeric &&
		numeric_to_scaled(value->val.numeric, FIXED_SCALE, result);
}

fixed
meso_param_fixed(MesoParams *params, const char *name)
{
	JsonbValue *value = meso_param_value(params, name);
	fixed		result;

	if (value == NULL)
		return NO_FIXED;
	if (!meso_json_fixed(value, &result))
		meso_param_error(params, name,
						 "must be a number with at most 6 decimals");
	return result;
}

fixed
meso_param_fixed_required(MesoParams *params, const char *name)
{
	return meso_param_missing(params, name) ? 0 : meso_param_fixed(params, name);
}

int
meso_param_int(MesoParams *params, const char *name)
{
	fixed		value = meso_param_fixed(params, name);

	if (value == NO_FIXED)
		return -1;
	if (value < 0 || value % FIXED_ONE != 0 ||
		value / FIXED_ONE > PG_INT32_MAX)
		meso_param_error(params, name,
						 "must be a whole number that is not negative");
	return (int) (value / FIXED_ONE);
}

int
meso_param_int_required(MesoParams *params, const char *name)
{
	return meso_param_missing(params, name) ? 0 : meso_param_int(params, name);
}

/*
 * list_element: a string or number as a MesoStr of its text.
 */
static MesoStr
list_element(MesoParams *params, const char *name, JsonbValue *value)
{
	MesoStr		result;
	char	   *text = NULL;

	if (value->type == jbvString)
		text = pnstrdup(value->val.string.val, value->val.string.len);

	else if (value->type == jbvNumeric)
		text = DatumGetCString(DirectFunctionCall1(numeric_out,
												   NumericGetDatum(value->val.numeric)));

	else
		meso_param_error(params, name, "must be a list of strings");
	if (text[0] == '\0')
		meso_param_error(params, name, "has an empty element");
	result.data = text;

	result.len = strlen(text);
	return result;
}

int
meso_param_list(MesoParams *params, const char *name, MesoStr **list)
{
	JsonbValue *value = meso_param_value(params, name);
	JsonbContainer *array;
	int			n;

	*list = NULL;
	if (value == NULL)
		return -1;
	if (value->type == jbvString || value->type == jbvNumeric)
	{
		*list = palloc(sizeof(MesoStr));
		(*list)[0] = list_element(params, name, value);
		return 1;
	}
	if (value->type != jbvBinary ||
		!JsonContainerIsArray(value->val.binary.data))
		meso_param_error(params, name, "must be a list of strings");
	array = value->val.binary.data;
	n = JsonContainerSize(array);
	*list = palloc(sizeof(MesoStr) * Max(n, 1));
	for (int i = 0; i < n; i++)
		(*list)[i] = list_element(params, name,
								  getIthJsonbValueFromContainer(array, i));
	return n;
}

void
meso_params_no_patterns(MesoParams *params, const char *name,
						const MesoStr *list, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (list[i].data[list[i].len - 1] == '%')
			meso_param_error(params, name,
							 "takes no %: areas match by prefix without it, all else in full");
	}
}
