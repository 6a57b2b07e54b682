/*-------------------------------------------------------------------------
 *
 * load_knowledge.c
 *		Knowledge points, prices and known codes of the items met.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/memutils.h"

#include "rules/config_rows.h"
#include "rules/pools.h"
#include "rules/program.h"
#include "rules/query.h"

/* A point that is being loaded: its highest version, and the codes of that */
typedef struct Point
{
	char	   *id;
	int			version;		/* 0: not seen yet */
	char	   *kind;			/* NULL: judges nothing */
	Jsonb	   *limits;
	MesoDays	valid;
	int			ncodes;
	int			maxcodes;
	struct PointCode *codes;
} Point;

typedef struct PointCode
{
	int			seq;
	MesoPoolCode code;
} PointCode;

/* Points that are being loaded, in a context of their own */
typedef struct Points
{
	MesoProgram *program;
	MemoryContext ctx;
	MesoStrtab *by_id;
	int			n;
	int			max;
	Point	  **list;
} Points;

static MesoStr
point_key(const Point *point)
{
	return meso_str(point->id, strlen(point->id));
}

/*
 * named_row: a code names a point, which the program may have already.
 */
static void
named_row(TupleTableSlot *slot, void *arg)
{
	Points	   *points = arg;
	MesoStr		id = meso_slot_str(slot, 0);
	MesoStrEntry *entry;
	MemoryContext old;

	if (meso_strtab_find(points->program->points, id))
		return;
	old = MemoryContextSwitchTo(points->ctx);
	entry = meso_strtab_insert(points->by_id, id);
	if (entry->value == NULL)
	{
		Point	   *point = palloc0(sizeof(Point));

		entry->key = meso_str_copy(points->ctx, id);
		entry->value = point;
		point->id = unconstify(char *, entry->key.data);
		if (points->n == points->max)
		{
			points->max = Max(64, points->max * 2);
			points->list = points->list ?
				repalloc_huge(points->list, sizeof(Point *) * (Size) points->max) :
				palloc(sizeof(Point *) * points->max);
		}
		points->list[points->n++] = point;
	}
	MemoryContextSwitchTo(old);
}

/*
 * prefix_row: the same, of a code that is a prefix.
 */
static void
prefix_row(TupleTableSlot *slot, void *arg)
{
	MesoStr		code = meso_slot_str(slot, 1);

	if (code.len > 0 && code.data[code.len - 1] == '%')
		named_row(slot, arg);
}

/*
 * point_row: a version of a point.  Only the highest counts, and it judges if
 * it is understood: one that is partly understood may only remind.
 */
static void
point_row(TupleTableSlot *slot, void *arg)
{
	Points	   *points = arg;
	Point	   *point = meso_strtab_find(points->by_id, meso_slot_str(slot, 0));
	int			version = DatumGetInt32(slot->tts_values[1]);
	MesoStr		kind = meso_slot_str(slot, 2);
	MesoDays	valid = meso_slot_days(slot, 5);
	MemoryContext old;

	if (point == NULL || point->version >= version)
		return;
	point->version = version;
	point->kind = NULL;
	if (!meso_str_is(meso_slot_str(slot, 4), "understood") || valid.from >= valid.upto ||
		meso_strtab_find(points->program->kinds, kind) == NULL)
		return;
	old = MemoryContextSwitchTo(points->ctx);
	point->kind = unconstify(char *, meso_str_copy(points->ctx, kind).data);
	point->limits = DatumGetJsonbPCopy(slot->tts_values[3]);
	point->valid = valid;
	MemoryContextSwitchTo(old);
}

static void
code_row(TupleTableSlot *slot, void *arg)
{
	Points	   *points = arg;
	Point	   *point = meso_strtab_find(points->by_id, meso_slot_str(slot, 0));
	MesoStr		code = meso_slot_str(slot, 3);
	PointCode  *made;
	MemoryContext old;

	if (point == NULL || point->kind == NULL || code.len == 0 ||
		DatumGetInt32(slot->tts_values[1]) != point->version)
		return;
	old = MemoryContextSwitchTo(points->ctx);
	if (point->ncodes == point->maxcodes)
	{
		point->maxcodes = Max(2, point->maxcodes * 2);
		point->codes = point->codes ?
			repalloc(point->codes, sizeof(PointCode) * point->maxcodes) :
			palloc(sizeof(PointCode) * point->maxcodes);
	}
	made = &point->codes[point->ncodes++];
	made->seq = DatumGetInt32(slot->tts_values[2]);
	made->code.code = meso_str_copy(points->ctx, code);
	made->code.role = meso_str_is(meso_slot_str(slot, 4), "with") ? ROLE_OTHER : ROLE_CODES;
	made->code.days = meso_slot_days(slot, 5);
	MemoryContextSwitchTo(old);
}

static int
cmp_codes(const void *a, const void *b)
{
	const PointCode *x = a;
	const PointCode *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

static int
cmp_points(const void *a, const void *b)
{
	return strcmp((*(Point *const *) a)->id, (*(Point *const *) b)->id);
}

/*
 * make_point: its pools, by each rule of its kind.
 */
static void
make_point(MesoProgram *program, Point *point)
{
	MesoStrEntry *entry = meso_strtab_insert(program->points, point_key(point));
	MesoPoolCode *codes = palloc(sizeof(MesoPoolCode) * point->ncodes);

	entry->key = meso_str_copy(program->ctx, point_key(point));
	entry->value = program;
	qsort(point->codes, point->ncodes, sizeof(PointCode), cmp_codes);
	for (int i = 0; i < point->ncodes; i++)
		codes[i] = point->codes[i].code;
	for (MesoRule *rule = meso_strtab_find(program->kinds, meso_str(point->kind, strlen(point->kind)));
		 rule; rule = rule->next_of_kind)
		meso_pools_make(program, rule, entry->key.data, point->limits, point->valid,
						codes, point->ncodes);
}

/*
 * point_ids: of the points that judge, or of all.
 */
static ArrayType *
point_ids(const Points *points, bool judging)
{
	MesoStr    *keys = palloc(sizeof(MesoStr) * Max(points->n, 1));
	int			n = 0;

	for (int i = 0; i < points->n; i++)
	{
		if (!judging || points->list[i]->kind)
			keys[n++] = point_key(points->list[i]);
	}
	return n > 0 ? meso_key_array(keys, n) : NULL;
}

static Points *
points_begin(MesoProgram *program)
{
	MemoryContext ctx = AllocSetContextCreate(CurrentMemoryContext, "meso_audit points",
											  ALLOCSET_DEFAULT_SIZES);
	Points	   *points = MemoryContextAllocZero(ctx, sizeof(Points));

	points->program = program;
	points->ctx = ctx;
	points->by_id = meso_strtab_create(ctx, 64);
	return points;
}

/*
 * load_points: the points named, with all their codes, in byte order of point.
 */
static void
load_points(Points *points)
{
	static const char *const point_columns[] = {
		"point_id", "version", "kind_code", "limits", "understood", "valid"
	};
	static const char *const code_columns[] = {
		"point_id", "version", "seq", "code", "role", "valid"
	};
	static const MesoLookupSpec point_spec = {
		.fact = "knowledge_point",.key = "point_id",
		.ncolumns = lengthof(point_columns),.columns = point_columns
	};
	static const MesoLookupSpec code_spec = {
		.fact = "knowledge_code",.key = "point_id",
		.ncolumns = lengthof(code_columns),.columns = code_columns
	};
	static MesoLookup point_lookup;
	static MesoLookup code_lookup;
	MemoryContext old = MemoryContextSwitchTo(points->ctx);
	ArrayType  *ids = point_ids(points, false);

	if (ids)
		meso_config_lookup(&point_lookup, &point_spec, ids, point_row, points);
	ids = point_ids(points, true);
	if (ids)
		meso_config_lookup(&code_lookup, &code_spec, ids, code_row, points);
	if (ids)
		qsort(points->list, points->n, sizeof(Point *), cmp_points);
	for (int i = 0; i < points->n; i++)
	{
		if (points->list[i]->ncodes > 0)
			make_point(points->program, points->list[i]);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(points->ctx);
}

/*
 * meso_load_prefix_points: the points that name codes by prefixes; they are
 * few.
 */
void
meso_load_prefix_points(MesoProgram *program)
{
	static const char *const columns[] = {"point_id", "code"};
	Points	   *points;

	if (!program->any_by_points)
		return;
	points = points_begin(program);
	meso_config_scan("knowledge_code", "knowledge_code_prefix_idx", columns, lengthof(columns),
					 prefix_row, points);
	load_points(points);
}

/*
 * load_named_points: the points that name any of these codes in full.
 */
static void
load_named_points(MesoProgram *program, ArrayType *codes)
{
	static const char *const columns[] = {"point_id"};
	static const MesoLookupSpec spec = {
		.fact = "knowledge_code",.key = "code",
		.ncolumns = lengthof(columns),.columns = columns
	};
	static MesoLookup lookup;
	Points	   *points;

	if (!program->any_by_points)
		return;
	points = points_begin(program);
	meso_config_lookup(&lookup, &spec, codes, named_row, points);
	load_points(points);
}

static void
price_row(TupleTableSlot *slot, void *arg)
{
	MesoProgram *program = arg;
	MesoStr		code = meso_slot_str(slot, 0);
	MesoItem   *item = meso_program_item(program, DOMAIN_ITEM, code.data, code.len);
	MesoDays	days = meso_slot_days(slot, 4);
	MesoListPrice *price;
	fixed		value;

	if (!datum_to_fixed(slot->tts_values[3], &value))
		return;
	price = MemoryContextAlloc(program->ctx, sizeof(MesoListPrice));
	price->inst_code = unconstify(char *, meso_str_copy(program->ctx, meso_slot_str(slot, 1)).data);
	price->area = unconstify(char *, meso_str_copy(program->ctx, meso_slot_str(slot, 2)).data);
	price->from = days.from;
	price->upto = days.upto;
	price->price = value;
	price->next = item->prices;
	item->prices = price;
}

/*
 * load_prices: the rows of list_price of these codes.
 */
static void
load_prices(MesoProgram *program, ArrayType *codes)
{
	static const char *const columns[] = {"code", "fixmedins_code", "area", "price", "valid"};
	static const MesoLookupSpec spec = {
		.fact = "list_price",.key = "code",
		.ncolumns = lengthof(columns),.columns = columns
	};
	static MesoLookup lookup;

	meso_config_lookup(&lookup, &spec, codes, price_row, program);
}

static void
known_row(TupleTableSlot *slot, void *arg)
{
	MesoProgram *program = arg;
	MesoStr		code = meso_slot_str(slot, 0);
	MesoItem   *item = meso_program_item(program, DOMAIN_ITEM, code.data, code.len);
	MesoKnownDays *known = MemoryContextAlloc(program->ctx, sizeof(MesoKnownDays));
	MesoDays	days = meso_slot_days(slot, 1);

	known->from = days.from;
	known->upto = days.upto;
	known->next = item->known;
	item->known = known;
}

static void
load_known(MesoProgram *program, ArrayType *codes)
{
	static const char *const columns[] = {"code", "valid"};
	static const MesoLookupSpec spec = {
		.fact = "known_code",.key = "code",
		.ncolumns = lengthof(columns),.columns = columns
	};
	static MesoLookup lookup;

	meso_config_lookup(&lookup, &spec, codes, known_row, program);
}

/*
 * meso_program_resolve: load all that names these items.  Needs an SPI
 * connection; call it between queries, never from within one.
 */
void
meso_program_resolve(MesoProgram *program, MesoDomain domain,
					 MesoItem **items, int nitems)
{
	MesoStr    *codes = palloc(sizeof(MesoStr) * Max(nitems, 1));
	ArrayType  *array;
	int			n = 0;

	for (int i = 0; i < nitems; i++)
	{
		if (!items[i]->resolved)
			codes[n++] = meso_str(items[i]->code, items[i]->len);
		items[i]->resolved = true;
	}
	if (n == 0)
		return;
	array = meso_key_array(codes, n);
	load_named_points(program, array);
	if (domain == DOMAIN_ITEM && program->needs_prices)
		load_prices(program, array);
	if (domain == DOMAIN_ITEM && program->needs_known && program->known_loaded)
		load_known(program, array);
}
