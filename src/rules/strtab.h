/*-------------------------------------------------------------------------
 *
 * strtab.h
 *		Hash table from a string of bytes to a pointer.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_STRTAB_H
#define MESO_STRTAB_H

#include "rules/stream.h"

typedef struct MesoStrEntry
{
	MesoStr		key;			/* not copied: the caller owns the bytes */
	void	   *value;
	uint32		hash;
	char		status;
} MesoStrEntry;

struct strtab_hash;
typedef struct strtab_hash MesoStrtab;

extern MesoStrtab *meso_strtab_create(MemoryContext ctx, uint32 size);

/* The entry of key; a new one has value NULL and the caller's key */
extern MesoStrEntry *meso_strtab_insert(MesoStrtab *tab, MesoStr key);

/* The value of key, or NULL */
extern void *meso_strtab_find(MesoStrtab *tab, MesoStr key);

#endif							/* MESO_STRTAB_H */
