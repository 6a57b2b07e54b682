/*-------------------------------------------------------------------------
 *
 * component.c
 *		Groups out of pairs: the connected components of a graph.
 *
 * A state is a list of edges, each (length a, length b, bytes a, bytes b).
 * Its canonical form has one edge from the smallest node of a component (in
 * byte order) to each other node, sorted; a component of one node is an edge
 * to itself.  As that is a list of edges again, merging is appending.  A state
 * that is full is first brought into canonical form, so that it takes room for
 * its nodes, not for all edges ever seen.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "analytics/pair_list.h"
#include "analytics/row_estimate.h"
#include "analytics/state.h"
#include "analytics/string_pool.h"

typedef struct Edge
{
	const char *a;
	const char *b;
	uint32		alen;
	uint32		blen;
} Edge;

#define EDGE_HEADER			(2 * sizeof(uint32))
#define EDGE_FIRST_ROOM		MESO_FIRST_ROOM(128)
/* flags: in canonical form */
#define COMPONENTS_CANONICAL	1

static void components_encode(StringInfo buf, MesoState *state);
static MesoState *components_decode(StringInfo buf);

static const MesoStateType components_type = {
	MESO_COMPONENTS, "components", components_encode, components_decode
};

MESO_STATE_IO(components, components_type);

PG_FUNCTION_INFO_V1(meso_component_add);
PG_FUNCTION_INFO_V1(meso_components_combine);
PG_FUNCTION_INFO_V1(meso_components_final);
PG_FUNCTION_INFO_V1(meso_component_members);

/*
 * read_edge: the edge at offset at; returns the offset of the next.
 */
static inline Size
read_edge(const MesoState *state, Size at, Edge *edge)
{
	const char *p = MESO_CONTENT(state) + at;

	memcpy(&edge->alen, p, sizeof(uint32));
	memcpy(&edge->blen, p + sizeof(uint32), sizeof(uint32));
	edge->a = p + EDGE_HEADER;
	edge->b = edge->a + edge->alen;
	return at + EDGE_HEADER + edge->alen + edge->blen;
}

/*
 * append_edge: the state must have room for it.
 */
static void
append_edge(MesoState *state, const Edge *edge)
{
	char	   *p = MESO_CONTENT(state) + state->used;

	memcpy(p, &edge->alen, sizeof(uint32));
	memcpy(p + sizeof(uint32), &edge->blen, sizeof(uint32));
	memcpy(p + EDGE_HEADER, edge->a, edge->alen);
	memcpy(p + EDGE_HEADER + edge->alen, edge->b, edge->blen);
	state->used += EDGE_HEADER + edge->alen + edge->blen;
}

/*
 * find_root: of node i; halves the path on its way.
 */
static inline uint32
find_root(uint32 *parent, uint32 i)
{
	while (parent[i] != i)
	{
		parent[i] = parent[parent[i]];
		i = parent[i];
	}
	return i;
}

/*
 * link_nodes: parent[] over the strings of the pool in byte order, with the
 * smallest node of each component as its root.
 */
static uint32 *
link_nodes(const MesoState *state, MesoStringPool *pool)
{
	Size		nedges = 0;
	Size		room = 64;
	uint32	   *ends = (uint32 *) palloc(room * 2 * sizeof(uint32));
	uint32	   *rank;
	uint32	   *parent;
	Edge		edge;

	for (Size at = 0; at < state->used; nedges++)
	{
		MESO_ANSWER_CANCEL(nedges);
		at = read_edge(state, at, &edge);
		if (nedges == room)
		{
			room *= 2;
			ends = (uint32 *) repalloc_huge(ends, room * 2 * sizeof(uint32));
		}
		ends[2 * nedges] = meso_pool_add(pool, edge.a, edge.alen);
		ends[2 * nedges + 1] = meso_pool_add(pool, edge.b, edge.blen);
	}
	rank = meso_pool_rank(pool);
	parent = (uint32 *) palloc((Size) Max(pool->n, 1) * sizeof(uint32));
	for (uint32 i = 0; i < pool->n; i++)
		parent[i] = i;
	for (Size i = 0; i < nedges; i++)
	{
		uint32		a = find_root(parent, rank[ends[2 * i]]);
		uint32		b = find_root(parent, rank[ends[2 * i + 1]]);

		MESO_ANSWER_CANCEL(i);
		if (a < b)
			parent[b] = a;
		else
			parent[a] = b;
	}
	/* roots stand before their nodes: one pass makes every path one step */
	for (uint32 i = 0; i < pool->n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		parent[i] = parent[parent[i]];
	}
	pfree(ends);
	pfree(rank);
	return parent;
}

/*
 * component_sizes: nodes of each root, 0 for other nodes.
 */
static uint32 *
component_sizes(const uint32 *parent, uint32 n)
{
	uint32	   *size = (uint32 *) palloc0((Size) Max(n, 1) * sizeof(uint32));

	for (uint32 i = 0; i < n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		size[parent[i]]++;
	}
	return size;
}

/*
 * canonical_order: the nodes by component, then by bytes: a counting sort.
 */
static uint32 *
canonical_order(const uint32 *parent, const uint32 *size, uint32 n)
{
	uint32	   *order = (uint32 *) palloc((Size) Max(n, 1) * sizeof(uint32));
	uint32	   *next = (uint32 *) palloc((Size) Max(n, 1) * sizeof(uint32));
	uint32		start = 0;

	for (uint32 i = 0; i < n; i++)
	{
		next[i] = start;
		start += size[i];
	}
	for (uint32 i = 0; i < n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		order[next[parent[i]]++] = i;
	}
	pfree(next);
	return order;
}

/*
 * canonical_form: the state in canonical form with at least "spare" bytes of
 * room, in the current memory context.
 */
static MesoState *
canonical_form(const MesoState *state, Size spare)
{
	MesoStringPool pool;
	uint32	   *parent;
	uint32	   *size;
	uint32	   *order;
	Size		bytes = 0;
	MesoState  *result;

	meso_pool_init(&pool);
	parent = link_nodes(state, &pool);
	size = component_sizes(parent, pool.n);
	order = canonical_order(parent, size, pool.n);
	for (uint32 i = 0; i < pool.n; i++)
		if (parent[i] != i || size[i] == 1)
			bytes += EDGE_HEADER + pool.item[parent[i]].len + pool.item[i].len;
	result = meso_state_new(MESO_COMPONENTS, bytes + spare);
	for (uint32 i = 0; i < pool.n; i++)
	{
		uint32		node = order[i];
		uint32		root = parent[node];
		Edge		edge = {pool.item[root].data, pool.item[node].data,
		pool.item[root].len, pool.item[node].len};

		MESO_ANSWER_CANCEL(i);
		if (root != node || size[node] == 1)
			append_edge(result, &edge);
	}
	result->flags = COMPONENTS_CANONICAL;
	pfree(parent);
	pfree(size);
	pfree(order);
	meso_pool_free(&pool);
	return result;
}

/*
 * make_room: the state with room for "more" bytes.  A full one is brought into
 * canonical form; it grows when that leaves it more than half full, so that
 * the work per edge stays bounded.
 */
static MesoState *
make_room(MesoState *state, Size more)
{
	MesoState  *canonical;
	Size		room = MESO_ROOM(state);
	Size		spare;

	if (state->used + more <= room)
		return state;
	canonical = canonical_form(state, 0);
	/* a quarter must be free: or every further edge would come back here */
	spare = Max(more, room / 4);
	meso_state_check_limit(sizeof(MesoState) + canonical->used + spare);
	if (canonical->used > room / 2)
		spare = Max(spare, canonical->used);
	else
		spare = Max(spare, room - canonical->used);
	spare = Min(spare, meso_state_limit() - sizeof(MesoState) - canonical->used);
	state = meso_state_new(MESO_COMPONENTS, canonical->used + spare);
	state->used = canonical->used;
	memcpy(MESO_CONTENT(state), MESO_CONTENT(canonical), canonical->used);
	pfree(canonical);
	return state;
}

/*
 * meso_component_add(components, text, text): transition; a pair with NULL
 * does not count.
 */
Datum
meso_component_add(PG_FUNCTION_ARGS)
{
	MesoState  *state;
	Edge		edge;
	text	   *a;
	text	   *b;
	Size		more;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return meso_unchanged(fcinfo);
	a = PG_GETARG_TEXT_PP(1);
	b = PG_GETARG_TEXT_PP(2);
	edge.a = VARDATA_ANY(a);
	edge.alen = (uint32) VARSIZE_ANY_EXHDR(a);
	edge.b = VARDATA_ANY(b);
	edge.blen = (uint32) VARSIZE_ANY_EXHDR(b);
	more = EDGE_HEADER + edge.alen + edge.blen;
	meso_state_check_limit(sizeof(MesoState) + more);
	if (PG_ARGISNULL(0))
		state = meso_state_new(MESO_COMPONENTS, Max(more, EDGE_FIRST_ROOM));
	else
		state = make_room(meso_state_writable(fcinfo, 0), more);
	append_edge(state, &edge);
	state->flags = 0;
	PG_RETURN_POINTER(state);
}

/*
 * meso_components_combine(components, components): all edges of both.
 */
Datum
meso_components_combine(PG_FUNCTION_ARGS)
{
	MesoState  *into;
	MesoState  *from;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return meso_either_state(fcinfo);
	from = meso_state_arg(fcinfo, 1);
	into = make_room(meso_state_writable(fcinfo, 0), from->used);
	memcpy(MESO_CONTENT(into) + into->used, MESO_CONTENT(from), from->used);
	into->used += from->used;
	into->flags = 0;
	PG_RETURN_POINTER(into);
}

/*
 * meso_components_final(components): canonical form.
 */
Datum
meso_components_final(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);

	if (state->flags & COMPONENTS_CANONICAL)
		PG_RETURN_POINTER(meso_state_trimmed(state));
	PG_RETURN_POINTER(canonical_form(state, 0));
}

/*
 * components_encode: number of edges, then both strings of each.
 */
static void
components_encode(StringInfo buf, MesoState *state)
{
	uint32		n = 0;
	Edge		edge;

	for (Size at = 0; at < state->used; n++)
	{
		MESO_ANSWER_CANCEL(n);
		at = read_edge(state, at, &edge);
	}
	pq_sendint32(buf, n);
	for (Size at = 0; at < state->used; n--)
	{
		MESO_ANSWER_CANCEL(n);
		at = read_edge(state, at, &edge);
		pq_sendint32(buf, edge.alen);
		pq_sendbytes(buf, edge.a, (int) edge.alen);
		pq_sendint32(buf, edge.blen);
		pq_sendbytes(buf, edge.b, (int) edge.blen);
	}
}

/*
 * decode_string: a length and that many bytes of valid text.
 */
static const char *
decode_string(StringInfo buf, uint32 *len)
{
	const char *data;

	meso_wire_check(meso_wire_left(buf) >= sizeof(uint32), &components_type);
	*len = (uint32) pq_getmsgint(buf, sizeof(uint32));
	meso_wire_check(*len <= meso_wire_left(buf), &components_type);
	data = pq_getmsgbytes(buf, (int) *len);
	(void) pg_verifymbstr(data, (int) *len, false);
	return data;
}

/*
 * components_decode: at least one edge, all of valid text.
 */
static MesoState *
components_decode(StringInfo buf)
{
	MesoState  *state;
	uint32		n;

	meso_wire_check(meso_wire_left(buf) >= sizeof(uint32), &components_type);
	n = (uint32) pq_getmsgint(buf, sizeof(uint32));
	/* an edge takes as many bytes here as in the state */
	meso_wire_check(n > 0 && n <= meso_wire_left(buf) / EDGE_HEADER, &components_type);
	state = meso_state_new(MESO_COMPONENTS, meso_wire_left(buf));
	for (uint32 i = 0; i < n; i++)
	{
		Edge		edge;

		MESO_ANSWER_CANCEL(i);
		edge.a = decode_string(buf, &edge.alen);
		edge.b = decode_string(buf, &edge.blen);
		append_edge(state, &edge);
	}
	return state;
}

/*
 * meso_components_rows: how many nodes there are.  In canonical form each edge
 * has a node of its own, and each component one more.
 */
double
meso_components_rows(const MesoState *state)
{
	double		nodes = 0;
	Edge		edge;
	Edge		before = {NULL};

	for (Size at = 0, n = 0; at < state->used; n++)
	{
		MESO_ANSWER_CANCEL(n);
		at = read_edge(state, at, &edge);
		nodes += meso_bytes_compare(edge.a, edge.alen, edge.b, edge.blen) != 0;
		nodes += before.a == NULL ||
			meso_bytes_compare(edge.a, edge.alen, before.a, before.alen) != 0;
		before = edge;
	}
	return nodes;
}

/* what component_members() keeps between its calls */
typedef struct MemberScan
{
	MesoStringPool pool;
	uint32	   *parent;
	uint32	   *size;
	uint32	   *order;
	uint32		next;
} MemberScan;

/*
 * meso_component_members(components) returns setof (node, component, size).
 */
Datum
meso_component_members(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	MemberScan *scan;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;
		TupleDesc	desc;
		MesoState  *state;

		call = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		call->tuple_desc = BlessTupleDesc(desc);
		state = (MesoState *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
		scan = (MemberScan *) palloc(sizeof(MemberScan));
		meso_pool_init(&scan->pool);
		scan->parent = link_nodes(state, &scan->pool);
		scan->size = component_sizes(scan->parent, scan->pool.n);
		scan->order = canonical_order(scan->parent, scan->size, scan->pool.n);
		scan->next = 0;
		call->user_fctx = scan;
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	scan = (MemberScan *) call->user_fctx;
	if (scan->next < scan->pool.n)
	{
		uint32		node = scan->order[scan->next++];
		uint32		root = scan->parent[node];
		const MesoString *name = &scan->pool.item[node];
		const MesoString *group = &scan->pool.item[root];
		Datum		values[3];
		bool		nulls[3] = {false};

		values[0] = PointerGetDatum(cstring_to_text_with_len(name->data, (int) name->len));
		values[1] = PointerGetDatum(cstring_to_text_with_len(group->data, (int) group->len));
		values[2] = Int64GetDatum(scan->size[root]);
		SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
	}
	SRF_RETURN_DONE(call);
}
