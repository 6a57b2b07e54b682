/*-------------------------------------------------------------------------
 *
 * pools.c
 *		From a rule or point and its dated codes to pools.
 *
 * Codes of one point or group may have dates of their own.  The pool that a
 * line is judged by is the set of codes on the line's day: so the days are cut
 * where the set changes, and each piece (epoch) is a pool of its own.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "rules/pools.h"
#include "rules/query.h"

/*
 * add_use: note in an item that a pool names it, once.
 */
static void
add_use(MesoProgram *program, MesoItem *item, MesoItemUse use)
{
	for (int i = 0; i < item->nuses; i++)
	{
		if (item->uses[i].pool == use.pool && item->uses[i].role == use.role)
			return;
	}
	if (item->nuses == item->maxuses)
	{
		int			max = Max(2, item->maxuses * 2);

		if (item->uses == NULL)
			item->uses = MemoryContextAlloc(program->ctx, max * sizeof(MesoItemUse));
		else
			item->uses = repalloc(item->uses, max * sizeof(MesoItemUse));
		item->maxuses = max;
	}
	item->uses[item->nuses++] = use;
}

static bool
item_has_prefix(const MesoItem *item, MesoStr prefix)
{
	if (item->len < prefix.len)
		return false;
	/* most differ in the first bytes: a call would take longer */
	for (int i = 0; i < prefix.len; i++)
	{
		if (item->code[i] != prefix.data[i])
			return false;
	}
	return true;
}

/*
 * meso_program_item: the item of a code; made when new.
 */
MesoItem *
meso_program_item(MesoProgram *program, MesoDomain domain,
				  const char *code, int len)
{
	MesoStr		key = {code, len};
	MesoStrEntry *entry = meso_strtab_insert(program->items[domain], key);
	MesoItem   *item = entry->value;
	char	   *copy;

	if (item)
		return item;
	item = MemoryContextAllocZero(program->ctx, sizeof(MesoItem) + len + 1);
	copy = (char *) (item + 1);
	memcpy(copy, code, len);
	item->code = copy;
	item->len = len;
	item->next = program->all_items[domain];
	program->all_items[domain] = item;
	entry->key.data = copy;
	entry->value = item;
	for (int i = 0; i < program->nprefixes[domain]; i++)
	{
		if (item_has_prefix(item, program->prefixes[domain][i].prefix))
			add_use(program, item, program->prefixes[domain][i].use);
	}
	return item;
}

/*
 * add_prefix: a pool names all codes that begin with prefix.
 */
static void
add_prefix(MesoProgram *program, MesoDomain domain, MesoStr prefix,
		   MesoItemUse use)
{
	int			n = program->nprefixes[domain];
	MesoPrefixUse *list = program->prefixes[domain];

	if (list == NULL)
		list = MemoryContextAlloc(program->ctx, sizeof(MesoPrefixUse));
	else if ((n & (n - 1)) == 0)
		list = repalloc(list, sizeof(MesoPrefixUse) * n * 2);
	list[n].prefix = meso_str_copy(program->ctx, prefix);
	list[n].use = use;
	program->prefixes[domain] = list;
	program->nprefixes[domain] = n + 1;
	for (MesoItem *item = program->all_items[domain]; item; item = item->next)
	{
		if (item_has_prefix(item, prefix))
			add_use(program, item, use);
	}
}

static void
register_code(MesoProgram *program, MesoPool *pool, const MesoPoolCode *code)
{
	MesoItemUse use = {pool, code->role};
	MesoDomain	domain = code->role == ROLE_CODES ? pool->reading->general.domain : DOMAIN_ITEM;

	if (code->code.len > 0 && code->code.data[code->code.len - 1] == '%')
	{
		MesoStr		prefix = {code->code.data, code->code.len - 1};

		add_prefix(program, domain, prefix, use);
	}
	else
		add_use(program,
				meso_program_item(program, domain, code->code.data, code->code.len),
				use);
}

static int
cmp_day(const void *a, const void *b)
{
	DateADT		x = *(const DateADT *) a;
	DateADT		y = *(const DateADT *) b;

	return (x > y) - (x < y);
}

/*
 * epoch_bounds: the days on which the set of codes changes, with both ends of
 * valid, ascending and distinct.  Returns their number, at least 2.
 */
static int
epoch_bounds(MesoDays valid, MesoPoolCode *codes, int ncodes, DateADT **bounds)
{
	DateADT    *b = palloc(sizeof(DateADT) * (2 * ncodes + 2));
	int			n = 0;
	int			distinct = 0;

	b[n++] = valid.from;
	b[n++] = valid.upto;
	for (int i = 0; i < ncodes; i++)
	{
		if (codes[i].days.from > valid.from && codes[i].days.from < valid.upto)
			b[n++] = codes[i].days.from;
		if (codes[i].days.upto > valid.from && codes[i].days.upto < valid.upto)
			b[n++] = codes[i].days.upto;
	}
	qsort(b, n, sizeof(DateADT), cmp_day);
	for (int i = 0; i < n; i++)
	{
		if (i == 0 || b[i] != b[distinct - 1])
			b[distinct++] = b[i];
	}
	*bounds = b;
	return distinct;
}

/*
 * intersect_days: the rule's days within the epoch, into the pool; the rule's
 * own array where that is all of them.
 */
static void
intersect_days(MesoProgram *program, MesoPool *pool, MesoDays epoch)
{
	MesoRule   *rule = pool->rule;

	if (epoch.from == ALL_DAYS.from && epoch.upto == ALL_DAYS.upto)
	{
		pool->days = rule->days;
		pool->ndays = rule->ndays;
		return;
	}
	pool->days = MemoryContextAlloc(program->ctx, sizeof(MesoDays) * Max(rule->ndays, 1));
	for (int i = 0; i < rule->ndays; i++)
	{
		MesoDays	d = {Max(rule->days[i].from, epoch.from),
		Min(rule->days[i].upto, epoch.upto)};

		if (d.from < d.upto)
			pool->days[pool->ndays++] = d;
	}
}

static void
merge_reach(MesoReach *all, const MesoReach *one, int *back_days)
{
	int64		days = one->back.days;

	days += (int64) one->back.months * 31;
	if (one->back.usecs > 0)
		days += one->back.usecs / USECS_PER_DAY + 1;
	*back_days = (int) Max(*back_days, Min(days, 200000));
	all->everything |= one->everything;
	all->chained |= one->chained;
	all->visit |= one->visit;
	all->heads |= one->heads;
	all->columns |= one->columns;
}

/*
 * read_params: read the parameters of a rule, with a point's limits if any.
 * Points with the same limits share one reading.  Memory of the program.
 */
static MesoReading *
read_params(MesoProgram *program, MesoRule *rule, Jsonb *limits)
{
	int			len = sizeof(rule) + (limits ? VARSIZE(limits) : 0);
	char	   *bytes = palloc(len);
	MesoStr		key = {bytes, len};
	MesoStrEntry *entry;
	MesoReading *reading;
	MesoParams *params;
	MesoReach	reach = {0};
	MemoryContext old;

	memcpy(bytes, &rule, sizeof(rule));
	if (limits)
		memcpy(bytes + sizeof(rule), limits, VARSIZE(limits));
	entry = meso_strtab_insert(program->readings, key);
	if (entry->value)
		return entry->value;
	entry->key = meso_str_copy(program->ctx, key);
	old = MemoryContextSwitchTo(program->ctx);
	reading = palloc0(sizeof(MesoReading));
	params = meso_params_open(rule->code, rule->params, limits);
	meso_general_read(params, rule->tmpl, &reading->general);
	reading->params = rule->tmpl->compile(params, &reach);
	meso_params_finish(params);
	MemoryContextSwitchTo(old);
	merge_reach(&program->reach, &reach, &program->back_days);
	entry->value = reading;
	return reading;
}

/*
 * warn_unusable: a point that cannot be read judges nothing; said once a rule.
 */
static void
warn_unusable(MesoRule *rule, const char *point_id, ErrorData *error)
{
	if (rule->warned)
		return;
	rule->warned = true;
	ereport(WARNING,
			(errcode(error->sqlerrcode),
			 errmsg("knowledge point \"%s\" judges nothing by rule \"%s\"",
					point_id, rule->code),
			 errdetail_internal("%s", error->message),
			 errhint("There may be more such points of its kind.")));
}

/*
 * read_point: as read_params(), but limits that cannot be read are no reason
 * to judge by nothing at all: NULL then.
 */
static MesoReading *
read_point(MesoProgram *program, MesoRule *rule, const char *point_id,
		   Jsonb *limits)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	MesoReading *volatile reading = NULL;

	/* there are no subtransactions then */
	if (IsInParallelMode())
		return read_params(program, rule, limits);
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		reading = read_params(program, rule, limits);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_DATA_EXCEPTION)
			ReThrowError(error);
		warn_unusable(rule, point_id, error);
	}
	PG_END_TRY();
	return reading;
}

/*
 * has_others: does any code that is valid in the epoch stand on the side that
 * the pool is held against?
 */
static bool
has_others(MesoDays epoch, MesoPoolCode *codes, int ncodes)
{
	for (int i = 0; i < ncodes; i++)
	{
		if (codes[i].role == ROLE_OTHER && codes[i].days.from <= epoch.from &&
			codes[i].days.upto >= epoch.upto)
			return true;
	}
	return false;
}

/*
 * names_judged: does the point itself, on any day, name codes of the side that
 * is judged? They win over the parameter, as all limits of a point do.
 */
static bool
names_judged(MesoRule *rule, MesoPoolCode *codes, int ncodes)
{
	if (!rule->tmpl->judges_others)
		return false;
	for (int i = 0; i < ncodes; i++)
	{
		if (codes[i].role == ROLE_OTHER)
			return true;
	}
	return false;
}

/*
 * pool_new: an empty pool for one epoch.
 */
static MesoPool *
pool_new(MesoProgram *program, MesoRule *rule, const char *point_id,
		 MesoReading *reading, MesoDays epoch)
{
	MesoPool   *pool = MemoryContextAllocZero(program->ctx, sizeof(MesoPool));

	pool->rule = rule;
	pool->point_id = point_id;
	pool->reading = reading;
	intersect_days(program, pool, epoch);
	return pool;
}

/*
 * make_whole_pool: the one pool of a rule that judges persons as a whole.
 */
static void
make_whole_pool(MesoProgram *program, MesoRule *rule, MesoReading *reading)
{
	if (program->whole == NULL)
		program->whole = MemoryContextAlloc(program->ctx,
											sizeof(MesoPool *) * program->nrules);
	program->whole[program->nwhole++] = pool_new(program, rule, NULL, reading, ALL_DAYS);
}

void
meso_pools_make(MesoProgram *program, MesoRule *rule, const char *point_id,
				Jsonb *limits, MesoDays valid, MesoPoolCode *codes, int ncodes)
{
	MesoReading *reading = point_id ? read_point(program, rule, point_id, limits)
	: read_params(program, rule, limits);
	int			nothers;
	DateADT    *bounds;
	int			nbounds;

	if (reading == NULL || valid.from >= valid.upto)
		return;
	nothers = names_judged(rule, codes, ncodes) ? 0 : Max(reading->general.nothers, 0);
	if (rule->tmpl->judge_person && point_id == NULL)
		make_whole_pool(program, rule, reading);
	if (ncodes == 0)
		return;
	nbounds = epoch_bounds(valid, codes, ncodes, &bounds);
	for (int e = 0; e + 1 < nbounds; e++)
	{
		MesoDays	epoch = {bounds[e], bounds[e + 1]};
		MesoPool   *pool;

		/* a point that does not say what is needed must not find it missing */
		if (rule->tmpl->other_param && nothers == 0 &&
			!has_others(epoch, codes, ncodes))
			continue;
		pool = pool_new(program, rule, point_id, reading, epoch);
		if (pool->ndays == 0)
			continue;
		for (int i = 0; i < ncodes; i++)
		{
			if (codes[i].days.from <= epoch.from && codes[i].days.upto >= epoch.upto)
				register_code(program, pool, &codes[i]);
		}
		for (int i = 0; i < nothers; i++)
		{
			MesoPoolCode other = {reading->general.others[i], ROLE_OTHER, ALL_DAYS};

			register_code(program, pool, &other);
		}
	}
	pfree(bounds);
}
