/*-------------------------------------------------------------------------
 *
 * visit_pairs.c
 *		Pairs of persons with the days on which they met.
 *
 * A value is a run of segments, each with the persons it speaks of and the
 * meetings among them.  Canonical: one segment, persons in byte order, only
 * those who met someone, meetings ascending and distinct.  Merging appends
 * segments; the days of a pair are united when the value is read, so a day at
 * two places counts once.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "analytics/co_visit.h"
#include "analytics/pair_list.h"
#include "analytics/row_estimate.h"

static void visit_pairs_encode(StringInfo buf, MesoState *state);
static MesoState *visit_pairs_decode(StringInfo buf);

static const MesoStateType visit_pairs_type = {
	MESO_VISIT_PAIRS, "visit_pairs", visit_pairs_encode, visit_pairs_decode
};

MESO_STATE_IO(visit_pairs, visit_pairs_type);

PG_FUNCTION_INFO_V1(meso_visit_pairs_combine);
PG_FUNCTION_INFO_V1(meso_visit_pairs_final);
PG_FUNCTION_INFO_V1(meso_co_visit_pairs);

/* a meeting as it is kept: two places among the persons, and the day */
typedef struct Meeting
{
	uint32		a;
	uint32		b;
	int32		day;
} Meeting;

/* followed by meetings, then by persons: length and bytes; padded to 8 */
typedef struct Segment
{
	uint64		bytes;			/* of the whole segment */
	uint32		persons;
	uint32		meetings;
} Segment;

/* flags: in canonical form */
#define VISIT_PAIRS_CANONICAL	1

#define NOBODY				PG_UINT32_MAX

#define MEETING_KEY(a, b)	((int64) ((uint64) (a) << 32 | (b)))
#define LOWER_PERSON(item)	((uint32) ((uint64) (item).a >> 32))
#define HIGHER_PERSON(item)	((uint32) (item).a)

#define SEGMENT_MEETINGS(s)	((Meeting *) ((char *) (s) + sizeof(Segment)))
#define SEGMENT_PERSONS(s)	((char *) (SEGMENT_MEETINGS(s) + (s)->meetings))

void
meso_meetings_init(MesoMeetings *meetings)
{
	meetings->n = 0;
	meetings->room = 64;
	meetings->item = (MesoPair *) palloc(meetings->room * sizeof(MesoPair));
}

/*
 * meso_meetings_grow: twice the room, within the limit of a group.
 */
void
meso_meetings_grow(MesoMeetings *meetings)
{
	CHECK_FOR_INTERRUPTS();
	meso_state_check_limit(meetings->room * sizeof(MesoPair));
	meetings->room *= 2;
	meetings->item = (MesoPair *) repalloc_huge(meetings->item,
												meetings->room * sizeof(MesoPair));
}

/*
 * sort_distinct: ascending, without repetitions.
 */
static void
sort_distinct(MesoMeetings *meetings)
{
	MesoPair   *item = meetings->item;
	Size		kept = 0;

	meso_sort_pairs_full(item, meetings->n);
	for (Size i = 0; i < meetings->n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		if (kept == 0 || item[i].a != item[kept - 1].a || item[i].b != item[kept - 1].b)
			item[kept++] = item[i];
	}
	meetings->n = kept;
}

/*
 * keep_persons: new places of those who met someone, NOBODY for the others;
 * *bytes grows by what their names take.
 */
static uint32 *
keep_persons(const MesoMeetings *meetings, const MesoString *person,
			 uint32 persons, uint32 *kept, Size *bytes)
{
	uint32	   *place = (uint32 *) palloc((Size) Max(persons, 1) * sizeof(uint32));

	memset(place, 0xFF, (Size) persons * sizeof(uint32));
	for (Size i = 0; i < meetings->n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		place[LOWER_PERSON(meetings->item[i])] = 0;
		place[HIGHER_PERSON(meetings->item[i])] = 0;
	}
	*kept = 0;
	for (uint32 i = 0; i < persons; i++)
	{
		if (place[i] == NOBODY)
			continue;
		place[i] = (*kept)++;
		*bytes += sizeof(uint32) + person[i].len;
	}
	return place;
}

/*
 * meso_visit_pairs_make: the canonical value, in the current memory context.
 *
 * Persons must be in byte order and numbered by it; the meetings are sorted
 * in place.
 */
MesoState *
meso_visit_pairs_make(MesoMeetings *meetings, const MesoString *person, uint32 persons)
{
	Size		bytes;
	MesoState  *state;
	Segment    *segment;
	uint32	   *place;
	uint32		kept;
	char	   *p;

	sort_distinct(meetings);
	bytes = sizeof(Segment) + meetings->n * sizeof(Meeting);
	place = keep_persons(meetings, person, persons, &kept, &bytes);
	bytes = MAXALIGN(bytes);
	meso_state_check_limit(sizeof(MesoState) + bytes);
	state = meso_state_new(MESO_VISIT_PAIRS, bytes);
	state->flags = VISIT_PAIRS_CANONICAL;
	state->used = bytes;
	memset(MESO_CONTENT(state) + bytes - MAXIMUM_ALIGNOF, 0, MAXIMUM_ALIGNOF);
	segment = (Segment *) MESO_CONTENT(state);
	segment->bytes = bytes;
	segment->persons = kept;
	segment->meetings = (uint32) meetings->n;
	for (Size i = 0; i < meetings->n; i++)
	{
		Meeting    *meeting = &SEGMENT_MEETINGS(segment)[i];

		MESO_ANSWER_CANCEL(i);
		meeting->a = place[LOWER_PERSON(meetings->item[i])];
		meeting->b = place[HIGHER_PERSON(meetings->item[i])];
		meeting->day = (int32) meetings->item[i].b;
	}
	p = SEGMENT_PERSONS(segment);
	for (uint32 i = 0; i < persons; i++)
	{
		if (place[i] == NOBODY)
			continue;
		memcpy(p, &person[i].len, sizeof(uint32));
		memcpy(p + sizeof(uint32), person[i].data, person[i].len);
		p += sizeof(uint32) + person[i].len;
	}
	pfree(place);
	return state;
}

/*
 * meso_visit_pairs_rows: how many pairs there are; the days of a pair stand
 * together in each segment.
 */
double
meso_visit_pairs_rows(const MesoState *state)
{
	double		pairs = 0;

	for (Size at = 0; at < state->used;)
	{
		const Segment *segment = (const Segment *) (MESO_CONTENT(state) + at);
		const Meeting *meeting = SEGMENT_MEETINGS(segment);

		for (uint32 i = 0; i < segment->meetings; i++)
		{
			MESO_ANSWER_CANCEL(i);
			pairs += i == 0 || meeting[i].a != meeting[i - 1].a || meeting[i].b != meeting[i - 1].b;
		}
		at += segment->bytes;
	}
	return pairs;
}

/*
 * read_segment: adds its persons and meetings to those of the value, under the
 * pool's numbers.
 */
static void
read_segment(const Segment *segment, MesoStringPool *pool, MesoMeetings *meetings)
{
	uint32	   *id = (uint32 *) palloc((Size) Max(segment->persons, 1) * sizeof(uint32));
	const char *p = SEGMENT_PERSONS(segment);

	for (uint32 i = 0; i < segment->persons; i++)
	{
		uint32		len;

		memcpy(&len, p, sizeof(uint32));
		id[i] = meso_pool_add(pool, p + sizeof(uint32), len);
		p += sizeof(uint32) + len;
	}
	for (uint32 i = 0; i < segment->meetings; i++)
	{
		const Meeting *meeting = &SEGMENT_MEETINGS(segment)[i];

		MESO_ANSWER_CANCEL(i);
		if (meetings->n == meetings->room)
			meso_meetings_grow(meetings);
		meetings->item[meetings->n].a = MEETING_KEY(id[meeting->a], id[meeting->b]);
		meetings->item[meetings->n++].b = meeting->day;
	}
	pfree(id);
}

/*
 * pool_of_segment: the persons of a canonical segment, whose places are their
 * ranks, without looking for equal ones.
 */
static void
pool_of_segment(const Segment *segment, MesoStringPool *pool)
{
	const char *p = SEGMENT_PERSONS(segment);

	pool->n = pool->room = segment->persons;
	pool->slot = NULL;
	pool->item = (MesoString *) palloc_extended((Size) Max(pool->n, 1) * sizeof(MesoString),
												MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < pool->n; i++)
	{
		memcpy(&pool->item[i].len, p, sizeof(uint32));
		pool->item[i].data = p + sizeof(uint32);
		p += sizeof(uint32) + pool->item[i].len;
	}
}

/*
 * read_canonical: as read_pairs(), of a value that is in order.
 */
static void
read_canonical(const MesoState *state, MesoStringPool *pool, MesoMeetings *meetings)
{
	const Segment *segment = (const Segment *) MESO_CONTENT(state);

	pool_of_segment(segment, pool);
	meetings->n = meetings->room = segment->meetings;
	meetings->item = (MesoPair *) palloc_extended(Max(meetings->n, 1) * sizeof(MesoPair),
												  MCXT_ALLOC_HUGE);
	for (Size i = 0; i < meetings->n; i++)
	{
		const Meeting *meeting = &SEGMENT_MEETINGS(segment)[i];

		MESO_ANSWER_CANCEL(i);
		meetings->item[i].a = MEETING_KEY(meeting->a, meeting->b);
		meetings->item[i].b = meeting->day;
	}
}

/*
 * read_pairs: all persons of the value in byte order, and their meetings,
 * ascending and distinct.  The persons' names stay in the value.
 */
static void
read_pairs(const MesoState *state, MesoStringPool *pool, MesoMeetings *meetings)
{
	uint32	   *rank;

	if (state->flags & VISIT_PAIRS_CANONICAL)
	{
		read_canonical(state, pool, meetings);
		return;
	}
	meso_pool_init(pool);
	meso_meetings_init(meetings);
	for (Size at = 0; at < state->used;)
	{
		const Segment *segment = (const Segment *) (MESO_CONTENT(state) + at);

		CHECK_FOR_INTERRUPTS();
		read_segment(segment, pool, meetings);
		at += segment->bytes;
	}
	rank = meso_pool_rank(pool);
	for (Size i = 0; i < meetings->n; i++)
	{
		uint32		a = rank[LOWER_PERSON(meetings->item[i])];
		uint32		b = rank[HIGHER_PERSON(meetings->item[i])];

		MESO_ANSWER_CANCEL(i);
		meetings->item[i].a = MEETING_KEY(Min(a, b), Max(a, b));
	}
	pfree(rank);
	sort_distinct(meetings);
}

/*
 * meso_visit_pairs_combine(visit_pairs, visit_pairs): segments of both.
 */
Datum
meso_visit_pairs_combine(PG_FUNCTION_ARGS)
{
	return meso_state_append(fcinfo);
}

/*
 * meso_visit_pairs_final(visit_pairs): canonical form.
 */
Datum
meso_visit_pairs_final(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);
	MesoStringPool pool;
	MesoMeetings meetings;

	if (state->flags & VISIT_PAIRS_CANONICAL)
		PG_RETURN_POINTER(meso_state_trimmed(state));
	read_pairs(state, &pool, &meetings);
	PG_RETURN_POINTER(meso_visit_pairs_make(&meetings, pool.item, pool.n));
}

/*
 * visit_pairs_encode: persons, then meetings as places and day, canonical.
 */
static void
visit_pairs_encode(StringInfo buf, MesoState *state)
{
	MesoStringPool pool;
	MesoMeetings meetings;

	read_pairs(state, &pool, &meetings);
	pq_sendint32(buf, pool.n);
	for (uint32 i = 0; i < pool.n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		pq_sendint32(buf, pool.item[i].len);
		pq_sendbytes(buf, pool.item[i].data, (int) pool.item[i].len);
	}
	pq_sendint32(buf, (uint32) meetings.n);
	for (Size i = 0; i < meetings.n; i++)
	{
		MESO_ANSWER_CANCEL(i);
		pq_sendint32(buf, LOWER_PERSON(meetings.item[i]));
		pq_sendint32(buf, HIGHER_PERSON(meetings.item[i]));
		pq_sendint32(buf, (uint32) (int32) meetings.item[i].b);
	}
}

/*
 * decode_persons: names of valid text, ascending by bytes and distinct.
 */
static MesoString *
decode_persons(StringInfo buf, uint32 *persons)
{
	MesoString *person;

	meso_wire_check(meso_wire_left(buf) >= sizeof(uint32), &visit_pairs_type);
	*persons = (uint32) pq_getmsgint(buf, sizeof(uint32));
	meso_wire_check(*persons <= meso_wire_left(buf) / sizeof(uint32), &visit_pairs_type);
	person = (MesoString *) palloc_extended((Size) Max(*persons, 1) * sizeof(MesoString),
											MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < *persons; i++)
	{
		MESO_ANSWER_CANCEL(i);
		meso_wire_check(meso_wire_left(buf) >= sizeof(uint32), &visit_pairs_type);
		person[i].len = (uint32) pq_getmsgint(buf, sizeof(uint32));
		meso_wire_check(person[i].len <= meso_wire_left(buf), &visit_pairs_type);
		person[i].data = pq_getmsgbytes(buf, (int) person[i].len);
		(void) pg_verifymbstr(person[i].data, (int) person[i].len, false);
		meso_wire_check(i == 0 ||
						meso_bytes_compare(person[i - 1].data, person[i - 1].len,
										   person[i].data, person[i].len) < 0,
						&visit_pairs_type);
	}
	return person;
}

/*
 * visit_pairs_decode: two different persons meet on a day of the calendar.
 */
static MesoState *
visit_pairs_decode(StringInfo buf)
{
	MesoMeetings meetings;
	uint32		persons;
	MesoString *person = decode_persons(buf, &persons);
	uint32		n;

	meso_wire_check(meso_wire_left(buf) >= sizeof(uint32), &visit_pairs_type);
	n = (uint32) pq_getmsgint(buf, sizeof(uint32));
	meso_wire_check(meso_wire_left(buf) == (Size) n * sizeof(Meeting), &visit_pairs_type);
	meso_meetings_init(&meetings);
	for (uint32 i = 0; i < n; i++)
	{
		uint32		a = (uint32) pq_getmsgint(buf, sizeof(uint32));
		uint32		b = (uint32) pq_getmsgint(buf, sizeof(uint32));
		int32		day = (int32) pq_getmsgint(buf, sizeof(int32));

		MESO_ANSWER_CANCEL(i);
		meso_wire_check(a < b && b < persons &&
						day >= (DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE) &&
						day < (TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE),
						&visit_pairs_type);
		if (meetings.n == meetings.room)
			meso_meetings_grow(&meetings);
		meetings.item[meetings.n].a = MEETING_KEY(a, b);
		meetings.item[meetings.n++].b = day;
	}
	return meso_visit_pairs_make(&meetings, person, persons);
}

/* what co_visit_pairs() keeps between its calls */
typedef struct PairScan
{
	MesoStringPool pool;
	MesoMeetings meetings;
	Size		next;
	int64		min_days;
} PairScan;

/*
 * next_pair: how many days the pair at scan->next has; steps over it.
 */
static int64
next_pair(PairScan *scan)
{
	const MesoPair *item = scan->meetings.item;
	Size		from = scan->next;

	for (; scan->next < scan->meetings.n && item[scan->next].a == item[from].a; scan->next++)
		MESO_ANSWER_CANCEL(scan->next);
	return (int64) (scan->next - from);
}

/*
 * meso_co_visit_pairs(visit_pairs, min_days bigint) returns setof (a, b, days).
 */
Datum
meso_co_visit_pairs(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	PairScan   *scan;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;
		TupleDesc	desc;

		call = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		call->tuple_desc = BlessTupleDesc(desc);
		scan = (PairScan *) palloc(sizeof(PairScan));
		read_pairs((MesoState *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0)),
				   &scan->pool, &scan->meetings);
		scan->next = 0;
		scan->min_days = PG_NARGS() > 1 ? PG_GETARG_INT64(1) : 1;
		call->user_fctx = scan;
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	scan = (PairScan *) call->user_fctx;
	while (scan->next < scan->meetings.n)
	{
		int64		key = scan->meetings.item[scan->next].a;
		const MesoString *a = &scan->pool.item[(uint32) ((uint64) key >> 32)];
		const MesoString *b = &scan->pool.item[(uint32) key];
		int64		days = next_pair(scan);
		Datum		values[3];
		bool		nulls[3] = {false};

		if (days < scan->min_days)
			continue;
		values[0] = PointerGetDatum(cstring_to_text_with_len(a->data, (int) a->len));
		values[1] = PointerGetDatum(cstring_to_text_with_len(b->data, (int) b->len));
		values[2] = Int64GetDatum(days);
		SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
	}
	SRF_RETURN_DONE(call);
}
