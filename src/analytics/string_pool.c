/*-------------------------------------------------------------------------
 *
 * string_pool.c
 *		Numbers for the distinct strings of a group.
 *
 * An open-addressing hash table in the current memory context.  The hash is
 * seeded with a secret of the backend, so that nobody can choose strings that
 * collide; no result may depend on the numbers before meso_pool_rank().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "port/pg_bswap.h"
#include "utils/memutils.h"

#include "analytics/state.h"
#include "analytics/string_pool.h"

#define POOL_FIRST_ROOM		16

#define ST_SORT sort_strings
#define ST_ELEMENT_TYPE MesoString
#define ST_COMPARE(x, y) \
	((x)->key < (y)->key ? -1 : (x)->key > (y)->key ? 1 : \
	 meso_bytes_compare((x)->data, (x)->len, (y)->data, (y)->len))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * pool_seed: the secret of this backend.
 */
static uint64
pool_seed(void)
{
	static bool known = false;
	static uint64 seed;

	if (!known)
	{
		if (!pg_strong_random(&seed, sizeof(seed)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not generate a random seed")));
		known = true;
	}
	return seed;
}

/*
 * meso_pool_init: an empty pool in the current memory context.
 */
void
meso_pool_init(MesoStringPool *pool)
{
	pool->n = 0;
	pool->room = POOL_FIRST_ROOM;
	pool->item = (MesoString *) palloc(pool->room * sizeof(MesoString));
	pool->slot = (uint32 *) palloc0(2 * pool->room * sizeof(uint32));
}

/*
 * free_slot: where a string of that hash that is not there yet belongs.
 */
static inline uint32
free_slot(const MesoStringPool *pool, uint64 hash)
{
	uint32		mask = 2 * pool->room - 1;
	uint32		at = (uint32) hash & mask;

	while (pool->slot[at] != 0)
		at = (at + 1) & mask;
	return at;
}

/*
 * pool_grow: twice the room.
 */
static void
pool_grow(MesoStringPool *pool)
{
	meso_state_check_limit((Size) pool->room * 2 * sizeof(MesoString));
	pool->room *= 2;
	pool->item = (MesoString *) repalloc(pool->item, pool->room * sizeof(MesoString));
	pfree(pool->slot);
	pool->slot = (uint32 *) palloc0(2 * (Size) pool->room * sizeof(uint32));
	for (uint32 id = 0; id < pool->n; id++)
	{
		MESO_ANSWER_CANCEL(id);
		pool->slot[free_slot(pool, pool->item[id].key)] = id + 1;
	}
}

/*
 * meso_pool_add: number of the string, which is added if it is new.
 */
uint32
meso_pool_add(MesoStringPool *pool, const char *data, uint32 len)
{
	uint64		hash = meso_hash64(data, len, pool_seed());
	uint32		mask = 2 * pool->room - 1;
	MesoString *item;

	for (uint32 at = (uint32) hash & mask; pool->slot[at] != 0; at = (at + 1) & mask)
	{
		item = &pool->item[pool->slot[at] - 1];
		if (item->key == hash && item->len == len &&
			memcmp(item->data, data, len) == 0)
			return item->id;
	}
	if (pool->n == pool->room)
		pool_grow(pool);
	item = &pool->item[pool->n];
	item->data = data;
	item->len = len;
	item->id = pool->n;
	item->key = hash;
	pool->slot[free_slot(pool, hash)] = ++pool->n;
	return item->id;
}

/*
 * shared_prefix: how many bytes at the beginning all strings have in common;
 * codes of one kind share theirs.
 */
static uint32
shared_prefix(const MesoStringPool *pool)
{
	uint32		shared = pool->n > 0 ? pool->item[0].len : 0;

	for (uint32 i = 1; i < pool->n && shared > 0; i++)
	{
		const MesoString *item = &pool->item[i];
		uint32		same = 0;

		MESO_ANSWER_CANCEL(i);
		shared = Min(shared, item->len);
		while (same < shared && item->data[same] == pool->item[0].data[same])
			same++;
		shared = same;
	}
	return shared;
}

/*
 * sort_key: the eight bytes behind the prefix, in an order of integers that
 * never contradicts that of the strings; equal keys decide nothing.
 */
static uint64
sort_key(const MesoString *item, uint32 prefix)
{
	uint64		key = 0;

	memcpy(&key, item->data + prefix, Min(item->len - prefix, sizeof(key)));
	return pg_ntoh64(key);
}

/*
 * meso_pool_rank: sorts the strings by bytes and returns the place of each
 * former number.  Afterwards item[] is in that order and nothing may be added.
 */
uint32 *
meso_pool_rank(MesoStringPool *pool)
{
	uint32	   *rank = (uint32 *) palloc((Size) Max(pool->n, 1) * sizeof(uint32));
	uint32		prefix = shared_prefix(pool);

	for (uint32 i = 0; i < pool->n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		pool->item[i].key = sort_key(&pool->item[i], prefix);
	}
	sort_strings(pool->item, pool->n);
	for (uint32 i = 0; i < pool->n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		rank[pool->item[i].id] = i;
	}
	return rank;
}

/*
 * meso_pool_free: gives the memory back; the strings are not the pool's.
 */
void
meso_pool_free(MesoStringPool *pool)
{
	pfree(pool->item);
	pfree(pool->slot);
}
