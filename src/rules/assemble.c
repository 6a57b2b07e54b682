/*-------------------------------------------------------------------------
 *
 * assemble.c
 *		From rows to streams: which lines exist, and in what order.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "rules/chunk.h"

/*
 * line_key: settlement and number of a line as one string.
 */
static MesoStr
line_key(MesoChunk *chunk, MesoSettlement *setl, MesoStr feedetl_sn)
{
	MesoStr		key;
	char	   *data = MemoryContextAlloc(chunk->ctx, sizeof(setl) + feedetl_sn.len);

	memcpy(data, &setl, sizeof(setl));
	memcpy(data + sizeof(setl), feedetl_sn.data, feedetl_sn.len);
	key.data = data;
	key.len = sizeof(setl) + feedetl_sn.len;
	return key;
}

/*
 * reversed_settlement: where the line that r reverses stands, or NULL.
 */
static MesoSettlement *
reversed_settlement(MesoChunk *chunk, const MesoLine *r)
{
	if (r->setl->present && !STR_IS_NULL(r->setl->init_setl_id))
		return meso_strtab_find(chunk->settlements, r->setl->init_setl_id);
	return r->setl;
}

/*
 * reverses: whether a line takes something off another, and where that stands.
 */
static MesoSettlement *
reverses(MesoChunk *chunk, const MesoLine *r)
{
	if (STR_IS_NULL(r->init_feedetl_sn) || r->setl->refunded || r->unfit)
		return NULL;
	return reversed_settlement(chunk, r);
}

/*
 * reverse_lines: take the quantities of reversing lines off the lines that
 * they name.  The order of reversals does not matter: the sums do.  Only the
 * few settlements that a reversing line names have their lines looked up.
 */
static void
reverse_lines(MesoChunk *chunk, int nreversing)
{
	MesoStrtab *lines = meso_strtab_create(chunk->ctx, nreversing);
	MesoLine  **touched = palloc(sizeof(MesoLine *) * nreversing);
	int			ntouched = 0;

	for (int i = 0; i < chunk->nlines; i++)
	{
		MesoSettlement *setl = reverses(chunk, chunk->line_list[i]);

		if (setl)
			setl->has_reversed = true;
	}
	for (int i = 0; i < chunk->nlines; i++)
	{
		MesoLine   *line = chunk->line_list[i];

		if (line->exists && line->setl->has_reversed)
			meso_strtab_insert(lines, line_key(chunk, line->setl, line->feedetl_sn))->value = line;
	}
	for (int i = 0; i < chunk->nlines; i++)
	{
		MesoLine   *r = chunk->line_list[i];
		MesoSettlement *setl = reverses(chunk, r);
		MesoLine   *target;

		if (setl == NULL)
			continue;
		target = meso_strtab_find(lines, line_key(chunk, setl, r->init_feedetl_sn));
		if (target == NULL || target->unfit)
			continue;
		target->cnt = fixed_add(target->cnt, r->cnt < 0 ? r->cnt : -r->cnt);
		target->amount = fixed_add(target->amount, r->amount < 0 ? r->amount : -r->amount);
		touched[ntouched++] = target;
	}
	for (int i = 0; i < ntouched; i++)
	{
		if (touched[i]->cnt <= 0)
			touched[i]->exists = false;
	}
	pfree(touched);
}

static int
cmp_lines(const void *a, const void *b)
{
	const MesoLine *x = *(MesoLine *const *) a;
	const MesoLine *y = *(MesoLine *const *) b;
	int			c;

	if (x->fee_ocur_time != y->fee_ocur_time)
		return x->fee_ocur_time < y->fee_ocur_time ? -1 : 1;
	if (x->setl != y->setl)
	{
		c = meso_str_cmp(x->setl->setl_id, y->setl->setl_id);
		if (c != 0)
			return c;
	}
	return meso_str_cmp(x->feedetl_sn, y->feedetl_sn);
}

/*
 * share_out: each existing line into its person's array, in total order.
 */
static void
share_out(MesoChunk *chunk)
{
	MesoLine  **room;

	for (int i = 0; i < chunk->nlines; i++)
	{
		MesoLine   *line = chunk->line_list[i];

		if (line->exists && line->person)
			line->person->nlines[DOMAIN_ITEM]++;
	}
	room = MemoryContextAllocHuge(chunk->ctx, sizeof(MesoLine *) * (Size) Max(chunk->nlines, 1));
	for (int i = 0; i < chunk->npersons; i++)
	{
		MesoPerson *person = chunk->person_list[i];

		person->lines[DOMAIN_ITEM] = room;
		room += person->nlines[DOMAIN_ITEM];
		person->nlines[DOMAIN_ITEM] = 0;
	}
	for (int i = 0; i < chunk->nlines; i++)
	{
		MesoLine   *line = chunk->line_list[i];
		MesoPerson *person = line->person;

		if (line->exists && person)
			person->lines[DOMAIN_ITEM][person->nlines[DOMAIN_ITEM]++] = line;
	}
	for (int i = 0; i < chunk->npersons; i++)
	{
		MesoPerson *person = chunk->person_list[i];

		CHECK_FOR_INTERRUPTS();
		qsort(person->lines[DOMAIN_ITEM], person->nlines[DOMAIN_ITEM],
			  sizeof(MesoLine *), cmp_lines);
		for (int k = 0; k < person->nlines[DOMAIN_ITEM]; k++)
			person->lines[DOMAIN_ITEM][k]->no = k;
	}
}

static MesoLine *
entry_line(MesoChunk *chunk, MesoPerson *person, MesoVisit *visit, MesoEntry *entry)
{
	MesoLine   *line = MemoryContextAllocZero(chunk->ctx, sizeof(MesoLine));

	line->item = entry->item;
	line->entry = entry;
	line->visit = visit;
	line->inst = visit->inst;
	line->person = person;
	line->psn_no = person->psn_no;
	line->fee_ocur_time = visit->begntime;
	line->day = meso_day(visit->begntime);
	line->exists = true;
	line->cnt = FIXED_ONE;
	line->pric = line->inscp_amt = line->prd_days = line->sin_dos = NO_FIXED;
	line->upload_time = NO_TIME;
	line->mdtrt_id = visit->mdtrt_id;
	return line;
}

static int
cmp_visits(const void *a, const void *b)
{
	return meso_str_cmp((*(MesoVisit *const *) a)->mdtrt_id,
						(*(MesoVisit *const *) b)->mdtrt_id);
}

/*
 * share_out_entries: rows of diagnosis or operation of the person's visits.
 */
static void
share_out_entries(MesoChunk *chunk, MesoPerson *person, MesoDomain domain)
{
	MesoVisit **visits;
	int			nvisits = 0;
	int			n = 0;

	for (MesoVisit *v = person->visits; v; v = v->next)
	{
		nvisits++;
		for (MesoEntry *e = domain == DOMAIN_DIAGNOSIS ? v->diagnoses : v->operations;
			 e; e = e->next)
			n++;
	}
	if (n == 0)
		return;
	visits = palloc(sizeof(MesoVisit *) * nvisits);
	nvisits = 0;
	for (MesoVisit *v = person->visits; v; v = v->next)
		visits[nvisits++] = v;
	qsort(visits, nvisits, sizeof(MesoVisit *), cmp_visits);
	person->lines[domain] = MemoryContextAlloc(chunk->ctx, sizeof(MesoLine *) * n);
	for (int i = 0; i < nvisits; i++)
	{
		MesoVisit  *v = visits[i];

		for (MesoEntry *e = domain == DOMAIN_DIAGNOSIS ? v->diagnoses : v->operations;
			 e; e = e->next)
		{
			MesoLine   *line = entry_line(chunk, person, v, e);

			line->no = person->nlines[domain];
			person->lines[domain][person->nlines[domain]++] = line;
		}
	}
	pfree(visits);
}

/*
 * meso_chunk_assemble: build the streams of all persons of the chunk.
 */
void
meso_chunk_assemble(MesoChunk *chunk)
{
	int			nreversing = 0;

	for (int i = 0; i < chunk->nlines; i++)
	{
		MesoLine   *line = chunk->line_list[i];

		line->exists = !line->setl->refunded && STR_IS_NULL(line->init_feedetl_sn);
		nreversing += !STR_IS_NULL(line->init_feedetl_sn);
	}
	if (nreversing > 0)
		reverse_lines(chunk, nreversing);
	share_out(chunk);
	for (int i = 0; chunk->program->needs_rows && i < chunk->npersons; i++)
	{
		share_out_entries(chunk, chunk->person_list[i], DOMAIN_DIAGNOSIS);
		share_out_entries(chunk, chunk->person_list[i], DOMAIN_OPERATION);
	}
}
