/*-------------------------------------------------------------------------
 *
 * string_pool.h
 *		Numbers for the distinct strings of a group.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_STRING_POOL_H
#define MESO_STRING_POOL_H

#include "meso_audit.h"

typedef struct MesoString
{
	const char *data;			/* not copied: must outlive the pool */
	uint32		len;
	uint32		id;				/* number by first appearance */
	uint64		key;			/* hash; once ranked, what sorts first */
} MesoString;

typedef struct MesoStringPool
{
	MesoString *item;			/* in order of ids until ranked */
	uint32	   *slot;			/* open addressing; id + 1, 0 = free */
	uint32		n;
	uint32		room;			/* of item; slot has twice as many */
} MesoStringPool;

extern void meso_pool_init(MesoStringPool *pool);
extern uint32 meso_pool_add(MesoStringPool *pool, const char *data, uint32 len);
extern uint32 *meso_pool_rank(MesoStringPool *pool);
extern void meso_pool_free(MesoStringPool *pool);

/* order of bytes, as COLLATE "C" */
static inline int
meso_bytes_compare(const char *a, uint32 alen, const char *b, uint32 blen)
{
	int			c = memcmp(a, b, Min(alen, blen));

	return c != 0 ? c : (alen > blen) - (alen < blen);
}

#endif							/* MESO_STRING_POOL_H */
