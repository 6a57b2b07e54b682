/*-------------------------------------------------------------------------
 *
 * row_json.h
 *		Rows as JSON, without their NULL columns.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_ROW_JSON_H
#define MESO_ROW_JSON_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "lib/stringinfo.h"

typedef struct MesoRowShape MesoRowShape;

/* The columns of a row type; allocated in the current memory context. */
extern MesoRowShape *meso_row_shape(TupleDesc desc);

/* Gives column number i (from 0) another label. */
extern void meso_row_label(MesoRowShape *shape, int i, const char *label);

/*
 * Appends separator and "label":value of column i (from 0), and makes the
 * separator a comma; nothing if the value is NULL or the column dropped.
 */
extern void meso_append_member(StringInfo buf, char *separator,
							   MesoRowShape *shape, int i,
							   Datum value, bool isnull);

/* Appends the columns from number first on as an object. */
extern void meso_append_row(StringInfo buf, MesoRowShape *shape, int first,
							const Datum *values, const bool *isnull);

/* Appends len bytes of text as a JSON string. */
extern void meso_append_json_text(StringInfo buf, const char *str, int len);

#endif							/* MESO_ROW_JSON_H */
