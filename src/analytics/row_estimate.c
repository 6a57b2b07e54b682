/*-------------------------------------------------------------------------
 *
 * row_estimate.c
 *		What the planner is told of functions that return a value's rows.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"

#include "analytics/row_estimate.h"
#include "analytics/state.h"

PG_FUNCTION_INFO_V1(meso_row_estimate);

/*
 * constant_rows: of a value that is known when planning.
 */
static double
constant_rows(const Const *value)
{
	MesoState  *state;

	if (value->constisnull)
		return 0;
	state = (MesoState *) PG_DETOAST_DATUM(value->constvalue);
	switch (state->kind)
	{
		case MESO_VISIT_PAIRS:
			return meso_visit_pairs_rows(state);
		case MESO_COMPONENTS:
			return meso_components_rows(state);
		default:
			return -1;
	}
}

/*
 * meso_row_estimate(internal) returns internal: planner support of
 * co_visit_pairs() and component_members().
 *
 * A constant, as a prepared or stored value is, is counted; for anything else
 * the ROWS of the function stand (the width of a column says nothing of values
 * that are compressed or kept aside).
 */
Datum
meso_row_estimate(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	SupportRequestRows *rows;
	Node	   *value;
	double		estimate = -1;

	if (!IsA(request, SupportRequestRows))
		PG_RETURN_POINTER(NULL);
	rows = (SupportRequestRows *) request;
	if (!is_funcclause(rows->node))
		PG_RETURN_POINTER(NULL);
	value = (Node *) linitial(((FuncExpr *) rows->node)->args);
	if (rows->root != NULL)
		value = estimate_expression_value(rows->root, value);
	if (IsA(value, Const))
		estimate = constant_rows((Const *) value);
	if (estimate < 0)
		PG_RETURN_POINTER(NULL);
	rows->rows = estimate;
	PG_RETURN_POINTER(rows);
}
