/*-------------------------------------------------------------------------
 *
 * crossing.c
 *		Which settlements and visits reach beyond one person and the bounds.
 *
 * Pairs of settlement and person are hashed and thrown into heaps by the hash
 * of the settlement, in a temporary file: each heap is then small enough to be
 * looked through in memory, however many settlements there are.  Answers are
 * kept in Bloom filters, two of half of maintenance_work_mem where lines
 * outside the bounds are to be remembered.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "lib/bloomfilter.h"
#include "miscadmin.h"
#include "utils/logtape.h"
#include "utils/memutils.h"

#include "compat.h"
#include "rules/crossing.h"

#define HEAP_BITS		6
#define HEAPS			(1 << HEAP_BITS)
#define RECENT			1024

/* a filter takes at least 2 MB, and errs rarely up to a key in 16 bits */
#define FILTER_KB		2048
#define KEYS_OF(kb)		((int64) (kb) * 1024 / 2)

typedef struct Pair
{
	uint64		setl;
	uint64		person;
} Pair;

struct MesoCrossing
{
	MemoryContext ctx;
	MesoTapes  *tapes;
	MesoTape   *heaps[HEAPS];
	Pair		recent[RECENT];	/* rows of a settlement lie close together */
	bloom_filter *settlements;
	bloom_filter *visits;
	bloom_filter *named;
	bool		outside;
};

typedef struct PersonEntry
{
	uint64		setl;
	uint64		person;
	char		status;
} PersonEntry;

#define SH_PREFIX persontab
#define SH_ELEMENT_TYPE PersonEntry
#define SH_KEY_TYPE uint64
#define SH_KEY setl
#define SH_HASH_KEY(tb, k) ((uint32) (k))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

static uint64
hash_str(MesoStr s)
{
	return hash_bytes_extended((const unsigned char *) s.data, s.len, 0);
}

static void
filter_add(bloom_filter *filter, uint64 hash)
{
	bloom_add_element(filter, (unsigned char *) &hash, sizeof(hash));
}

static bool
filter_may_have(bloom_filter *filter, uint64 hash)
{
	return !bloom_lacks_element(filter, (unsigned char *) &hash, sizeof(hash));
}

MesoCrossing *
meso_crossing_create(bool bounded)
{
	/* what lies outside the bounds may be many times what lies within */
	int			kb = bounded ? Max(maintenance_work_mem / 2, FILTER_KB) : FILTER_KB;
	MemoryContext ctx = AllocSetContextCreate(CurrentMemoryContext,
											  "meso_audit crossing",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(ctx);
	MesoCrossing *x = palloc0(sizeof(MesoCrossing));

	x->ctx = ctx;
	x->tapes = meso_tapes_create();
	for (int i = 0; i < HEAPS; i++)
		x->heaps[i] = meso_tape_create(x->tapes);
	x->settlements = bloom_create(KEYS_OF(kb), kb, 0);
	x->visits = bloom_create(KEYS_OF(kb), kb, 0);
	x->named = bloom_create(KEYS_OF(FILTER_KB), FILTER_KB, 0);
	MemoryContextSwitchTo(old);
	return x;
}

void
meso_crossing_row(MesoCrossing *x, MesoStr setl_id, MesoStr psn_no)
{
	Pair		pair;
	Pair	   *recent;
	MemoryContext old;

	if (STR_IS_NULL(setl_id) || STR_IS_NULL(psn_no))
		return;
	pair.setl = hash_str(setl_id);
	pair.person = hash_str(psn_no);
	recent = &x->recent[pair.setl % RECENT];
	if (recent->setl == pair.setl && recent->person == pair.person)
		return;
	*recent = pair;
	/* the tape's buffer must outlive the row */
	old = MemoryContextSwitchTo(x->ctx);
	meso_tape_write(x->heaps[pair.setl >> (64 - HEAP_BITS)], &pair, sizeof(pair));
	MemoryContextSwitchTo(old);
}

void
meso_crossing_outside(MesoCrossing *x, MesoStr setl_id, MesoStr mdtrt_id)
{
	x->outside = true;
	if (!STR_IS_NULL(setl_id))
		filter_add(x->settlements, hash_str(setl_id));
	if (!STR_IS_NULL(mdtrt_id))
		filter_add(x->visits, hash_str(mdtrt_id));
}

void
meso_crossing_visit(MesoCrossing *x, MesoStr setl_id, MesoStr mdtrt_id)
{
	if (x->outside && !STR_IS_NULL(mdtrt_id) && meso_crosses(x, setl_id))
		filter_add(x->visits, hash_str(mdtrt_id));
}

void
meso_crossing_named(MesoCrossing *x, MesoStr setl_id)
{
	if (!STR_IS_NULL(setl_id))
		filter_add(x->named, hash_str(setl_id));
}

/*
 * look_through: find the settlements of a heap that carry two persons.
 */
static void
look_through(MesoCrossing *x, MesoTape *heap)
{
	MemoryContext ctx = AllocSetContextCreate(CurrentMemoryContext,
											  "meso_audit heap",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(ctx);
	persontab_hash *persons = persontab_create(ctx, 1024, NULL);
	Pair		pair;

	CHECK_FOR_INTERRUPTS();
	meso_tape_rewind(heap, BLCKSZ);
	while (meso_tape_read(heap, &pair, sizeof(pair)) == sizeof(pair))
	{
		bool		found;
		PersonEntry *entry = persontab_insert(persons, pair.setl, &found);

		if (!found)
			entry->person = pair.person;
		else if (entry->person != pair.person)
			filter_add(x->settlements, pair.setl);
	}
	meso_tape_close(heap);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(ctx);
}

void
meso_crossing_finish(MesoCrossing *x)
{
	MemoryContext old = MemoryContextSwitchTo(x->ctx);

	for (int i = 0; i < HEAPS; i++)
		look_through(x, x->heaps[i]);
	meso_tapes_close(x->tapes);
	x->tapes = NULL;
	MemoryContextSwitchTo(old);
}

bool
meso_crosses(MesoCrossing *x, MesoStr setl_id)
{
	return filter_may_have(x->settlements, hash_str(setl_id));
}

bool
meso_visit_crosses(MesoCrossing *x, MesoStr mdtrt_id)
{
	return filter_may_have(x->visits, hash_str(mdtrt_id));
}

bool
meso_named(MesoCrossing *x, MesoStr setl_id)
{
	return filter_may_have(x->named, hash_str(setl_id));
}

bool
meso_any_outside(const MesoCrossing *x)
{
	return x->outside;
}

void
meso_crossing_end(MesoCrossing *x)
{
	if (x->tapes)
		meso_tapes_close(x->tapes);
	MemoryContextDelete(x->ctx);
}
