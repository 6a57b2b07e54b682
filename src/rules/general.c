/*-------------------------------------------------------------------------
 *
 * general.c
 *		Parameters that every template understands, and a rule's scope.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "rules/general.h"

/*
 * meso_general_read: read the general parameters, marking them as read.
 *
 * Lists live in the current memory context.  Error 22023 on bad values.
 */
void
meso_general_read(MesoParams *params, const MesoTemplate *tmpl,
				  MesoGeneral *general)
{
	static const char *const domains[] = {"item", "diagnosis", "operation", NULL};
	static const char *const sames[] = {"person", "institution", NULL};

	general->domain = meso_param_choice(params, "codes_of", domains, DOMAIN_ITEM);
	if (general->domain != DOMAIN_ITEM && !tmpl->rows)
		meso_param_error(params, "codes_of",
						 "is not understood by this template");
	general->same_institution =
		meso_param_choice(params, "same", sames,
						  tmpl->same_institution ? 1 : 0) == 1;
	general->each = meso_param_bool(params, "each", false);
	general->payable_only = meso_param_bool(params, "payable_only", true) &&
		!tmpl->any_sign;
	general->group = meso_param_text(params, "group", NULL);
	general->ncodes = meso_param_list(params,
									  tmpl->codes_param ? tmpl->codes_param : "codes",
									  &general->codes);
	general->nothers = -1;
	if (tmpl->other_param)
		general->nothers = meso_param_list(params, tmpl->other_param,
										   &general->others);
}

/*
 * read_scope_list: one list of a scope; n is -1 where it is not given.
 */
static void
read_scope_list(MesoParams *params, const char *name, MesoScopeList *list)
{
	list->n = meso_param_list(params, name, &list->values);
	if (list->n == 0)
		meso_param_error(params, name, "is empty");
	meso_params_no_patterns(params, name, list->values, list->n);
}

/*
 * meso_scope_read: read a scope; an unknown key is an error.
 */
void
meso_scope_read(const char *rule_code, Jsonb *scope_json, MesoScope *scope)
{
	static const MesoScopeList any = {.n = -1};
	MesoParams *params;

	if (JB_ROOT_IS_OBJECT(scope_json) && JB_ROOT_COUNT(scope_json) == 0)
	{
		*scope = (MesoScope)
		{
			any, any, any, any, any, any, any
		};
		return;
	}
	params = meso_params_open(rule_code, scope_json, NULL);
	read_scope_list(params, "area", &scope->area);
	read_scope_list(params, "psn_area", &scope->psn_area);
	read_scope_list(params, "hosp_lv", &scope->hosp_lv);
	for (int i = 0; i < scope->hosp_lv.n; i++)
	{
		MesoStr		level = scope->hosp_lv.values[i];

		if (level.len != 1 || level.data[0] < '0' || level.data[0] > '9')
			meso_param_error(params, "hosp_lv", "has an element that is no level");
	}
	read_scope_list(params, "med_type", &scope->med_type);
	read_scope_list(params, "insutype", &scope->insutype);
	read_scope_list(params, "fixmedins_type", &scope->fixmedins_type);
	read_scope_list(params, "fixmedins_code", &scope->fixmedins_code);
	meso_params_finish(params);
}

static bool
list_has(const MesoScopeList *list, MesoStr value, bool prefix)
{
	if (STR_IS_NULL(value))
		return false;
	for (int i = 0; i < list->n; i++)
	{
		if (prefix ? meso_str_has_prefix(value, list->values[i])
			: meso_str_eq(value, list->values[i]))
			return true;
	}
	return false;
}

/*
 * meso_scope_holds: is the line in scope?
 */
bool
meso_scope_holds(const MesoScope *scope, const MesoLine *L)
{
	const MesoInstitution *inst = L->inst;

	if (scope->fixmedins_code.n >= 0 &&
		!list_has(&scope->fixmedins_code, inst->code, false))
		return false;
	if (scope->hosp_lv.n >= 0)
	{
		char		digit[12];
		MesoStr		level = {NULL, 0};

		if (inst->hosp_lv >= 0)
		{
			level.len = snprintf(digit, sizeof(digit), "%d", inst->hosp_lv);
			level.data = digit;
		}
		if (!list_has(&scope->hosp_lv, level, false))
			return false;
	}
	if (scope->fixmedins_type.n >= 0 &&
		!list_has(&scope->fixmedins_type, inst->type, false))
		return false;
	if (scope->area.n >= 0 && !list_has(&scope->area, inst->area, true))
		return false;
	if (scope->psn_area.n >= 0 &&
		!(L->person && list_has(&scope->psn_area, L->person->area, true)))
		return false;
	if (scope->med_type.n >= 0 &&
		!list_has(&scope->med_type, meso_med_type(L), false))
		return false;
	if (scope->insutype.n >= 0 &&
		!list_has(&scope->insutype, meso_insutype(L), false))
		return false;
	return true;
}
