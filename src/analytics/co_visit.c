/*-------------------------------------------------------------------------
 *
 * co_visit.c
 *		Who keeps turning up together: pairs of persons and the days on which
 *		they were at one place within a span of each other.
 *
 * Two visits belong together when they are at most the span apart (closed: a
 * span of 0 asks for the same instant).  The day is that of the later one: the
 * day on which both have been there.
 *
 * Visits are walked in order of time with a list of the distinct persons of
 * the last span.  A person who is already in it, and was last seen on the same
 * day, can meet nobody new: everyone else in the list has met her by then.  So
 * the work is the number of pairs in the window, however often each person
 * comes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"

#include "analytics/co_visit.h"
#include "analytics/pair_list.h"
#include "analytics/string_pool.h"

static void visit_list_encode(StringInfo buf, MesoState *state);
static MesoState *visit_list_decode(StringInfo buf);

static const MesoStateType visit_list_type = {
	MESO_VISIT_LIST, "visit_list", visit_list_encode, visit_list_decode
};

MESO_STATE_IO(visit_list, visit_list_type);

PG_FUNCTION_INFO_V1(meso_visit_add);
PG_FUNCTION_INFO_V1(meso_visit_list_combine);
PG_FUNCTION_INFO_V1(meso_visit_list_pairs);

/* content: the span, then visits, each padded to 8 bytes */
typedef struct Visit
{
	Timestamp	at;
	uint32		len;
	char		person[FLEXIBLE_ARRAY_MEMBER];
} Visit;

#define VISIT_SIZE(len)		MAXALIGN(offsetof(Visit, person) + (len))
#define VISIT_START			sizeof(int64)
#define VISIT_FIRST_ROOM	MESO_FIRST_ROOM(128)
#define NOBODY				PG_UINT32_MAX

static inline int64 *
visit_span(MesoState *state)
{
	return (int64 *) MESO_CONTENT(state);
}

static inline Visit *
visit_at(MesoState *state, Size at)
{
	return (Visit *) (MESO_CONTENT(state) + at);
}

/*
 * append_visit: the state must have room for it.
 */
static void
append_visit(MesoState *state, Timestamp at, const char *person, uint32 len)
{
	Visit	   *visit = visit_at(state, state->used);
	Size		size = VISIT_SIZE(len);

	memset((char *) visit + size - MAXIMUM_ALIGNOF, 0, MAXIMUM_ALIGNOF);
	visit->at = at;
	visit->len = len;
	memcpy(visit->person, person, len);
	state->used += size;
}

/*
 * check_span: lists of different spans do not mix.
 */
static void
check_span(MesoState *state, int64 span)
{
	if (*visit_span(state) != span)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("span must be the same for all rows of a group")));
}

/*
 * meso_visit_add(visit_list, text, timestamp, interval): transition; a row
 * without person or time does not count.
 */
Datum
meso_visit_add(PG_FUNCTION_ARGS)
{
	MesoState  *state;
	Timestamp	at;
	text	   *person;
	uint32		len;
	int64		span;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return meso_unchanged(fcinfo);
	person = PG_GETARG_TEXT_PP(1);
	len = (uint32) VARSIZE_ANY_EXHDR(person);
	at = PG_GETARG_TIMESTAMP(2);
	meso_check_finite_time(at, "time of a visit");
	span = PG_ARGISNULL(3) ? -1 : meso_interval_usecs(PG_GETARG_INTERVAL_P(3), "span");
	if (span < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("span must not be negative or null")));
	if (PG_ARGISNULL(0))
	{
		meso_state_check_limit(VISIT_SIZE(len));
		state = meso_state_new(MESO_VISIT_LIST,
							   Max(VISIT_FIRST_ROOM, VISIT_START + VISIT_SIZE(len)));
		*visit_span(state) = span;
		state->used = VISIT_START;
	}
	else
	{
		state = meso_state_reserve(meso_state_writable(fcinfo, 0), VISIT_SIZE(len));
		check_span(state, span);
	}
	append_visit(state, at, VARDATA_ANY(person), len);
	PG_RETURN_POINTER(state);
}

/*
 * meso_visit_list_combine(visit_list, visit_list): all visits of both.
 */
Datum
meso_visit_list_combine(PG_FUNCTION_ARGS)
{
	MesoState  *into;
	MesoState  *from;
	Size		bytes;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return meso_either_state(fcinfo);
	from = meso_state_arg(fcinfo, 1);
	bytes = from->used - VISIT_START;
	into = meso_state_reserve(meso_state_writable(fcinfo, 0), bytes);
	check_span(into, *visit_span(from));
	memcpy(visit_at(into, into->used), visit_at(from, VISIT_START), bytes);
	into->used += bytes;
	PG_RETURN_POINTER(into);
}

/*
 * visit_list_encode: span, number of visits, then time and person of each.
 */
static void
visit_list_encode(StringInfo buf, MesoState *state)
{
	uint32		n = 0;

	for (Size at = VISIT_START; at < state->used; n++)
	{
		MESO_ANSWER_CANCEL(n);
		at += VISIT_SIZE(visit_at(state, at)->len);
	}
	pq_sendint64(buf, *visit_span(state));
	pq_sendint32(buf, n);
	for (Size at = VISIT_START; at < state->used; n--)
	{
		Visit	   *visit = visit_at(state, at);

		MESO_ANSWER_CANCEL(n);
		pq_sendint64(buf, visit->at);
		pq_sendint32(buf, visit->len);
		pq_sendbytes(buf, visit->person, (int) visit->len);
		at += VISIT_SIZE(visit->len);
	}
}

/*
 * visit_list_decode: at least one visit; valid times and text.
 */
static MesoState *
visit_list_decode(StringInfo buf)
{
	const Size	header = sizeof(int64) + sizeof(uint32);
	MesoState  *state;
	uint32		n;
	int64		span;

	meso_wire_check(meso_wire_left(buf) >= header, &visit_list_type);
	span = pq_getmsgint64(buf);
	n = (uint32) pq_getmsgint(buf, sizeof(uint32));
	meso_wire_check(span >= 0 && n > 0 && n <= meso_wire_left(buf) / header,
					&visit_list_type);
	/* padding adds at most 11 bytes to a visit */
	state = meso_state_new(MESO_VISIT_LIST,
						   VISIT_START + meso_wire_left(buf) + (Size) n * 12);
	*visit_span(state) = span;
	state->used = VISIT_START;
	for (uint32 i = 0; i < n; i++)
	{
		Timestamp	at;
		uint32		len;
		const char *person;

		MESO_ANSWER_CANCEL(i);
		meso_wire_check(meso_wire_left(buf) >= header, &visit_list_type);
		at = pq_getmsgint64(buf);
		len = (uint32) pq_getmsgint(buf, sizeof(uint32));
		meso_wire_check(IS_VALID_TIMESTAMP(at) && len <= meso_wire_left(buf),
						&visit_list_type);
		person = pq_getmsgbytes(buf, (int) len);
		(void) pg_verifymbstr(person, (int) len, false);
		append_visit(state, at, person, len);
	}
	return state;
}

/* the distinct persons of the last span, the latest first */
typedef struct Presence
{
	Timestamp  *seen;			/* last visit, by person */
	uint32	   *newer;			/* neighbours in the list, or NOBODY */
	uint32	   *older;
	bool	   *inside;
	uint32		newest;
	uint32		oldest;
} Presence;

static void
presence_init(Presence *p, uint32 persons)
{
	p->seen = (Timestamp *) palloc((Size) persons * sizeof(Timestamp));
	p->newer = (uint32 *) palloc((Size) persons * sizeof(uint32));
	p->older = (uint32 *) palloc((Size) persons * sizeof(uint32));
	p->inside = (bool *) palloc0((Size) persons * sizeof(bool));
	p->newest = p->oldest = NOBODY;
}

static void
presence_remove(Presence *p, uint32 who)
{
	uint32		newer = p->newer[who];
	uint32		older = p->older[who];

	if (newer == NOBODY)
		p->newest = older;
	else
		p->older[newer] = older;
	if (older == NOBODY)
		p->oldest = newer;
	else
		p->newer[older] = newer;
	p->inside[who] = false;
}

static void
presence_put_first(Presence *p, uint32 who, Timestamp at)
{
	p->seen[who] = at;
	p->inside[who] = true;
	p->newer[who] = NOBODY;
	p->older[who] = p->newest;
	if (p->newest == NOBODY)
		p->oldest = who;
	else
		p->newer[p->newest] = who;
	p->newest = who;
}

/*
 * day_number: days since 2000-01-01, towards the past for earlier times.
 */
static inline int64
day_number(Timestamp t)
{
	return t / USECS_PER_DAY - (t % USECS_PER_DAY < 0);
}

/*
 * meet_all: person "who" meets everyone in the list on that day.
 */
static void
meet_all(MesoMeetings *meetings, const Presence *p, uint32 who, int64 day)
{
	for (uint32 other = p->newest; other != NOBODY; other = p->older[other])
	{
		MESO_ANSWER_CANCEL(other);
		if (other == who)
			continue;
		if (meetings->n == meetings->room)
			meso_meetings_grow(meetings);
		meetings->item[meetings->n].a = (int64) ((uint64) Min(who, other) << 32 | Max(who, other));
		meetings->item[meetings->n++].b = day;
	}
}

/*
 * walk: all meetings of n visits (time, person) in ascending order of time.
 */
static void
walk(MesoMeetings *meetings, const MesoPair *visit, Size n, uint32 persons, int64 span)
{
	Presence	p;

	presence_init(&p, persons);
	for (Size i = 0; i < n; i++)
	{
		Timestamp	now = visit[i].a;
		uint32		who = (uint32) visit[i].b;
		int64		day = day_number(now);

		MESO_ANSWER_CANCEL(i);
		while (p.oldest != NOBODY &&
			   (uint64) now - (uint64) p.seen[p.oldest] > (uint64) span)
			presence_remove(&p, p.oldest);
		if (!p.inside[who] || day_number(p.seen[who]) != day)
			meet_all(meetings, &p, who, day);
		if (p.inside[who])
			presence_remove(&p, who);
		presence_put_first(&p, who, now);
	}
}

/*
 * meso_visit_list_pairs(visit_list) returns visit_pairs.
 */
Datum
meso_visit_list_pairs(PG_FUNCTION_ARGS)
{
	MesoState  *state = meso_state_arg(fcinfo, 0);
	MesoStringPool pool;
	MesoMeetings meetings;
	Size		room = state->used / VISIT_SIZE(0);
	MesoPair   *visit = (MesoPair *) palloc_extended(room * sizeof(MesoPair), MCXT_ALLOC_HUGE);
	uint32	   *rank;
	Size		n = 0;

	meso_pool_init(&pool);
	for (Size at = VISIT_START; at < state->used; n++)
	{
		Visit	   *v = visit_at(state, at);

		MESO_ANSWER_CANCEL(n);
		visit[n].a = v->at;
		visit[n].b = meso_pool_add(&pool, v->person, v->len);
		at += VISIT_SIZE(v->len);
	}
	rank = meso_pool_rank(&pool);
	for (Size i = 0; i < n; i++)
		visit[i].b = rank[visit[i].b];
	meso_sort_pairs(visit, n);
	meso_meetings_init(&meetings);
	walk(&meetings, visit, n, pool.n, *visit_span(state));
	PG_RETURN_POINTER(meso_visit_pairs_make(&meetings, pool.item, pool.n));
}
