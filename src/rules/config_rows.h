/*-------------------------------------------------------------------------
 *
 * config_rows.h
 *		Rows of the configuration tables, read under a snapshot of now.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_CONFIG_ROWS_H
#define MESO_CONFIG_ROWS_H

#include "executor/spi.h"
#include "utils/jsonb.h"

#include "rules/lookup.h"
#include "rules/stream.h"

/*
 * Hand over all rows of a table of the extension, or those that an index of it
 * holds, each in a context that is reset after it.  The current user needs
 * SELECT on the table.
 */
extern void meso_config_scan(const char *table, const char *index,
							 const char *const *columns, int ncolumns,
							 MesoRowFunction row, void *arg);

/* Has the table any row? */
extern bool meso_config_any(const char *table);

/* A column and its value: text or integer */
typedef struct MesoConfigKey
{
	const char *column;
	Datum		value;
} MesoConfigKey;

/*
 * Hand over the rows with these values of the first nkeys columns of the
 * primary key, likewise, but under the active snapshot.
 */
extern void meso_config_find(const char *table, const MesoConfigKey *keys, int nkeys,
							 const char *const *columns, int ncolumns,
							 MesoRowFunction row, void *arg);

/* Hand over the rows whose spec->key is one of keys, likewise */
extern void meso_config_lookup(MesoLookup *lookup, const MesoLookupSpec *spec,
							   ArrayType *keys, MesoRowFunction row, void *arg);

/* The days of a daterange: none (from > upto) for an empty one or NULL; an open
 * end is infinite */
extern MesoDays meso_range_days(Datum range, bool isnull);
extern MesoDays meso_slot_days(TupleTableSlot *slot, int col);

/* Elements of a text[], which they point into, without NULLs */
extern int	meso_array_strs(ArrayType *array, MesoStr **list);

/*
 * What follows is for queries.
 */

/* Two columns: first day and day after the last of a daterange; an empty range
 * has none, an open end is infinite */
#define DAYS_OF(range) \
	"CASE WHEN pg_catalog.isempty(" range ") THEN 'infinity'::date" \
	" ELSE COALESCE(pg_catalog.lower(" range "), '-infinity') END," \
	" CASE WHEN pg_catalog.isempty(" range ") THEN '-infinity'::date" \
	" ELSE COALESCE(pg_catalog.upper(" range "), 'infinity') END"

/* Run a query; its rows are in SPI_tuptable until the next */
extern void meso_config_load(const char *text, int nargs, Oid *argtypes, Datum *values);

/* Columns count from 1.  NULL for NULL; copies are made in ctx. */
extern Datum meso_cell(uint64 row, int col, bool *isnull);
extern char *meso_cell_text(MemoryContext ctx, uint64 row, int col);
extern Jsonb *meso_cell_jsonb(MemoryContext ctx, uint64 row, int col);
extern MesoDays meso_cell_days(uint64 row, int col_from, int col_upto);

#endif							/* MESO_CONFIG_ROWS_H */
