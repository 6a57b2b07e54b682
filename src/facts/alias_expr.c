/*-------------------------------------------------------------------------
 *
 * alias_expr.c
 *		A bound expression over another name of its row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/ruleutils.h"

#include "facts/safe_expr.h"

PG_FUNCTION_INFO_V1(meso_audit_alias_expression);

/*
 * alias_expression(relation regclass, expression text, alias text) returns
 * text: an expression over alias r, as a binding holds it, over another alias:
 * "new" and "old" in a trigger's condition, '' (none) in an index.  In a
 * condition, a varchar that is read as text stays as it is.  STRICT.
 */
Datum
meso_audit_alias_expression(PG_FUNCTION_ARGS)
{
	Relation	rel = relation_open(PG_GETARG_OID(0), AccessShareLock);
	Oid			type;
	Node	   *node = meso_safe_expression_as(rel, MESO_FACT_ALIAS,
											   text_to_cstring(PG_GETARG_TEXT_PP(1)), &type);
	int			nestlevel = meso_fixed_settings();
	char	   *alias = text_to_cstring(PG_GETARG_TEXT_PP(2));
	List	   *context = deparse_context_for(alias, RelationGetRelid(rel));
	char	   *written;

	if (alias[0] != '\0' && IsA(node, RelabelType) && type == TEXTOID &&
		exprType((Node *) ((RelabelType *) node)->arg) == VARCHAROID)
		node = (Node *) ((RelabelType *) node)->arg;
	written = deparse_expression(node, context, alias[0] != '\0', false);
	AtEOXact_GUC(false, nestlevel);
	relation_close(rel, AccessShareLock);
	PG_RETURN_TEXT_P(cstring_to_text(written));
}
