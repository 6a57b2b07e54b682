/*-------------------------------------------------------------------------
 *
 * tally.c
 *		Signed sums per (group, code), for one judgement.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "rules/judge.h"

static inline uint32
fold(const void *pointer)
{
	uint64		bits = (uint64) (uintptr_t) pointer;

	return murmurhash32((uint32) (bits ^ (bits >> 32)));
}

static inline uint32
hash_key(MesoTallyKey key)
{
	return hash_combine(fold(key.group), fold(key.item));
}

#define SH_PREFIX		meso_tally
#define SH_ELEMENT_TYPE MesoTally
#define SH_KEY_TYPE		MesoTallyKey
#define SH_KEY			key
#define SH_HASH_KEY(tb, key) hash_key(key)
#define SH_EQUAL(tb, a, b) ((a).group == (b).group && (a).item == (b).item)
#define SH_SCOPE		static inline
#define SH_STORE_HASH
#define SH_GET_HASH(tb, a) (a)->hash
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/*
 * meso_tallies: an empty map, in the scratch context of the judgement.
 */
struct meso_tally_hash *
meso_tallies(MesoEvaluation *ev)
{
	return meso_tally_create(ev->scratch, 64, NULL);
}

/*
 * meso_tally: the slot of (group, item), made zero when it is new.
 */
MesoTally *
meso_tally(struct meso_tally_hash *map, const void *group, const void *item)
{
	MesoTallyKey key = {group, item};
	bool		found;
	MesoTally  *tally = meso_tally_insert(map, key, &found);

	if (!found)
	{
		tally->n = 0;
		tally->sum = 0;
		tally->line = NULL;
		tally->data = NULL;
	}
	return tally;
}

MesoTally *
meso_tally_find(struct meso_tally_hash *map, const void *group,
				const void *item)
{
	MesoTallyKey key = {group, item};

	return meso_tally_lookup(map, key);
}

/*
 * meso_tally_add: add to the sum of (group, item), and to *npresent, the
 * number of codes that are present in the group, what that changes.
 */
MesoTally *
meso_tally_add(struct meso_tally_hash *map, const void *group,
			   const void *item, fixed cnt, int *npresent)
{
	MesoTally  *tally = meso_tally(map, group, item);
	bool		before = tally->sum > 0;

	tally->sum = fixed_add(tally->sum, cnt);
	*npresent += (tally->sum > 0) - before;
	return tally;
}

/*
 * meso_present_without: of npresent codes present in a group, is any present
 * without L?  L has been added if a line of its code has.
 */
bool
meso_present_without(struct meso_tally_hash *map, const void *group,
					 const MesoLine *L, int npresent)
{
	MesoTally  *own = meso_tally_find(map, group, L->item);

	if (own)
		npresent += (own->sum > L->cnt) - (own->sum > 0);
	return npresent > 0;
}

/*
 * meso_intern: a pointer that is the same for equal strings of one map; the
 * string is not NULL.
 */
const void *
meso_intern(struct meso_tally_hash *map, MesoStr string)
{
	uintptr_t	hash = hash_bytes((const unsigned char *) string.data, string.len);

	/* strings of one hash value take the next numbers */
	for (uintptr_t probe = 0;; probe++)
	{
		MesoTally  *tally = meso_tally(map, (const void *) hash,
									   (const void *) probe);
		MesoStr    *stored = tally->data;

		if (stored == NULL)
		{
			stored = MemoryContextAlloc(map->ctx, sizeof(MesoStr));
			*stored = string;
			tally->data = stored;
			return stored;
		}
		if (meso_str_eq(*stored, string))
			return stored;
	}
}
