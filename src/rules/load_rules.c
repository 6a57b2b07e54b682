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
#include "rules/load_rules.h"
#include "rules/query.h"
#include "rules/suspension.h"

/*
 * rule_elsewhere: where and when narrower versions of the rule decide; memory
 * of the current context.
 */
static void
rule_elsewhere(MesoRule *rule, const MesoVersion *v)
{
	rule->nelsewhere = v->nelsewhere;
	rule->elsewhere = palloc(sizeof(MesoElsewhere) * Max(v->nelsewhere, 1));
	for (int i = 0; i < v->nelsewhere; i++)
	{
		MesoElsewhere *other = &rule->elsewhere[i];

		*other = v->elsewhere[i];
		other->area = other->area ? pstrdup(other->area) : NULL;
		other->psn_area = other->psn_area ? pstrdup(other->psn_area) : NULL;
		other->inst_code = other->inst_code ? pstrdup(other->inst_code) : NULL;
	}
}

#define ALL_STAGES	(STAGE_PRE | STAGE_COMMIT | STAGE_BATCH)

/*
 * kind_stages: the feeders that a kind names; all where one is NULL.
 */
static int
kind_stages(Datum stages)
{
	static const char *const names[] = {"pre", "commit", "batch"};
	Datum	   *elems;
	bool	   *nulls;
	int			n;
	int			result = 0;

	deconstruct_array(DatumGetArrayTypeP(stages), TEXTOID, -1, false, TYPALIGN_INT,
					  &elems, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			return ALL_STAGES;
		for (int s = 0; s < lengthof(names); s++)
		{
			if (strcmp(TextDatumGetCString(elems[i]), names[s]) == 0)
				result |= 1 << s;
		}
	}
	return result;
}

static void
kind_row(TupleTableSlot *slot, void *arg)
{
	MesoProgram *program = arg;
	MesoStrEntry *entry = meso_strtab_insert(program->kind_stages,
											 meso_str_copy(program->ctx, meso_slot_str(slot, 0)));
	int		   *bits = MemoryContextAlloc(program->ctx, sizeof(int));

	*bits = kind_stages(slot->tts_values[1]);
	entry->value = bits;
}

static void
load_kinds(MesoProgram *program)
{
	static const char *const columns[] = {"kind_code", "stages"};

	program->kind_stages = meso_strtab_create(program->ctx, 128);
	meso_config_scan("rule_kind", NULL, columns, lengthof(columns), kind_row, program);
}

/*
 * stages_of: a rule of an unknown kind is of every stage.
 */
static int
stages_of(const MesoProgram *program, const char *kind_code)
{
	int		   *bits = meso_strtab_find(program->kind_stages, meso_str(kind_code, strlen(kind_code)));

	return bits ? *bits : ALL_STAGES;
}

MesoRule *
meso_rule_make(MesoProgram *program, const MesoVersion *v)
{
	MemoryContext old = MemoryContextSwitchTo(program->ctx);
	MesoRule   *rule = palloc0(sizeof(MesoRule));

	rule->code = pstrdup(v->code);
	rule->version = v->version;
	rule->kind_code = pstrdup(v->kind_code);
	rule->tmpl = meso_template_lookup(v->tmpl);
	if (rule->tmpl == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rule \"%s\" names an unknown template \"%s\"", rule->code, v->tmpl),
				 errhint("Void the rule, or install the version of meso_audit that has the template.")));
	rule->params = DatumGetJsonbPCopy(JsonbPGetDatum(v->params));
	rule->action = pstrdup(v->action);
	rule->certainty = pstrdup(v->certainty);
	rule->reminds = strcmp(rule->action, "remind") == 0;
	rule->stages = stages_of(program, v->kind_code);
	meso_scope_read(rule->code, v->scope, &rule->scope);
	rule->ndays = v->ndays;
	rule->days = palloc(sizeof(MesoDays) * Max(v->ndays, 1));
	memcpy(rule->days, v->days, sizeof(MesoDays) * v->ndays);
	rule_elsewhere(rule, v);
	rule->selected = true;
	rule->content = meso_version_content(v);
	MemoryContextSwitchTo(old);
	return rule;
}

/* Versions being read, in their context */
typedef struct Reading
{
	MemoryContext ctx;
	MesoVersions *versions;
} Reading;

static void
version_row(TupleTableSlot *slot, void *arg)
{
	Reading    *reading = arg;
	MemoryContext old = MemoryContextSwitchTo(reading->ctx);

	meso_versions_add(reading->versions, slot->tts_values, slot->tts_isnull);
	MemoryContextSwitchTo(old);
}

void
meso_rules_read(MesoVersions *versions)
{
	Reading		reading = {CurrentMemoryContext, versions};

	meso_config_scan("rule", NULL, meso_version_columns, RV_COUNT, version_row, &reading);
	meso_versions_rule(versions);
}

/*
 * read_trial: the versions of the rules on trial, as they judge and as they
 * would.
 */
static void
read_trial(const MesoTrial *trial, MesoVersions *present, MesoVersions *drafted)
{
	Oid			types[] = {trial->type, BOOLOID};
	Datum		values[] = {trial->rules, BoolGetDatum(trial->beside)};
	bool		isnull;

	meso_config_load("SELECT drafted, pg_catalog.array_agg(given) FROM meso_audit.versions_on_trial($1, $2)"
					 " GROUP BY drafted", 2, types, values);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		meso_versions_read(DatumGetBool(meso_cell(row, 1, &isnull)) ? drafted : present,
						   DatumGetArrayTypeP(meso_cell(row, 2, &isnull)));
	}
	meso_versions_rule(present);
	meso_versions_rule(drafted);
}

/*
 * add_rules: make rules of the versions, and note the codes that they name.
 */
static void
add_rules(MesoProgram *program, const MesoVersions *versions, bool drafted, ArrayType **columns)
{
	for (int i = 0; i < versions->n; i++)
	{
		MesoRule   *rule = meso_rule_make(program, &versions->list[i]);

		rule->drafted = drafted;
		rule->order = program->nrules;
		columns[program->nrules] = versions->list[i].codes;
		program->rules[program->nrules++] = rule;
	}
}

/*
 * load_rules: all rules in force, or those on trial; their columns "codes".
 */
static ArrayType **
load_rules(MesoProgram *program, const MesoTrial *trial)
{
	MesoVersions present = {0};
	MesoVersions drafted = {0};
	ArrayType **columns;
	int			n;

	load_kinds(program);
	if (trial)
		read_trial(trial, &present, &drafted);
	else
		meso_rules_read(&present);
	n = present.n + drafted.n;
	columns = palloc(sizeof(ArrayType *) * Max(n, 1));
	program->rules = MemoryContextAlloc(program->ctx, sizeof(MesoRule *) * Max(n, 1));
	add_rules(program, &present, false, columns);
	add_rules(program, &drafted, true, columns);
	return columns;
}

/* The codes of a group in the making */
typedef struct GroupCodes
{
	MemoryContext ctx;
	int			n;
	int			max;
	MesoPoolCode *codes;
} GroupCodes;

static void
group_row(TupleTableSlot *slot, void *arg)
{
	GroupCodes *group = arg;
	MemoryContext old = MemoryContextSwitchTo(group->ctx);

	if (group->n == group->max)
	{
		group->max = Max(16, group->max * 2);
		group->codes = group->codes ?
			repalloc(group->codes, sizeof(MesoPoolCode) * group->max) :
			palloc(sizeof(MesoPoolCode) * group->max);
	}
	group->codes[group->n++] = (MesoPoolCode)
	{
		meso_str_copy(group->ctx, meso_slot_str(slot, 0)), ROLE_CODES, meso_slot_days(slot, 1)
	};
	MemoryContextSwitchTo(old);
}

/*
 * group_codes: the dated codes of a group of item_group.
 */
static int
group_codes(const char *name, MesoPoolCode **codes)
{
	static const char *const columns[] = {"code", "valid"};
	static const MesoLookupSpec spec = {
		.fact = "item_group",.key = "group_code",
		.ncolumns = lengthof(columns),.columns = columns
	};
	static MesoLookup lookup;
	MesoStr		key = meso_str(name, strlen(name));
	GroupCodes	group = {.ctx = CurrentMemoryContext};

	meso_config_lookup(&lookup, &spec, meso_key_array(&key, 1), group_row, &group);
	*codes = group.codes;
	return group.n;
}

/*
 * own_codes: the codes that a rule names itself, -1 if it names none.
 */
static int
own_codes(MesoRule *rule, ArrayType *column, MesoPoolCode **codes)
{
	MesoParams *params = meso_params_open(rule->code, rule->params, NULL);
	MesoGeneral general;
	MesoStr    *list = NULL;
	int			n = column ? meso_array_strs(column, &list) : -1;

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

int
meso_rule_codes(MesoRule *rule, ArrayType *column, MesoPoolCode **codes)
{
	int			n;

	*codes = NULL;
	n = own_codes(rule, column, codes);
	rule->by_points = n < 0 && rule->tmpl->judge_person == NULL;
	return Max(n, 0);
}

void
meso_rule_link(MesoProgram *program, MesoRule *rule, MesoPoolCode *codes, int ncodes)
{
	MesoStr		kind = {rule->kind_code, strlen(rule->kind_code)};
	MesoStrEntry *entry;

	if (rule->tmpl->suspensions && !program->any_suspended)
		return;
	note_template_needs(program, rule);
	if (!rule->by_points)
	{
		meso_pools_make(program, rule, NULL, NULL, ALL_DAYS, codes, ncodes);
		return;
	}
	entry = meso_strtab_insert(program->kinds, kind);
	rule->next_of_kind = entry->value;
	entry->value = rule;
	program->any_by_points = true;
}

/*
 * compile_rules: pools of the rules that name their codes; the others are
 * noted under their kind.
 */
static void
compile_rules(MesoProgram *program, ArrayType **columns)
{
	for (int i = 0; i < program->nrules; i++)
	{
		MesoPoolCode *codes;
		int			n = meso_rule_codes(program->rules[i], columns[i], &codes);

		meso_rule_link(program, program->rules[i], codes, n);
	}
}

static char *
exemption_text(MesoProgram *program, TupleTableSlot *slot, int col)
{
	return unconstify(char *, meso_str_copy(program->ctx, meso_slot_str(slot, col)).data);
}

static void
exemption_row(TupleTableSlot *slot, void *arg)
{
	MesoProgram *program = arg;
	MesoDays	valid = meso_slot_days(slot, 5);
	MesoExemption *x;
	MesoStrEntry *entry;

	if (valid.from >= valid.upto)
		return;
	x = MemoryContextAlloc(program->ctx, sizeof(MesoExemption));
	x->rule_code = exemption_text(program, slot, 0);
	x->psn_no = exemption_text(program, slot, 1);
	x->fixmedins_code = exemption_text(program, slot, 2);
	x->diag_code = exemption_text(program, slot, 3);
	x->code = exemption_text(program, slot, 4);
	x->valid = valid;
	program->needs_diagnoses |= x->diag_code != NULL;
	if (x->psn_no == NULL && x->fixmedins_code == NULL)
	{
		x->next = program->exempt_others;
		program->exempt_others = x;
		return;
	}
	if (x->psn_no)
		entry = meso_strtab_insert(program->exempt_persons,
								   meso_str(x->psn_no, strlen(x->psn_no)));
	else
		entry = meso_strtab_insert(program->exempt_places,
								   meso_str(x->fixmedins_code, strlen(x->fixmedins_code)));
	x->next = entry->value;
	entry->value = x;
}

/*
 * load_exemptions: by person, by place, and the rest.
 */
static void
load_exemptions(MesoProgram *program)
{
	static const char *const columns[] = {
		"rule_code", "psn_no", "fixmedins_code", "diag_code", "code", "valid"
	};

	meso_config_scan("rule_exemption", NULL, columns, lengthof(columns), exemption_row, program);
}

static void
since_row(TupleTableSlot *slot, void *arg)
{
	if (meso_str_is(meso_slot_str(slot, 0), "fee_line"))
		((MesoProgram *) arg)->data_since = DatumGetDateADT(slot->tts_values[1]);
}

static void
load_settings(MesoProgram *program)
{
	static const char *const columns[] = {"fact", "since"};

	program->data_since = NO_DATE;
	meso_config_scan("fact_since", NULL, columns, lengthof(columns), since_row, program);
	program->known_loaded = meso_config_any("known_code");
}

/*
 * meso_program_fill: load all that is loaded at once.  Needs an SPI connection.
 *
 * What is read on the way is soon forgotten: a rule may have many versions
 * that no longer judge.
 */
void
meso_program_fill(MesoProgram *program, const MesoTrial *trial)
{
	MemoryContext reading = AllocSetContextCreate(CurrentMemoryContext, "meso_audit reading",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(reading);
	ArrayType **columns = load_rules(program, trial);

	meso_suspensions_load(program);
	compile_rules(program, columns);
	meso_load_prefix_points(program);
	load_exemptions(program);
	load_settings(program);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(reading);
}
