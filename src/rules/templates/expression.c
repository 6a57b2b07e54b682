/*-------------------------------------------------------------------------
 *
 * expression.c
 *		A condition that the user writes over the columns of audit_row.
 *
 * L is a finding iff the condition is true; NULL is no finding.  What may
 * stand in the condition: see facts/safe_expr.c.  An error inside it, such as
 * a division by zero, ends the evaluation with the rule and line in its
 * context: to go on without the line would lose a finding in silence.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/sysattr.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "utils/memutils.h"

#include "facts/safe_expr.h"
#include "rules/audit_row.h"
#include "rules/program.h"
#include "rules/templates/registry.h"

typedef struct Condition
{
	Expr	   *expr;			/* NULL: the parameter is missing */
	Bitmapset  *columns;		/* of audit_row that it reads, from 0 */
	TupleDesc	desc;
} Condition;

/* What the error context shows */
typedef struct Place
{
	MesoEvaluation *ev;
	const MesoLine *L;
} Place;

/*
 * analyse: the condition as a plan-ready tree, in the current memory context.
 */
static void
analyse(MesoParams *params, const char *text, Condition *condition)
{
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext,
											   "meso_audit expression",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext result = MemoryContextSwitchTo(work);
	Relation	rel = relation_open(meso_audit_row_relid(), AccessShareLock);
	Bitmapset  *attnos = NULL;
	Oid			type;
	Node	   *node;

	meso_audit_row_check(RelationGetDescr(rel));
	node = meso_safe_expression(rel, text, &type);
	if (type != BOOLOID)
		meso_param_error(params, "sql", "must be a condition (type boolean)");
	pull_varattnos(node, 1, &attnos);
	node = (Node *) expression_planner((Expr *) node);
	MemoryContextSwitchTo(result);
	condition->expr = copyObject((Expr *) node);
	condition->desc = CreateTupleDescCopy(RelationGetDescr(rel));
	for (int attno = 1; attno <= condition->desc->natts; attno++)
	{
		if (bms_is_member(attno - FirstLowInvalidHeapAttributeNumber, attnos))
			condition->columns = bms_add_member(condition->columns, attno - 1);
	}
	relation_close(rel, AccessShareLock);
	MemoryContextDelete(work);
}

static void *
expression_compile(MesoParams *params, MesoReach *reach)
{
	Condition  *condition = palloc0(sizeof(Condition));

	if (!meso_param_missing(params, "sql"))
	{
		analyse(params, meso_param_text(params, "sql", NULL), condition);
		reach->columns |= meso_audit_row_reads(condition->columns);
	}
	return condition;
}

static void
show_place(void *arg)
{
	Place	   *place = arg;

	if (place->L)
		errcontext("expression of rule \"%s\" on line %.*s of settlement %.*s",
				   place->ev->pool->rule->code,
				   place->L->feedetl_sn.len, place->L->feedetl_sn.data,
				   place->L->setl->setl_id.len, place->L->setl->setl_id.data);
}

static void
judge_lines(MesoEvaluation *ev, const Condition *condition, Place *place)
{
	ExprState  *state = ExecInitExpr(condition->expr, NULL);
	ExprContext *context = CreateStandaloneExprContext();
	TupleTableSlot *slot = MakeSingleTupleTableSlot(condition->desc,
													&TTSOpsVirtual);

	context->ecxt_scantuple = slot;
	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];
		MemoryContext old;
		Datum		result;
		bool		isnull;

		CHECK_FOR_INTERRUPTS();
		if (L->unfit || !meso_judged(ev, L))
			continue;
		place->L = L;
		ResetExprContext(context);
		old = MemoryContextSwitchTo(context->ecxt_per_tuple_memory);
		meso_audit_row_fill(slot, condition->columns, ev, L);
		result = ExecEvalExpr(state, context, &isnull);
		MemoryContextSwitchTo(old);
		place->L = NULL;
		if (!isnull && DatumGetBool(result))
			meso_hit(ev, L, L->amount);
	}
	ExecDropSingleTupleTableSlot(slot);
	FreeExprContext(context, true);
}

static void
expression_judge(MesoEvaluation *ev)
{
	const Condition *condition = ev->params;
	Place		place = {ev, NULL};
	ErrorContextCallback callback = {
		.previous = error_context_stack,
		.callback = show_place,
		.arg = &place
	};

	if (condition->expr == NULL)
		return;
	error_context_stack = &callback;
	judge_lines(ev, condition, &place);
	error_context_stack = callback.previous;
}

const MesoTemplate meso_template_expression = {
	.name = "expression",
	.compile = expression_compile,
	.judge = expression_judge,
	.any_sign = true,
	.titles = true
};
