/*-------------------------------------------------------------------------
 *
 * notes.c
 *		What the running transaction touched, until it is checked.
 *
 * The triggers of attach_checks() have no condition but note_claim(): it
 * notes the keys of a row when the row's event is about to be queued, and lets
 * one event through, which checks all that was noted when it fires.  So ten
 * thousand lines leave one event and one note a claim.
 *
 * A subtransaction that aborts takes back its rows, its events, and that its
 * events fired.  What is noted is a list that only grows; how much of it
 * stands, how much was checked and whether an event is queued are three
 * values, saved before a subtransaction first changes them and restored when
 * it aborts.  A note that another one replaced only costs a second look.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "rules/commit/notes.h"
#include "rules/commit/settings.h"
#include "rules/commit/stats.h"
#include "rules/strtab.h"

PG_FUNCTION_INFO_V1(meso_audit_note_claim);

#define NOTE_KEYS	4

/* What an aborting subtransaction takes back */
typedef struct NoteState
{
	int			nnotes;
	int			nchecked;
	bool		queued;			/* an event will fire that checks the rest */
} NoteState;

typedef struct NoteLevel
{
	int			level;			/* of nesting */
	NoteState	before;
	struct NoteLevel *outer;
} NoteLevel;

typedef struct Notes
{
	MemoryContext ctx;
	MesoStrtab *index;			/* packed keys to MesoNote */
	int			max;
	MesoNote  **list;
	MesoNote   *latest;			/* most rows repeat it */
	NoteState	now;
	NoteLevel  *levels;
} Notes;

static Notes *notes = NULL;

/*
 * save_level: what stands now is what this subtransaction found, unless it
 * saved that before.
 */
static void
save_level(void)
{
	int			level = GetCurrentTransactionNestLevel();
	NoteLevel  *saved;

	if (level <= 1 || (notes->levels && notes->levels->level >= level))
		return;
	saved = MemoryContextAlloc(notes->ctx, sizeof(NoteLevel));
	saved->level = level;
	saved->before = notes->now;
	saved->outer = notes->levels;
	notes->levels = saved;
}

static void
at_subxact_end(SubXactEvent event, SubTransactionId mine,
			   SubTransactionId parent, void *arg)
{
	int			level = GetCurrentTransactionNestLevel();

	if (notes == NULL || notes->levels == NULL || notes->levels->level < level)
		return;
	if (event == SUBXACT_EVENT_ABORT_SUB)
	{
		notes->now = notes->levels->before;
		notes->levels = notes->levels->outer;
		notes->latest = NULL;
	}
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
	{
		NoteLevel  *outer = notes->levels->outer;

		if (level == 2 || (outer && outer->level == level - 1))
			notes->levels = outer;
		else
			notes->levels->level = level - 1;
	}
}

/*
 * at_xact_end: nothing may commit that was noted and not checked: an event
 * was lost, or note_claim() was called by hand.
 */
static void
at_xact_end(XactEvent event, void *arg)
{
	if (notes == NULL)
		return;
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			if (notes->now.nchecked < notes->now.nnotes && meso_check)
				ereport(ERROR,
						(errcode(MESO_ERRCODE_NOT_CHECKED),
						 errmsg("claims were noted, but not checked"),
						 errhint("note_claim() is for the triggers of attach_checks() alone.")));
			break;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			/* the memory goes with the transaction */
			notes = NULL;
			break;
		default:
			break;
	}
}

static void
notes_create(void)
{
	static bool registered = false;
	MemoryContext ctx;

	if (!registered)
	{
		RegisterXactCallback(at_xact_end, NULL);
		RegisterSubXactCallback(at_subxact_end, NULL);
		registered = true;
	}
	ctx = AllocSetContextCreate(TopTransactionContext, "meso_audit notes",
								ALLOCSET_DEFAULT_SIZES);
	notes = MemoryContextAllocZero(ctx, sizeof(Notes));
	notes->ctx = ctx;
	notes->index = meso_strtab_create(ctx, 64);
	notes->max = 64;
	notes->list = MemoryContextAlloc(ctx, sizeof(MesoNote *) * notes->max);
}

/*
 * is_pending: does the note stand, and is it still to be checked?
 */
static bool
is_pending(const MesoNote *note)
{
	return note->no >= notes->now.nchecked && note->no < notes->now.nnotes &&
		notes->list[note->no] == note;
}

static void
note_time(MesoNote *note, Timestamp t)
{
	if (t == NO_TIME || TIMESTAMP_NOT_FINITE(t))
		return;
	if (note->first == NO_TIME || t < note->first)
		note->first = t;
	if (note->last == NO_TIME || t > note->last)
		note->last = t;
}

/*
 * pack: the keys as one string in the notes' memory, each key's own place in
 * it left in keys[].
 */
static MesoStr
pack(MesoStr *keys)
{
	int			len = NOTE_KEYS * sizeof(int);
	char	   *data;
	char	   *at;

	for (int i = 0; i < NOTE_KEYS; i++)
		len += STR_IS_NULL(keys[i]) ? 0 : keys[i].len;
	data = at = MemoryContextAlloc(notes->ctx, len);
	for (int i = 0; i < NOTE_KEYS; i++)
	{
		int			size = STR_IS_NULL(keys[i]) ? -1 : keys[i].len;

		memcpy(at, &size, sizeof(size));
		at += sizeof(size);
	}
	for (int i = 0; i < NOTE_KEYS; i++)
	{
		if (STR_IS_NULL(keys[i]))
			continue;
		memcpy(at, keys[i].data, keys[i].len);
		keys[i].data = at;
		at += keys[i].len;
	}
	return meso_str(data, len);
}

/*
 * find_note: the pending note of these keys, a new one if there is none.
 */
static MesoNote *
find_note(MesoStr *keys)
{
	MesoStr		packed = pack(keys);
	MesoStrEntry *entry = meso_strtab_insert(notes->index, packed);
	MesoNote   *note = entry->value;

	if (note && is_pending(note))
	{
		pfree((char *) packed.data);
		return note;
	}
	save_level();
	if (notes->now.nnotes == notes->max)
	{
		notes->max *= 2;
		notes->list = repalloc_huge(notes->list, sizeof(MesoNote *) * notes->max);
	}
	note = MemoryContextAllocZero(notes->ctx, sizeof(MesoNote));
	note->psn_no = keys[0];
	note->setl_id = keys[1];
	note->mdtrt_id = keys[2];
	note->init_setl_id = keys[3];
	note->first = note->last = NO_TIME;
	note->no = notes->now.nnotes++;
	notes->list[note->no] = note;
	entry->value = note;
	return note;
}

static MesoStr
arg_str(FunctionCallInfo fcinfo, int i)
{
	text	   *value;

	if (PG_ARGISNULL(i))
		return meso_str(NULL, 0);
	value = PG_GETARG_TEXT_PP(i);
	return meso_str(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/*
 * note_claim(psn_no, setl_id, mdtrt_id, init_setl_id text, at timestamp,
 * head boolean) returns boolean
 *
 * Notes what a row belongs to, and whether it is more than a fee line; true if an event is to be queued for it, which
 * will check all that was noted.  A NULL key: the row has none.
 */
Datum
meso_audit_note_claim(PG_FUNCTION_ARGS)
{
	MesoStr		keys[NOTE_KEYS];
	MesoNote   *note;

	if (!meso_check)
		PG_RETURN_BOOL(false);
	for (int i = 0; i < NOTE_KEYS; i++)
		keys[i] = arg_str(fcinfo, i);
	if (STR_IS_NULL(keys[0]) && STR_IS_NULL(keys[1]) && STR_IS_NULL(keys[2]))
		PG_RETURN_BOOL(false);
	meso_check_tally.row_count++;
	if (notes == NULL)
		notes_create();
	note = notes->latest;
	if (note == NULL || !is_pending(note) ||
		!meso_str_eq(note->setl_id, keys[1]) ||
		!meso_str_eq(note->psn_no, keys[0]) ||
		!meso_str_eq(note->mdtrt_id, keys[2]) ||
		!meso_str_eq(note->init_setl_id, keys[3]))
		note = find_note(keys);
	notes->latest = note;
	note->head |= !PG_ARGISNULL(5) && PG_GETARG_BOOL(5);
	if (!PG_ARGISNULL(4))
		note_time(note, PG_GETARG_TIMESTAMP(4));
	if (notes->now.queued)
		PG_RETURN_BOOL(false);
	save_level();
	notes->now.queued = true;
	PG_RETURN_BOOL(true);
}

MesoNote  **
meso_notes_take(int *n)
{
	MesoNote  **taken;

	*n = 0;
	if (notes == NULL)
		return NULL;
	*n = notes->now.nnotes - notes->now.nchecked;
	taken = palloc_extended(sizeof(MesoNote *) * (Size) Max(*n, 1), MCXT_ALLOC_HUGE);
	memcpy(taken, notes->list + notes->now.nchecked, sizeof(MesoNote *) * (Size) *n);
	save_level();
	notes->now.nchecked = notes->now.nnotes;
	notes->now.queued = false;
	return taken;
}

MesoNote  **
meso_notes_standing(int *n)
{
	*n = notes ? notes->now.nnotes : 0;
	return notes ? notes->list : NULL;
}
