/*-------------------------------------------------------------------------
 *
 * query.h
 *		Queries whose rows are handed to a function, one by one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_QUERY_H
#define MESO_QUERY_H

#include "executor/spi.h"
#include "executor/tuptable.h"
#include "utils/array.h"

#include "rules/stream.h"

typedef void (*MesoRowFunction) (TupleTableSlot *slot, void *arg);

/*
 * A query kept prepared for the life of the backend, with a generic plan.
 * Planning with the values would estimate each of thousands of keys against
 * the statistics, which costs more than the index look-ups themselves.
 */
typedef struct MesoQuery
{
	SPIPlanPtr	plan;
	char	   *text;			/* what plan was prepared from */
	int			all_rows;		/* generation of the plan of which it is known
								 * that row security hides nothing from it */
} MesoQuery;

/*
 * Run text, prepared in *query, within an SPI connection, read-only under the
 * active snapshot; row() is called for each row in a context that is reset
 * after it.
 */
extern void meso_query_run(MesoQuery *query, const char *text, int nargs,
						   Oid *argtypes, Datum *values, const char *nulls,
						   MesoRowFunction row, void *arg);

/*
 * The same for a query that writes: its effects are seen by the next one; its
 * rows, if any, are lost.
 */
extern void meso_query_write(MesoQuery *query, const char *text, int nargs,
							 Oid *argtypes, Datum *values, const char *nulls);

/* A text[] of n strings, in the current memory context */
extern ArrayType *meso_text_array(MesoStr *strings, int n);

/*
 * The same for keys to look up: in byte order (strings is sorted), which an
 * index scan then need not sort by the slower rules of a collation.
 */
extern ArrayType *meso_key_array(MesoStr *strings, int n);

/* A column of a slot: its bytes as they stand, or NULL */
extern MesoStr meso_slot_str(TupleTableSlot *slot, int attno);

/* A copy of a string in ctx */
extern MesoStr meso_str_copy(MemoryContext ctx, MesoStr s);

#endif							/* MESO_QUERY_H */
