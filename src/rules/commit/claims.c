/*-------------------------------------------------------------------------
 *
 * claims.c
 *		Whose findings may have changed, and over which days.
 *
 * Noted are the keys of the rows that changed.  Findings may change for every
 * person with a line in a touched settlement or visit, or in a settlement
 * whose lines a touched one reverses; over the days of those lines, and as far
 * around them as any rule looks.  Nearly always the rows that the evaluator
 * reads for the persons noted show that nobody else and no other day is
 * concerned; where they show more, they are read again, under their guards.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "rules/commit/check.h"
#include "rules/commit/settings.h"
#include "rules/lookup.h"

static Oid	key_types[] = {TEXTARRAYOID};

static void
add_person(MesoSlice *slice, MesoStr psn_no)
{
	MesoStrEntry *entry;
	MesoStr		copy;

	if (STR_IS_NULL(psn_no) || meso_strtab_find(slice->persons, psn_no))
		return;
	meso_guards_want(slice->check->guards, psn_no);
	copy = meso_str_copy(slice->ctx, psn_no);
	entry = meso_strtab_insert(slice->persons, copy);
	entry->value = slice;
	if (slice->person_list == NULL)
		slice->person_list = MemoryContextAlloc(slice->ctx, 64 * sizeof(MesoStr));
	else if (slice->npersons >= 64 && (slice->npersons & (slice->npersons - 1)) == 0)
		slice->person_list = repalloc(slice->person_list,
									  slice->npersons * 2 * sizeof(MesoStr));
	slice->person_list[slice->npersons++] = copy;
}

static void
add_day(MesoSlice *slice, DateADT day)
{
	if (day == NO_DATE)
		return;
	if (slice->first > slice->last)
		slice->first = slice->last = day;
	else if (day < slice->first)
		slice->first = day;
	else if (day > slice->last)
		slice->last = day;
}

/* What is gathered of visits */
typedef struct Gathered
{
	MesoCheck  *check;
	int			max;			/* of notes */
	MesoStrtab *visit_of;		/* settlements of the visits */
	int			nsettlements;
	MesoStr    *settlements;
} Gathered;

/*
 * gather: a row of a touched visit becomes a note of its own.
 */
static void
gather(Gathered *g, TupleTableSlot *slot, MesoStr mdtrt_id)
{
	MesoCheck  *check = g->check;
	MesoNote   *note;
	Timestamp	t;

	if (slot->tts_isnull[0] || slot->tts_isnull[2])
		return;
	t = DatumGetTimestamp(slot->tts_values[2]);
	if (TIMESTAMP_NOT_FINITE(t))
		return;
	if (check->nnotes == g->max)
	{
		g->max = Max(64, g->max * 2);
		check->notes = repalloc_huge(check->notes, sizeof(MesoNote *) * (Size) g->max);
	}
	note = MemoryContextAllocZero(check->ctx, sizeof(MesoNote));
	note->psn_no = meso_str_copy(check->ctx, meso_slot_str(slot, 0));
	note->mdtrt_id = meso_str_copy(check->ctx, mdtrt_id);
	note->first = note->last = t;
	check->notes[check->nnotes++] = note;
}

/*
 * visit_row: (psn_no, mdtrt_id, time) of a visit or of a line that names it.
 */
static void
visit_row(TupleTableSlot *slot, void *arg)
{
	gather(arg, slot, meso_slot_str(slot, 1));
}

/*
 * settlement_row: the same of a settlement, and its setl_id: lines that name no
 * visit are in that of their settlement.
 */
static void
settlement_row(TupleTableSlot *slot, void *arg)
{
	Gathered   *g = arg;
	MemoryContext ctx = g->check->ctx;
	MesoStr		setl_id = meso_str_copy(ctx, meso_slot_str(slot, 3));
	MesoStr    *visit;

	gather(g, slot, meso_slot_str(slot, 1));
	if (STR_IS_NULL(setl_id) || meso_strtab_find(g->visit_of, setl_id))
		return;
	visit = MemoryContextAlloc(ctx, sizeof(MesoStr));
	*visit = meso_str_copy(ctx, meso_slot_str(slot, 1));
	meso_strtab_insert(g->visit_of, setl_id)->value = visit;
	if (g->settlements == NULL)
		g->settlements = MemoryContextAlloc(ctx, 64 * sizeof(MesoStr));
	else if (g->nsettlements >= 64 && (g->nsettlements & (g->nsettlements - 1)) == 0)
		g->settlements = repalloc_huge(g->settlements,
									   (Size) g->nsettlements * 2 * sizeof(MesoStr));
	g->settlements[g->nsettlements++] = setl_id;
}

/*
 * settled_line_row: (psn_no, mdtrt_id, time, setl_id) of a line.
 */
static void
settled_line_row(TupleTableSlot *slot, void *arg)
{
	Gathered   *g = arg;
	MesoStr    *visit = meso_strtab_find(g->visit_of, meso_slot_str(slot, 3));

	if (slot->tts_isnull[1] && visit)
		gather(g, slot, *visit);
}

/*
 * gather_rows: rows of visits, of settlements and lines that name one, and of
 * lines whose settlement does.
 */
static void
gather_rows(Gathered *g, ArrayType *visits)
{
	static const char *const visit_columns[] = {"psn_no", "mdtrt_id", "begntime"};
	static const char *const line_columns[] = {"psn_no", "mdtrt_id", "fee_ocur_time", "setl_id"};
	static const char *const settlement_columns[] = {"psn_no", "mdtrt_id", "setl_time", "setl_id"};
	static const MesoLookupSpec visit_spec = {
		.fact = "visit",.key = "mdtrt_id",.ncolumns = 3,.columns = visit_columns
	};
	static const MesoLookupSpec line_spec = {
		.fact = "fee_line",.key = "mdtrt_id",.ncolumns = 3,.columns = line_columns
	};
	static const MesoLookupSpec settlement_spec = {
		.fact = "settlement",.key = "mdtrt_id",.ncolumns = 4,.columns = settlement_columns
	};
	static const MesoLookupSpec settled_line_spec = {
		.fact = "fee_line",.key = "setl_id",.ncolumns = 4,.columns = line_columns
	};
	static MesoLookup visit_lookup;
	static MesoLookup line_lookup;
	static MesoLookup settlement_lookup;
	static MesoLookup settled_line_lookup;

	meso_lookup_run(&visit_lookup, &visit_spec, visits, 0, 0, visit_row, g);
	meso_lookup_run(&line_lookup, &line_spec, visits, 0, 0, visit_row, g);
	meso_lookup_run(&settlement_lookup, &settlement_spec, visits, 0, 0, settlement_row, g);
	if (g->nsettlements > 0)
		meso_lookup_run(&settled_line_lookup, &settled_line_spec,
						meso_key_array(g->settlements, g->nsettlements), 0, 0,
						settled_line_row, g);
}

/*
 * is_of_visit: are the rows of a visit, or of its diagnoses or operations?
 */
static bool
is_of_visit(const MesoNote *note)
{
	return note->head && STR_IS_NULL(note->setl_id) && !STR_IS_NULL(note->mdtrt_id);
}

/*
 * gather_visits: whoever has rows in a visit whose own row, diagnoses or
 * operations changed, and when.
 */
static void
gather_visits(MesoCheck *check)
{
	MesoStrtab *seen = meso_strtab_create(check->ctx, 64);
	MesoStr    *keys = palloc_extended(sizeof(MesoStr) * (Size) Max(check->nnotes, 1),
									   MCXT_ALLOC_HUGE);
	Gathered	g = {.check = check,.max = check->maxnotes};
	int			n = 0;

	for (int i = 0; i < check->nnotes; i++)
	{
		MesoNote   *note = check->notes[i];
		MesoStrEntry *entry;

		if (!is_of_visit(note))
			continue;
		entry = meso_strtab_insert(seen, note->mdtrt_id);
		if (entry->value == NULL)
			keys[n++] = note->mdtrt_id;
		entry->value = note;
	}
	if (n == 0)
		return;
	g.visit_of = meso_strtab_create(check->ctx, 64);
	gather_rows(&g, meso_key_array(keys, n));
	check->maxnotes = g.max;
}

/*
 * Did the last check meet lines whose settlement has no row yet?  Then the
 * next one will, where lines come in before they are settled: its guards are
 * raised at once, and not by reading twice.
 */
static bool unsettled = false;

/*
 * want_noted: the guards of the persons of the notes from the first-th on, and
 * of the visits and settlements whose own rows they are.  Returns whether
 * there are such visits.
 */
static bool
want_noted(MesoCheck *check, int first)
{
	bool		visits = false;

	for (int i = first; i < check->nnotes; i++)
	{
		MesoNote   *note = check->notes[i];

		meso_guards_want(check->guards, note->psn_no);
		if (is_of_visit(note))
		{
			meso_guards_want_visit(check->guards, note->mdtrt_id);
			visits = true;
		}
		else if ((note->head || unsettled) && !STR_IS_NULL(note->setl_id))
			meso_guards_want_settlement(check->guards, note->setl_id);
	}
	return visits;
}

/*
 * gather_wanted: gather anew beside the first "noted" notes, which are those
 * of the transaction, and want whoever is found.
 */
static void
gather_wanted(MesoCheck *check, int noted)
{
	check->nnotes = noted;
	PushActiveSnapshot(GetTransactionSnapshot());
	gather_visits(check);
	PopActiveSnapshot();
	(void) want_noted(check, noted);
}

/*
 * lacks_person: is a visit noted by its diagnoses or operations alone?
 */
static bool
lacks_person(MesoCheck *check)
{
	MesoStrtab *known = meso_strtab_create(check->ctx, 64);

	for (int i = 0; i < check->nnotes; i++)
	{
		MesoNote   *note = check->notes[i];

		if (is_of_visit(note) && !STR_IS_NULL(note->psn_no))
			meso_strtab_insert(known, note->mdtrt_id)->value = note;
	}
	for (int i = 0; i < check->nnotes; i++)
	{
		MesoNote   *note = check->notes[i];

		if (is_of_visit(note) && meso_strtab_find(known, note->mdtrt_id) == NULL)
			return true;
	}
	return false;
}

/*
 * meso_gather_persons: raise the guards of all persons noted, and of whoever
 * has rows in the visits noted, who become notes of their own.
 */
void
meso_gather_persons(MesoCheck *check)
{
	int			noted = check->nnotes;
	bool		visits = want_noted(check, 0);

	meso_fail_point(FAIL_GATHER);
	/* persons to be found are best known before any guard is raised */
	if (visits && lacks_person(check))
		gather_wanted(check, noted);
	for (;;)
	{
		meso_guards_raise(check->guards);
		if (!visits)
			return;
		/* what others committed while we waited for a guard is to be seen */
		CommandCounterIncrement();
		gather_wanted(check, noted);
		if (!meso_guards_pending(check->guards))
			return;
	}
}

#define EQ_ANY		" OPERATOR(pg_catalog.=) ANY ($1)"

/* What is known of a settlement looked up */
static char is_looked_up;
static char has_row;

/*
 * found_row: (psn_no, time, setl_id) of a row of a touched settlement; its key
 * where it is the row of the settlement itself.
 */
static void
found_row(TupleTableSlot *slot, void *arg)
{
	MesoSlice  *slice = arg;

	if (!slot->tts_isnull[2])
		meso_strtab_insert(slice->looked_up, meso_slot_str(slot, 2))->value = &has_row;
	if (slot->tts_isnull[0] || slot->tts_isnull[1])
		return;
	add_person(slice, meso_slot_str(slot, 0));
	add_day(slice, meso_day(DatumGetTimestamp(slot->tts_values[1])));
}

/*
 * look_up_settlements: settlements that no row of our persons led to, and
 * those that they reverse; each once.
 */
static void
look_up_settlements(MesoSlice *slice, MesoStr *keys, int n)
{
	static MesoQuery query;
	Datum		values[1];
	int			fresh = 0;

	for (int i = 0; i < n; i++)
	{
		MesoStrEntry *entry = meso_strtab_insert(slice->looked_up, keys[i]);

		if (entry->value)
			continue;
		entry->key = meso_str_copy(slice->ctx, keys[i]);
		entry->value = &is_looked_up;
		keys[fresh++] = entry->key;
	}
	n = fresh;
	if (n == 0)
		return;
	values[0] = PointerGetDatum(meso_key_array(keys, n));
	meso_query_run(&query,
				   "SELECT psn_no, fee_ocur_time, NULL FROM meso_audit.fee_line WHERE setl_id" EQ_ANY
				   " UNION ALL"
				   " SELECT psn_no, setl_time, setl_id FROM meso_audit.settlement WHERE setl_id" EQ_ANY
				   " UNION ALL"
				   " SELECT l.psn_no, l.fee_ocur_time, NULL FROM meso_audit.settlement s"
				   " JOIN meso_audit.fee_line l ON l.setl_id OPERATOR(pg_catalog.=) s.init_setl_id"
				   " WHERE s.setl_id" EQ_ANY,
				   1, key_types, values, NULL, found_row, slice);
	for (int i = 0; i < n; i++)
	{
		if (meso_strtab_find(slice->looked_up, keys[i]) != &has_row)
			meso_guards_want_settlement(slice->check->guards, keys[i]);
	}
}

/*
 * mark_touched: mark the settlements and visits of the chunk that were
 * touched; those not in it are returned in keys.
 */
static int
mark_touched(MesoSlice *slice, MesoStr *keys)
{
	MesoChunk  *chunk = slice->chunk;
	int			n = 0;

	for (int i = 0; i < slice->nnotes; i++)
	{
		MesoNote   *note = slice->notes[i];
		MesoStr		wanted[2] = {note->setl_id, note->init_setl_id};
		MesoVisit  *visit;

		for (int k = 0; k < 2; k++)
		{
			MesoSettlement *setl;

			if (STR_IS_NULL(wanted[k]))
				continue;
			setl = meso_strtab_find(chunk->settlements, wanted[k]);
			if (setl)
				setl->touched = true;
			else
				keys[n++] = wanted[k];
		}
		if (STR_IS_NULL(note->mdtrt_id))
			continue;
		visit = meso_strtab_find(chunk->visits, note->mdtrt_id);
		if (visit)
			visit->touched = true;
	}
	return n;
}

/*
 * mark_reversed: a touched settlement's lines reverse those of another.
 */
static int
mark_reversed(MesoChunk *chunk, MesoStr *keys)
{
	int			n = 0;

	for (int i = 0; i < chunk->nsettlements; i++)
	{
		MesoSettlement *setl = chunk->settlement_list[i];
		MesoSettlement *reversed;

		if (!setl->touched)
			continue;
		if (setl->visit)
			setl->visit->touched = true;
		if (!setl->present || STR_IS_NULL(setl->init_setl_id))
			continue;
		reversed = meso_strtab_find(chunk->settlements, setl->init_setl_id);
		if (reversed)
			reversed->touched = true;
		else
			keys[n++] = setl->init_setl_id;
	}
	return n;
}

/*
 * want_owners: the guards of the touched settlements and visits: of whom their
 * rows belong to, or of their keys where there are no such rows.  Whoever
 * writes another row that names one of these wants the same.
 */
static void
want_owners(MesoSlice *slice)
{
	MesoChunk  *chunk = slice->chunk;
	MesoGuards *guards = slice->check->guards;

	unsettled = false;
	for (int i = 0; i < chunk->nsettlements; i++)
	{
		MesoSettlement *setl = chunk->settlement_list[i];

		if (!setl->touched || setl->present)
			continue;
		meso_guards_want_settlement(guards, setl->setl_id);
		unsettled = true;
	}
	for (int i = 0; i < chunk->nvisits; i++)
	{
		MesoVisit  *visit = chunk->visit_list[i];

		if (!visit->touched)
			continue;
		if (visit->present)
			meso_guards_want(guards, visit->psn_no);
		else
			meso_guards_want_visit(guards, visit->mdtrt_id);
	}
}

/*
 * spread: whoever and whatever day the touched settlements and visits hold.
 */
static void
spread(MesoSlice *slice)
{
	MesoChunk  *chunk = slice->chunk;
	MesoStr    *keys = palloc_extended(sizeof(MesoStr) * (Size) (2 * slice->nnotes + chunk->nsettlements + 1),
									   MCXT_ALLOC_HUGE);
	int			n = mark_touched(slice, keys);

	n += mark_reversed(chunk, keys + n);
	for (int i = 0; i < chunk->nlines; i++)
	{
		MesoLine   *line = chunk->line_list[i];

		if (!line->setl->touched && !(line->visit && line->visit->touched))
			continue;
		if (line->person == NULL)
			add_person(slice, line->psn_no);
		add_day(slice, line->day);
	}
	for (int i = 0; i < chunk->nsettlements; i++)
	{
		MesoSettlement *setl = chunk->settlement_list[i];

		if (!setl->touched || !setl->present)
			continue;
		if (setl->person == NULL)
			add_person(slice, setl->psn_no);
		add_day(slice, meso_day(setl->setl_time));
	}
	look_up_settlements(slice, keys, n);
	want_owners(slice);
	pfree(keys);
}

/*
 * set_period: the days touched and as far around as a rule looks; all days
 * where a rule looks without bound.  false: that is what was loaded.
 */
static bool
set_period(MesoSlice *slice)
{
	MesoProgram *program = slice->check->program;
	int64		around = (int64) program->back_days + 1;
	MesoDays	period = {PG_INT32_MIN, PG_INT32_MAX};

	if (!program->reach.everything && !program->reach.chained)
	{
		period.from = (DateADT) Max((int64) slice->first - around, PG_INT32_MIN + 1);
		period.upto = (DateADT) Min((int64) slice->last + around + 1, PG_INT32_MAX - 1);
	}
	if (slice->chunk && period.from == slice->period.from && period.upto == slice->period.upto)
		return false;
	slice->period = period;
	return true;
}

static void
touch_notes(MesoSlice *slice)
{
	for (int i = 0; i < slice->nnotes; i++)
	{
		MesoNote   *note = slice->notes[i];

		add_person(slice, note->psn_no);
		if (note->first == NO_TIME)
			continue;
		add_day(slice, meso_day(note->first));
		add_day(slice, meso_day(note->last));
	}
}

/*
 * meso_slice_load: load the rows by which the persons of these notes are to be
 * judged, and everybody's whom the rows lead to.  The snapshot that they were
 * read under is left active.  No chunk: nothing that exists was touched.
 */
void
meso_slice_load(MesoSlice *slice)
{
	slice->first = 1;
	slice->last = 0;
	slice->looked_up = meso_strtab_create(slice->ctx, 16);
	touch_notes(slice);
	/* rows without a time do not exist, and did not */
	if (slice->first > slice->last)
		return;
	for (;;)
	{
		int			npersons = slice->npersons;

		CHECK_FOR_INTERRUPTS();
		meso_guards_raise(slice->check->guards);
		/* what others committed while we waited for a guard is to be seen */
		CommandCounterIncrement();
		PushActiveSnapshot(GetTransactionSnapshot());
		(void) set_period(slice);
		slice->chunk = meso_chunk_load(slice->check->program,
									   meso_text_array(slice->person_list, slice->npersons),
									   slice->period);
		meso_fail_point(FAIL_LOAD);
		spread(slice);
		if (npersons == slice->npersons && !meso_guards_pending(slice->check->guards) &&
			!set_period(slice))
			return;
		PopActiveSnapshot();
		MemoryContextDelete(slice->chunk->ctx);
		slice->chunk = NULL;
	}
}
