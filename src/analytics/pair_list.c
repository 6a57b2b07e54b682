/*-------------------------------------------------------------------------
 *
 * pair_list.c
 *		States that are a list of two integers a row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "funcapi.h"
#include "libpq/pqformat.h"

#include "analytics/pair_list.h"

/* room of a fresh group: six rows */
#define PAIRS_FIRST_ROOM	MESO_FIRST_ROOM(128)

PG_FUNCTION_INFO_V1(meso_pair_list_combine);
PG_FUNCTION_INFO_V1(meso_pair_list_final);
PG_FUNCTION_INFO_V1(meso_pair_list_n);

/*
 * meso_result_desc: row type of the function's result, looked up once a query.
 */
TupleDesc
meso_result_desc(FunctionCallInfo fcinfo)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;

	if (flinfo->fn_extra == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(flinfo->fn_mcxt);
		TupleDesc	desc;

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		flinfo->fn_extra = BlessTupleDesc(desc);
		MemoryContextSwitchTo(old);
	}
	return (TupleDesc) flinfo->fn_extra;
}

/*
 * merge_params: the parameter and flags of two lists that become one.
 */
static void
merge_params(MesoState *into, uint16 flags, int64 param)
{
	MesoPairList *list = meso_pair_list(into);
	uint16		dscale = Max(into->flags & MESO_PAIRS_DSCALE, flags & MESO_PAIRS_DSCALE);

	if ((into->flags & MESO_PAIRS_ZONED) != (flags & MESO_PAIRS_ZONED))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("times with and without time zone cannot be combined")));
	if (list->param == MESO_NO_PARAM)
		list->param = param;
	else if (param != MESO_NO_PARAM && param != list->param)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameter of the aggregate must be the same for all rows of a group")));
	into->flags = (into->flags & ~MESO_PAIRS_DSCALE) | dscale;
}

/*
 * meso_pairs_add: transition: argument 0, a list or NULL, with one more row.
 */
MesoState *
meso_pairs_add(FunctionCallInfo fcinfo, MesoKind kind, uint16 flags,
			   int64 param, int64 a, int64 b)
{
	MesoState  *state;
	MesoPair   *item;

	if (PG_ARGISNULL(0))
	{
		state = meso_state_new(kind, PAIRS_FIRST_ROOM);
		state->flags = flags;
		state->used = offsetof(MesoPairList, item);
		meso_pair_list(state)->param = param;
	}
	else
	{
		state = meso_state_reserve(meso_state_writable(fcinfo, 0), sizeof(MesoPair));
		if (unlikely(state->flags != flags || meso_pair_list(state)->param != param))
			merge_params(state, flags, param);
	}
	item = &meso_pair_list(state)->item[meso_pair_count(state)];
	item->a = a;
	item->b = b;
	state->used += sizeof(MesoPair);
	return state;
}

/*
 * meso_pair_list_combine(list, list) returns list: all rows of both.
 */
Datum
meso_pair_list_combine(PG_FUNCTION_ARGS)
{
	MesoState  *into;
	MesoState  *from;
	Size		bytes;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return meso_either_state(fcinfo);
	from = meso_state_arg(fcinfo, 1);
	bytes = meso_pair_count(from) * sizeof(MesoPair);
	into = meso_state_reserve(meso_state_writable(fcinfo, 0), bytes);
	merge_params(into, from->flags, meso_pair_list(from)->param);
	memcpy(MESO_CONTENT(into) + into->used, meso_pair_list(from)->item, bytes);
	into->used += bytes;
	PG_RETURN_POINTER(into);
}

/*
 * meso_pairs_sorted: argument argno with its rows in ascending order.
 *
 * A transition value is sorted where it stands, which nobody can see.
 */
MesoState *
meso_pairs_sorted(FunctionCallInfo fcinfo, int argno)
{
	MesoState  *state = meso_state_arg(fcinfo, argno);
	MesoPair   *item = meso_pair_list(state)->item;
	Size		n = meso_pair_count(state);
	Size		i = 1;

	for (; i < n && item[i - 1].a <= item[i].a; i++)
		MESO_ANSWER_CANCEL(i);
	if (i >= n)
		return state;
	state = meso_state_writable(fcinfo, argno);
	meso_sort_pairs(meso_pair_list(state)->item, n);
	return state;
}

/*
 * meso_pair_list_final(list) returns list: canonical order, trimmed.
 */
Datum
meso_pair_list_final(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_trimmed(meso_state_arg(fcinfo, 0));

	meso_sort_pairs_full(meso_pair_list(state)->item, meso_pair_count(state));
	PG_RETURN_POINTER(state);
}

/*
 * meso_pair_list_n(list) returns bigint.
 */
Datum
meso_pair_list_n(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) meso_pair_count(meso_state_arg(fcinfo, 0)));
}

/*
 * meso_pairs_encode: flags, parameter, number of rows, rows.
 */
void
meso_pairs_encode(StringInfo buf, MesoState *state)
{
	const MesoPairList *list = meso_pair_list(state);

	pq_sendint16(buf, state->flags);
	pq_sendint64(buf, list->param);
	pq_sendint32(buf, (uint32) meso_pair_count(state));
	for (Size i = 0; i < meso_pair_count(state); i++)
	{
		MESO_ANSWER_CANCEL(i);
		pq_sendint64(buf, list->item[i].a);
		pq_sendint64(buf, list->item[i].b);
	}
}

/*
 * meso_pairs_decode: at least one row, each of which must be "valid".
 */
MesoState *
meso_pairs_decode(StringInfo buf, const MesoStateType *type,
				  bool (*valid) (uint16 flags, int64 param, const MesoPair *item))
{
	MesoState  *state;
	MesoPairList *list;
	uint16		flags;
	int64		param;
	uint32		n;

	meso_wire_check(meso_wire_left(buf) >= 14, type);
	flags = (uint16) pq_getmsgint(buf, sizeof(uint16));
	param = pq_getmsgint64(buf);
	n = (uint32) pq_getmsgint(buf, sizeof(uint32));
	meso_wire_check(n > 0 && meso_wire_left(buf) == (Size) n * sizeof(MesoPair), type);
	state = meso_state_new(type->kind, offsetof(MesoPairList, item) + (Size) n * sizeof(MesoPair));
	list = meso_pair_list(state);
	state->flags = flags;
	list->param = param;
	for (uint32 i = 0; i < n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		list->item[i].a = pq_getmsgint64(buf);
		list->item[i].b = pq_getmsgint64(buf);
		meso_wire_check(valid(flags, param, &list->item[i]), type);
	}
	state->used = offsetof(MesoPairList, item) + (Size) n * sizeof(MesoPair);
	return state;
}
