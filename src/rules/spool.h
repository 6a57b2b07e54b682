/*-------------------------------------------------------------------------
 *
 * spool.h
 *		The rows of very many persons, brought into parts of a few persons.
 *
 * To read the rows of most persons of a table by index is to fetch most of its
 * pages again and again, in the end from disk.  A spool reads each fact once,
 * as it lies, and writes each row to the part of its person in a temporary
 * file.  The loader then takes the parts one after another and does not look
 * up what it finds there.
 *
 * What lies elsewhere (rows that cross the bounds of time, rows of several
 * persons in a settlement, settlements that name one) is still looked up by
 * its key, but only where the spool cannot say that there is none.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_SPOOL_H
#define MESO_SPOOL_H

#include "executor/tuptable.h"

#include "compat.h"
#include "rules/crossing.h"
#include "rules/extent.h"
#include "rules/query.h"

/* In the order in which they are written, and read */
typedef enum MesoSpoolStream
{
	SPOOL_SETTLEMENT,
	SPOOL_LINE,
	SPOOL_VISIT,
	SPOOL_DIAGNOSIS,
	SPOOL_OPERATION,
	SPOOL_PERSON,
	SPOOL_SPELL,
	SPOOL_COUNT
} MesoSpoolStream;

typedef struct MesoSpoolPart MesoSpoolPart;

typedef struct MesoSpool
{
	MemoryContext ctx;			/* holds everything here */
	MesoExtent	extent;			/* what was read */
	MesoTapes  *tapes;
	int			nparts;
	int			next;			/* part to be loaded next */
	MesoSpoolPart *parts;
	MesoStr		first;			/* person */
	MesoStr		last;
	int			prefix;			/* so many bytes are the same in all persons */
	char	   *record;			/* row on its way to tape */
	Size		record_size;
	TupleTableSlot *slots[SPOOL_COUNT];	/* of the rows of each stream */
	MesoCrossing *crossing;
} MesoSpool;

/*
 * Read the rows of these persons, in byte order, into parts of some persons
 * each.  Needs an SPI connection; reads under the active snapshot; the result
 * lives in a child of the current context, its file as long as the current
 * resource owner.
 */
extern MesoSpool *meso_spool_fill(MesoExtent extent, MesoStr *persons, int n,
								  int persons_a_part);

/* Add the row of a slot to the part of its person, if it is one of ours */
extern void meso_spool_put(MesoSpool *spool, MesoSpoolStream stream,
						   TupleTableSlot *slot, MesoStr psn_no);

/*
 * Hand the rows of a stream of the next part to row().  Streams are asked for
 * in order; the rows' bytes are kept in a context of the caller's.
 */
extern void meso_spool_rows(MesoSpool *spool, MesoSpoolStream stream,
							MemoryContext keep, MesoRowFunction row, void *arg);

/* The next part has been loaded */
extern void meso_spool_advance(MesoSpool *spool);

extern void meso_spool_end(MesoSpool *spool);

#endif							/* MESO_SPOOL_H */
