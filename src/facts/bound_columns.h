/*-------------------------------------------------------------------------
 *
 * bound_columns.h
 *		Which columns of a table a fact view passes through unchanged.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_BOUND_COLUMNS_H
#define MESO_BOUND_COLUMNS_H

#include "meso_audit.h"

#include "utils/rel.h"

/*
 * The relation that an open fact view reads, and the column of it behind each
 * of n columns of the view: 0 where a name is NULL or the column is absent.
 * InvalidOid where the view reads nothing, chooses among its rows, or computes
 * one of the columns.
 */
extern Oid	meso_bound_columns(Relation view, const char *const *names, int n,
							   AttrNumber *attnos);

/* Does an open fact view read nothing at all? */
extern bool meso_reads_nothing(Relation view);

#endif							/* MESO_BOUND_COLUMNS_H */
