/*-------------------------------------------------------------------------
 *
 * rule_message.c
 *		The text of a rule's findings.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "rules/rule_message.h"

PG_FUNCTION_INFO_V1(meso_audit_fill_message);

/*
 * value_text: as the operator ->> gives it; NULL for JSON null.
 */
static char *
value_text(JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out,
													   NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return value->val.boolean ? "true" : "false";
		case jbvBinary:
			return JsonbToCString(NULL, value->val.binary.data, value->val.binary.len);
		default:
			return NULL;
	}
}

/*
 * replace_all: no server encoding has a brace within another character.
 */
static char *
replace_all(char *text, const char *what, const char *by)
{
	StringInfoData result;
	char	   *at = strstr(text, what);

	if (at == NULL)
		return text;
	initStringInfo(&result);
	for (; at; at = strstr(text, what))
	{
		appendBinaryStringInfo(&result, text, at - text);
		appendStringInfoString(&result, by);
		text = at + strlen(what);
	}
	appendStringInfoString(&result, text);
	return result.data;
}

MesoStr
meso_fill_message(MesoStr message, Jsonb *params)
{
	char	   *text = pnstrdup(message.data, message.len);
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	v;
	char	   *name = NULL;

	if (!JB_ROOT_IS_OBJECT(params))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameters of a message are not a JSON object")));
	it = JsonbIteratorInit(&params->root);
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		char	   *value;

		if (token == WJB_KEY)
			name = psprintf("{%.*s}", v.val.string.len, v.val.string.val);
		if (token != WJB_VALUE)
			continue;
		value = value_text(&v);
		if (value == NULL)
			return meso_str(NULL, 0);
		text = replace_all(text, name, value);
	}
	return meso_str(text, strlen(text));
}

/*
 * fill_message(message text, params jsonb) returns text
 *
 * Strict; NULL where a parameter is JSON null.
 */
Datum
meso_audit_fill_message(PG_FUNCTION_ARGS)
{
	text	   *message = PG_GETARG_TEXT_PP(0);
	MesoStr		filled = meso_fill_message(meso_str(VARDATA_ANY(message), VARSIZE_ANY_EXHDR(message)),
										   PG_GETARG_JSONB_P(1));

	if (STR_IS_NULL(filled))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(filled.data, filled.len));
}
