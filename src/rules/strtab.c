/*-------------------------------------------------------------------------
 *
 * strtab.c
 *		Hash table from a string of bytes to a pointer.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "rules/strtab.h"

#define SH_PREFIX strtab
#define SH_ELEMENT_TYPE MesoStrEntry
#define SH_KEY_TYPE MesoStr
#define SH_KEY key
#define SH_HASH_KEY(tb, k) hash_bytes((const unsigned char *) (k).data, (k).len)
#define SH_EQUAL(tb, a, b) ((a).len == (b).len && memcmp((a).data, (b).data, (a).len) == 0)
#define SH_SCOPE static inline
#define SH_STORE_HASH
#define SH_GET_HASH(tb, a) (a)->hash
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

MesoStrtab *
meso_strtab_create(MemoryContext ctx, uint32 size)
{
	return strtab_create(ctx, size, NULL);
}

MesoStrEntry *
meso_strtab_insert(MesoStrtab *tab, MesoStr key)
{
	bool		found;
	MesoStrEntry *entry = strtab_insert(tab, key, &found);

	if (!found)
		entry->value = NULL;
	return entry;
}

void *
meso_strtab_find(MesoStrtab *tab, MesoStr key)
{
	MesoStrEntry *entry = strtab_lookup(tab, key);

	return entry ? entry->value : NULL;
}
