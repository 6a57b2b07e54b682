/*-------------------------------------------------------------------------
 *
 * check.c
 *		The trigger: checks what was noted, and what becomes of a check that
 *		fails.
 *
 * It fires at commit, PREPARE TRANSACTION or SET CONSTRAINTS ... IMMEDIATE, as
 * whoever happens to commit, and does all that it does as the engine.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "facts/engine.h"
#include "rules/commit/check.h"
#include "rules/commit/settings.h"
#include "rules/commit/stats.h"
#include "rules/commit/unchecked.h"

/* Persons loaded at a time */
#define PERSONS_A_SLICE		1000

PG_FUNCTION_INFO_V1(meso_audit_check_claims);

static int
cmp_notes(const void *a, const void *b)
{
	const MesoNote *x = *(MesoNote *const *) a;
	const MesoNote *y = *(MesoNote *const *) b;

	return meso_str_cmp(x->psn_no, y->psn_no);
}

/*
 * sort_notes: by person; those without one were led to theirs by the visit, or
 * have none.
 */
static void
sort_notes(MesoCheck *check)
{
	int			n = 0;

	for (int i = 0; i < check->nnotes; i++)
	{
		if (!STR_IS_NULL(check->notes[i]->psn_no))
			check->notes[n++] = check->notes[i];
	}
	check->nnotes = n;
	qsort(check->notes, n, sizeof(MesoNote *), cmp_notes);
}

/*
 * check_slice: judge the persons of some notes, write, act.
 */
static void
check_slice(MesoCheck *check, MesoNote **notes, int n)
{
	MemoryContext ctx = AllocSetContextCreate(check->ctx, "meso_audit slice",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(ctx);
	MesoSlice	slice = {.check = check,.ctx = ctx,.notes = notes,.nnotes = n};
	MesoTruth	truth;

	slice.persons = meso_strtab_create(ctx, 64);
	do
		meso_slice_load(&slice);
	while (slice.chunk && !check->guards->again && !meso_reconcile(&slice, &truth));
	if (slice.chunk && !check->guards->again)
	{
		meso_act(&slice, &truth);
		meso_check_tally.persons += slice.npersons;
		meso_check_tally.history_rows += slice.chunk->nlines;
	}
	if (slice.chunk)
		PopActiveSnapshot();
	MemoryContextSwitchTo(old);
	MemoryContextDelete(ctx);
}

static void
check_slices(MesoCheck *check)
{
	int			first = 0;
	int			persons = 0;

	for (int i = 1; i <= check->nnotes; i++)
	{
		if (i < check->nnotes &&
			meso_str_eq(check->notes[i]->psn_no, check->notes[i - 1]->psn_no))
			continue;
		if (++persons < PERSONS_A_SLICE && i < check->nnotes)
			continue;
		check_slice(check, check->notes + first, i - first);
		first = i;
		persons = 0;
	}
}

/*
 * count_claims: the settlements noted; no more than a transaction may have
 * checked.  Not inlined into a function with PG_TRY(), where compilers take its
 * counter for clobbered.
 */
static pg_noinline int
count_claims(MesoNote **notes, int n)
{
	MesoStrtab *seen = meso_strtab_create(CurrentMemoryContext, Max(n, 16));
	int			claims = 0;

	for (int i = 0; i < n; i++)
	{
		MesoStrEntry *entry;

		if (STR_IS_NULL(notes[i]->setl_id))
			continue;
		entry = meso_strtab_insert(seen, notes[i]->setl_id);
		claims += entry->value == NULL;
		entry->value = notes[i];
	}
	if (meso_max_claims > 0 && claims > meso_max_claims)
		ereport(ERROR,
				(errcode(MESO_ERRCODE_MANY_CLAIMS),
				 errmsg("the transaction changed %d claims, more than are checked in one", claims),
				 errhint("Commit fewer claims at a time, or raise meso_audit.max_claims_per_transaction.")));
	return claims;
}

/*
 * check_notes: judge whoever the notes concern, as the engine.
 */
static void
check_notes(MesoNote **notes, int n, MesoGuards *guards)
{
	MesoCheck	check = {0};
	MesoEngine	before;
	instr_time	begun;
	int			claims = count_claims(notes, n);

	INSTR_TIME_SET_CURRENT(begun);
	meso_engine_enter(&before);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	check.ctx = CurrentMemoryContext;
	check.notes = palloc_extended(sizeof(MesoNote *) * (Size) n, MCXT_ALLOC_HUGE);
	memcpy(check.notes, notes, sizeof(MesoNote *) * (Size) n);
	check.nnotes = check.maxnotes = n;
	check.guards = guards;
	check.program = meso_program();
	PG_TRY();
	{
		meso_program_select(check.program, NULL, STAGE_COMMIT);
		check.program->max_lines = meso_max_history_rows;
		meso_gather_persons(&check);
		sort_notes(&check);
		check_slices(&check);
		meso_guards_end_round(guards);
	}
	PG_CATCH();
	{
		/* the order of guards has not broken it */
		meso_program_release(check.program, !guards->ended);
		PG_RE_THROW();
	}
	PG_END_TRY();
	meso_program_release(check.program, false);
	meso_finish_actions(&check);
	meso_stats_check(claims, begun);
	SPI_finish();
	meso_engine_leave(&before);
}

/*
 * goes_up: errors that are the transaction's own, whatever on_error says: a
 * denied claim, and what a retry or the user who cancelled wants to see.  Anybody
 * may set lock_timeout: it must not be a way past a rule that denies.
 */
static bool
goes_up(int sqlerrcode)
{
	return sqlerrcode == MESO_ERRCODE_DENIED ||
		sqlerrcode == ERRCODE_T_R_SERIALIZATION_FAILURE ||
		sqlerrcode == ERRCODE_T_R_DEADLOCK_DETECTED ||
		sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE ||
		sqlerrcode == ERRCODE_QUERY_CANCELED;
}

/*
 * try_check: a round in a subtransaction; the error that ended it, or NULL.
 */
static ErrorData *
try_check(MesoNote **notes, int n, MesoGuards *guards)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		check_notes(notes, n, guards);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return error;
}

/*
 * check_or_pass: claims come first.  If the check fails, they pass, and are
 * noted for the batch.
 */
static void
check_or_pass(MesoNote **notes, int n)
{
	MesoGuards *guards = meso_guards_create(CurrentMemoryContext);
	ErrorData  *error;

	do
	{
		CHECK_FOR_INTERRUPTS();
		error = try_check(notes, n, guards);
	} while (error && meso_guards_again(guards));
	if (error == NULL)
		return;
	meso_check_tally.failed++;
	if (meso_on_error == ON_ERROR_RAISE || goes_up(error->sqlerrcode))
		ReThrowError(error);
	meso_note_unchecked(notes, n, error);
	ereport(WARNING,
			(errcode(MESO_ERRCODE_UNCHECKED),
			 errmsg("claims were not checked: %s", error->message),
			 errdetail("They are noted in meso_audit.unchecked_claim; the next audit judges them.")));
}

/*
 * check_claims(): constraint trigger of attach_checks().  Whichever event
 * fires first checks all that was noted; the others find nothing left.
 */
Datum
meso_audit_check_claims(PG_FUNCTION_ARGS)
{
	MemoryContext ctx;
	MemoryContext old;
	MesoNote  **notes;
	int			n;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_AFTER(((TriggerData *) fcinfo->context)->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be called by an AFTER trigger", "check_claims")));
	ctx = AllocSetContextCreate(CurrentMemoryContext, "meso_audit check",
								ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(ctx);
	notes = meso_notes_take(&n);
	if (n > 0 && meso_check)
		check_or_pass(notes, n);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(ctx);
	return PointerGetDatum(NULL);
}
