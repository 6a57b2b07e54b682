/*-------------------------------------------------------------------------
 *
 * line_rows.h
 *		Rows of fee_line and settlement as they come from a query, an overlay or
 *		a spool, into a chunk.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_LINE_ROWS_H
#define MESO_LINE_ROWS_H

#include "rules/chunk.h"

/* which rows a query of lines is for */
typedef struct MesoLineRows
{
	MesoChunk  *chunk;
	bool		by_person;		/* the main query */
	/* of the row before: most rows share them */
	MesoSettlement *setl;
	MesoPerson *person;
	MesoInstitution *inst;
} MesoLineRows;

#define SETTLEMENT_COLUMNS 12

/* In the order in which meso_settlement_row() takes them */
extern const char *const meso_settlement_columns[SETTLEMENT_COLUMNS];

/* The columns of fee_line that are wanted, the others NULL; LC_COUNT of them */
extern void meso_wanted_line_columns(uint64 wanted, const char **columns);

/* Row functions; arg is a MesoLineRows, else the chunk */
extern void meso_line_row(TupleTableSlot *slot, void *arg);
extern void meso_settlement_row(TupleTableSlot *slot, void *arg);
extern void meso_spooled_settlement_row(TupleTableSlot *slot, void *arg);

/* Count a line in what its settlement's own check needs */
extern void meso_report_line(MesoSettlement *setl, const MesoLine *line);

#endif							/* MESO_LINE_ROWS_H */
