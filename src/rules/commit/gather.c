/*-------------------------------------------------------------------------
 *
 * gather.c
 *		Whose guards a check needs before it reads anything.
 *
 * Those of the persons noted; and of whoever has rows in a visit of which the
 * row itself, a diagnosis or an operation changed: they become notes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "rules/commit/check.h"
#include "rules/commit/settings.h"
#include "rules/lookup.h"

/*
 * Did the last check meet lines whose settlement has no row yet?  Then the
 * next one will, where lines come in before they are settled: its guards are
 * raised at once, and not by reading twice.
 */
bool		meso_unsettled = false;

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
		else if ((note->head || meso_unsettled || check->guards->rounds > 0) &&
				 !STR_IS_NULL(note->setl_id))
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
