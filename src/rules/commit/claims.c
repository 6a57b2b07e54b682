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

/*
 * meso_slice_touch_day: the day is among those touched; it is loaded with the
 * next meso_slice_load().
 */
void
meso_slice_touch_day(MesoSlice *slice, DateADT day)
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
	meso_slice_touch_day(slice, meso_day(DatumGetTimestamp(slot->tts_values[1])));
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
 * look_up_visits: visits of which no line read is in: what was in them went,
 * but may have borne on rows of other days.  Each once.
 */
static void
look_up_visits(MesoSlice *slice, MesoStr *keys, int n)
{
	static MesoQuery query;
	Datum		values[1];
	int			fresh = 0;

	for (int i = 0; i < n; i++)
	{
		MesoStrEntry *entry = meso_strtab_insert(slice->visited, keys[i]);

		if (entry->value)
			continue;
		entry->key = meso_str_copy(slice->ctx, keys[i]);
		entry->value = &is_looked_up;
		keys[fresh++] = entry->key;
	}
	if (fresh == 0)
		return;
	values[0] = PointerGetDatum(meso_key_array(keys, fresh));
	meso_query_run(&query,
				   "SELECT psn_no, begntime, NULL FROM meso_audit.visit WHERE mdtrt_id" EQ_ANY
				   " UNION ALL"
				   " SELECT psn_no, fee_ocur_time, NULL FROM meso_audit.fee_line WHERE mdtrt_id" EQ_ANY
				   " UNION ALL"
				   " SELECT l.psn_no, l.fee_ocur_time, NULL FROM meso_audit.settlement s"
				   " JOIN meso_audit.fee_line l ON l.setl_id OPERATOR(pg_catalog.=) s.setl_id"
				   " WHERE s.mdtrt_id" EQ_ANY " AND l.mdtrt_id IS NULL",
				   1, key_types, values, NULL, found_row, slice);
}

/*
 * mark_touched: mark the settlements and visits of the chunk that were
 * touched; settlements not in it are returned in keys; of visits the lines on
 * other days are looked up, where none that was read leads to them.
 */
static int
mark_touched(MesoSlice *slice, MesoStr *keys)
{
	MesoStr    *visits = palloc_extended(sizeof(MesoStr) * (Size) Max(slice->nnotes, 1),
										 MCXT_ALLOC_HUGE);
	int			nvisits = 0;
	bool		elsewhere = slice->chunk->extent.bounded &&
	(slice->chunk->program->reach.visit || slice->chunk->program->needs_rows);
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
		/* what has no settlement was gathered with all its visit's rows */
		if (elsewhere && !STR_IS_NULL(note->setl_id) && !(visit && visit->wanted))
			visits[nvisits++] = note->mdtrt_id;
	}
	look_up_visits(slice, visits, nvisits);
	pfree(visits);
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

	meso_unsettled = false;
	for (int i = 0; i < chunk->nsettlements; i++)
	{
		MesoSettlement *setl = chunk->settlement_list[i];

		if (!setl->touched || setl->present)
			continue;
		meso_guards_want_settlement(guards, setl->setl_id);
		meso_unsettled = true;
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
		meso_slice_touch_day(slice, line->day);
	}
	for (int i = 0; i < chunk->nsettlements; i++)
	{
		MesoSettlement *setl = chunk->settlement_list[i];

		if (!setl->touched || !setl->present)
			continue;
		if (setl->person == NULL)
			add_person(slice, setl->psn_no);
		meso_slice_touch_day(slice, meso_day(setl->setl_time));
	}
	/* a diagnosis may lack, or have found, its companion in a line */
	for (int i = 0; chunk->program->needs_rows && i < chunk->nvisits; i++)
	{
		MesoVisit  *visit = chunk->visit_list[i];

		if (visit->touched && visit->present && visit->person)
			meso_slice_touch_day(slice, meso_day(visit->begntime));
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
		meso_slice_touch_day(slice, meso_day(note->first));
		meso_slice_touch_day(slice, meso_day(note->last));
	}
}

/*
 * drop_chunk: it will be loaded anew.
 */
static void
drop_chunk(MesoSlice *slice)
{
	PopActiveSnapshot();
	MemoryContextDelete(slice->chunk->ctx);
	slice->chunk = NULL;
}

/*
 * meso_slice_load: load the rows by which the persons of these notes are to be
 * judged, and everybody's whom the rows lead to; or load them again, since
 * there are more days.  The snapshot that they were read under is left active.
 * No chunk: nothing that exists was touched.
 */
void
meso_slice_load(MesoSlice *slice)
{
	if (slice->chunk)
		drop_chunk(slice);
	else
	{
		slice->first = 1;
		slice->last = 0;
		slice->looked_up = meso_strtab_create(slice->ctx, 16);
		slice->visited = meso_strtab_create(slice->ctx, 16);
		touch_notes(slice);
	}
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
		drop_chunk(slice);
	}
}
