/*-------------------------------------------------------------------------
 *
 * spool.c
 *		The rows of very many persons, brought into parts of a few persons.
 *
 * Each part is a logical tape: its blocks lie scattered in one temporary file,
 * and are given back when they have been read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/logtape.h"
#include "utils/memutils.h"

#include "compat.h"
#include "rules/chunk.h"

/* rows are read into blocks of this size */
#define ROOM			(64 * 1024)
#define READ_BUFFER		(8 * BLCKSZ)

/* A row on tape: this, and the columns that are not NULL */
typedef struct Record
{
	uint64		nulls;			/* a bit a column */
	uint32		len;			/* of all */
} Record;

#define RECORD_HEADER	MAXALIGN(sizeof(Record))
#define MAX_COLUMNS		64

struct MesoSpoolPart
{
	MesoStr		first;			/* person */
	uint64		key;			/* bytes of first that tell parts apart */
	MesoTape   *tape;
	bool		rewound;
	uint32		nrows[SPOOL_COUNT];
};

/*
 * let_joins_use_memory: what is joined on the way in is whole tables.  Until
 * the nest level that is returned ends.
 */
static int
let_joins_use_memory(void)
{
	int			level = NewGUCNestLevel();
	char		kilobytes[32];

	if (maintenance_work_mem > work_mem)
	{
		snprintf(kilobytes, sizeof(kilobytes), "%d", maintenance_work_mem);
		(void) set_config_option("work_mem", kilobytes, PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	}
	return level;
}

/*
 * key_of: eight bytes of a person's number, after those that all of the
 * spool's persons begin with, as a number.
 */
static uint64
key_of(const MesoSpool *spool, MesoStr psn_no)
{
	uint64		key = 0;
	int			n = Min(psn_no.len - spool->prefix, (int) sizeof(key));

	for (int i = 0; i < n; i++)
		key |= (uint64) (unsigned char) psn_no.data[spool->prefix + i] << (56 - 8 * i);
	return key;
}

static int
common_prefix(MesoStr a, MesoStr b)
{
	int			n = 0;

	while (n < a.len && n < b.len && a.data[n] == b.data[n])
		n++;
	return n;
}

/*
 * part_of: the part whose persons the bytes lie among, or NULL.
 */
static MesoSpoolPart *
part_of(MesoSpool *spool, MesoStr psn_no)
{
	int			lo = 0;
	int			hi = spool->nparts;
	uint64		key;

	if (meso_str_cmp(psn_no, spool->first) < 0 ||
		meso_str_cmp(psn_no, spool->last) > 0)
		return NULL;
	/* whoever lies between two strings shares their prefix */
	key = key_of(spool, psn_no);
	while (hi - lo > 1)
	{
		int			mid = (lo + hi) / 2;
		const MesoSpoolPart *part = &spool->parts[mid];

		if (key < part->key ||
			(key == part->key && meso_str_cmp(psn_no, part->first) < 0))
			hi = mid;
		else
			lo = mid;
	}
	return &spool->parts[lo];
}

MesoSpool *
meso_spool_fill(MesoExtent extent, MesoStr *persons, int n, int persons_a_part)
{
	MemoryContext ctx = AllocSetContextCreate(CurrentMemoryContext,
											  "meso_audit spool",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(ctx);
	MesoSpool  *spool = palloc0(sizeof(MesoSpool));
	int			level = let_joins_use_memory();

	spool->ctx = ctx;
	spool->extent = extent;
	spool->tapes = meso_tapes_create();
	spool->crossing = meso_crossing_create(extent.bounded);
	spool->nparts = (n + persons_a_part - 1) / persons_a_part;
	spool->parts = MemoryContextAllocHuge(ctx, sizeof(MesoSpoolPart) * Max(spool->nparts, 1));
	memset(spool->parts, 0, sizeof(MesoSpoolPart) * spool->nparts);
	for (int i = 0; i < spool->nparts; i++)
	{
		spool->parts[i].first = meso_str_copy(ctx, persons[i * persons_a_part]);
		spool->parts[i].tape = meso_tape_create(spool->tapes);
	}
	spool->first = spool->parts[0].first;
	spool->last = meso_str_copy(ctx, persons[n - 1]);
	spool->prefix = common_prefix(spool->first, spool->last);
	for (int i = 0; i < spool->nparts; i++)
		spool->parts[i].key = key_of(spool, spool->parts[i].first);
	spool->record_size = BLCKSZ;
	spool->record = palloc0(spool->record_size);
	meso_spool_lines(spool);
	meso_crossing_finish(spool->crossing);
	meso_spool_attributes(spool);
	AtEOXact_GUC(true, level);
	MemoryContextSwitchTo(old);
	return spool;
}

static char *
record_room(MesoSpool *spool, Size used, Size more)
{
	if (used + more > spool->record_size)
	{
		spool->record_size = Max(used + more, spool->record_size * 2);
		spool->record = repalloc_huge(spool->record, spool->record_size);
	}
	return spool->record + used;
}

/*
 * put_column: a value after the bytes used so far; returns the bytes used then.
 * What is larger than a byte and no copy of one is aligned, as in a heap tuple.
 */
static Size
put_column(MesoSpool *spool, Size used, Form_pg_attribute att, Datum value)
{
	struct varlena *v;
	Size		at;
	Size		size;

	if (att->attbyval)
	{
		memcpy(record_room(spool, used, sizeof(Datum)), &value, sizeof(Datum));
		return used + sizeof(Datum);
	}
	if (att->attlen > 0)
	{
		at = MAXALIGN(used);
		memcpy(record_room(spool, at, att->attlen), DatumGetPointer(value), att->attlen);
		return at + att->attlen;
	}
	if (att->attlen != -1)
		elog(ERROR, "column of unexpected length %d", att->attlen);
	v = (struct varlena *) DatumGetPointer(value);
	if (VARATT_IS_EXTERNAL(v))
		v = detoast_attr(v);
	size = VARSIZE_ANY(v);
	at = VARATT_IS_SHORT(v) ? used : INTALIGN(used);
	record_room(spool, used, at - used + size);
	memset(spool->record + used, 0, at - used);
	memcpy(spool->record + at, v, size);
	return at + size;
}

/*
 * get_columns: a record into the values of a slot, which point into it.
 */
static void
get_columns(const char *record, TupleTableSlot *slot)
{
	TupleDesc	desc = slot->tts_tupleDescriptor;
	uint64		nulls = ((const Record *) record)->nulls;
	Size		at = RECORD_HEADER;

	for (int c = 0; c < desc->natts; c++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, c);

		slot->tts_isnull[c] = (nulls >> c) & 1;
		if (slot->tts_isnull[c])
			continue;
		if (att->attbyval)
		{
			memcpy(&slot->tts_values[c], record + at, sizeof(Datum));
			at += sizeof(Datum);
			continue;
		}
		if (att->attlen > 0)
			at = MAXALIGN(at);
		else if (record[at] == 0)
			at = INTALIGN(at);	/* a pad byte; a short header is never 0 */
		slot->tts_values[c] = PointerGetDatum(record + at);
		at += att->attlen > 0 ? att->attlen : VARSIZE_ANY(record + at);
	}
}

void
meso_spool_put(MesoSpool *spool, MesoSpoolStream stream, TupleTableSlot *slot,
			   MesoStr psn_no)
{
	TupleDesc	desc = slot->tts_tupleDescriptor;
	MesoSpoolPart *part;
	Record		head = {0};
	Size		used = RECORD_HEADER;
	MemoryContext old;

	if (STR_IS_NULL(psn_no) || (part = part_of(spool, psn_no)) == NULL)
		return;
	for (int c = 0; c < desc->natts; c++)
	{
		if (slot->tts_isnull[c])
			head.nulls |= UINT64CONST(1) << c;
		else
			used = put_column(spool, used, TupleDescAttr(desc, c), slot->tts_values[c]);
	}
	if (used > PG_UINT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a row is too large to be audited")));
	head.len = used;
	memcpy(spool->record, &head, sizeof(head));
	/* the tape's buffer must outlive the row */
	old = MemoryContextSwitchTo(spool->ctx);
	if (spool->slots[stream] == NULL)
	{
		if (desc->natts > MAX_COLUMNS)
			elog(ERROR, "row has %d columns", desc->natts);
		spool->slots[stream] = MakeSingleTupleTableSlot(CreateTupleDescCopy(desc),
														&TTSOpsVirtual);
	}
	meso_tape_write(part->tape, spool->record, used);
	MemoryContextSwitchTo(old);
	part->nrows[stream]++;
}

/*
 * read_exactly: so many bytes off the tape, whose buffer the spool keeps.
 */
static void
read_exactly(MesoSpool *spool, MesoTape *tape, void *to, size_t size)
{
	MemoryContext old = MemoryContextSwitchTo(spool->ctx);

	if (meso_tape_read(tape, to, size) != size)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("unexpected end of a temporary file")));
	MemoryContextSwitchTo(old);
}

void
meso_spool_rows(MesoSpool *spool, MesoSpoolStream stream, MemoryContext keep,
				MesoRowFunction row, void *arg)
{
	MesoSpoolPart *part = &spool->parts[spool->next];
	TupleTableSlot *slot = spool->slots[stream];
	MemoryContext old = MemoryContextSwitchTo(keep);
	char	   *room = NULL;
	Size		left = 0;

	if (!part->rewound)
	{
		meso_tape_rewind(part->tape, READ_BUFFER);
		part->rewound = true;
	}
	for (uint32 i = 0; i < part->nrows[stream]; i++)
	{
		Record		head;
		Size		size;

		CHECK_FOR_INTERRUPTS();
		read_exactly(spool, part->tape, &head, sizeof(head));
		size = MAXALIGN(head.len);
		if (size > left)
		{
			left = Max(size, ROOM);
			room = MemoryContextAllocHuge(keep, left);
		}
		memcpy(room, &head, sizeof(head));
		read_exactly(spool, part->tape, room + sizeof(head), head.len - sizeof(head));
		ExecClearTuple(slot);
		get_columns(room, slot);
		ExecStoreVirtualTuple(slot);
		row(slot, arg);
		room += size;
		left -= size;
	}
	if (slot)
		ExecClearTuple(slot);
	MemoryContextSwitchTo(old);
}

void
meso_spool_advance(MesoSpool *spool)
{
	MesoSpoolPart *part = &spool->parts[spool->next++];

	meso_tape_close(part->tape);
	part->tape = NULL;
}

void
meso_spool_end(MesoSpool *spool)
{
	meso_crossing_end(spool->crossing);
	meso_tapes_close(spool->tapes);
	for (int i = 0; i < SPOOL_COUNT; i++)
	{
		if (spool->slots[i])
			ExecDropSingleTupleTableSlot(spool->slots[i]);
	}
	MemoryContextDelete(spool->ctx);
}
