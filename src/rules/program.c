/*-------------------------------------------------------------------------
 *
 * program.c
 *		The rules in force, loaded and kept: one program a backend.
 *
 * Everything is read under a snapshot taken now, not the transaction's: a
 * session in REPEATABLE READ would otherwise judge by stale rules for as long
 * as it stays open.  Writers of the tables send a relcache invalidation of
 * meso_audit.rule (trigger function rules_changed); whoever receives it counts
 * its generation up and reloads before the next evaluation.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "rules/pools.h"
#include "rules/program.h"
#include "rules/query.h"

int			meso_cache_size = 16384;

static MesoProgram *current = NULL;
static uint64 generation = 1;
static Oid	signal_relid = InvalidOid;

PG_FUNCTION_INFO_V1(meso_audit_rules_changed);

/*
 * A change of meso_audit.rule's relcache entry means: rules have changed.
 */
static void
rules_invalidated(Datum arg, Oid relid)
{
	if (relid == InvalidOid || relid == signal_relid)
		generation++;
}

static Oid
rule_relid(void)
{
	Oid			nsp = get_namespace_oid("meso_audit", true);

	return OidIsValid(nsp) ? get_relname_relid("rule", nsp) : InvalidOid;
}

/*
 * rules_changed(): statement trigger on every table that a program reads.
 */
Datum
meso_audit_rules_changed(PG_FUNCTION_ARGS)
{
	Oid			relid = rule_relid();

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager",
						"rules_changed")));
	if (OidIsValid(relid))
		CacheInvalidateRelcacheByRelid(relid);
	return PointerGetDatum(NULL);
}

/*
 * load: run a query under a snapshot of now; the rows are in SPI_tuptable.
 */
static void
load(const char *text, int nargs, Oid *argtypes, Datum *values)
{
	SPIPlanPtr	plan = SPI_prepare(text, nargs, argtypes);
	int			rc;

	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s",
			 SPI_result_code_string(SPI_result));
	rc = SPI_execute_snapshot(plan, values, NULL, GetLatestSnapshot(),
							  InvalidSnapshot, true, false, 0);
	if (rc != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_snapshot failed: %s",
			 SPI_result_code_string(rc));
}

static Datum
cell(uint64 row, int col, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, col, isnull);
}

/* A text cell in ctx, NULL for NULL */
static char *
cell_text(MemoryContext ctx, uint64 row, int col)
{
	bool		isnull;
	Datum		d = cell(row, col, &isnull);
	MemoryContext old;
	char	   *result;

	if (isnull)
		return NULL;
	old = MemoryContextSwitchTo(ctx);
	result = TextDatumGetCString(d);
	MemoryContextSwitchTo(old);
	return result;
}

static Jsonb *
cell_jsonb(MemoryContext ctx, uint64 row, int col)
{
	bool		isnull;
	Datum		d = cell(row, col, &isnull);
	MemoryContext old;
	Jsonb	   *result;

	if (isnull)
		return NULL;
	old = MemoryContextSwitchTo(ctx);
	result = DatumGetJsonbPCopy(d);
	MemoryContextSwitchTo(old);
	return result;
}

static MesoDays
cell_days(uint64 row, int col_from, int col_upto)
{
	bool		isnull;
	MesoDays	days;

	days.from = DatumGetDateADT(cell(row, col_from, &isnull));
	days.upto = DatumGetDateADT(cell(row, col_upto, &isnull));
	return days;
}

/* elements of a text[] cell in the current context; NULL elements left out */
static int
cell_text_array(uint64 row, int col, MesoStr **list)
{
	bool		isnull;
	Datum		d = cell(row, col, &isnull);
	Datum	   *elems;
	bool	   *nulls;
	int			n;
	int			count = 0;

	*list = NULL;
	if (isnull)
		return -1;
	deconstruct_array(DatumGetArrayTypeP(d), TEXTOID, -1, false, TYPALIGN_INT,
					  &elems, &nulls, &n);
	*list = palloc(sizeof(MesoStr) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
		{
			(*list)[count].data = VARDATA_ANY(DatumGetPointer(elems[i]));
			(*list)[count].len = VARSIZE_ANY_EXHDR(DatumGetPointer(elems[i]));
			count++;
		}
	}
	return count;
}

#define DAYS_OF(range) \
	"CASE WHEN pg_catalog.isempty(" range ") THEN 'infinity'::date" \
	" ELSE COALESCE(pg_catalog.lower(" range "), '-infinity') END," \
	" CASE WHEN pg_catalog.isempty(" range ") THEN '-infinity'::date" \
	" ELSE COALESCE(pg_catalog.upper(" range "), 'infinity') END"

/*
 * cell_rule: one row of rule_in_force.
 */
static MesoRule *
cell_rule(MesoProgram *program, uint64 row)
{
	MesoRule   *rule = MemoryContextAllocZero(program->ctx, sizeof(MesoRule));
	char	   *tmpl = cell_text(CurrentMemoryContext, row, 4);
	Datum	   *from;
	Datum	   *upto;
	bool		isnull;
	MemoryContext old;

	rule->code = cell_text(program->ctx, row, 1);
	rule->version = DatumGetInt32(cell(row, 2, &isnull));
	rule->kind_code = cell_text(program->ctx, row, 3);
	rule->tmpl = meso_template_lookup(tmpl);
	if (rule->tmpl == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rule \"%s\" names an unknown template \"%s\"", rule->code, tmpl),
				 errhint("Void the rule, or install the version of meso_audit that has the template.")));
	rule->params = cell_jsonb(program->ctx, row, 5);
	rule->action = cell_text(program->ctx, row, 8);
	rule->certainty = cell_text(program->ctx, row, 9);
	old = MemoryContextSwitchTo(program->ctx);
	meso_scope_read(rule->code, cell_jsonb(program->ctx, row, 7), &rule->scope);
	MemoryContextSwitchTo(old);
	deconstruct_array(DatumGetArrayTypeP(cell(row, 10, &isnull)), DATEOID,
					  sizeof(DateADT), true, TYPALIGN_INT, &from, NULL, &rule->ndays);
	deconstruct_array(DatumGetArrayTypeP(cell(row, 11, &isnull)), DATEOID,
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
 * load_rules: all rules in force.  Those that only remind give no finding.
 */
static void
load_rules(MesoProgram *program)
{
	load("SELECT code, version, kind_code, template, params, codes, scope,"
		 " action, certainty,"
		 " ARRAY(SELECT COALESCE(pg_catalog.lower(d), '-infinity')"
		 "  FROM pg_catalog.unnest(days) d ORDER BY d),"
		 " ARRAY(SELECT COALESCE(pg_catalog.upper(d), 'infinity')"
		 "  FROM pg_catalog.unnest(days) d ORDER BY d)"
		 " FROM meso_audit.rule_in_force WHERE action <> 'remind'"
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

	load("SELECT code, " DAYS_OF("valid") " FROM meso_audit.item_group"
		 " WHERE group_code = $1", 1, types, values);
	n = (int) SPI_processed;
	*codes = palloc(sizeof(MesoPoolCode) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		char	   *code = cell_text(CurrentMemoryContext, i, 1);

		(*codes)[i].code = (MesoStr) {code, strlen(code)};
		(*codes)[i].role = ROLE_CODES;
		(*codes)[i].days = cell_days(i, 2, 3);
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
		(*codes)[i] = (MesoPoolCode) {list[i], ROLE_CODES, ALL_DAYS};
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
	program->needs_prices |= strcmp(rule->tmpl->name, "second_discount") == 0;
	program->needs_titles |= strcmp(rule->tmpl->name, "attr_limit") == 0 ||
		strcmp(rule->tmpl->name, "expression") == 0;
	program->needs_known |= strcmp(rule->tmpl->name, "data_quality") == 0;
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
			kinds[n++] = (MesoStr) {rule->kind_code, strlen(rule->kind_code)};
	}
	if (n == 0)
		return;
	old = MemoryContextSwitchTo(program->ctx);
	program->kind_codes = meso_text_array(kinds, n);
	MemoryContextSwitchTo(old);
}

/*
 * make_point: the pools of rows [first, upto) of the result of load_points().
 */
static void
make_point(MesoProgram *program, uint64 first, uint64 upto)
{
	char	   *point_id = cell_text(program->ctx, first, 1);
	MesoStr		id = {point_id, strlen(point_id)};
	char	   *kind = cell_text(CurrentMemoryContext, first, 2);
	MesoStr		kind_key = {kind, strlen(kind)};
	MesoStrEntry *entry = meso_strtab_insert(program->points, id);
	Jsonb	   *limits = cell_jsonb(program->ctx, first, 3);
	MesoPoolCode *codes;
	int			n = (int) (upto - first);

	if (entry->value)
		return;
	entry->value = program;
	codes = palloc(sizeof(MesoPoolCode) * n);
	for (int i = 0; i < n; i++)
	{
		char	   *code = cell_text(CurrentMemoryContext, first + i, 6);
		bool		isnull;

		codes[i].code = (MesoStr) {code, strlen(code)};
		codes[i].role = DatumGetBool(cell(first + i, 7, &isnull)) ? ROLE_OTHER : ROLE_CODES;
		codes[i].days = cell_days(first + i, 8, 9);
	}
	for (MesoRule *rule = meso_strtab_find(program->kinds, kind_key); rule;
		 rule = rule->next_of_kind)
		meso_pools_make(program, rule, point_id, limits,
						cell_days(first, 4, 5), codes, n);
}

/*
 * load_points: the points that which(SQL condition on knowledge_code) selects.
 *
 * A partly understood point may only remind: it gives no finding.
 */
static void
load_points(MesoProgram *program, const char *which, ArrayType *codes)
{
	StringInfoData sql;
	Oid			types[] = {TEXTARRAYOID, TEXTARRAYOID};
	Datum		values[2];
	uint64		first = 0;

	if (program->kind_codes == NULL)
		return;
	initStringInfo(&sql);
	appendStringInfo(&sql,
					 "SELECT p.point_id, p.kind_code, p.limits, " DAYS_OF("p.valid") ","
					 " k.code, k.role = 'with', " DAYS_OF("k.valid")
					 " FROM meso_audit.point_in_force p"
					 " JOIN meso_audit.knowledge_code k USING (point_id, version)"
					 " WHERE p.point_id IN (SELECT point_id"
					 "  FROM meso_audit.knowledge_code WHERE %s)"
					 " AND p.understood = 'understood' AND p.kind_code = ANY ($1)"
					 " AND k.code <> ''"
					 " ORDER BY p.point_id COLLATE \"C\", k.seq", which);
	values[0] = PointerGetDatum(program->kind_codes);
	values[1] = PointerGetDatum(codes);
	load(sql.data, codes ? 2 : 1, types, values);
	for (uint64 row = 1; row <= SPI_processed; row++)
	{
		if (row == SPI_processed ||
			strcmp(cell_text(CurrentMemoryContext, row, 1),
				   cell_text(CurrentMemoryContext, first, 1)) != 0)
		{
			make_point(program, first, row);
			first = row;
		}
	}
}

/*
 * load_exemptions: by person, by place, and the rest.
 */
static void
load_exemptions(MesoProgram *program)
{
	load("SELECT rule_code, psn_no, fixmedins_code, diag_code, code, "
		 DAYS_OF("valid") " FROM meso_audit.rule_exemption"
		 " WHERE NOT pg_catalog.isempty(valid)", 0, NULL, NULL);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		MesoExemption *x = MemoryContextAllocZero(program->ctx, sizeof(MesoExemption));
		MesoStrtab *tab = NULL;
		MesoStr		key = {NULL, 0};

		x->rule_code = cell_text(program->ctx, row, 1);
		x->psn_no = cell_text(program->ctx, row, 2);
		x->fixmedins_code = cell_text(program->ctx, row, 3);
		x->diag_code = cell_text(program->ctx, row, 4);
		x->code = cell_text(program->ctx, row, 5);
		x->valid = cell_days(row, 6, 7);
		program->needs_diagnoses |= x->diag_code != NULL;
		if (x->psn_no)
		{
			tab = program->exempt_persons;
			key = (MesoStr) {x->psn_no, strlen(x->psn_no)};
		}
		else if (x->fixmedins_code)
		{
			tab = program->exempt_places;
			key = (MesoStr) {x->fixmedins_code, strlen(x->fixmedins_code)};
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

	load("SELECT (SELECT since FROM meso_audit.fact_since WHERE fact = 'fee_line'),"
		 " EXISTS (SELECT 1 FROM meso_audit.known_code)", 0, NULL, NULL);
	d = cell(0, 1, &isnull);
	program->data_since = isnull ? NO_DATE : DatumGetDateADT(d);
	program->known_loaded = DatumGetBool(cell(0, 2, &isnull));
}

static MesoProgram *
program_new(void)
{
	MemoryContext ctx = AllocSetContextCreate(CurrentMemoryContext,
											  "meso_audit program",
											  ALLOCSET_DEFAULT_SIZES);
	MesoProgram *program = MemoryContextAllocZero(ctx, sizeof(MesoProgram));

	program->ctx = ctx;
	for (int d = 0; d < DOMAIN_COUNT; d++)
		program->items[d] = meso_strtab_create(ctx, 256);
	program->points = meso_strtab_create(ctx, 64);
	program->kinds = meso_strtab_create(ctx, 64);
	program->exempt_persons = meso_strtab_create(ctx, 16);
	program->exempt_places = meso_strtab_create(ctx, 16);
	return program;
}

/*
 * program_load: a new program, in a child of the current memory context.
 */
static MesoProgram *
program_load(void)
{
	MesoProgram *program = program_new();
	MesoStr   **columns;
	int		   *ncolumns;

	load_rules(program);
	columns = palloc(sizeof(MesoStr *) * Max(program->nrules, 1));
	ncolumns = palloc(sizeof(int) * Max(program->nrules, 1));
	for (int i = 0; i < program->nrules; i++)
		ncolumns[i] = cell_text_array(i, 6, &columns[i]);
	compile_rules(program, columns, ncolumns);
	kinds_wanted(program);
	load_points(program, "code LIKE '%\\%'", NULL);
	load_exemptions(program);
	load_settings(program);
	return program;
}

/*
 * meso_program: the program to judge by.  Needs an SPI connection.
 */
MesoProgram *
meso_program(void)
{
	static bool registered = false;

	if (!registered)
	{
		CacheRegisterRelcacheCallback(rules_invalidated, (Datum) 0);
		registered = true;
	}
	if (current && current->in_use)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("claims are being evaluated already"),
				 errdetail("A fact view or a rule's expression calls the evaluator."),
				 errhint("Bind facts to relations that do not use meso_audit's evaluator.")));
	AcceptInvalidationMessages();
	if (current && current->generation == generation && !current->broken &&
		MemoryContextMemAllocated(current->ctx, true) < (Size) meso_cache_size * 1024)
	{
		current->in_use = true;
		return current;
	}
	if (current)
	{
		MemoryContextDelete(current->ctx);
		current = NULL;
	}
	meso_check_version();
	for (;;)
	{
		uint64		before = generation;
		MesoProgram *program;

		CHECK_FOR_INTERRUPTS();
		signal_relid = rule_relid();
		program = program_load();
		AcceptInvalidationMessages();
		if (before == generation)
		{
			program->generation = generation;
			MemoryContextSetParent(program->ctx, CacheMemoryContext);
			program->in_use = true;
			current = program;
			return program;
		}
		MemoryContextDelete(program->ctx);
	}
}

void
meso_program_release(MesoProgram *program, bool failed)
{
	program->in_use = false;
	program->broken = failed;
}

void
meso_program_select(MesoProgram *program, ArrayType *codes)
{
	Datum	   *elems = NULL;
	bool	   *nulls = NULL;
	int			n = 0;

	if (codes)
		deconstruct_array(codes, TEXTOID, -1, false, TYPALIGN_INT,
						  &elems, &nulls, &n);
	for (int i = 0; i < program->nrules; i++)
	{
		MesoRule   *rule = program->rules[i];

		rule->selected = codes == NULL;
		for (int j = 0; j < n && !rule->selected; j++)
			rule->selected = !nulls[j] &&
				strcmp(TextDatumGetCString(elems[j]), rule->code) == 0;
	}
}

/*
 * load_prices: the rows of list_price of these codes.
 */
static void
load_prices(MesoProgram *program, ArrayType *codes)
{
	Oid			types[] = {TEXTARRAYOID};
	Datum		values[] = {PointerGetDatum(codes)};

	load("SELECT code, fixmedins_code, area, price, " DAYS_OF("valid")
		 " FROM meso_audit.list_price WHERE code = ANY ($1)", 1, types, values);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		char	   *code = cell_text(CurrentMemoryContext, row, 1);
		MesoItem   *item = meso_program_item(program, DOMAIN_ITEM, code, strlen(code));
		MesoListPrice *price = MemoryContextAllocZero(program->ctx, sizeof(MesoListPrice));
		MesoDays	days = cell_days(row, 5, 6);
		bool		isnull;

		price->inst_code = cell_text(program->ctx, row, 2);
		price->area = cell_text(program->ctx, row, 3);
		price->from = days.from;
		price->upto = days.upto;
		if (!datum_to_fixed(cell(row, 4, &isnull), &price->price))
			continue;
		price->next = item->prices;
		item->prices = price;
	}
}

static void
load_known(MesoProgram *program, ArrayType *codes)
{
	Oid			types[] = {TEXTARRAYOID};
	Datum		values[] = {PointerGetDatum(codes)};

	load("SELECT code, " DAYS_OF("valid") " FROM meso_audit.known_code"
		 " WHERE code = ANY ($1)", 1, types, values);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		char	   *code = cell_text(CurrentMemoryContext, row, 1);
		MesoItem   *item = meso_program_item(program, DOMAIN_ITEM, code, strlen(code));
		MesoKnownDays *known = MemoryContextAlloc(program->ctx, sizeof(MesoKnownDays));
		MesoDays	days = cell_days(row, 2, 3);

		known->from = days.from;
		known->upto = days.upto;
		known->next = item->known;
		item->known = known;
	}
}

/*
 * meso_program_resolve: load all that names these items.  Needs an SPI
 * connection; call it between queries, never from within one.
 */
void
meso_program_resolve(MesoProgram *program, MesoDomain domain,
					 MesoItem **items, int nitems)
{
	MesoStr    *codes = palloc(sizeof(MesoStr) * Max(nitems, 1));
	ArrayType  *array;
	int			n = 0;

	for (int i = 0; i < nitems; i++)
	{
		if (!items[i]->resolved)
			codes[n++] = (MesoStr) {items[i]->code, items[i]->len};
		items[i]->resolved = true;
	}
	if (n == 0)
		return;
	array = meso_text_array(codes, n);
	load_points(program, "code = ANY ($2)", array);
	if (domain == DOMAIN_ITEM && program->needs_prices)
		load_prices(program, array);
	if (domain == DOMAIN_ITEM && program->needs_known && program->known_loaded)
		load_known(program, array);
}
