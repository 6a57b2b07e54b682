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

/*
 * cell_rule: one row of rule_in_force.
 */
static MesoRule *
cell_rule(MesoProgram *program, uint64 row)
{
	MesoRule   *rule = MemoryContextAllocZero(program->ctx, sizeof(MesoRule));
	char	   *tmpl = meso_cell_text(CurrentMemoryContext, row, 4);
	Datum	   *from;
	Datum	   *upto;
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
	deconstruct_array(DatumGetArrayTypeP(meso_cell(row, 10, &isnull)), DATEOID,
					  sizeof(DateADT), true, TYPALIGN_INT, &from, NULL, &rule->ndays);
	deconstruct_array(DatumGetArrayTypeP(meso_cell(row, 11, &isnull)), DATEOID,
					  sizeof(DateADT), true, TYPALIGN_INT, &upto, NULL, &rule->ndays);
	rule->days = MemoryContextAlloc(program->ctx, sizeof(MesoDays) * Max(rule->ndays, 1));
	for (int i = 0; i < rule->ndays; i++)
	{
		rule->days[i].from = DatumGetDateADT(from[i]);
		rule->days[i].upto = DatumGetDateADT(upto[i]);
	}
	rule->selected = true;
	return rule;
}

/*
 * load_rules: all rules in force.
 */
static void
load_rules(MesoProgram *program)
{
	meso_config_load("SELECT code, version, kind_code, r.template, r.params, codes, scope,"
					 " action, r.certainty,"
					 " ARRAY(SELECT COALESCE(pg_catalog.lower(d), '-infinity')"
					 "  FROM pg_catalog.unnest(days) d ORDER BY d),"
					 " ARRAY(SELECT COALESCE(pg_catalog.upper(d), 'infinity')"
					 "  FROM pg_catalog.unnest(days) d ORDER BY d),"
	/* a rule of an unknown kind is of every stage */
					 " CASE WHEN 'pre' = ANY (k.stages) IS NOT FALSE THEN 1 ELSE 0 END"
					 " + CASE WHEN 'commit' = ANY (k.stages) IS NOT FALSE THEN 2 ELSE 0 END"
					 " + CASE WHEN 'batch' = ANY (k.stages) IS NOT FALSE THEN 4 ELSE 0 END"
					 " FROM meso_audit.rule_in_force r"
					 " LEFT JOIN meso_audit.rule_kind k USING (kind_code)"
					 " ORDER BY code COLLATE \"C\", version", 0, NULL, NULL);
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
	program->needs_operations |= rule->domain == DOMAIN_OPERATION;
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
meso_program_fill(MesoProgram *program)
{
	MesoStr   **columns;
	int		   *ncolumns;

	load_rules(program);
	columns = palloc(sizeof(MesoStr *) * Max(program->nrules, 1));
	ncolumns = palloc(sizeof(int) * Max(program->nrules, 1));
	for (int i = 0; i < program->nrules; i++)
		ncolumns[i] = meso_cell_text_array(i, 6, &columns[i]);
	compile_rules(program, columns, ncolumns);
	kinds_wanted(program);
	meso_load_points(program, "code LIKE '%\\%'", NULL);
	load_exemptions(program);
	load_settings(program);
}
