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
extern Node *meso_safe_expression_as(Relation rel, const char *alias,
									 const char *expression, Oid *type);
extern Node *meso_safe_expression(Relation rel, const char *expression,
								  Oid *type);

/* of the bound relation in a fact view */
#define MESO_FACT_ALIAS	"r"

extern char *meso_deparse_expression(Relation rel, Node *node);

#endif							/* MESO_SAFE_EXPR_H */
