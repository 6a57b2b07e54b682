/*-------------------------------------------------------------------------
 *
 * compare.c
 *		F against what is stored, and writing the difference.
 *
 * Whether anything must change is seen here at the cost of one look into
 * "finding" by person; so is what is new, which is stored row by row.  What else
 * must change, and doing it, is the findings room's.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rangetypes.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "evidence/new_findings.h"
#include "rules/commit/check.h"
#include "rules/commit/settings.h"
#include "rules/commit/stats.h"
#include "rules/finding_row.h"
#include "rules/lookup.h"

typedef struct Comparison
{
	MesoSlice  *slice;
	MesoTruth  *truth;
	MesoStrtab *by_key;			/* of truth */
	MesoStrtab *differing;		/* persons */
	MesoStrtab *elsewhere;		/* rules that are not judged at commit */
	MesoStrtab *codes;			/* rules stored or found, but those */
	int			npersons;
	MesoStr    *persons;
	int			ncodes;
	MesoStr    *code_list;
	bool		widened;		/* more days are to be judged */
} Comparison;

/* Columns of stored findings */
enum
{
	SC_KEY, SC_CODE, SC_PSN_NO, SC_STATUS, SC_STILL_TRUE, SC_GONE, SC_SOURCE,
	SC_POPULATION, SC_DAY, SC_VERSION, SC_POINT, SC_CERTAINTY, SC_AMOUNT,
	SC_INSTITUTION, SC_SETL_ID, SC_MDTRT_ID
};

static const char *const stored_columns[] = {
	"finding_key", "source_code", "psn_no", "status", "still_true", "source_gone", "source",
	"population", "judged_day", "source_version", "point_id", "certainty", "amount",
	"fixmedins_code", "setl_id", "mdtrt_id"
};

static void
add_found(const MesoHit *hit, void *arg)
{
	Comparison *cmp = arg;
	MesoChunk  *chunk = cmp->slice->chunk;
	MesoFound  *found = MemoryContextAllocZero(chunk->ctx, sizeof(MesoFound));

	found->hit = *hit;
	found->differs = !hit->rule->reminds;
	meso_hit_key(hit, found->key);
	CHUNK_APPEND(chunk, cmp->truth->found, cmp->truth->n, found);
	if (!hit->rule->reminds)
		meso_strtab_insert(cmp->by_key, meso_str((char *) found->key, 32))->value = found;
}

static void
note_differing(Comparison *cmp, MesoStr psn_no)
{
	MesoStrEntry *entry = meso_strtab_insert(cmp->differing, psn_no);

	if (entry->value)
		return;
	entry->key = meso_str_copy(cmp->slice->chunk->ctx, psn_no);
	entry->value = cmp;
	CHUNK_APPEND(cmp->slice->chunk, cmp->persons, cmp->npersons, entry->key);
}

static void
note_code(Comparison *cmp, MesoStr code)
{
	MesoStrEntry *entry = meso_strtab_insert(cmp->codes, code);

	if (entry->value)
		return;
	entry->key = meso_str_copy(cmp->slice->chunk->ctx, code);
	entry->value = cmp;
	CHUNK_APPEND(cmp->slice->chunk, cmp->code_list, cmp->ncodes, entry->key);
}

static bool
same_text(TupleTableSlot *slot, int col, const char *s)
{
	return s == NULL ? slot->tts_isnull[col] : meso_str_is(meso_slot_str(slot, col), s);
}

static bool
same_amount(TupleTableSlot *slot, fixed amount)
{
	fixed		stored;

	if (slot->tts_isnull[SC_AMOUNT] || amount == NO_FIXED)
		return slot->tts_isnull[SC_AMOUNT] && amount == NO_FIXED;
	return datum_to_fixed(slot->tts_values[SC_AMOUNT], &stored) && stored == amount;
}

static const MesoInstitution *
hit_institution(const MesoHit *hit)
{
	return hit->line ? hit->line->inst : hit->setl ? hit->setl->inst :
		hit->visit ? hit->visit->inst : NULL;
}

static bool
stands(TupleTableSlot *slot)
{
	return DatumGetBool(slot->tts_values[SC_STILL_TRUE]) &&
		!DatumGetBool(slot->tts_values[SC_GONE]) &&
		!meso_str_is(meso_slot_str(slot, SC_STATUS), "withdrawn");
}

/*
 * same: is the stored finding what was found?  As finding_event() says it.
 */
static bool
same(TupleTableSlot *slot, const MesoHit *hit)
{
	const MesoInstitution *inst = hit_institution(hit);
	MesoStr		nowhere = {NULL, 0};

	return stands(slot) &&
		!slot->tts_isnull[SC_VERSION] &&
		DatumGetInt32(slot->tts_values[SC_VERSION]) == hit->rule->version &&
		DatumGetDateADT(slot->tts_values[SC_DAY]) == hit->day &&
		same_amount(slot, hit->amount) &&
		same_text(slot, SC_CERTAINTY, hit->rule->certainty) &&
		same_text(slot, SC_POINT, hit->point_id) &&
		meso_str_eq(meso_slot_str(slot, SC_PSN_NO), hit->person->psn_no) &&
		meso_str_eq(meso_slot_str(slot, SC_INSTITUTION), inst ? inst->code : nowhere);
}

/* Where what a stored finding is about stands in the chunk */
typedef struct Source
{
	bool		there;
	bool		touched;
} Source;

static Source
stored_source(MesoChunk *chunk, TupleTableSlot *slot)
{
	Source		source = {0};

	if (!slot->tts_isnull[SC_SETL_ID])
	{
		MesoSettlement *setl = meso_strtab_find(chunk->settlements, meso_slot_str(slot, SC_SETL_ID));

		source.there = setl && (setl->present || setl->reported_lines > 0);
		source.touched = setl && setl->touched;
	}
	else if (!slot->tts_isnull[SC_MDTRT_ID])
	{
		MesoVisit  *visit = meso_strtab_find(chunk->visits, meso_slot_str(slot, SC_MDTRT_ID));

		/* a visit that was there has its day among those judged */
		source.there = visit && visit->present;
		source.touched = source.there && visit->touched && DatumGetBool(slot->tts_values[SC_GONE]);
	}
	return source;
}

/*
 * lost_row: a stored finding that is no longer found.  What is stored of a
 * settlement or visit that was touched may lie on any day: days beyond those
 * judged are to be judged as well.
 */
static void
lost_row(Comparison *cmp, TupleTableSlot *slot)
{
	DateADT		day = DatumGetDateADT(slot->tts_values[SC_DAY]);
	Source		source = stored_source(cmp->slice->chunk, slot);

	if (!stands(slot) && !(DatumGetBool(slot->tts_values[SC_GONE]) && source.there))
		return;
	if (DAYS_CONTAIN(cmp->slice->period, day))
		note_differing(cmp, meso_slot_str(slot, SC_PSN_NO));
	else if (source.touched)
	{
		meso_slice_touch_day(cmp->slice, day);
		cmp->widened = true;
	}
}

/*
 * stored_row: one stored finding of our persons.
 */
static void
stored_row(TupleTableSlot *slot, void *arg)
{
	Comparison *cmp = arg;
	MesoStr		code = meso_slot_str(slot, SC_CODE);
	MesoStr		status = meso_slot_str(slot, SC_STATUS);
	MesoFound  *found = meso_strtab_find(cmp->by_key, meso_slot_str(slot, SC_KEY));

	if (found)
		found->stored = true;
	if (!meso_str_is(meso_slot_str(slot, SC_SOURCE), "rule") ||
		DatumGetBool(slot->tts_values[SC_POPULATION]) ||
		(cmp->elsewhere && meso_strtab_find(cmp->elsewhere, code)))
		return;
	if (cmp->elsewhere)
		note_code(cmp, code);
	if (found)
	{
		found->settled = meso_str_is(status, "dismissed") || meso_str_is(status, "closed");
		found->differs = !same(slot, &found->hit);
	}
	else
		lost_row(cmp, slot);
}

static ArrayType *
slice_persons(MesoSlice *slice)
{
	MesoStr    *keys = palloc(sizeof(MesoStr) * Max(slice->npersons, 1));

	memcpy(keys, slice->person_list, sizeof(MesoStr) * slice->npersons);
	return meso_key_array(keys, slice->npersons);
}

static void
read_stored(Comparison *cmp)
{
	static const MesoLookupSpec spec = {
		.fact = "finding",.key = "psn_no",
		.ncolumns = lengthof(stored_columns),.columns = stored_columns
	};
	static MesoLookup lookup;

	meso_lookup_run(&lookup, &spec, slice_persons(cmp->slice), 0, 0, stored_row, cmp);
}

static Oid
finding_type(void)
{
	Oid			nsp = get_namespace_oid("meso_audit", false);
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									   CStringGetDatum("audit_finding"),
									   ObjectIdGetDatum(nsp));

	if (!OidIsValid(type))
		elog(ERROR, "type meso_audit.audit_finding does not exist");
	return type;
}

/*
 * meso_finding_datum: a hit as a value of type audit_finding, in the current
 * memory context.
 */
Datum
meso_finding_datum(const MesoHit *hit)
{
	TupleDesc	desc = lookup_rowtype_tupdesc(finding_type(), -1);
	Datum		values[AF_COUNT];
	bool		nulls[AF_COUNT];
	Datum		result;

	meso_finding_row(hit, values, nulls);
	result = HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
	ReleaseTupleDesc(desc);
	return result;
}

ArrayType *
meso_finding_array(Datum *elems, int n, Oid *array_type)
{
	Oid			type = finding_type();

	*array_type = get_array_type(type);
	return construct_array(elems, n, type, -1, false, TYPALIGN_DOUBLE);
}

/*
 * truth_array: what was found of the differing persons, as audit_finding[].
 */
static ArrayType *
truth_array(Comparison *cmp, Oid *array_type)
{
	Datum	   *elems = palloc(sizeof(Datum) * Max(cmp->truth->n, 1));
	int			n = 0;

	for (int i = 0; i < cmp->truth->n; i++)
	{
		MesoHit    *hit = &cmp->truth->found[i]->hit;

		if (!hit->rule->reminds && meso_strtab_find(cmp->differing, hit->person->psn_no))
			elems[n++] = meso_finding_datum(hit);
	}
	return meso_finding_array(elems, n, array_type);
}

/*
 * is_new: is nothing stored under the hit's key?  The keys of lines and
 * settlements hold their person, of whom all that is stored was read.
 */
static bool
is_new(const MesoFound *found)
{
	const MesoHit *hit = &found->hit;

	return found->differs && !found->stored &&
		(hit->line ? hit->line->entry == NULL : hit->setl != NULL);
}

/*
 * store_new: what is found for the first time no longer differs.
 */
static void
store_new(Comparison *cmp)
{
	MesoTruth  *truth = cmp->truth;
	Datum	   *elems = palloc(sizeof(Datum) * Max(truth->n, 1));
	int			n = 0;

	for (int i = 0; i < truth->n; i++)
	{
		if (is_new(truth->found[i]))
			elems[n++] = meso_finding_datum(&truth->found[i]->hit);
	}
	if (n == 0 || !meso_store_new_findings(elems, n, finding_type()))
		return;
	for (int i = 0; i < truth->n; i++)
	{
		if (is_new(truth->found[i]))
			truth->found[i]->differs = false;
	}
}

static Datum
period_datum(MesoDays period)
{
	TypeCacheEntry *typcache = lookup_type_cache(DATERANGEOID, TYPECACHE_RANGE_INFO);
	RangeBound	lower = {.val = DateADTGetDatum(period.from),.inclusive = true,.lower = true};
	RangeBound	upper = {.val = DateADTGetDatum(period.upto)};

	return RangeTypePGetDatum(meso_make_range(typcache, &lower, &upper));
}

/*
 * write_difference: let the findings room make the differing persons'
 * findings equal to F.
 */
static void
write_difference(Comparison *cmp)
{
	static MesoQuery query;
	bool		bounded = cmp->slice->period.from != PG_INT32_MIN;
	Oid			types[] = {TEXTARRAYOID, DATERANGEOID, InvalidOid, TEXTARRAYOID};
	char		nulls[] = "    ";
	Datum		values[4] = {0};

	values[0] = PointerGetDatum(meso_key_array(cmp->persons, cmp->npersons));
	if (bounded)
		values[1] = period_datum(cmp->slice->period);
	else
		nulls[1] = 'n';
	values[2] = PointerGetDatum(truth_array(cmp, &types[2]));
	if (cmp->elsewhere)
		values[3] = PointerGetDatum(meso_text_array(cmp->code_list, cmp->ncodes));
	else
		nulls[3] = 'n';
	meso_query_write(&query,
					 "SELECT meso_audit.apply_changes('rule',"
					 " (SELECT pg_catalog.array_agg(c) FROM meso_audit.person_changes($1, $2, $3, $4) c),"
					 " false, 'commit', NULL, NULL)",
					 4, types, values, nulls);
}

/*
 * rules_elsewhere: rules in force that are judged before or after, not here;
 * NULL if there are none.
 */
static MesoStrtab *
rules_elsewhere(MesoSlice *slice)
{
	MesoProgram *program = slice->check->program;
	MesoStrtab *result = NULL;

	for (int i = 0; i < program->nrules; i++)
	{
		MesoRule   *rule = program->rules[i];

		if (rule->selected)
			continue;
		if (result == NULL)
			result = meso_strtab_create(slice->chunk->ctx, 16);
		meso_strtab_insert(result, meso_str(rule->code, strlen(rule->code)))->value = rule;
	}
	return result;
}

/*
 * meso_reconcile: judge the slice and make "finding" equal to what was found; the
 * elements of F, reminders among them, are left in *truth, in the memory of
 * the slice's chunk.  Returns false, and does nothing, where more days are to
 * be judged first.
 */
bool
meso_reconcile(MesoSlice *slice, MesoTruth *truth)
{
	MesoChunk  *chunk = slice->chunk;
	Comparison	cmp = {.slice = slice,.truth = truth};
	MemoryContext old = MemoryContextSwitchTo(chunk->ctx);

	memset(truth, 0, sizeof(*truth));
	cmp.by_key = meso_strtab_create(chunk->ctx, 64);
	cmp.differing = meso_strtab_create(chunk->ctx, 16);
	cmp.codes = meso_strtab_create(chunk->ctx, 16);
	cmp.elsewhere = rules_elsewhere(slice);
	meso_chunk_assemble(chunk);
	meso_fail_point(FAIL_EVALUATE);
	chunk->timed = meso_stats_times_rules() ? meso_stats_rule : NULL;
	meso_evaluate(chunk, add_found, &cmp);
	meso_fail_point(FAIL_COMPARE);
	read_stored(&cmp);
	if (cmp.widened)
	{
		MemoryContextSwitchTo(old);
		return false;
	}
	meso_fail_point(FAIL_WRITE);
	store_new(&cmp);
	for (int i = 0; i < truth->n; i++)
	{
		MesoFound  *found = truth->found[i];

		if (found->differs)
			note_differing(&cmp, found->hit.person->psn_no);
		if (cmp.elsewhere && !found->hit.rule->reminds)
			note_code(&cmp, meso_str(found->hit.rule->code, strlen(found->hit.rule->code)));
	}
	if (cmp.npersons > 0)
		write_difference(&cmp);
	MemoryContextSwitchTo(old);
	return true;
}
