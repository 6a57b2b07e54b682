/*-------------------------------------------------------------------------
 *
 * load_attributes.c
 *		Visits, diagnoses, operations, persons, institutions, practitioners.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "rules/chunk.h"
#include "rules/lookup.h"

#define BY(column)	column " OPERATOR(pg_catalog.=) ANY ($1)"

/*
 * For tables so small that they are scanned for many keys: a scan compares ANY
 * one by one.  A few keys are looked up.
 */
#define IN(column) \
	column " OPERATOR(pg_catalog.=) ANY (SELECT pg_catalog.unnest($1))"

#define FEW_KEYS		50

static Oid	key_types[] = {TEXTARRAYOID};

static bool
any_null(TupleTableSlot *slot, int n)
{
	for (int c = 0; c < n; c++)
	{
		if (slot->tts_isnull[c])
			return true;
	}
	return false;
}

static MesoStr
chunk_slot_str(MesoChunk *chunk, TupleTableSlot *slot, int col)
{
	return meso_chunk_str(chunk, meso_slot_str(slot, col));
}

static DateADT
slot_date(TupleTableSlot *slot, int col, DateADT when_null)
{
	return slot->tts_isnull[col] ? when_null : DatumGetDateADT(slot->tts_values[col]);
}

static Timestamp
slot_time(TupleTableSlot *slot, int col)
{
	return slot->tts_isnull[col] ? NO_TIME : DatumGetTimestamp(slot->tts_values[col]);
}

static void
run_by_keys(MesoChunk *chunk, MesoQuery *query, const char *text,
			ArrayType *keys, MesoRowFunction row)
{
	Datum		values[] = {PointerGetDatum(keys)};

	meso_query_run(query, text, 1, key_types, values, NULL, row, chunk);
}

static void
visit_row(TupleTableSlot *slot, void *arg)
{
	MesoChunk  *chunk = arg;
	MesoVisit  *visit;

	if (any_null(slot, 4))
		return;
	visit = meso_chunk_visit(chunk, meso_slot_str(slot, 0));
	if (visit->present)
		return;
	visit->present = true;
	visit->person = meso_chunk_person(chunk, meso_slot_str(slot, 1));
	visit->psn_no = visit->person ? visit->person->psn_no : chunk_slot_str(chunk, slot, 1);
	visit->inst = meso_chunk_institution(chunk, meso_slot_str(slot, 2));
	visit->begntime = slot_time(slot, 3);
	visit->endtime = slot_time(slot, 4);
	visit->med_type = chunk_slot_str(chunk, slot, 5);
	visit->dept = chunk_slot_str(chunk, slot, 6);
	visit->dscg_way = chunk_slot_str(chunk, slot, 7);
	visit->matn_stas = chunk_slot_str(chunk, slot, 8);
	visit->channel = chunk_slot_str(chunk, slot, 9);
	visit->dr_code = chunk_slot_str(chunk, slot, 10);
	if (visit->person)
	{
		visit->next = visit->person->visits;
		visit->person->visits = visit;
	}
}

static const char *const visit_columns[] = {
	"mdtrt_id", "psn_no", "fixmedins_code", "begntime", "endtime", "med_type",
	"adm_dept_codg", "dscg_way", "matn_stas", "channel", "chfpdr_code"
};

static void
spooled_visit_row(TupleTableSlot *slot, void *arg)
{
	if (meso_chunk_person(arg, meso_slot_str(slot, 1)))
		visit_row(slot, arg);
}

static bool
visit_missing(MesoChunk *chunk, const MesoVisit *visit)
{
	return !visit->present;
}

/*
 * visit_unspooled: a spool holds the entries of the visits that it holds.
 */
static bool
visit_unspooled(MesoChunk *chunk, const MesoVisit *visit)
{
	return chunk->spool == NULL || !visit->present || visit->person == NULL ||
		(chunk->extent.within && !meso_extent_has(&chunk->extent, visit->begntime));
}

static ArrayType *
visit_keys(MesoChunk *chunk, bool (*chosen) (MesoChunk *, const MesoVisit *), int *n)
{
	MesoStr    *keys = palloc(sizeof(MesoStr) * Max(chunk->nvisits, 1));

	*n = 0;
	for (int i = 0; i < chunk->nvisits; i++)
	{
		if (chosen(chunk, chunk->visit_list[i]))
			keys[(*n)++] = chunk->visit_list[i]->mdtrt_id;
	}
	return meso_key_array(keys, *n);
}

static void
load_visits(MesoChunk *chunk)
{
	static MesoLookup by_person;
	static MesoLookup by_person_within;
	static MesoLookup by_key;
	bool		within = chunk->extent.within;
	MesoLookupSpec spec = {
		.fact = "visit",.key = "psn_no",
		.ncolumns = lengthof(visit_columns),.columns = visit_columns,
		.time = within ? "begntime" : NULL,.bounds = within ? WITHIN_BOUNDS : AT_ANY_TIME
	};
	ArrayType  *keys;
	int			n;

	meso_overlay_feed(chunk->overlay, GIVEN_VISIT, visit_row, chunk);
	if (chunk->spool)
		meso_chunk_replay(chunk, SPOOL_VISIT, spooled_visit_row, chunk);
	else if (chunk->extent.heads)
		meso_lookup_run(within ? &by_person_within : &by_person, &spec,
						meso_chunk_person_keys(chunk), chunk->extent.lo, chunk->extent.hi,
						visit_row, chunk);
	keys = visit_keys(chunk, visit_missing, &n);
	if (n == 0)
		return;
	spec.key = "mdtrt_id";
	spec.time = NULL;
	spec.bounds = AT_ANY_TIME;
	meso_lookup_run(&by_key, &spec, keys, 0, 0, visit_row, chunk);
}

/*
 * entry_row: a row of diagnosis or operation, kept in byte order of number.
 */
static void
entry_row(MesoChunk *chunk, TupleTableSlot *slot, MesoDomain domain)
{
	MesoGivenFact fact = domain == DOMAIN_DIAGNOSIS ? GIVEN_DIAGNOSIS : GIVEN_OPERATION;
	MesoVisit  *visit;
	MesoEntry  *entry;
	MesoEntry **place;

	if (any_null(slot, 3) || meso_str_is(meso_slot_str(slot, 4), "0") ||
		meso_overlay_hides(chunk->overlay, fact, meso_slot_str(slot, 0)))
		return;
	visit = meso_chunk_visit(chunk, meso_slot_str(slot, 0));
	entry = MemoryContextAllocZero(chunk->ctx, sizeof(MesoEntry));
	entry->number = chunk_slot_str(chunk, slot, 1);
	entry->item = meso_chunk_item(chunk, domain, meso_slot_str(slot, 2));
	entry->main = meso_str_is(meso_slot_str(slot, 3), "1");
	entry->begins = domain == DOMAIN_OPERATION ? slot_time(slot, 5) : NO_TIME;
	entry->ends = domain == DOMAIN_OPERATION ? slot_time(slot, 6) : NO_TIME;
	place = domain == DOMAIN_DIAGNOSIS ? &visit->diagnoses : &visit->operations;
	while (*place && meso_str_cmp((*place)->number, entry->number) < 0)
		place = &(*place)->next;
	entry->next = *place;
	*place = entry;
}

static void
diagnosis_row(TupleTableSlot *slot, void *arg)
{
	entry_row(arg, slot, DOMAIN_DIAGNOSIS);
}

static void
operation_row(TupleTableSlot *slot, void *arg)
{
	entry_row(arg, slot, DOMAIN_OPERATION);
}

static bool
spooled_visit(MesoChunk *chunk, MesoStr mdtrt_id)
{
	MesoVisit  *visit = meso_strtab_find(chunk->visits, mdtrt_id);

	return visit && !visit_unspooled(chunk, visit);
}

static void
spooled_diagnosis_row(TupleTableSlot *slot, void *arg)
{
	if (spooled_visit(arg, meso_slot_str(slot, 0)))
		diagnosis_row(slot, arg);
}

static void
spooled_operation_row(TupleTableSlot *slot, void *arg)
{
	if (spooled_visit(arg, meso_slot_str(slot, 0)))
		operation_row(slot, arg);
}

#define DIAGNOSIS_COLUMNS \
	"e.mdtrt_id, e.diag_srt_no, e.diag_code, e.maindiag_flag, e.vali_flag"
#define OPERATION_COLUMNS \
	"e.mdtrt_id, e.oprn_srt_no, e.oprn_oprt_code, e.main_oprn_flag, e.vali_flag," \
	" e.oprn_begntime, e.oprn_endtime"

static void
load_entries(MesoChunk *chunk)
{
	static const char *const diagnosis_columns[] = {
		"mdtrt_id", "diag_srt_no", "diag_code", "maindiag_flag", "vali_flag"
	};
	static const char *const operation_columns[] = {
		"mdtrt_id", "oprn_srt_no", "oprn_oprt_code", "main_oprn_flag", "vali_flag",
		"oprn_begntime", "oprn_endtime"
	};
	static const MesoLookupSpec diagnosis_spec = {
		.fact = "diagnosis",.key = "mdtrt_id",
		.ncolumns = lengthof(diagnosis_columns),.columns = diagnosis_columns
	};
	static const MesoLookupSpec operation_spec = {
		.fact = "operation",.key = "mdtrt_id",
		.ncolumns = lengthof(operation_columns),.columns = operation_columns
	};
	static MesoLookup diagnoses;
	static MesoLookup operations;
	int			n;
	ArrayType  *keys = visit_keys(chunk, visit_unspooled, &n);

	meso_overlay_feed(chunk->overlay, GIVEN_DIAGNOSIS, diagnosis_row, chunk);
	meso_overlay_feed(chunk->overlay, GIVEN_OPERATION, operation_row, chunk);
	if (chunk->spool)
	{
		meso_chunk_replay(chunk, SPOOL_DIAGNOSIS, spooled_diagnosis_row, chunk);
		meso_chunk_replay(chunk, SPOOL_OPERATION, spooled_operation_row, chunk);
	}
	if (n > 0 && chunk->extent.diagnoses)
		meso_lookup_run(&diagnoses, &diagnosis_spec, keys, 0, 0, diagnosis_row, chunk);
	if (n > 0 && chunk->extent.operations)
		meso_lookup_run(&operations, &operation_spec, keys, 0, 0, operation_row, chunk);
}

static void
person_row(TupleTableSlot *slot, void *arg)
{
	MesoChunk  *chunk = arg;
	MesoPerson *person;
	MesoStr		gend;

	if (any_null(slot, 1))
		return;
	person = meso_chunk_person(chunk, meso_slot_str(slot, 0));
	if (person == NULL || person->present)
		return;
	person->present = true;
	gend = meso_slot_str(slot, 1);
	if (meso_str_is(gend, "1") || meso_str_is(gend, "2"))
		person->gend = gend.data[0];
	person->brdy = slot_date(slot, 2, NO_DATE);
	person->die_date = slot_date(slot, 3, NO_DATE);
	person->psn_type = chunk_slot_str(chunk, slot, 4);
	person->area = chunk_slot_str(chunk, slot, 5);
}

static void
spell_row(TupleTableSlot *slot, void *arg)
{
	MesoChunk  *chunk = arg;
	MesoPerson *person;
	MesoSpell  *spell;

	if (any_null(slot, 2))
		return;
	person = meso_chunk_person(chunk, meso_slot_str(slot, 0));
	if (person == NULL)
		return;
	spell = MemoryContextAllocZero(chunk->ctx, sizeof(MesoSpell));
	spell->insutype = chunk_slot_str(chunk, slot, 1);
	spell->days.from = slot_date(slot, 2, PG_INT32_MIN);
	spell->days.upto = slot_date(slot, 3, PG_INT32_MAX);
	spell->paused = !slot->tts_isnull[4] && DatumGetBool(slot->tts_values[4]);
	spell->next = person->spells;
	person->spells = spell;
}

static const char *const person_columns[] = {
	"psn_no", "gend", "brdy", "die_date", "psn_type", "insu_admdvs"
};
static const char *const spell_columns[] = {
	"psn_no", "insutype", "begndate", "enddate", "paused"
};

static void
load_persons(MesoChunk *chunk)
{
	static const MesoLookupSpec person_spec = {
		.fact = "person",.key = "psn_no",
		.ncolumns = lengthof(person_columns),.columns = person_columns
	};
	static const MesoLookupSpec spell_spec = {
		.fact = "person_insurance",.key = "psn_no",
		.ncolumns = lengthof(spell_columns),.columns = spell_columns
	};
	static MesoLookup persons;
	static MesoLookup spells;
	ArrayType  *keys;

	if (chunk->spool)
	{
		meso_chunk_replay(chunk, SPOOL_PERSON, person_row, chunk);
		meso_chunk_replay(chunk, SPOOL_SPELL, spell_row, chunk);
		return;
	}
	keys = meso_chunk_person_keys(chunk);
	meso_lookup_run(&persons, &person_spec, keys, 0, 0, person_row, chunk);
	meso_overlay_feed(chunk->overlay, GIVEN_PERSON, person_row, chunk);
	meso_lookup_run(&spells, &spell_spec, keys, 0, 0, spell_row, chunk);
}

static void
institution_row(TupleTableSlot *slot, void *arg)
{
	MesoChunk  *chunk = arg;
	MesoInstitution *inst;

	if (any_null(slot, 1))
		return;
	inst = meso_chunk_institution(chunk, meso_slot_str(slot, 0));
	if (inst->present)
		return;
	inst->present = true;
	inst->type = chunk_slot_str(chunk, slot, 1);
	inst->area = chunk_slot_str(chunk, slot, 2);
	inst->hosp_lv = slot->tts_isnull[3] ? -1 : DatumGetInt16(slot->tts_values[3]);
}

static void
load_institutions(MesoChunk *chunk)
{
	static const char *const columns[] = {
		"fixmedins_code", "fixmedins_type", "fix_blng_admdvs", "hosp_lv"
	};
	static const MesoLookupSpec spec = {
		.fact = "institution",.key = "fixmedins_code",
		.ncolumns = lengthof(columns),.columns = columns
	};
	static MesoLookup few;
	static MesoQuery many;
	MesoStr    *keys = palloc(sizeof(MesoStr) * Max(chunk->ninstitutions, 1));
	ArrayType  *array;

	for (int i = 0; i < chunk->ninstitutions; i++)
		keys[i] = chunk->institution_list[i]->code;
	if (chunk->ninstitutions == 0)
		return;
	array = meso_key_array(keys, chunk->ninstitutions);
	if (chunk->ninstitutions <= FEW_KEYS)
		meso_lookup_run(&few, &spec, array, 0, 0, institution_row, chunk);
	else
		run_by_keys(chunk, &many,
					"SELECT fixmedins_code, fixmedins_type, fix_blng_admdvs, hosp_lv"
					" FROM meso_audit.institution WHERE " IN("fixmedins_code"),
					array, institution_row);
}

/* rows come in descending order of fixmedins_code: each goes to the front */
static void
practice_row(TupleTableSlot *slot, void *arg)
{
	MesoChunk  *chunk = arg;
	MesoPractice *practice;
	MesoStrEntry *entry;

	if (any_null(slot, 1))
		return;
	entry = meso_strtab_insert(chunk->practices, meso_slot_str(slot, 0));
	if (entry->value == NULL)
		entry->key = chunk_slot_str(chunk, slot, 0);
	practice = MemoryContextAllocZero(chunk->ctx, sizeof(MesoPractice));
	practice->inst_code = chunk_slot_str(chunk, slot, 1);
	practice->title = chunk_slot_str(chunk, slot, 2);
	practice->valid.from = slot_date(slot, 3, PG_INT32_MIN);
	practice->valid.upto = slot_date(slot, 4, PG_INT32_MAX);
	practice->next = entry->value;
	entry->value = practice;
}

#define PRACTICE_QUERY(condition) \
	"SELECT prac_psn_code, fixmedins_code, pro_tech_duty, begndate, enddate" \
	" FROM meso_audit.practitioner WHERE " condition \
	" ORDER BY fixmedins_code COLLATE \"C\" DESC NULLS FIRST"

static void
load_practices(MesoChunk *chunk)
{
	static MesoQuery few;
	static MesoQuery many;
	MesoStrtab *codes = meso_strtab_create(chunk->ctx, 64);
	MesoStr    *keys = palloc(sizeof(MesoStr) * Max(chunk->nlines, 1));
	int			n = 0;

	for (int i = 0; i < chunk->nlines; i++)
	{
		MesoLine   *line = chunk->line_list[i];
		MesoStrEntry *entry;

		if (STR_IS_NULL(line->dr_code))
			continue;
		entry = meso_strtab_insert(codes, line->dr_code);
		if (entry->value == NULL)
		{
			entry->value = line;
			keys[n++] = line->dr_code;
		}
	}
	if (n > 0)
		run_by_keys(chunk, n > FEW_KEYS ? &many : &few,
					n > FEW_KEYS ? PRACTICE_QUERY(IN("prac_psn_code"))
					: PRACTICE_QUERY(BY("prac_psn_code")),
					meso_key_array(keys, n), practice_row);
}

/*
 * meso_load_attributes: all that lines and settlements point to.
 */
void
meso_load_attributes(MesoChunk *chunk)
{
	load_visits(chunk);
	load_entries(chunk);
	load_persons(chunk);
	load_institutions(chunk);
	if (chunk->program->needs_titles)
		load_practices(chunk);
}

static void
visit_to_spool(TupleTableSlot *slot, void *arg)
{
	const MesoExtent *extent = &((MesoSpool *) arg)->extent;

	if (!extent->within || meso_extent_has(extent, slot_time(slot, 3)))
		meso_spool_put(arg, SPOOL_VISIT, slot, meso_slot_str(slot, 1));
}

/*
 * entry_to_spool: diagnosis or operation, with person and begin of its visit
 * in the last two columns.
 */
static void
entry_to_spool(MesoSpool *spool, MesoSpoolStream stream, TupleTableSlot *slot)
{
	int			n = slot->tts_tupleDescriptor->natts;

	if (!spool->extent.within || meso_extent_has(&spool->extent, slot_time(slot, n - 1)))
		meso_spool_put(spool, stream, slot, meso_slot_str(slot, n - 2));
}

static void
diagnosis_to_spool(TupleTableSlot *slot, void *arg)
{
	entry_to_spool(arg, SPOOL_DIAGNOSIS, slot);
}

static void
operation_to_spool(TupleTableSlot *slot, void *arg)
{
	entry_to_spool(arg, SPOOL_OPERATION, slot);
}

static void
person_to_spool(TupleTableSlot *slot, void *arg)
{
	meso_spool_put(arg, SPOOL_PERSON, slot, meso_slot_str(slot, 0));
}

static void
spell_to_spool(TupleTableSlot *slot, void *arg)
{
	meso_spool_put(arg, SPOOL_SPELL, slot, meso_slot_str(slot, 0));
}

/*
 * entry_query: the entries of visits that exist, of the spool's persons.  The
 * planner is to know between whom they lie.
 */
static char *
entry_query(MesoSpool *spool, const char *columns, const char *fact)
{
	MesoStr		first = spool->first;
	MesoStr		last = spool->last;

	return psprintf("SELECT %s, v.psn_no, v.begntime"
					" FROM meso_audit.%s e JOIN meso_audit.visit v"
					" ON v.mdtrt_id OPERATOR(pg_catalog.=) e.mdtrt_id"
					" WHERE v.fixmedins_code IS NOT NULL AND v.begntime IS NOT NULL"
					" AND v.psn_no COLLATE \"C\" OPERATOR(pg_catalog.>=) %s"
					" AND v.psn_no COLLATE \"C\" OPERATOR(pg_catalog.<=) %s",
					columns, fact,
					quote_literal_cstr(pnstrdup(first.data, first.len)),
					quote_literal_cstr(pnstrdup(last.data, last.len)));
}

static char *
whole_fact(const char *fact, const char *const *columns, int n)
{
	return psprintf("SELECT %s FROM meso_audit.%s", meso_select_list(columns, n), fact);
}

/*
 * meso_spool_attributes: visits and what belongs to them, persons, insurance.
 */
void
meso_spool_attributes(MesoSpool *spool)
{
	static MesoQuery visits;
	static MesoQuery diagnoses;
	static MesoQuery operations;
	static MesoQuery persons;
	static MesoQuery spells;

	meso_query_run(&visits, whole_fact("visit", visit_columns, lengthof(visit_columns)), 0, NULL, NULL, NULL,
				   visit_to_spool, spool);
	if (spool->extent.diagnoses)
		meso_query_run(&diagnoses, entry_query(spool, DIAGNOSIS_COLUMNS, "diagnosis"),
					   0, NULL, NULL, NULL, diagnosis_to_spool, spool);
	if (spool->extent.operations)
		meso_query_run(&operations, entry_query(spool, OPERATION_COLUMNS, "operation"),
					   0, NULL, NULL, NULL, operation_to_spool, spool);
	meso_query_run(&persons, whole_fact("person", person_columns, lengthof(person_columns)), 0, NULL, NULL, NULL,
				   person_to_spool, spool);
	meso_query_run(&spells, whole_fact("person_insurance", spell_columns, lengthof(spell_columns)), 0, NULL, NULL, NULL,
				   spell_to_spool, spool);
}
