/*-------------------------------------------------------------------------
 *
 * audit_row.h
 *		A line with its attributes as a row of type meso_audit.audit_row.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_AUDIT_ROW_H
#define MESO_AUDIT_ROW_H

#include "executor/tuptable.h"
#include "nodes/bitmapset.h"

#include "rules/judge.h"

/* The row type's relation */
extern Oid	meso_audit_row_relid(void);

/* Error unless the type has the columns that this file knows */
extern void meso_audit_row_check(TupleDesc desc);

/* LC_BIT of the columns of fee_line that these columns are made of */
extern uint64 meso_audit_row_reads(const Bitmapset *columns);

/*
 * Fill a virtual slot of the row type; columns outside the set are NULL.
 * Values live in the current memory context.
 */
extern void meso_audit_row_fill(TupleTableSlot *slot, const Bitmapset *columns,
								MesoEvaluation *ev, const MesoLine *L);

#endif							/* MESO_AUDIT_ROW_H */
