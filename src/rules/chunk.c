/*-------------------------------------------------------------------------
 *
 * chunk.c
 *		The rows of some persons: keys, strings, and the order of loading.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "rules/chunk.h"

#define ARENA_BLOCK		(64 * 1024)

DateADT
meso_day(Timestamp t)
{
	int64		day;

	if (TIMESTAMP_NOT_FINITE(t))
		return NO_DATE;
	day = t / USECS_PER_DAY;
	if (t % USECS_PER_DAY < 0)
		day--;
	return (DateADT) day;
}

/*
 * meso_chunk_str: the string, or a copy of it, that lives as long as the chunk.
 */
MesoStr
meso_chunk_str(MesoChunk *chunk, MesoStr s)
{
	MesoStr		copy = s;

	if (STR_IS_NULL(s) || chunk->rows_stay)
		return s;
	/* an empty string has a place too: without one it would be NULL */
	if (chunk->arena == NULL || s.len > chunk->arena_left)
	{
		int			size = Max(s.len, ARENA_BLOCK);

		chunk->arena = MemoryContextAllocHuge(chunk->ctx, size);
		chunk->arena_left = size;
	}
	memcpy(chunk->arena, s.data, s.len);
	copy.data = chunk->arena;
	chunk->arena += s.len;
	chunk->arena_left -= s.len;
	return copy;
}

MesoSettlement *
meso_chunk_settlement(MesoChunk *chunk, MesoStr setl_id)
{
	MesoStrEntry *entry = meso_strtab_insert(chunk->settlements, setl_id);
	MesoSettlement *setl = entry->value;

	if (setl)
		return setl;
	setl = MemoryContextAllocZero(chunk->ctx, sizeof(MesoSettlement));
	setl->setl_id = meso_chunk_str(chunk, setl_id);
	setl->medfee_sumamt = NO_FIXED;
	setl->fund_pay_sumamt = NO_FIXED;
	entry->key = setl->setl_id;
	entry->value = setl;
	CHUNK_APPEND(chunk, chunk->settlement_list, chunk->nsettlements, setl);
	return setl;
}

MesoVisit *
meso_chunk_visit(MesoChunk *chunk, MesoStr mdtrt_id)
{
	MesoStrEntry *entry;
	MesoVisit  *visit;

	if (STR_IS_NULL(mdtrt_id))
		return NULL;
	entry = meso_strtab_insert(chunk->visits, mdtrt_id);
	visit = entry->value;
	if (visit)
		return visit;
	visit = MemoryContextAllocZero(chunk->ctx, sizeof(MesoVisit));
	visit->mdtrt_id = meso_chunk_str(chunk, mdtrt_id);
	visit->begntime = NO_TIME;
	visit->endtime = NO_TIME;
	entry->key = visit->mdtrt_id;
	entry->value = visit;
	CHUNK_APPEND(chunk, chunk->visit_list, chunk->nvisits, visit);
	return visit;
}

MesoInstitution *
meso_chunk_institution(MesoChunk *chunk, MesoStr code)
{
	MesoStrEntry *entry = meso_strtab_insert(chunk->institutions, code);
	MesoInstitution *inst = entry->value;

	if (inst)
		return inst;
	inst = MemoryContextAllocZero(chunk->ctx, sizeof(MesoInstitution));
	inst->code = meso_chunk_str(chunk, code);
	inst->hosp_lv = -1;
	entry->key = inst->code;
	entry->value = inst;
	CHUNK_APPEND(chunk, chunk->institution_list, chunk->ninstitutions, inst);
	return inst;
}

/*
 * meso_chunk_person: the person, or NULL if not one of the chunk.
 */
MesoPerson *
meso_chunk_person(MesoChunk *chunk, MesoStr psn_no)
{
	return meso_strtab_find(chunk->persons, psn_no);
}

/*
 * meso_chunk_item: the item of a code, queued to be resolved if new.
 */
MesoItem *
meso_chunk_item(MesoChunk *chunk, MesoDomain domain, MesoStr code)
{
	MesoItem   *item;

	if (STR_IS_NULL(code))
		return NULL;
	item = meso_program_item(chunk->program, domain, code.data, code.len);
	if (!item->resolved && !item->queued)
	{
		item->queued = true;
		CHUNK_APPEND(chunk, chunk->new_items[domain], chunk->nnew[domain], item);
	}
	return item;
}

static void
add_person(MesoChunk *chunk, MesoStr psn_no)
{
	MesoStrEntry *entry = meso_strtab_insert(chunk->persons, psn_no);
	MesoPerson *person = entry->value;

	if (person)
		return;
	person = MemoryContextAllocZero(chunk->ctx, sizeof(MesoPerson));
	person->psn_no = meso_chunk_str(chunk, psn_no);
	person->brdy = NO_DATE;
	person->die_date = NO_DATE;
	entry->key = person->psn_no;
	entry->value = person;
	CHUNK_APPEND(chunk, chunk->person_list, chunk->npersons, person);
}

ArrayType *
meso_chunk_person_keys(MesoChunk *chunk)
{
	MesoStr    *keys = palloc(sizeof(MesoStr) * Max(chunk->npersons, 1));

	for (int i = 0; i < chunk->npersons; i++)
		keys[i] = chunk->person_list[i]->psn_no;
	return meso_key_array(keys, chunk->npersons);
}

static MesoChunk *
chunk_new(MesoProgram *program, ArrayType *persons, MesoDays period)
{
	MemoryContext ctx = AllocSetContextCreate(CurrentMemoryContext,
											  "meso_audit chunk",
											  ALLOCSET_DEFAULT_SIZES);
	MesoChunk  *chunk = MemoryContextAllocZero(ctx, sizeof(MesoChunk));
	Datum	   *elems;
	bool	   *nulls;
	int			n;

	chunk->ctx = ctx;
	chunk->program = program;
	chunk->period = period;
	chunk->persons = meso_strtab_create(ctx, 64);
	chunk->settlements = meso_strtab_create(ctx, 256);
	chunk->visits = meso_strtab_create(ctx, 256);
	chunk->institutions = meso_strtab_create(ctx, 64);
	chunk->practices = meso_strtab_create(ctx, 64);
	deconstruct_array(persons, TEXTOID, -1, false, TYPALIGN_INT, &elems, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		struct varlena *value;

		if (nulls[i])
			continue;
		value = (struct varlena *) DatumGetPointer(elems[i]);
		add_person(chunk, meso_str(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)));
	}
	return chunk;
}

/*
 * resolve_new: load what names the items met.
 */
static void
resolve_new(MesoChunk *chunk)
{
	for (int d = 0; d < DOMAIN_COUNT; d++)
	{
		for (int i = 0; i < chunk->nnew[d]; i++)
			chunk->new_items[d][i]->queued = false;
		meso_program_resolve(chunk->program, d, chunk->new_items[d], chunk->nnew[d]);
		chunk->nnew[d] = 0;
	}
}

/*
 * meso_chunk_replay: the spooled rows of a stream; they stay with the chunk.
 */
void
meso_chunk_replay(MesoChunk *chunk, MesoSpoolStream stream, MesoRowFunction row,
				  void *arg)
{
	chunk->rows_stay = true;
	meso_spool_rows(chunk->spool, stream, chunk->ctx, row, arg);
	chunk->rows_stay = false;
}

/*
 * load: load the persons' rows, out of the spool and the overlay if given.
 *
 * Points are loaded when their items are met; should one of them look further
 * than all before, the rows are read again, by key, with the new bounds.
 */
static MesoChunk *
load(MesoProgram *program, MesoOverlay *overlay, MesoSpool *spool,
	 ArrayType *persons, MesoDays period)
{
	for (;;)
	{
		MesoChunk  *chunk = chunk_new(program, persons, period);
		MemoryContext old = MemoryContextSwitchTo(chunk->ctx);

		chunk->overlay = overlay;
		chunk->spool = spool;
		chunk->extent = spool ? spool->extent : meso_extent(program, period);
		meso_load_lines(chunk);
		meso_load_attributes(chunk);
		MemoryContextSwitchTo(old);
		resolve_new(chunk);
		if (meso_extent_covers(&chunk->extent, program))
			return chunk;
		MemoryContextDelete(chunk->ctx);
		spool = NULL;
		CHECK_FOR_INTERRUPTS();
	}
}

MesoChunk *
meso_chunk_load(MesoProgram *program, ArrayType *persons, MesoDays period)
{
	return load(program, NULL, NULL, persons, period);
}

MesoChunk *
meso_chunk_load_given(MesoProgram *program, MesoOverlay *overlay,
					  ArrayType *persons, MesoDays period)
{
	return load(program, overlay, NULL, persons, period);
}

MesoChunk *
meso_chunk_load_spooled(MesoProgram *program, MesoSpool *spool,
						ArrayType *persons, MesoDays period)
{
	return load(program, NULL, spool, persons, period);
}
