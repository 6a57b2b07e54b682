/*-------------------------------------------------------------------------
 *
 * safe_expr.c
 *		Expressions written by users that the extension evaluates for them.
 *
 * A binding's expression runs inside every audit, a rule's expression inside
 * the evaluator, both with more rights than their writer has.  So what may
 * stand in one is listed here, and everything else is refused: columns of one
 * relation, constants, and IMMUTABLE functions and operators that come with
 * PostgreSQL (schema pg_catalog) or with this extension.
 *
 * Settings are fixed while a text is parsed.  The search path is pg_catalog
 * alone: no object of a user can capture a name, and functions of the
 * extension are written with its schema.  Literals mean the same in every
 * session: dates are read as ISO, times with time zone in UTC.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/transam.h"
#include "catalog/dependency.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "parser/parser.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"

#include "facts/safe_expr.h"

PG_FUNCTION_INFO_V1(meso_audit_check_expression);

/*
 * refuse: one message for every refusal; "why" is a full sentence.
 */
static void
refuse(const char *why)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("expression is not allowed here"),
			 errdetail("%s", why),
			 errhint("Allowed are columns, constants, and IMMUTABLE functions and operators of pg_catalog or of meso_audit.")));
}

/*
 * of_this_extension: is the object a member of meso_audit?
 */
static bool
of_this_extension(Oid class, Oid object)
{
	Oid			extension = getExtensionOfObject(class, object);

	return OidIsValid(extension) &&
		extension == get_extension_oid("meso_audit", true);
}

/*
 * trusted_function: does the function come with PostgreSQL (in pg_catalog, so
 * without what other extensions put there) or with this extension?
 */
static bool
trusted_function(Oid function)
{
	if (function < FirstNormalObjectId &&
		get_func_namespace(function) == PG_CATALOG_NAMESPACE)
		return true;
	return of_this_extension(ProcedureRelationId, function);
}

/*
 * trusted_type: a type, or array of a type, of PostgreSQL or this extension.
 * Domains count as what they are over: reading one runs none of its checks.
 */
static bool
trusted_type(Oid type)
{
	Oid			base = getBaseType(type);
	Oid			element = get_element_type(base);

	if (OidIsValid(element))
		base = getBaseType(element);
	return base < FirstNormalObjectId ||
		of_this_extension(TypeRelationId, base);
}

/*
 * refuse_function: callback of check_functions_in_node; refuses by message,
 * so never returns true.
 */
static bool
refuse_function(Oid function, void *context)
{
	if (!trusted_function(function))
		refuse(psprintf("Function %s belongs neither to pg_catalog nor to meso_audit.",
						format_procedure_qualified(function)));
	if (func_volatile(function) != PROVOLATILE_IMMUTABLE)
		refuse(psprintf("Function %s is not IMMUTABLE.",
						format_procedure_qualified(function)));
	if (get_func_retset(function))
		refuse(psprintf("Function %s returns a set.",
						format_procedure_qualified(function)));
	return false;
}

/*
 * check_operator: an operator, like a function, must be of PostgreSQL or of
 * this extension, whatever function stands behind it.
 */
static void
check_operator(Oid operator)
{
	if (operator >= FirstNormalObjectId &&
		!of_this_extension(OperatorRelationId, operator))
		refuse(psprintf("Operator %s belongs neither to pg_catalog nor to meso_audit.",
						format_operator_qualified(operator)));
}

/*
 * check_node: is this kind of node on the list?
 */
static void
check_node(Node *node)
{
	switch (nodeTag(node))
	{
		case T_Var:
			if (((Var *) node)->varattno < 0)
				refuse("System columns do not belong to a row's content.");
			if (((Var *) node)->varattno == 0)
				refuse("A whole row cannot be used, only its columns.");
			break;
		case T_List:
		case T_CaseWhen:
			return;
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			check_operator(((OpExpr *) node)->opno);
			break;
		case T_ScalarArrayOpExpr:
			check_operator(((ScalarArrayOpExpr *) node)->opno);
			break;
		case T_Const:
		case T_FuncExpr:
		case T_NamedArgExpr:
		case T_BoolExpr:
		case T_RelabelType:
		case T_CoerceViaIO:
		case T_ArrayCoerceExpr:
		case T_CollateExpr:
		case T_CaseExpr:
		case T_CaseTestExpr:
		case T_CoalesceExpr:
		case T_MinMaxExpr:
		case T_NullTest:
		case T_BooleanTest:
		case T_ArrayExpr:
		case T_SubscriptingRef:
			break;
		case T_Aggref:
		case T_GroupingFunc:
			refuse("Aggregate functions need more than one row.");
			break;
		case T_WindowFunc:
			refuse("Window functions need more than one row.");
			break;
		case T_SQLValueFunction:
			refuse("The current date, time, user or schema is not a property of the row.");
			break;
		case T_CoerceToDomain:
			refuse("A cast to a domain runs the domain's checks.");
			break;
		default:
			refuse("It contains a construct that is not on the list.");
	}

	if (!trusted_type(exprType(node)))
		refuse(psprintf("Type %s belongs neither to pg_catalog nor to meso_audit.",
						format_type_be_qualified(exprType(node))));
}

/*
 * check_walker: checks every node of a transformed expression.
 */
static bool
check_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	check_node(node);
	(void) check_functions_in_node(node, refuse_function, NULL);
	return expression_tree_walker(node, check_walker, context);
}

/*
 * is_clock_word: would the input function of a date or time type read the
 * present time out of this literal?  It would be frozen when the text is
 * parsed, and differ from one parsing to the next.
 */
static bool
is_clock_word(const char *literal)
{
	static const char *const words[] = {"now", "today", "tomorrow", "yesterday"};

	while (isspace((unsigned char) *literal))
		literal++;
	for (int i = 0; i < lengthof(words); i++)
	{
		size_t		len = strlen(words[i]);

		if (pg_strncasecmp(literal, words[i], len) == 0 &&
			!isalnum((unsigned char) literal[len]))
			return true;
	}
	return false;
}

/*
 * raw_walker: refuses, before anything is looked up, what must not even be
 * analysed.
 */
static bool
raw_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, SubLink))
		refuse("Subqueries are not allowed.");
	if (IsA(node, ParamRef))
		refuse("There are no parameters.");
	if (IsA(node, A_Const))
	{
		Node	   *value = (Node *) &((A_Const *) node)->val;

		if (IsA(value, String) && is_clock_word(strVal(value)))
			refuse("Literals such as 'now' and 'today' change with the time at which they are read.");
	}
	return raw_expression_tree_walker(node, raw_walker, context);
}

/*
 * parse_single: the raw tree of "expression", which must be one expression
 * and nothing beside it.
 *
 * The text is put in parentheses; a text that closes them to say more gives a
 * statement that differs from "SELECT (x)" in something else than x.
 */
static Node *
parse_single(const char *expression)
{
	List	   *model = raw_parser("SELECT (NULL)", RAW_PARSE_DEFAULT);
	List	   *parsed = raw_parser(psprintf("SELECT (\n%s\n)", expression),
									RAW_PARSE_DEFAULT);
	SelectStmt *plain = (SelectStmt *) linitial_node(RawStmt, model)->stmt;
	SelectStmt *stmt;
	ResTarget  *target;

	if (list_length(parsed) != 1 ||
		!IsA(linitial_node(RawStmt, parsed)->stmt, SelectStmt))
		refuse("It must be one expression.");
	stmt = (SelectStmt *) linitial_node(RawStmt, parsed)->stmt;
	if (list_length(stmt->targetList) != 1)
		refuse("It must be one expression.");
	target = linitial_node(ResTarget, stmt->targetList);
	plain->targetList = stmt->targetList;
	if (target->name != NULL || !equal(plain, stmt))
		refuse("It must be one expression.");
	return target->val;
}

/*
 * parse_context: callback that says in which text an error was.
 */
static void
parse_context(void *expression)
{
	if (geterrposition() > 0)
		errposition(0);
	errcontext("expression \"%s\"", (char *) expression);
}

/*
 * meso_fixed_settings: settings under which texts of expressions are read and
 * written, until AtEOXact_GUC() of the level that is returned.
 */
int
meso_fixed_settings(void)
{
	static const char *const fixed[][2] = {
		{"standard_conforming_strings", "on"},
		{"transform_null_equals", "off"},
		{"array_nulls", "on"},
		{"DateStyle", "ISO, YMD"},
		{"IntervalStyle", "postgres"},
		{"TimeZone", "UTC"},
		{"extra_float_digits", "1"}
	};
	int			nestlevel = NewGUCNestLevel();

	RestrictSearchPath();
	for (int i = 0; i < lengthof(fixed); i++)
		(void) set_config_option(fixed[i][0], fixed[i][1],
								 PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	return nestlevel;
}

/*
 * meso_safe_expression_as: parse, analyse and check an expression over the
 * columns of "rel" (a table, view, or composite type's relation), which the
 * text may call by the alias, or by its own name where that is NULL.
 *
 * Returns a tree whose Vars have varno 1, with collations assigned, in the
 * current memory context; *type (if not NULL) becomes its type; an untyped
 * literal is text.  Raises 22023 where the text is not allowed, and the
 * parser's own errors where it has no meaning.  "rel" must be open.
 */
Node *
meso_safe_expression_as(Relation rel, const char *alias,
						const char *expression, Oid *type)
{
	ErrorContextCallback callback;
	ParseState *pstate = make_parsestate(NULL);
	ParseNamespaceItem *item;
	Node	   *node;
	int			nestlevel;

	callback.callback = parse_context;
	callback.arg = unconstify(char *, expression);
	callback.previous = error_context_stack;
	error_context_stack = &callback;

	nestlevel = meso_fixed_settings();
	node = parse_single(expression);
	(void) raw_walker(node, NULL);

	item = addRangeTableEntryForRelation(pstate, rel, AccessShareLock,
										 alias ? makeAlias(alias, NIL) : NULL,
										 false, false);
	addNSItemToQuery(pstate, item, false, true, true);
	node = transformExpr(pstate, node, EXPR_KIND_OTHER);
	if (exprType(node) == UNKNOWNOID)
		node = coerce_type(pstate, node, UNKNOWNOID, TEXTOID, -1,
						   COERCION_IMPLICIT, COERCE_IMPLICIT_CAST, -1);
	assign_expr_collations(pstate, node);

	(void) check_walker(node, NULL);
	if (contain_mutable_functions(node))
		refuse("It contains something that is not IMMUTABLE.");

	AtEOXact_GUC(false, nestlevel);
	free_parsestate(pstate);
	error_context_stack = callback.previous;

	if (type)
		*type = exprType(node);
	return node;
}

/*
 * meso_safe_expression: the same, the relation under its own name.
 */
Node *
meso_safe_expression(Relation rel, const char *expression, Oid *type)
{
	return meso_safe_expression_as(rel, NULL, expression, type);
}

/*
 * check_expression(relation regclass, expression text) returns regtype: the
 * type of an allowed expression over the relation's columns.  STRICT.
 */
Datum
meso_audit_check_expression(PG_FUNCTION_ARGS)
{
	Relation	rel = relation_open(PG_GETARG_OID(0), AccessShareLock);
	char	   *expression = text_to_cstring(PG_GETARG_TEXT_PP(1));
	Oid			type;

	meso_check_version();
	(void) meso_safe_expression(rel, expression, &type);
	relation_close(rel, AccessShareLock);
	PG_RETURN_OID(type);
}
