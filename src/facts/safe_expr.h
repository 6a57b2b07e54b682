/*-------------------------------------------------------------------------
 *
 * safe_expr.h
 *		Expressions written by users that the extension evaluates for them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_SAFE_EXPR_H
#define MESO_SAFE_EXPR_H

#include "meso_audit.h"

#include "nodes/nodes.h"
#include "utils/rel.h"

extern int	meso_fixed_settings(void);
extern Node *meso_safe_expression(Relation rel, const char *expression,
								  Oid *type);

#endif							/* MESO_SAFE_EXPR_H */
