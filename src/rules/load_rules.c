/*-------------------------------------------------------------------------
 *
 * load_rules.c
 *		From rows of the rule tables to compiled rules.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "rules/config_rows.h"
#include "rules/pools.h"
#include "rules/program.h"
#include "rules/query.h"
#include "rules/suspension.h"

/*
 * cell_days: two columns of days, first and after the last; returns how many.
 */
static int
cell_days(MemoryContext ctx, uint64 row, int col, MesoDays **days)
{
	Datum	   *from;
	Datum	   *upto;
	bool		isnull;
	int			n;

	deconstruct_array(DatumGetArrayTypeP(meso_cell(row, col, &isnull)), DATEOID,
					  sizeof(DateADT), true, TYPALIGN_INT, &from, NULL, &n);
	deconstruct_array(DatumGetArrayTypeP(meso_cell(row, col + 1, &isnull)), DATEOID,
					  sizeof(DateADT), true, TYPALIGN_INT, &upto, NULL, &n);
	*days = MemoryContextAlloc(ctx, sizeof(MesoDays) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		(*days)[i].from = DatumGetDateADT(from[i]);
		(*days)[i].upto = DatumGetDateADT(upto[i]);
	}
	return n;
}

/*
 * load_elsewhere: where and when narrower versions of the rule decide.
 */
static void
load_elsewhere(MesoProgram *program, MesoRule *rule, uint64 row)
{
	MesoStr    *keys;
	MesoStr    *places;
	MesoDays   *days;
	int			n = meso_cell_text_array(row, 13, &keys);

	meso_cell_text_array(row, 14, &places);
	cell_days(CurrentMemoryContext, row, 15, &days);
	rule->nelsewhere = n;
	rule->elsewhere = MemoryContextAllocZero(program->ctx,
											 sizeof(MesoElsewhere) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		MesoElsewhere *other = &rule->elsewhere[i];
		char	   *place = (char *) meso_str_copy(program->ctx, places[i]).data;

		if (meso_str_is(keys[i], "area"))
			other->area = place;
		else if (meso_str_is(keys[i], "psn_area"))
			other->psn_area = place;
		else
			other->inst_code = place;
		other->days = days[i];
	}
}

/*
 * cell_rule: one row of rule_in_force.
 */
static MesoRule *
cell_rule(MesoProgram *program, uint64 row)
{
	MesoRule   *rule = MemoryContextAllocZero(program->ctx, sizeof(MesoRule));
	char	   *tmpl = meso_cell_text(CurrentMemoryContext, row, 4);
	bool		isnull;
	MemoryContext old;

	rule->code = meso_cell_text(program->ctx, row, 1);
	rule->version = DatumGetInt32(meso_cell(row, 2, &isnull));
	rule->kind_code = meso_cell_text(program->ctx, row, 3);
	rule->tmpl = meso_template_lookup(tmpl);
	if (rule->tmpl == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rule \"%s\" names an unknown template \"%s\"", rule->code, tmpl),
				 errhint("Void the rule, or install the version of meso_audit that has the template.")));
	rule->params = meso_cell_jsonb(program->ctx, row, 5);
	rule->action = meso_cell_text(program->ctx, row, 8);
	rule->certainty = meso_cell_text(program->ctx, row, 9);
	rule->reminds = strcmp(rule->action, "remind") == 0;
	rule->stages = DatumGetInt32(meso_cell(row, 12, &isnull));
	old = MemoryContextSwitchTo(program->ctx);
	meso_scope_read(rule->code, meso_cell_jsonb(program->ctx, row, 7), &rule->scope);
	MemoryContextSwitchTo(old);
	rule->ndays = cell_days(program->ctx, row, 10, &rule->days);
	load_elsewhere(program, rule, row);
	rule->drafted = DatumGetBool(meso_cell(row, 17, &isnull));
	rule->selected = true;
	return rule;
}

#define RULE_COLUMNS \
	"SELECT code, version, kind_code, r.template, r.params, codes, scope," \
	" action, r.certainty," \
	" ARRAY(SELECT COALESCE(pg_catalog.lower(d), '-infinity')" \
	"  FROM pg_catalog.unnest(days) d ORDER BY d)," \
	" ARRAY(SELECT COALESCE(pg_catalog.upper(d), 'infinity')" \
	"  FROM pg_catalog.unnest(days) d ORDER BY d)," \
	/* a rule of an unknown kind is of every stage */ \
	" CASE WHEN 'pre' = ANY (k.stages) IS NOT FALSE THEN 1 ELSE 0 END" \
	" + CASE WHEN 'commit' = ANY (k.stages) IS NOT FALSE THEN 2 ELSE 0 END" \
	" + CASE WHEN 'batch' = ANY (k.stages) IS NOT FALSE THEN 4 ELSE 0 END," \
	" ARRAY(SELECT key FROM pg_catalog.unnest(elsewhere))," \
	" ARRAY(SELECT place FROM pg_catalog.unnest(elsewhere))," \
	" ARRAY(SELECT COALESCE(pg_catalog.lower(days), '-infinity') FROM pg_catalog.unnest(elsewhere))," \
	" ARRAY(SELECT COALESCE(pg_catalog.upper(days), 'infinity') FROM pg_catalog.unnest(elsewhere)),"

#define RULE_ORDER \
	" LEFT JOIN meso_audit.rule_kind k USING (kind_code) ORDER BY code COLLATE \"C\", version"

/*
 * load_rules: all rules in force, or those on trial.
 */
static void
load_rules(MesoProgram *program, const MesoTrial *trial)
{
	if (trial)
	{
		Oid			types[] = {trial->type, BOOLOID};
		Datum		values[] = {trial->rules, BoolGetDatum(trial->beside)};

		meso_config_load(RULE_COLUMNS " drafted FROM (SELECT drafted, (ruling).* FROM meso_audit.rules_on_trial($1, $2)) r"
						 RULE_ORDER, 2, types, values);
	}
	else
		meso_config_load(RULE_COLUMNS " false FROM meso_audit.rule_in_force r"
						 RULE_ORDER, 0, NULL, NULL);
	program->nrules = (int) SPI_processed;
	program->rules = MemoryContextAlloc(program->ctx,
										sizeof(MesoRule *) * Max(program->nrules, 1));
	for (int i = 0; i < program->nrules; i++)
	{
		program->rules[i] = cell_rule(program, i);
		program->rules[i]->order = i;
	}
}

/*
 * group_codes: the dated codes of a group of item_group.
 */
static int
group_codes(const char *group, MesoPoolCode **codes)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {CStringGetTextDatum(group)};
	int			n;

	meso_config_load("SELECT code, " DAYS_OF("valid") " FROM meso_audit.item_group"
					 " WHERE group_code = $1", 1, types, values);
	n = (int) SPI_processed;
	*codes = palloc(sizeof(MesoPoolCode) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		char	   *code = meso_cell_text(CurrentMemoryContext, i, 1);

		(*codes)[i].code = meso_str(code, strlen(code));
		(*codes)[i].role = ROLE_CODES;
		(*codes)[i].days = meso_cell_days(i, 2, 3);
	}
	return n;
}

/*
 * rule_own_codes: the codes that a rule names itself, -1 if it names none.
 */
static int
rule_own_codes(MesoRule *rule, MesoStr *column, int ncolumn, MesoPoolCode **codes)
{
	MesoParams *params = meso_params_open(rule->code, rule->params, NULL);
	MesoGeneral general;
	MesoStr    *list = column;
	int			n = ncolumn;

	meso_general_read(params, rule->tmpl, &general);
	rule->domain = general.domain;
	if (general.group)
		return group_codes(general.group, codes);
	if (n < 0)
	{
		list = general.codes;
		n = general.ncodes;
	}
	if (n < 0)
		return -1;
	*codes = palloc(sizeof(MesoPoolCode) * Max(n, 1));
	for (int i = 0; i < n; i++)
		(*codes)[i] = (MesoPoolCode)
	{
		list[i], ROLE_CODES, ALL_DAYS
	};
	return n;
}

/*
 * note_template_needs: which rows beside the lines a rule asks for.
 */
static void
note_template_needs(MesoProgram *program, MesoRule *rule)
{
	program->needs_diagnoses |= rule->tmpl->diagnoses ||
		rule->domain == DOMAIN_DIAGNOSIS;
	program->needs_operations |= rule->tmpl->operations ||
		rule->domain == DOMAIN_OPERATION;
	program->needs_rows |= rule->domain != DOMAIN_ITEM;
	program->needs_prices |= rule->tmpl->prices;
	program->needs_titles |= rule->tmpl->titles;
	program->needs_known |= rule->tmpl->known_codes;
}

/*
 * compile_rules: pools of the rules that name their codes; the others are
 * noted under their kind.
 */
static void
compile_rules(MesoProgram *program, MesoStr **columns, int *ncolumns)
{
	for (int i = 0; i < program->nrules; i++)
	{
		MesoRule   *rule = program->rules[i];
		MesoPoolCode *codes = NULL;
		int			n = rule_own_codes(rule, columns[i], ncolumns[i], &codes);

		if (rule->tmpl->suspensions && !program->any_suspended)
			continue;
		note_template_needs(program, rule);
		rule->by_points = n < 0 && rule->tmpl->judge_person == NULL;
		if (rule->by_points)
		{
			MesoStr		key = {rule->kind_code, strlen(rule->kind_code)};
			MesoStrEntry *entry = meso_strtab_insert(program->kinds, key);

			rule->next_of_kind = entry->value;
			entry->value = rule;
		}
		else
			meso_pools_make(program, rule, NULL, NULL, ALL_DAYS, codes, Max(n, 0));
	}
}

/*
 * kinds_wanted: the kinds of rules by points, as text[].
 */
static void
kinds_wanted(MesoProgram *program)
{
	MesoStr    *kinds = palloc(sizeof(MesoStr) * Max(program->nrules, 1));
	int			n = 0;
	MemoryContext old;

	for (int i = 0; i < program->nrules; i++)
	{
		MesoRule   *rule = program->rules[i];

		if (rule->by_points && rule->next_of_kind == NULL)
			kinds[n++] = meso_str(rule->kind_code, strlen(rule->kind_code));
	}
	if (n == 0)
		return;
	old = MemoryContextSwitchTo(program->ctx);
	program->kind_codes = meso_text_array(kinds, n);
	MemoryContextSwitchTo(old);
}

/*
 * load_exemptions: by person, by place, and the rest.
 */
static void
load_exemptions(MesoProgram *program)
{
	meso_config_load("SELECT rule_code, psn_no, fixmedins_code, diag_code, code, "
					 DAYS_OF("valid") " FROM meso_audit.rule_exemption"
					 " WHERE NOT pg_catalog.isempty(valid)", 0, NULL, NULL);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		MesoExemption *x = MemoryContextAllocZero(program->ctx, sizeof(MesoExemption));
		MesoStrtab *tab = NULL;
		MesoStr		key = {NULL, 0};

		x->rule_code = meso_cell_text(program->ctx, row, 1);
		x->psn_no = meso_cell_text(program->ctx, row, 2);
		x->fixmedins_code = meso_cell_text(program->ctx, row, 3);
		x->diag_code = meso_cell_text(program->ctx, row, 4);
		x->code = meso_cell_text(program->ctx, row, 5);
		x->valid = meso_cell_days(row, 6, 7);
		program->needs_diagnoses |= x->diag_code != NULL;
		if (x->psn_no)
		{
			tab = program->exempt_persons;
			key = meso_str(x->psn_no, strlen(x->psn_no));
		}
		else if (x->fixmedins_code)
		{
			tab = program->exempt_places;
			key = meso_str(x->fixmedins_code, strlen(x->fixmedins_code));
		}
		if (tab)
		{
			MesoStrEntry *entry = meso_strtab_insert(tab, key);

			x->next = entry->value;
			entry->value = x;
		}
		else
		{
			x->next = program->exempt_others;
			program->exempt_others = x;
		}
	}
}

static void
load_settings(MesoProgram *program)
{
	bool		isnull;
	Datum		d;

	meso_config_load("SELECT (SELECT since FROM meso_audit.fact_since WHERE fact = 'fee_line'),"
					 " EXISTS (SELECT 1 FROM meso_audit.known_code)", 0, NULL, NULL);
	d = meso_cell(0, 1, &isnull);
	program->data_since = isnull ? NO_DATE : DatumGetDateADT(d);
	program->known_loaded = DatumGetBool(meso_cell(0, 2, &isnull));
}

/*
 * meso_program_fill: load all that is loaded at once.  Needs an SPI connection.
 */
void
meso_program_fill(MesoProgram *program, const MesoTrial *trial)
{
	MesoStr   **columns;
	int		   *ncolumns;

	load_rules(program, trial);
	columns = palloc(sizeof(MesoStr *) * Max(program->nrules, 1));
	ncolumns = palloc(sizeof(int) * Max(program->nrules, 1));
	for (int i = 0; i < program->nrules; i++)
		ncolumns[i] = meso_cell_text_array(i, 6, &columns[i]);
	meso_suspensions_load(program);
	compile_rules(program, columns, ncolumns);
	kinds_wanted(program);
	meso_load_points(program, "code LIKE '%\\%'", NULL);
	load_exemptions(program);
	load_settings(program);
}
