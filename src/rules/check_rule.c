/*-------------------------------------------------------------------------
 *
 * check_rule.c
 *		Is this a rule that the evaluator can judge by?
 *
 * The same readers that load a rule read it here, so that what is refused at
 * writing and at loading is the same.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "rules/general.h"
#include "rules/templates/registry.h"

PG_FUNCTION_INFO_V1(meso_audit_check_rule);

static void
no_such_template(const char *rule_code, const char *name)
{
	StringInfoData names;

	initStringInfo(&names);
#define APPEND_NAME(t) \
	appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "", #t);
	MESO_TEMPLATES(APPEND_NAME)
#undef APPEND_NAME
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rule \"%s\" names an unknown template \"%s\"",
						rule_code, name),
				 errhint("Templates are: %s.", names.data)));
}

/*
 * check_codes: a list of codes is not empty and has no empty element.
 */
static void
check_codes(const char *rule_code, ArrayType *codes)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	deconstruct_array(codes, TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, &nulls, &n);
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rule \"%s\" has an empty list of codes", rule_code),
				 errhint("Give NULL to judge by the knowledge points of the rule's kind, or '{%%}' for every code.")));
	for (int i = 0; i < n; i++)
	{
		if (nulls[i] || VARSIZE_ANY_EXHDR(DatumGetPointer(elements[i])) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("rule \"%s\" has a code that is NULL or empty",
							rule_code)));
	}
}

/*
 * check_no_codes: codes would not narrow what is counted; one that names every
 * code says no more than none.
 */
static void
check_no_codes(const char *rule_code, const MesoTemplate *tmpl,
			   const MesoGeneral *general, ArrayType *codes)
{
	Datum	   *elements;
	int			n = 0;

	if (codes)
		deconstruct_array(codes, TEXTOID, -1, false, TYPALIGN_INT,
						  &elements, NULL, &n);
	if (n == 1 && strcmp(TextDatumGetCString(elements[0]), "%") == 0)
		n = 0;
	if (n > 0 || general->ncodes >= 0 || general->group)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rule \"%s\" names codes, which template \"%s\" does not read",
						rule_code, tmpl->name),
				 errhint("The scope selects the rows that are counted.")));
}

/*
 * check_pool: the pool's codes are named once; a set that it is held against
 * is there unless the points bring it.
 */
static void
check_pool(MesoParams *params, const MesoTemplate *tmpl,
		   const MesoGeneral *general, bool has_codes, bool by_points)
{
	int			named = has_codes + (general->ncodes >= 0) + (general->group != NULL);

	if (named > 1)
		meso_param_error(params,
						 general->group ? "group"
						 : tmpl->codes_param ? tmpl->codes_param : "codes",
						 "names the rule's codes a second time");
	if (general->ncodes == 0)
		meso_param_error(params,
						 tmpl->codes_param ? tmpl->codes_param : "codes",
						 "is empty");
	if (tmpl->other_param && !by_points && general->nothers <= 0)
		meso_param_error(params, tmpl->other_param,
						 general->nothers == 0 ? "is empty" : "is missing");
}

/*
 * check_rule(template text, params jsonb, codes text[], scope jsonb,
 *			  rule_code text) returns void
 *
 * Error 22023 unless a rule of that template can be loaded so.  A rule without
 * codes judges by points: what these bring may be missing here.
 */
Datum
meso_audit_check_rule(PG_FUNCTION_ARGS)
{
	char	   *rule_code = PG_ARGISNULL(4) ? pstrdup("")
	: text_to_cstring(PG_GETARG_TEXT_PP(4));
	const MesoTemplate *tmpl;
	MesoParams *params;
	MesoGeneral general;
	MesoScope	scope;
	MesoReach	reach = {0};
	bool		has_codes = !PG_ARGISNULL(2);
	bool		by_points;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("rule \"%s\" needs a template and parameters", rule_code)));
	tmpl = meso_template_lookup(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	if (tmpl == NULL)
		no_such_template(rule_code, text_to_cstring(PG_GETARG_TEXT_PP(0)));
	if (has_codes)
		check_codes(rule_code, PG_GETARG_ARRAYTYPE_P(2));
	if (!PG_ARGISNULL(3))
		meso_scope_read(rule_code, PG_GETARG_JSONB_P(3), &scope);

	params = meso_params_open(rule_code, PG_GETARG_JSONB_P(1), NULL);
	meso_general_read(params, tmpl, &general);
	by_points = !has_codes && general.ncodes < 0 && general.group == NULL &&
		tmpl->judge_person == NULL;
	if (tmpl->no_codes)
		check_no_codes(rule_code, tmpl, &general,
					   has_codes ? PG_GETARG_ARRAYTYPE_P(2) : NULL);
	check_pool(params, tmpl, &general, has_codes, by_points);
	if (by_points)
		meso_params_partial(params);
	(void) tmpl->compile(params, &reach);
	meso_params_finish(params);
	PG_RETURN_VOID();
}
