/*-------------------------------------------------------------------------
 *
 * row_array.h
 *		An array of rows of one of the extension's composite types.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_ROW_ARRAY_H
#define MESO_ROW_ARRAY_H

#include "meso_audit.h"

#include "access/tupdesc.h"

typedef struct MesoRowArray
{
	MemoryContext ctx;			/* holds the rows */
	Oid			type;
	Oid			array_type;
	TupleDesc	desc;
	int			n;
	int			max;
	Datum	   *rows;
} MesoRowArray;

/* An empty array of meso_audit.TYPE, which has that many columns */
extern void meso_row_array_start(MesoRowArray *array, const char *type, int ncolumns);

extern void meso_row_array_add(MesoRowArray *array, Datum *values, bool *nulls);

/* The array as a Datum of array_type, in the current context */
extern Datum meso_row_array_datum(const MesoRowArray *array);

#endif							/* MESO_ROW_ARRAY_H */
