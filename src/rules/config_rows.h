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

#include "rules/stream.h"

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

/* Elements of a text[], in the current context, without NULLs; -1 for NULL */
extern int	meso_cell_text_array(uint64 row, int col, MesoStr **list);

#endif							/* MESO_CONFIG_ROWS_H */
