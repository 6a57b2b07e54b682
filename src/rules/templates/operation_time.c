/*-------------------------------------------------------------------------
 *
 * operation_time.c
 *		Items that belong to an operation, used long before or after it.
 *
 * In a visit that has ended, L is a finding iff the visit has operations, all
 * of them are in the list, none of them allows L, and no diagnosis of "unless"
 * speaks for another use.  An operation allows what lies between its begin and
 * its end, what lies in the window "before" that ends with its begin, and that
 * in whose window "after" it ended.  A side without a parameter has no limit;
 * an operation whose time is not known allows everything.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "rules/templates/registry.h"

typedef struct OperationTime
{
	MesoCodeSet operations;
	MesoCodeSet unless;			/* diagnoses */
	MesoSpan	before;			/* unset: no limit, as the next */
	MesoSpan	after;
} OperationTime;

static void *
operation_time_compile(MesoParams *params, MesoReach *reach)
{
	OperationTime *limit = palloc0(sizeof(OperationTime));
	MesoStr    *codes;
	int			n = meso_param_list(params, "operation", &codes);

	if (!meso_param_missing(params, "operation") && n == 0)
		meso_param_error(params, "operation", "is empty");
	meso_codeset_build(&limit->operations, codes, Max(n, 0));
	n = meso_param_list(params, "unless", &codes);
	meso_codeset_build(&limit->unless, codes, Max(n, 0));
	limit->before = meso_param_span(params, "before", false);
	limit->after = meso_param_span(params, "after", false);
	if (!SPAN_IS_SET(limit->before) && !SPAN_IS_SET(limit->after))
		(void) meso_param_missing(params, "after");
	reach->visit = true;
	return limit;
}

static bool
allows(const OperationTime *limit, const MesoEntry *operation, Timestamp t)
{
	Timestamp	begins = operation->begins;
	Timestamp	ends = operation->ends;

	if (SPAN_IS_SET(limit->before) && TIMESTAMP_NOT_FINITE(begins))
		return true;
	if (SPAN_IS_SET(limit->after) && TIMESTAMP_NOT_FINITE(ends))
		return true;
	if (begins != NO_TIME && ends != NO_TIME && ends < begins)
		return true;
	if (SPAN_IS_SET(limit->before) && t < begins)
		return meso_span_holds(limit->before, begins, t);
	if (SPAN_IS_SET(limit->after) && t > ends)
		return meso_span_holds(limit->after, t, ends);
	return true;
}

/*
 * apart: has the visit operations, all listed, of which none allows L?
 */
static bool
apart(const OperationTime *limit, const MesoVisit *visit, const MesoLine *L)
{
	for (MesoEntry *entry = visit->operations; entry; entry = entry->next)
	{
		if (!meso_codeset_has_item(&limit->operations, entry->item) ||
			allows(limit, entry, L->fee_ocur_time))
			return false;
	}
	return visit->operations != NULL;
}

static bool
excused(const OperationTime *limit, const MesoVisit *visit)
{
	for (MesoEntry *entry = visit->diagnoses; entry; entry = entry->next)
	{
		if (meso_codeset_has_item(&limit->unless, entry->item))
			return true;
	}
	return false;
}

static void
operation_time_judge(MesoEvaluation *ev)
{
	const OperationTime *limit = ev->params;

	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];

		CHECK_FOR_INTERRUPTS();
		if (L->visit && meso_judged(ev, L) && meso_unit_closed(L, UNIT_VISIT) &&
			apart(limit, L->visit, L) && !excused(limit, L->visit))
			meso_hit(ev, L, L->amount);
	}
}

const MesoTemplate meso_template_operation_time = {
	.name = "operation_time",
	.compile = operation_time_compile,
	.judge = operation_time_judge,
	.diagnoses = true,
	.operations = true
};
