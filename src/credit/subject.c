/*-------------------------------------------------------------------------
 *
 * subject.c
 *		Records and values of subjects, as they stand on a day.
 *
 * Rows are read once, in whatever order they come, and added up in the
 * subject's standings.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "credit/subject.h"
#include "rules/query.h"

static DateADT
day_after(DateADT day, Interval *interval)
{
	Datum		t = DirectFunctionCall2(date_pl_interval, DateADTGetDatum(day),
										IntervalPGetDatum(interval));

	return DatumGetDateADT(DirectFunctionCall1(timestamp_date, t));
}

/*
 * first_day: the earliest day whose validity reaches beyond as_of.  What a
 * day becomes by adding an interval never falls as the day rises, so it is
 * found by halving.
 */
static DateADT
first_day(const MesoIndicator *indicator, DateADT as_of)
{
	int64		lo;
	int64		hi = as_of;

	if (indicator->calendar_year)
	{
		int			year;
		int			month;
		int			day;

		j2date(as_of + POSTGRES_EPOCH_JDATE, &year, &month, &day);
		return date2j(year, 1, 1) - POSTGRES_EPOCH_JDATE;
	}
	if (indicator->validity == NULL)
		return PG_INT32_MIN;
	/* a month has at most 31 days */
	lo = hi - (int64) indicator->validity->month * 31 - indicator->validity->day - 1;
	lo = Max(lo, (int64) date2j(-4000, 1, 1) - POSTGRES_EPOCH_JDATE);
	while (lo < hi)
	{
		int64		middle = lo + (hi - lo) / 2;

		if (day_after((DateADT) middle, indicator->validity) > as_of)
			hi = middle;
		else
			lo = middle + 1;
	}
	return (DateADT) lo;
}

static MesoSubject *
subject_of(MesoSubjects *subjects, MesoStr code)
{
	MesoSubject *subject;
	MesoStrEntry *entry;
	MemoryContext old;

	if (subjects->last && meso_str_eq(subjects->last->code, code))
		return subjects->last;
	subject = meso_strtab_find(subjects->by_code, code);
	if (subject == NULL)
	{
		old = MemoryContextSwitchTo(subjects->ctx);
		subject = palloc(sizeof(MesoSubject));
		subject->code = meso_str_copy(subjects->ctx, code);
		subject->standings = palloc0(sizeof(MesoStanding) *
									 Max(subjects->scheme->nindicators, 1));
		entry = meso_strtab_insert(subjects->by_code, subject->code);
		entry->value = subject;
		if (subjects->n >= 64 && (subjects->n & (subjects->n - 1)) == 0)
			subjects->list = repalloc_huge(subjects->list,
										   sizeof(MesoSubject *) * 2 * subjects->n);
		subjects->list[subjects->n++] = subject;
		MemoryContextSwitchTo(old);
	}
	subjects->last = subject;
	return subject;
}

/*
 * indicator_of: index of the indicator that column names; -1: not of the scheme.
 */
static int
indicator_of(MesoSubjects *subjects, TupleTableSlot *slot, int col)
{
	MesoIndicator *indicator = meso_strtab_find(subjects->scheme->by_code,
												meso_slot_str(slot, col));

	return indicator ? (int) (indicator - subjects->scheme->indicators) : -1;
}

enum
{
	CR_SUBJECT, CR_INDICATOR, CR_QUANTITY, CR_HAPPENED_ON, CR_VALID_UNTIL,
	CR_STATUS, CR_REPAIRED_ON, CR_RECORD_ID
};

/*
 * record_counts: may the record count on the day, whatever its indicator?
 */
static bool
record_counts(MesoSubjects *subjects, TupleTableSlot *slot)
{
	DateADT		happened_on = DatumGetDateADT(slot->tts_values[CR_HAPPENED_ON]);
	MesoStr		status;

	if (happened_on > subjects->as_of || happened_on < subjects->earliest)
		return false;
	if (!slot->tts_isnull[CR_VALID_UNTIL] &&
		DatumGetDateADT(slot->tts_values[CR_VALID_UNTIL]) <= subjects->as_of)
		return false;
	status = meso_slot_str(slot, CR_STATUS);
	if (meso_str_is(status, "active"))
		return true;
	if (meso_str_is(status, "under_appeal"))
		return subjects->scheme->appeal_counts;
	return meso_str_is(status, "repaired") &&
		DatumGetDateADT(slot->tts_values[CR_REPAIRED_ON]) > subjects->as_of;
}

/*
 * note_record: keep the number of a record that counts.
 */
static void
note_record(MesoSubjects *subjects, MesoStanding *standing, int64 record_id)
{
	int			n = standing->nrecords;

	if (n == 0)
		standing->records = MemoryContextAlloc(subjects->ctx, sizeof(int64));
	else if ((n & (n - 1)) == 0)
		standing->records = repalloc_huge(standing->records, sizeof(int64) * 2 * n);
	standing->records[standing->nrecords++] = record_id;
}

static void
record_row(TupleTableSlot *slot, void *arg)
{
	MesoSubjects *subjects = arg;
	MesoStanding *standing;
	fixed		quantity;
	int			i;

	/* most records of a long history fail one of these, the cheapest first */
	if (!record_counts(subjects, slot) ||
		(i = indicator_of(subjects, slot, CR_INDICATOR)) < 0 ||
		DatumGetDateADT(slot->tts_values[CR_HAPPENED_ON]) < subjects->counts_from[i])
		return;
	if (!datum_to_fixed(slot->tts_values[CR_QUANTITY], &quantity))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("quantity of a credit record out of range")));
	standing = &subject_of(subjects, meso_slot_str(slot, CR_SUBJECT))->standings[i];
	standing->quantity = fixed_add(standing->quantity, quantity);
	if (subjects->explain)
		note_record(subjects, standing, DatumGetInt64(slot->tts_values[CR_RECORD_ID]));
}

enum
{
	IV_SUBJECT, IV_INDICATOR, IV_UPTO, IV_VALUE_ID, IV_VALUE, IV_APPLICABLE,
	IV_PEER_SHARE, IV_PEERS
};

static fixed
slot_number(TupleTableSlot *slot, int col)
{
	fixed		result;

	if (slot->tts_isnull[col] || !datum_to_fixed(slot->tts_values[col], &result))
		return NO_FIXED;
	return result;
}

static void
value_row(TupleTableSlot *slot, void *arg)
{
	MesoSubjects *subjects = arg;
	int			i = indicator_of(subjects, slot, IV_INDICATOR);
	DateADT		upto = DatumGetDateADT(slot->tts_values[IV_UPTO]);
	int64		value_id = DatumGetInt64(slot->tts_values[IV_VALUE_ID]);
	MesoStanding *standing;

	/* a period that ends today counts; the day after it is tomorrow */
	if (i < 0 || upto - 1 > subjects->as_of || upto < subjects->counts_from[i])
		return;
	standing = &subject_of(subjects, meso_slot_str(slot, IV_SUBJECT))->standings[i];
	if (standing->has_row &&
		(standing->upto > upto ||
		 (standing->upto == upto && standing->value_id > value_id)))
		return;
	standing->has_row = true;
	standing->upto = upto;
	standing->value_id = value_id;
	standing->value = slot_number(slot, IV_VALUE);
	standing->applicable = DatumGetBool(slot->tts_values[IV_APPLICABLE]);
	standing->peer_share = slot_number(slot, IV_PEER_SHARE);
	standing->peers = slot->tts_isnull[IV_PEERS] ? 0 :
		DatumGetInt32(slot->tts_values[IV_PEERS]);
}

#define RECORDS \
	"SELECT subject_code, indicator, quantity, happened_on, valid_until, status, repaired_on," \
	" record_id" \
	" FROM meso_audit.credit_record WHERE subject_type OPERATOR(pg_catalog.=) $1"
#define VALUES \
	"SELECT subject_code, indicator, pg_catalog.upper(period), value_id, value, applicable," \
	" peer_share, peers" \
	" FROM meso_audit.indicator_value WHERE subject_type OPERATOR(pg_catalog.=) $1" \
	" AND NOT pg_catalog.isempty(period)"
#define OF_THESE	" AND subject_code OPERATOR(pg_catalog.=) ANY ($2)"

static void
read_rows(MesoSubjects *subjects, ArrayType *codes)
{
	static MesoQuery all_records;
	static MesoQuery these_records;
	static MesoQuery all_values;
	static MesoQuery these_values;
	Oid			types[] = {TEXTOID, TEXTARRAYOID};
	Datum		values[] = {CStringGetTextDatum(subjects->scheme->subject_type),
	PointerGetDatum(codes)};

	meso_query_run(codes ? &these_records : &all_records,
				   codes ? RECORDS OF_THESE : RECORDS, codes ? 2 : 1, types,
				   values, NULL, record_row, subjects);
	subjects->last = NULL;
	meso_query_run(codes ? &these_values : &all_values,
				   codes ? VALUES OF_THESE : VALUES, codes ? 2 : 1, types,
				   values, NULL, value_row, subjects);
}

MesoSubjects *
meso_subjects_read(MesoScheme *scheme, ArrayType *codes, DateADT as_of, bool explain)
{
	MemoryContext ctx = AllocSetContextCreate(CurrentMemoryContext, "meso_audit subjects",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(ctx);
	MesoSubjects *subjects = palloc0(sizeof(MesoSubjects));

	subjects->ctx = ctx;
	subjects->scheme = scheme;
	subjects->as_of = as_of;
	subjects->explain = explain;
	subjects->by_code = meso_strtab_create(ctx, 256);
	subjects->list = palloc(sizeof(MesoSubject *) * 64);
	subjects->counts_from = palloc(sizeof(DateADT) * Max(scheme->nindicators, 1));
	subjects->earliest = as_of;
	for (int i = 0; i < scheme->nindicators; i++)
	{
		subjects->counts_from[i] = first_day(&scheme->indicators[i], as_of);
		subjects->earliest = Min(subjects->earliest, subjects->counts_from[i]);
	}
	if (codes)
	{
		Datum	   *elems;
		bool	   *nulls;
		int			n;

		deconstruct_array(codes, TEXTOID, -1, false, TYPALIGN_INT, &elems, &nulls, &n);
		for (int i = 0; i < n; i++)
		{
			if (!nulls[i])
				(void) subject_of(subjects,
								  meso_str(VARDATA_ANY(DatumGetPointer(elems[i])),
										   VARSIZE_ANY_EXHDR(DatumGetPointer(elems[i]))));
		}
	}
	read_rows(subjects, codes);
	MemoryContextSwitchTo(old);
	return subjects;
}
