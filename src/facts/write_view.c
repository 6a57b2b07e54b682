/*-------------------------------------------------------------------------
 *
 * write_view.c
 *		Creates and replaces fact views.
 *
 * Nobody but superusers may create in the extension's schema: else whoever
 * binds facts could leave an operator there that captures one of a superuser.
 * So that owners of tables can bind them, the one command that needs the right
 * is run here as a superuser.  Its text is made of nothing but names, built-in
 * types and expressions that were parsed and checked before, as the caller.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "facts/safe_expr.h"

PG_FUNCTION_INFO_V1(meso_audit_write_view);

/*
 * check_caller: may the current user write this view over this relation?
 */
static void
check_caller(const char *fact, Oid relation)
{
	Oid			user = GetUserId();
	Oid			engine = get_role_oid("meso_audit_engine", false);
	Oid			view = get_relname_relid(fact, get_namespace_oid("meso_audit", false));

	if (superuser_arg(user))
		return;
	if (!OidIsValid(view) || get_rel_relkind(view) != RELKIND_VIEW ||
		!meso_owns_relation(view, engine))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("\"%s\" is not a fact view", fact),
				 errhint("Have a superuser run SELECT meso_audit.setup().")));
	if (!has_privs_of_role(user, engine))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be member of role meso_audit_engine")));
	if (OidIsValid(relation) && !meso_owns_relation(relation, user))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of \"%s\"", get_rel_name(relation))));
}

/*
 * append_column: "expression AS name", the expression checked and of the type.
 */
static void
append_column(StringInfo sql, Relation rel, const char *name, Oid type,
			  const char *expression)
{
	if (type >= FirstNormalObjectId)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("type %s of column \"%s\" is not a built-in one",
						format_type_be(type), name)));
	if (rel == NULL || expression == NULL)
		appendStringInfo(sql, "NULL::%s", format_type_be_qualified(type));
	else
	{
		Oid			found;
		Node	   *node = meso_safe_expression_as(rel, MESO_FACT_ALIAS,
												   expression, &found);

		if (found != type)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" is of type %s, the fact's is %s", name,
							format_type_be(found), format_type_be(type))));
		appendStringInfoString(sql, meso_deparse_expression(rel, node));
	}
	appendStringInfo(sql, " AS %s", quote_identifier(name));
}

/*
 * append_source: where the rows come from; without a relation there are none.
 */
static void
append_source(StringInfo sql, Relation rel)
{
	if (rel == NULL)
		appendStringInfoString(sql, " WHERE false");
	else
		appendStringInfo(sql, " FROM %s AS %s",
						 quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
													RelationGetRelationName(rel)),
						 MESO_FACT_ALIAS);
}

/*
 * run_as_superuser: one utility command, under fixed settings.
 */
static void
run_as_superuser(const char *command)
{
	Oid			user;
	int			security;
	int			nestlevel = meso_fixed_settings();

	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID,
						   security | SECURITY_LOCAL_USERID_CHANGE);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute(command, false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "could not write a fact view");
	SPI_finish();
	SetUserIdAndSecContext(user, security);
	AtEOXact_GUC(false, nestlevel);
}

/*
 * write_view(fact text, relation regclass, columns text[], types regtype[],
 * expressions text[]): creates or replaces the view of a fact.  relation NULL:
 * the view is empty; an expression NULL: the column is.  The arrays are of
 * one length.
 */
Datum
meso_audit_write_view(PG_FUNCTION_ARGS)
{
	char	   *fact;
	Relation	rel = NULL;
	Datum	   *names,
			   *types,
			   *texts;
	bool	   *name_nulls,
			   *type_nulls,
			   *text_nulls;
	int			n,
				n_types,
				n_texts;
	StringInfoData sql;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_ARGISNULL(4))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("fact, columns, types and expressions must not be null")));
	meso_check_version();
	fact = text_to_cstring(PG_GETARG_TEXT_PP(0));
	check_caller(fact, PG_ARGISNULL(1) ? InvalidOid : PG_GETARG_OID(1));

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), TEXTOID, -1, false,
					  TYPALIGN_INT, &names, &name_nulls, &n);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(3), REGTYPEOID, sizeof(Oid), true,
					  TYPALIGN_INT, &types, &type_nulls, &n_types);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(4), TEXTOID, -1, false,
					  TYPALIGN_INT, &texts, &text_nulls, &n_texts);
	if (n == 0 || n_types != n || n_texts != n)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("columns, types and expressions must be of one length")));

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE OR REPLACE VIEW meso_audit.%s AS SELECT ",
					 quote_identifier(fact));
	if (!PG_ARGISNULL(1))
		rel = relation_open(PG_GETARG_OID(1), AccessShareLock);
	for (int i = 0; i < n; i++)
	{
		if (name_nulls[i] || type_nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("columns and types must not be null")));
		if (i > 0)
			appendStringInfoString(&sql, ", ");
		append_column(&sql, rel, TextDatumGetCString(names[i]),
					  DatumGetObjectId(types[i]),
					  text_nulls[i] ? NULL : TextDatumGetCString(texts[i]));
	}
	append_source(&sql, rel);
	if (rel)
		relation_close(rel, NoLock);
	run_as_superuser(sql.data);
	PG_RETURN_VOID();
}
