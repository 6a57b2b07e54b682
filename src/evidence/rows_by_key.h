/*-------------------------------------------------------------------------
 *
 * rows_by_key.h
 *		Rows of a table or fact as JSON, asked for by their keys.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_ROWS_BY_KEY_H
#define MESO_ROWS_BY_KEY_H

#include "executor/spi.h"

#define MESO_MAX_KEYS 2

/*
 * Where rows come from: a query with one parameter text[] a key column, which
 * gives the nkeys keys, a text that is kept beside the row (NULL where there
 * is none), and the columns of the row. Kept prepared for the life of the
 * backend.
 */
typedef struct MesoRowSource
{
	const char *query;
	int			nkeys;
	SPIPlanPtr	plan;
} MesoRowSource;

typedef struct MesoJsonRow
{
	const char *json;
	int			len;
	const char *beside;			/* the text beside it, or NULL */
	struct MesoJsonRow *next;
} MesoJsonRow;

/* What one key has: rows in the query's order */
typedef struct MesoKeyRows
{
	const char *key;			/* parts with a NUL between: hash key */
	int			len;
	MesoJsonRow *rows;
	MesoJsonRow *last;
} MesoKeyRows;

typedef struct MesoRowsByKey MesoRowsByKey;

/* Nothing asked for yet; everything lives in the current memory context. */
extern MesoRowsByKey *meso_rows_by_key(MesoRowSource *source);

/*
 * Asks for the rows of a key, of source->nkeys texts that outlive all; NULL if
 * a part is NULL. Its rows are there after meso_read_rows().
 */
extern MesoKeyRows *meso_want_rows(MesoRowsByKey *by, text **parts);

/*
 * Reads all that was asked for, within an SPI connection, read-only under the
 * active snapshot.
 */
extern void meso_read_rows(MesoRowsByKey *by);

#endif							/* MESO_ROWS_BY_KEY_H */
