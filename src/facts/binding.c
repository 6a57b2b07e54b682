/*-------------------------------------------------------------------------
 *
 * binding.c
 *		How a column of a fact view is computed, and reading it back.
 *
 * Nothing about a binding is stored beside the view itself: the functions at
 * the end read it from the view's own definition.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_node.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rewriteManip.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/relcache.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"

#include "facts/bound_columns.h"
#include "facts/safe_expr.h"

PG_FUNCTION_INFO_V1(meso_audit_fit_expression);
PG_FUNCTION_INFO_V1(meso_audit_view_relation);
PG_FUNCTION_INFO_V1(meso_audit_view_expression);
PG_FUNCTION_INFO_V1(meso_audit_in_extension_script);

/*
 * strip_relabels: the expression under casts that change no bit.
 */
static Node *
strip_relabels(Node *node)
{
	while (node && IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	return node;
}

/*
 * meso_deparse_expression: text of an expression over "rel", which is called
 * by MESO_FACT_ALIAS; every name is qualified that is not in pg_catalog.
 */
char *
meso_deparse_expression(Relation rel, Node *node)
{
	int			nestlevel = meso_fixed_settings();
	List	   *context = deparse_context_for(MESO_FACT_ALIAS, RelationGetRelid(rel));
	char	   *written;

	written = deparse_expression(node, context, true, false);
	AtEOXact_GUC(false, nestlevel);
	return written;
}

/*
 * is_indexed: does a valid index of "rel" over all its rows have the
 * expression among its key columns, so that comparisons with it can use the
 * index?  That needs the same collation, too.
 */
static bool
is_indexed(Relation rel, Node *node)
{
	Oid			collation = exprCollation(node);
	bool		found = false;
	ListCell   *cell;

	node = strip_relabels(eval_const_expressions(NULL, copyObject(node)));
	foreach(cell, RelationGetIndexList(rel))
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);
		Form_pg_index form = index->rd_index;
		List	   *exprs = RelationGetIndexExpressions(index);
		bool		whole = form->indisvalid &&
		heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL);

		for (int i = 0; whole && i < form->indnkeyatts; i++)
		{
			AttrNumber	attno = form->indkey.values[i];
			bool		same;

			if (attno != 0)
				same = IsA(node, Var) && ((Var *) node)->varattno == attno;
			else
			{
				same = equal(strip_relabels(linitial(exprs)), node);
				exprs = list_delete_first(exprs);
			}
			if (same && index->rd_indcollation[i] == collation)
				found = true;
		}
		index_close(index, AccessShareLock);
	}
	return found;
}

/*
 * at_zone: node AT TIME ZONE zone.
 */
static Node *
at_zone(Node *node, const char *zone)
{
	Node	   *name = (Node *) makeConst(TEXTOID, -1, DEFAULT_COLLATION_OID, -1,
										  CStringGetTextDatum(zone),
										  false, false);

	return (Node *) makeFuncExpr(F_TIMEZONE_TEXT_TIMESTAMPTZ, TIMESTAMPOID,
								 list_make2(name, node), InvalidOid, InvalidOid,
								 COERCE_SQL_SYNTAX);
}

/*
 * coerce: the expression as "target", by implicit casts only: none of them
 * loses anything.  To text any type whose output depends on nothing else.
 * NULL where there is no such cast.
 */
static Node *
coerce(Node *node, Oid target)
{
	Oid			source = getBaseType(exprType(node));
	CoercionContext how = target == TEXTOID ? COERCION_ASSIGNMENT : COERCION_IMPLICIT;
	Node	   *result;

	if (IsA(node, Const) && ((Const *) node)->constisnull)
		return (Node *) makeNullConst(target, -1, get_typcollation(target));
	result = coerce_to_target_type(NULL, node, exprType(node), target,
								   -1, how, COERCE_EXPLICIT_CAST, -1);
	if (result == NULL || (source == TIMESTAMPTZOID && target != TEXTOID))
		return NULL;
	assign_expr_collations(NULL, result);
	if (exprTypmod(result) != -1)
		result = (Node *) makeRelabelType((Expr *) result, target, -1,
										  exprCollation(result),
										  COERCE_EXPLICIT_CAST);
	if (contain_mutable_functions(result))
		return NULL;
	return result;
}

/*
 * fit: the expression as a column of type "target" in the default collation;
 * *how becomes what it took, as fit_expression() tells it.
 */
static Node *
fit(Node *written, Oid type, Oid target, const char *zone, const char **how)
{
	Node	   *node = written;

	*how = "expression";
	if (getBaseType(type) == TIMESTAMPTZOID && target == TIMESTAMPOID)
	{
		node = at_zone(node, zone);
		*how = "zone";
	}
	node = coerce(node, target);
	if (node == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("type %s does not become %s by itself",
						format_type_be(type), format_type_be(target)),
				 errhint("Write an expression that says how, or bind a view.")));
	if (strip_relabels(node) != strip_relabels(written) && strcmp(*how, "zone") != 0)
		*how = "cast";
	if (type_is_collatable(target) &&
		exprCollation(node) != DEFAULT_COLLATION_OID)
	{
		CollateExpr *collate = makeNode(CollateExpr);

		collate->arg = (Expr *) node;
		collate->collOid = DEFAULT_COLLATION_OID;
		collate->location = -1;
		node = (Node *) collate;
		*how = "collation";
	}
	if (IsA(strip_relabels(node), Const) &&
		((Const *) strip_relabels(node))->constisnull)
		*how = "absent";
	else if (IsA(strip_relabels(node), Var))
		*how = "column";
	return node;
}

/*
 * fit_expression(relation regclass, expression text, target regtype, zone
 * text) returns (expression text, how text, indexed boolean, attnum smallint).
 * STRICT.
 *
 * The expression that a fact view's column of type "target" takes, in
 * canonical text over the alias "r".  how: "absent" (NULL), "column" (a
 * column or a relabelled one, so that its own indexes serve), "expression"
 * (as written), "cast", "zone" or "collation" (something had to be added).
 * indexed: an index on the very expression exists.  attnum: the column, where
 * how is "column", else NULL.
 */
Datum
meso_audit_fit_expression(PG_FUNCTION_ARGS)
{
	Relation	rel = relation_open(PG_GETARG_OID(0), AccessShareLock);
	Oid			target = PG_GETARG_OID(2);
	char	   *zone = text_to_cstring(PG_GETARG_TEXT_PP(3));
	Node	   *node;
	Oid			type;
	const char *how;
	TupleDesc	desc;
	Datum		values[4] = {0};
	bool		nulls[4] = {false, false, false, true};

	meso_check_version();
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");

	node = meso_safe_expression(rel, text_to_cstring(PG_GETARG_TEXT_PP(1)),
								&type);
	node = fit(node, type, target, zone, &how);

	values[0] = CStringGetTextDatum(meso_deparse_expression(rel, node));
	values[1] = CStringGetTextDatum(how);
	values[2] = BoolGetDatum(is_indexed(rel, node));
	if (strcmp(how, "column") == 0)
	{
		values[3] = Int16GetDatum(((Var *) strip_relabels(node))->varattno);
		nulls[3] = false;
	}
	relation_close(rel, AccessShareLock);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc),
													  values, nulls)));
}

/*
 * bound_query: the query of a view, and the index of the one relation that it
 * reads in *rtindex; 0 if it is not of a fact view's form or reads none.
 */
static Query *
bound_query(Relation view, int *rtindex)
{
	Query	   *query;

	*rtindex = 0;
	if (view->rd_rel->relkind != RELKIND_VIEW)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a view", RelationGetRelationName(view))));
	query = get_view_query(view);
	if (list_length(query->jointree->fromlist) == 1 &&
		IsA(linitial(query->jointree->fromlist), RangeTblRef))
	{
		int			index = linitial_node(RangeTblRef, query->jointree->fromlist)->rtindex;

		if (rt_fetch(index, query->rtable)->rtekind == RTE_RELATION)
			*rtindex = index;
	}
	return query;
}

/*
 * bound_column: the column behind one of a view; 0: absent, -1: computed.
 */
static int
bound_column(Query *query, int rtindex, const char *name)
{
	ListCell   *cell;

	foreach(cell, query->targetList)
	{
		TargetEntry *entry = lfirst_node(TargetEntry, cell);
		Node	   *node = strip_relabels((Node *) entry->expr);

		if (entry->resjunk || strcmp(entry->resname, name) != 0)
			continue;
		if (IsA(node, Const) && ((Const *) node)->constisnull)
			return 0;
		if (IsA(node, Var) && ((Var *) node)->varno == rtindex && ((Var *) node)->varattno > 0)
			return ((Var *) node)->varattno;
		return -1;
	}
	return -1;
}

/*
 * meso_bound_columns: see bound_columns.h.
 */
Oid
meso_bound_columns(Relation view, const char *const *names, int n, AttrNumber *attnos)
{
	int			rtindex;
	Query	   *query = bound_query(view, &rtindex);

	if (rtindex == 0 || query->jointree->quals != NULL)
		return InvalidOid;
	for (int i = 0; i < n; i++)
	{
		int			attno = names[i] ? bound_column(query, rtindex, names[i]) : 0;

		if (attno < 0)
			return InvalidOid;
		attnos[i] = (AttrNumber) attno;
	}
	return rt_fetch(rtindex, query->rtable)->relid;
}

/*
 * meso_reads_nothing: the form of a view whose fact is not bound.
 */
bool
meso_reads_nothing(Relation view)
{
	Query	   *query = get_view_query(view);

	return query->jointree->fromlist == NIL && query->jointree->quals != NULL &&
		IsA(query->jointree->quals, Const) &&
		!DatumGetBool(((Const *) query->jointree->quals)->constvalue) &&
		query->setOperations == NULL;
}

/*
 * view_relation(view regclass) returns regclass: the relation that a fact
 * view reads; NULL if it is not bound.  STRICT.
 */
Datum
meso_audit_view_relation(PG_FUNCTION_ARGS)
{
	Relation	view = relation_open(PG_GETARG_OID(0), AccessShareLock);
	int			rtindex;
	Query	   *query = bound_query(view, &rtindex);
	Oid			result = InvalidOid;

	meso_check_version();
	if (rtindex > 0)
		result = rt_fetch(rtindex, query->rtable)->relid;
	relation_close(view, AccessShareLock);
	if (!OidIsValid(result))
		PG_RETURN_NULL();
	PG_RETURN_OID(result);
}

/*
 * view_expression(view regclass, column_name text) returns (expression text,
 * attnum smallint, indexed boolean): the expression of a fact view's column
 * over the alias "r", NULL where the column is absent or the view not bound;
 * the column of the relation that it passes through unchanged, else NULL; and
 * whether an index on the very expression exists.  STRICT.
 */
Datum
meso_audit_view_expression(PG_FUNCTION_ARGS)
{
	Relation	view = relation_open(PG_GETARG_OID(0), AccessShareLock);
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	int			rtindex;
	Query	   *query = bound_query(view, &rtindex);
	ListCell   *cell;
	TupleDesc	desc;
	Datum		values[3] = {0};
	bool		nulls[3] = {true, true, true};

	meso_check_version();
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");

	foreach(cell, query->targetList)
	{
		TargetEntry *entry = lfirst_node(TargetEntry, cell);
		Node	   *node = strip_relabels((Node *) entry->expr);
		Relation	rel;

		if (rtindex == 0 || entry->resjunk || strcmp(entry->resname, name) != 0)
			continue;
		if (IsA(node, Const) && ((Const *) node)->constisnull)
			break;
		node = copyObject((Node *) entry->expr);
		ChangeVarNodes(node, rtindex, 1, 0);
		rel = relation_open(rt_fetch(rtindex, query->rtable)->relid, AccessShareLock);
		values[0] = CStringGetTextDatum(meso_deparse_expression(rel, node));
		values[2] = BoolGetDatum(is_indexed(rel, node));
		nulls[0] = nulls[2] = false;
		relation_close(rel, AccessShareLock);
		node = strip_relabels(node);
		if (IsA(node, Var))
		{
			values[1] = Int16GetDatum(((Var *) node)->varattno);
			nulls[1] = false;
		}
	}
	relation_close(view, AccessShareLock);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc),
													  values, nulls)));
}

/*
 * in_extension_script() returns boolean: is a CREATE or ALTER EXTENSION
 * running its script right now?  Then views that are not members cannot be
 * replaced without further ado.
 */
Datum
meso_audit_in_extension_script(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(creating_extension);
}
