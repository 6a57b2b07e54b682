/*-------------------------------------------------------------------------
 *
 * notes.c
 *		What the running transaction touched, until it is checked.
 *
 * The triggers of attach_checks() have no condition but note_line() and
 * its like: it notes the keys of a row when the row's event is about to be queued, and lets
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
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "rules/commit/notes.h"
#include "rules/commit/settings.h"
#include "rules/commit/stats.h"
#include "rules/strtab.h"

PG_FUNCTION_INFO_V1(meso_audit_note_line);
PG_FUNCTION_INFO_V1(meso_audit_note_settlement);
PG_FUNCTION_INFO_V1(meso_audit_note_visit);
PG_FUNCTION_INFO_V1(meso_audit_note_entry);

/* The keys noted of a row */
enum
{
	NK_PSN_NO, NK_SETL_ID, NK_MDTRT_ID, NK_INIT_SETL_ID, NOTE_KEYS
};

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
 * was lost, or note_line() was called by hand.
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
						 errhint("note_line() and its like are for the triggers of attach_checks() alone.")));
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
	note->psn_no = keys[NK_PSN_NO];
	note->setl_id = keys[NK_SETL_ID];
	note->mdtrt_id = keys[NK_MDTRT_ID];
	note->init_setl_id = keys[NK_INIT_SETL_ID];
	note->first = note->last = NO_TIME;
	note->no = notes->now.nnotes++;
	notes->list[note->no] = note;
	entry->value = note;
	return note;
}

/*
 * note_row: note what a row belongs to, and whether it is more than a fee line
 * (head); true if an event is to be queued for it, which will check all that
 * was noted.
 */
static bool
note_row(MesoStr *keys, Timestamp at, bool head)
{
	MesoNote   *note;

	if (STR_IS_NULL(keys[NK_PSN_NO]) && STR_IS_NULL(keys[NK_SETL_ID]) &&
		STR_IS_NULL(keys[NK_MDTRT_ID]))
		return false;
	meso_check_tally.row_count++;
	if (notes == NULL)
		notes_create();
	note = notes->latest;
	if (note == NULL || !is_pending(note) ||
		!meso_str_eq(note->setl_id, keys[NK_SETL_ID]) ||
		!meso_str_eq(note->psn_no, keys[NK_PSN_NO]) ||
		!meso_str_eq(note->mdtrt_id, keys[NK_MDTRT_ID]) ||
		!meso_str_eq(note->init_setl_id, keys[NK_INIT_SETL_ID]))
		note = find_note(keys);
	notes->latest = note;
	note->head |= head;
	note_time(note, at);
	if (notes->now.queued)
		return false;
	save_level();
	notes->now.queued = true;
	return true;
}

/*
 * check_types: the first n arguments are keys, and stored as text is.  Seen to
 * once a statement.
 */
static void
check_types(FunctionCallInfo fcinfo, int n)
{
	if (fcinfo->flinfo->fn_extra)
		return;
	for (int i = 0; i < n; i++)
	{
		Oid			type = get_fn_expr_argtype(fcinfo->flinfo, i);

		if (type != TEXTOID && type != VARCHAROID)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("keys are noted of type text or varchar, not %s",
							format_type_be(type))));
	}
	fcinfo->flinfo->fn_extra = &notes;
}

/*
 * note_args: arguments are the keys named, and the time if there is one more.
 */
static Datum
note_args(FunctionCallInfo fcinfo, const int *named, int n, bool head)
{
	MesoStr		keys[NOTE_KEYS] = {0};
	Timestamp	at = NO_TIME;

	if (!meso_check)
		PG_RETURN_BOOL(false);
	check_types(fcinfo, n);
	for (int i = 0; i < n; i++)
	{
		if (!PG_ARGISNULL(i))
		{
			text	   *value = PG_GETARG_TEXT_PP(i);

			keys[named[i]] = meso_str(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
		}
	}
	if (PG_NARGS() > n && !PG_ARGISNULL(n))
		at = PG_GETARG_TIMESTAMP(n);
	PG_RETURN_BOOL(note_row(keys, at, head));
}

/*
 * note_line(psn_no, setl_id, mdtrt_id "any", at timestamp) returns boolean
 *
 * Notes what a line belongs to; true if an event is to be queued for it.  A
 * NULL key: the row has none.  The others do so for rows of other facts.
 */
Datum
meso_audit_note_line(PG_FUNCTION_ARGS)
{
	static const int named[] = {NK_PSN_NO, NK_SETL_ID, NK_MDTRT_ID};

	return note_args(fcinfo, named, lengthof(named), false);
}

/* note_settlement(psn_no, setl_id, mdtrt_id, init_setl_id "any", at timestamp) */
Datum
meso_audit_note_settlement(PG_FUNCTION_ARGS)
{
	static const int named[] = {NK_PSN_NO, NK_SETL_ID, NK_MDTRT_ID, NK_INIT_SETL_ID};

	return note_args(fcinfo, named, lengthof(named), true);
}

/* note_visit(psn_no, mdtrt_id "any", at timestamp) */
Datum
meso_audit_note_visit(PG_FUNCTION_ARGS)
{
	static const int named[] = {NK_PSN_NO, NK_MDTRT_ID};

	return note_args(fcinfo, named, lengthof(named), true);
}

/* note_entry(mdtrt_id "any"): of diagnoses and operations */
Datum
meso_audit_note_entry(PG_FUNCTION_ARGS)
{
	static const int named[] = {NK_MDTRT_ID};

	return note_args(fcinfo, named, lengthof(named), true);
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
