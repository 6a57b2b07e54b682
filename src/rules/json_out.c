/*-------------------------------------------------------------------------
 *
 * json_out.c
 *		Writing jsonb, value by value.
 *
 * What is pushed is not copied before the whole is done.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "rules/json_out.h"

void
meso_json_key(JsonbParseState **state, const char *key)
{
	JsonbValue	v = {.type = jbvString};

	v.val.string.val = unconstify(char *, key);
	v.val.string.len = strlen(key);
	pushJsonbValue(state, WJB_KEY, &v);
}

void
meso_json_str(JsonbParseState **state, JsonbIteratorToken token, MesoStr s)
{
	JsonbValue	v = {.type = jbvNull};

	if (!STR_IS_NULL(s))
	{
		v.type = jbvString;
		v.val.string.val = unconstify(char *, s.data);
		v.val.string.len = s.len;
	}
	pushJsonbValue(state, token, &v);
}

void
meso_json_cstring(JsonbParseState **state, JsonbIteratorToken token, const char *s)
{
	meso_json_str(state, token, meso_str(s, s ? strlen(s) : 0));
}

void
meso_json_number(JsonbParseState **state, Numeric number)
{
	JsonbValue	v = {.type = jbvNumeric};

	if (numeric_is_nan(number) || numeric_is_inf(number))
	{
		meso_json_cstring(state, WJB_VALUE,
						  DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number))));
		return;
	}
	v.val.numeric = number;
	pushJsonbValue(state, WJB_VALUE, &v);
}

void
meso_json_field(JsonbParseState **state, const char *key, MesoStr s)
{
	meso_json_key(state, key);
	meso_json_str(state, WJB_VALUE, s);
}
