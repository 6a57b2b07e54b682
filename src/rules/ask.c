/*-------------------------------------------------------------------------
 *
 * ask.c
 *		What a template may ask of the evaluator: groups, titles, prices.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "rules/feed.h"
#include "rules/suspension.h"

/* The key of a line's group; rxno follows it where the unit is UNIT_RX */
typedef struct GroupKey
{
	const void *unit;
	const void *inst;
	int64		day;
} GroupKey;

static GroupKey
group_key(const MesoLine *L, MesoUnit unit, bool same_institution)
{
	GroupKey	key = {NULL, NULL, 0};

	switch (unit)
	{
		case UNIT_RX:
			key.unit = L->setl;
			key.inst = L->inst;
			key.day = STR_IS_NULL(L->rxno) ? 0 : 1;
			return key;
		case UNIT_SETTLEMENT:
			key.unit = L->setl;
			break;
		case UNIT_VISIT:
			key.unit = L->visit ? (const void *) L->visit : (const void *) L->setl;
			break;
		case UNIT_DAY:
			key.day = L->day;
			break;
		default:
			elog(ERROR, "unit %d has no groups", (int) unit);
	}
	if (same_institution)
		key.inst = L->inst;
	return key;
}

/*
 * make_groups: the group of every line of the person for one unit.
 */
static MesoGroup **
make_groups(MesoChunk *chunk, MesoPerson *person, MesoUnit unit, bool same_institution)
{
	int			n = person->nlines[DOMAIN_ITEM];
	MesoGroup **groups = MemoryContextAllocHuge(chunk->ctx, sizeof(MesoGroup *) * (Size) Max(n, 1));
	MesoStrtab *tab = meso_strtab_create(chunk->ctx, Min(n, 64) + 1);

	for (int i = 0; i < n; i++)
	{
		const MesoLine *L = person->lines[DOMAIN_ITEM][i];
		GroupKey	key = group_key(L, unit, same_institution);
		int			rx = unit == UNIT_RX && !STR_IS_NULL(L->rxno) ? L->rxno.len : 0;
		char	   *bytes = palloc(sizeof(key) + rx);
		MesoStrEntry *entry;

		memcpy(bytes, &key, sizeof(key));
		if (rx > 0)
			memcpy(bytes + sizeof(key), L->rxno.data, rx);
		entry = meso_strtab_insert(tab, meso_str(bytes, (int) sizeof(key) + rx));
		if (entry->value == NULL)
		{
			entry->key = meso_chunk_str(chunk, entry->key);
			entry->value = MemoryContextAllocZero(chunk->ctx, sizeof(MesoGroup));
		}
		groups[i] = entry->value;
		pfree(bytes);
	}
	return groups;
}

MesoGroup *
meso_group_of(MesoEvaluation *ev, const MesoLine *L, MesoUnit unit,
			  bool same_institution)
{
	MesoPerson *person = ev->person;
	MesoGroup ***groups = &person->groups[unit][same_institution ? 1 : 0];
	MesoGroup  *group;

	if (*groups == NULL)
		*groups = make_groups(ev->feed->chunk, person, unit, same_institution);
	group = (*groups)[L->no];
	if (group->stamp != ev->stamp)
	{
		group->stamp = ev->stamp;
		group->n = 0;
		group->sum = 0;
		group->data = NULL;
	}
	return group;
}

MesoGroup *
meso_group(MesoEvaluation *ev, const MesoLine *L, MesoUnit unit)
{
	return meso_group_of(ev, L, unit, ev->same_institution);
}

bool
meso_rule_holds(MesoEvaluation *ev, const MesoItem *item, DateADT day)
{
	for (int u = 0; u < item->nuses; u++)
	{
		const MesoPool *pool = item->uses[u].pool;

		if (pool->rule != ev->pool->rule || item->uses[u].role != ROLE_CODES)
			continue;
		for (int i = 0; i < pool->ndays; i++)
		{
			if (DAYS_CONTAIN(pool->days[i], day))
				return true;
		}
	}
	return false;
}

bool
meso_item_known(const MesoItem *item, DateADT day)
{
	for (const MesoKnownDays *k = item->known; k; k = k->next)
	{
		if (day >= k->from && day < k->upto)
			return true;
	}
	return false;
}

bool
meso_payment_suspended(MesoEvaluation *ev, const MesoLine *L)
{
	return meso_line_suspended(ev->feed->chunk->program, L);
}

bool
meso_known_codes_loaded(MesoEvaluation *ev)
{
	return ev->feed->chunk->program->known_loaded;
}

DateADT
meso_data_since(MesoEvaluation *ev)
{
	return ev->feed->chunk->program->data_since;
}

/*
 * meso_title: pro_tech_duty of the line's physician at its institution, else
 * of the first place of practice by code that has one; valid on the day.
 */
MesoStr
meso_title(MesoEvaluation *ev, const MesoLine *L)
{
	MesoStr		elsewhere = {NULL, 0};
	MesoPractice *list;

	if (STR_IS_NULL(L->dr_code))
		return elsewhere;
	list = meso_strtab_find(ev->feed->chunk->practices, L->dr_code);
	for (MesoPractice *p = list; p; p = p->next)
	{
		if (!DAYS_CONTAIN(p->valid, L->day) || STR_IS_NULL(p->title))
			continue;
		if (meso_str_eq(p->inst_code, L->inst->code))
			return p->title;
		if (STR_IS_NULL(elsewhere))
			elsewhere = p->title;
	}
	return elsewhere;
}

/*
 * meso_list_price: the institution's price, else that of the longest area;
 * of several, the highest (it accuses less).
 */
fixed
meso_list_price(MesoEvaluation *ev, const MesoLine *L)
{
	const MesoInstitution *inst = L->inst;
	fixed		best = NO_FIXED;
	int			best_len = -1;

	for (MesoListPrice *p = L->item->prices; p; p = p->next)
	{
		int			len;

		if (L->day < p->from || L->day >= p->upto)
			continue;
		if (p->inst_code)
		{
			if (!meso_str_is(inst->code, p->inst_code))
				continue;
			len = PG_INT32_MAX;
		}
		else
		{
			len = strlen(p->area);
			if (len > 0 && !meso_str_has_prefix(inst->area, meso_str(p->area, len)))
				continue;
		}
		if (len > best_len || (len == best_len && p->price > best))
		{
			best = p->price;
			best_len = len;
		}
	}
	return best;
}
