/*-------------------------------------------------------------------------
 *
 * evaluate.c
 *		The evaluator: from streams to findings.
 *
 * For each person the lines are gathered by the pools that name their codes;
 * each pool is judged by its rule's template; what the template hits is a
 * finding if day, scope, signs, payment and exemptions let it be one.  A line
 * is one finding of a rule, however many points it breaks.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "rules/evaluate.h"
#include "rules/feed.h"

/*
 * gather: put each line of one dictionary under the pools that name its code.
 */
static void
gather(MesoFeed *feed, MesoPerson *person, MesoDomain domain)
{
	for (int i = 0; i < person->nlines[domain]; i++)
	{
		MesoLine   *line = person->lines[domain][i];
		MesoItem   *item = line->item;

		for (int u = 0; u < item->nuses; u++)
		{
			MesoPool   *pool = item->uses[u].pool;
			MesoRole	role = item->uses[u].role;

			if (!pool->rule->selected ||
				(line->unfit && !pool->rule->tmpl->any_sign))
				continue;
			if (pool->stamp != feed->person_stamp)
			{
				pool->stamp = feed->person_stamp;
				pool->nlines[ROLE_CODES] = pool->nlines[ROLE_OTHER] = 0;
				pool->maxlines[ROLE_CODES] = pool->maxlines[ROLE_OTHER] = 0;
				CHUNK_APPEND(feed->chunk, feed->pools, feed->npools, pool);
			}
			if (pool->nlines[role] == pool->maxlines[role])
			{
				int			max = Max(4, pool->maxlines[role] * 2);

				if (pool->maxlines[role] == 0)
					pool->lines[role] = MemoryContextAlloc(feed->gathered,
														   max * sizeof(MesoLine *));
				else
					pool->lines[role] = repalloc_huge(pool->lines[role],
													  (Size) max * sizeof(MesoLine *));
				pool->maxlines[role] = max;
			}
			pool->lines[role][pool->nlines[role]++] = line;
		}
	}
}

static int
cmp_by_inst(const void *a, const void *b)
{
	const MesoLine *x = *(MesoLine *const *) a;
	const MesoLine *y = *(MesoLine *const *) b;

	if (x->inst != y->inst)
		return x->inst < y->inst ? -1 : 1;
	return x->no - y->no;
}

static int
cmp_by_item(const void *a, const void *b)
{
	const MesoLine *x = *(MesoLine *const *) a;
	const MesoLine *y = *(MesoLine *const *) b;

	if (x->item != y->item)
		return x->item < y->item ? -1 : 1;
	return x->no - y->no;
}

/*
 * judge: one judgement, in a scratch context of its own.
 */
static void
judge(MesoFeed *feed, MesoEvaluation *ev, void (*function) (MesoEvaluation *))
{
	MemoryContext old = MemoryContextSwitchTo(feed->scratch);

	ev->stamp = ++feed->stamp;
	function(ev);
	MemoryContextSwitchTo(old);
	MemoryContextReset(feed->scratch);
}

/*
 * judge_by_item: split the members by code where the rule says "each".
 */
static void
judge_by_item(MesoFeed *feed, MesoEvaluation *ev)
{
	const MesoTemplate *tmpl = ev->pool->rule->tmpl;
	MesoLine  **all = ev->members;
	int			n = ev->nmembers;

	if ((tmpl->judges_others ? ev->nothers : n) == 0)
		return;
	if (!ev->each)
	{
		judge(feed, ev, tmpl->judge);
		return;
	}
	qsort(all, n, sizeof(MesoLine *), cmp_by_item);
	for (int first = 0, i = 1; i <= n; i++)
	{
		if (i < n && all[i]->item == all[first]->item)
			continue;
		ev->members = all + first;
		ev->nmembers = i - first;
		judge(feed, ev, tmpl->judge);
		first = i;
	}
}

static bool
one_institution(MesoLine **lines, int n, MesoInstitution *inst)
{
	for (int i = 0; i < n; i++)
	{
		if (lines[i]->inst != inst)
			return false;
	}
	return true;
}

/*
 * judge_by_institution: split members and others by institution where the
 * rule says "same": "institution".
 */
static void
judge_by_institution(MesoFeed *feed, MesoEvaluation *ev)
{
	MesoLine  **members = ev->members;
	MesoLine  **others = ev->others;
	int			nmembers = ev->nmembers;
	int			nothers = ev->nothers;
	MesoInstitution *inst = nmembers > 0 ? members[0]->inst :
	nothers > 0 ? others[0]->inst : NULL;
	int			o = 0;
	int			m = 0;

	if (!ev->same_institution ||
		(one_institution(members, nmembers, inst) && one_institution(others, nothers, inst)))
	{
		judge_by_item(feed, ev);
		return;
	}
	qsort(members, nmembers, sizeof(MesoLine *), cmp_by_inst);
	qsort(others, nothers, sizeof(MesoLine *), cmp_by_inst);
	while (m < nmembers || o < nothers)
	{
		MesoInstitution *next = m == nmembers ? others[o]->inst :
		o == nothers ? members[m]->inst : Min(members[m]->inst, others[o]->inst);

		ev->members = members + m;
		ev->others = others + o;
		while (m < nmembers && members[m]->inst == next)
			m++;
		while (o < nothers && others[o]->inst == next)
			o++;
		ev->nmembers = members + m - ev->members;
		ev->nothers = others + o - ev->others;
		judge_by_item(feed, ev);
	}
}

static void
judge_pool(MesoFeed *feed, MesoPerson *person, MesoPool *pool)
{
	MesoEvaluation ev = {
		.pool = pool,
		.params = pool->reading->params,
		.person = person,
		.domain = pool->reading->general.domain,
		.members = pool->lines[ROLE_CODES],
		.nmembers = pool->nlines[ROLE_CODES],
		.others = pool->lines[ROLE_OTHER],
		.nothers = pool->nlines[ROLE_OTHER],
		.same_institution = pool->reading->general.same_institution,
		.each = pool->reading->general.each,
		.scratch = feed->scratch,
		.feed = feed
	};

	if (pool->rule->tmpl->judge == NULL ||
		(pool->rule->tmpl->judges_others ? ev.nothers : ev.nmembers) == 0)
		return;
	judge_by_institution(feed, &ev);
}

static void
judge_whole(MesoFeed *feed, MesoPerson *person)
{
	MesoProgram *program = feed->chunk->program;

	for (int i = 0; i < program->nwhole; i++)
	{
		MesoPool   *pool = program->whole[i];
		MesoEvaluation ev = {
			.pool = pool,
			.params = pool->reading->params,
			.person = person,
			.domain = pool->reading->general.domain,
			.same_institution = pool->reading->general.same_institution,
			.scratch = feed->scratch,
			.feed = feed
		};

		if (pool->rule->selected)
			judge(feed, &ev, pool->rule->tmpl->judge_person);
	}
}

static int
cmp_pointers(const void *a, const void *b)
{
	return (a > b) - (a < b);
}

/*
 * cmp_hits: by rule and subject; of equal ones first the largest amount, then
 * the smallest point.
 */
static int
cmp_hits(const void *a, const void *b)
{
	const MesoHit *x = a;
	const MesoHit *y = b;
	int			c;

	if (x->rule->order != y->rule->order)
		return x->rule->order - y->rule->order;
	if ((c = cmp_pointers(x->line, y->line)) != 0 ||
		(c = cmp_pointers(x->setl, y->setl)) != 0 ||
		(c = cmp_pointers(x->visit, y->visit)) != 0)
		return c;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->amount != y->amount)
		return x->amount > y->amount ? -1 : 1;
	if (x->point_id && y->point_id)
		return strcmp(x->point_id, y->point_id);
	return 0;
}

static bool
same_subject(const MesoHit *x, const MesoHit *y)
{
	return x->rule == y->rule && x->line == y->line && x->setl == y->setl &&
		x->visit == y->visit && x->from == y->from;
}

static void
emit_hits(MesoFeed *feed, MesoHitFunction emit, void *arg)
{
	qsort(feed->hits, feed->nhits, sizeof(MesoHit), cmp_hits);
	for (int i = 0; i < feed->nhits; i++)
	{
		if (i == 0 || !same_subject(&feed->hits[i - 1], &feed->hits[i]))
			emit(&feed->hits[i], arg);
	}
	feed->nhits = 0;
}

/*
 * meso_evaluate: judge every person of an assembled chunk.
 *
 * What emit() makes of a hit must not point into it: related lines and the hit
 * itself go with the person.
 */
void
meso_evaluate(MesoChunk *chunk, MesoHitFunction emit, void *arg)
{
	static uint64 stamp = 0;
	MesoFeed	feed = {.chunk = chunk,.stamp = stamp};
	instr_time	begun = {0};

	feed.scratch = AllocSetContextCreate(chunk->ctx, "meso_audit judgement",
										 ALLOCSET_DEFAULT_SIZES);
	feed.gathered = AllocSetContextCreate(chunk->ctx, "meso_audit pools",
										  ALLOCSET_DEFAULT_SIZES);
	for (int i = 0; i < chunk->npersons; i++)
	{
		MesoPerson *person = chunk->person_list[i];

		CHECK_FOR_INTERRUPTS();
		feed.person_stamp = ++feed.stamp;
		feed.npools = 0;
		for (int d = 0; d < DOMAIN_COUNT; d++)
			gather(&feed, person, d);
		for (int p = 0; p < feed.npools; p++)
		{
			if (chunk->timed)
				INSTR_TIME_SET_CURRENT(begun);
			judge_pool(&feed, person, feed.pools[p]);
			if (chunk->timed)
				chunk->timed(feed.pools[p]->rule, begun);
		}
		judge_whole(&feed, person);
		emit_hits(&feed, emit, arg);
		MemoryContextReset(feed.gathered);
		stamp = feed.stamp;
	}
}
