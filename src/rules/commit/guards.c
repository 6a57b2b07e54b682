/*-------------------------------------------------------------------------
 *
 * guards.c
 *		The guards of a check: rows of person_guard that it raises.
 *
 * Who waits for a guard must hold none that sorts behind it, or two checks
 * could wait for each other.  Whom the notes name is known before anything is
 * raised: one statement raises their guards in byte order.  Whoever is found
 * later, by the rows read, may sort before them.  Then the round only looks
 * for whoever else there is; its subtransaction is rolled back, which lets all
 * guards go, and the next round raises this one with the others, in order.
 * (To try for it without waiting
 * is no way: even SKIP LOCKED waits where it follows an update, and whoever
 * waits in order may see a deadlock in a moment's wait.)
 *
 * Rounds are few: each knows more guards than the last.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "utils/memutils.h"

#include "rules/commit/guards.h"
#include "rules/commit/settings.h"
#include "rules/commit/stats.h"
#include "rules/query.h"

/* Then guards are waited for as they come: deadlocks are detected */
#define MAX_ROUNDS			100

/*
 * Keys of visits and settlements share so many guards each: one a key would
 * need as many rows as there were claims.
 */
#define KEY_GUARDS			0x100000

MesoGuards *
meso_guards_create(MemoryContext ctx)
{
	MesoGuards *guards = MemoryContextAllocZero(ctx, sizeof(MesoGuards));

	guards->ctx = ctx;
	guards->wanted = meso_strtab_create(ctx, 64);
	return guards;
}

void
meso_guards_want(MesoGuards *guards, MesoStr psn_no)
{
	MesoStrEntry *entry;

	if (STR_IS_NULL(psn_no))
		return;
	entry = meso_strtab_insert(guards->wanted, psn_no);
	if (entry->value)
		return;
	entry->key = meso_str_copy(guards->ctx, psn_no);
	entry->value = guards;
	if (guards->n == guards->max)
	{
		guards->max = Max(64, guards->max * 2);
		guards->list = guards->list
			? repalloc_huge(guards->list, sizeof(MesoStr) * (Size) guards->max)
			: MemoryContextAlloc(guards->ctx, sizeof(MesoStr) * guards->max);
	}
	guards->list[guards->n++] = entry->key;
}

/*
 * want_key: a person of that name would but share the guard.
 */
static void
want_key(MesoGuards *guards, const char *kind, MesoStr key)
{
	char		name[32];
	uint32		hash = hash_bytes((const unsigned char *) key.data, key.len);
	int			len = snprintf(name, sizeof(name), "%s %05x", kind, hash % KEY_GUARDS);

	meso_guards_want(guards, meso_str(name, len));
}

void
meso_guards_want_visit(MesoGuards *guards, MesoStr mdtrt_id)
{
	want_key(guards, "visit", mdtrt_id);
}

void
meso_guards_want_settlement(MesoGuards *guards, MesoStr setl_id)
{
	want_key(guards, "settlement", setl_id);
}

static void
raise_guards(MesoStr *keys, int n)
{
	static MesoQuery query;
	static Oid	types[] = {TEXTARRAYOID};
	Datum		values[1];
	instr_time	begun;
	instr_time	taken;
	int64		micros;

	values[0] = PointerGetDatum(meso_key_array(keys, n));
	INSTR_TIME_SET_CURRENT(begun);
	meso_query_write(&query,
					 "INSERT INTO meso_audit.person_guard AS g (psn_no)"
					 " SELECT u FROM pg_catalog.unnest($1) u"
					 " ON CONFLICT (psn_no) DO UPDATE SET n = g.n OPERATOR(pg_catalog.+) 1",
					 1, types, values, NULL);
	INSTR_TIME_SET_CURRENT(taken);
	INSTR_TIME_SUBTRACT(taken, begun);
	micros = (int64) INSTR_TIME_GET_MICROSEC(taken);
	meso_check_tally.guard_micros += micros;
	/* many guards may take as long without anybody in the way */
	meso_check_tally.guard_waits += micros > 1000 + 50 * (int64) n;
}

void
meso_guards_raise(MesoGuards *guards)
{
	MesoStr    *keys = guards->list + guards->nraised;
	int			n = guards->n - guards->nraised;
	bool		ordered = true;

	meso_fail_point(FAIL_GUARD);
	if (n == 0 || guards->again)
		return;
	for (int i = 0; i < n && !STR_IS_NULL(guards->highest); i++)
		ordered &= meso_str_cmp(keys[i], guards->highest) > 0;
	if (!ordered && guards->rounds < MAX_ROUNDS)
	{
		guards->again = true;
		return;
	}
	raise_guards(keys, n);
	/* which sorted them */
	guards->highest = keys[n - 1];
	guards->nraised = guards->n;
}

void
meso_guards_end_round(MesoGuards *guards)
{
	guards->ended = guards->again;
	if (guards->ended)
		ereport(ERROR,
				(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
				 errmsg_internal("guards are raised in order only")));
}

bool
meso_guards_again(MesoGuards *guards)
{
	bool		again = guards->ended;

	guards->again = guards->ended = false;
	guards->nraised = 0;
	guards->highest = meso_str(NULL, 0);
	guards->rounds++;
	return again;
}
