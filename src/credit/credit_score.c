/*-------------------------------------------------------------------------
 *
 * credit_score.c
 *		SQL entries of the credit engine.
 *
 * All are pure reads under the active snapshot, with the rights of the caller.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "credit/subject.h"

#define SCORE_DECIMALS 2

PG_FUNCTION_INFO_V1(meso_audit_credit_score);
PG_FUNCTION_INFO_V1(meso_audit_credit_scores);
PG_FUNCTION_INFO_V1(meso_audit_credit_standing);
PG_FUNCTION_INFO_V1(meso_audit_rate);

static Datum
points(fixed value)
{
	return fixed_to_numeric(value, value % FIXED_CENT == 0 ? SCORE_DECIMALS : FIXED_SCALE);
}

static void
push_key(JsonbParseState **state, const char *name)
{
	JsonbValue	v = {.type = jbvString};

	v.val.string.val = (char *) name;
	v.val.string.len = strlen(name);
	pushJsonbValue(state, WJB_KEY, &v);
}

static void
push_text(JsonbParseState **state, const char *name, const char *text)
{
	JsonbValue	v = {.type = jbvString};

	push_key(state, name);
	v.val.string.val = (char *) text;

	v.val.string.len = strlen(text);
	pushJsonbValue(state, WJB_VALUE, &v);
}

static void
push_points(JsonbParseState **state, const char *name, fixed value)
{
	JsonbValue	v = {.type = jbvNumeric};

	push_key(state, name);
	v.val.numeric = DatumGetNumeric(points(value));
	pushJsonbValue(state, WJB_VALUE, &v);
}

/*
 * aspects_json: {aspect: {"lost", "gained"}}.
 */
static Datum
aspects_json(const MesoScheme *scheme, const MesoScore *score)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	for (int a = 0; a < scheme->naspects; a++)
	{
		fixed		lost = 0;
		fixed		gained = 0;

		for (int i = 0; i < scheme->nindicators; i++)
		{
			if (scheme->indicators[i].aspect == a)
			{
				lost = fixed_add(lost, score->indicators[i].lost);
				gained = fixed_add(gained, score->indicators[i].gained);
			}
		}
		push_key(&state, scheme->aspects[a].code);
		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		push_points(&state, "lost", lost);
		push_points(&state, "gained", gained);
		pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	}
	return JsonbPGetDatum(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
}

/*
 * lost_json: [{"indicator", "lost", "gained"}] of the indicators that moved
 * the score, in the scheme's order, and what the bounds took.
 */
static Datum
lost_json(const MesoScheme *scheme, const MesoScore *score)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < scheme->nindicators; i++)
	{
		const MesoIndicatorScore *one = &score->indicators[i];

		if (one->lost == 0 && one->gained == 0)
			continue;
		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		push_text(&state, "indicator", scheme->indicators[i].code);
		if (one->lost != 0)
			push_points(&state, "lost", one->lost);
		if (one->gained != 0)
			push_points(&state, "gained", one->gained);
		pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	}
	if (score->bounds_lost != 0)
	{
		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		push_text(&state, "indicator", "bounds");
		push_points(&state, "lost", score->bounds_lost);
		pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	}
	return JsonbPGetDatum(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL)));
}

/* score, grade, vetoed_by, aspects, lost */
#define SCORE_COLUMNS 5

static void
put_score(const MesoScheme *scheme, const MesoScore *score, Datum *values, bool *nulls)
{
	memset(nulls, !score->rated, SCORE_COLUMNS * sizeof(bool));
	if (!score->rated)
		return;
	values[0] = points(score->score);
	values[1] = CStringGetTextDatum(score->grade);
	nulls[2] = score->vetoed_by < 0;
	if (!nulls[2])
		values[2] = CStringGetTextDatum(scheme->indicators[score->vetoed_by].code);
	values[3] = aspects_json(scheme, score);
	values[4] = lost_json(scheme, score);
}

static char *
text_or_null(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(argno));
}

static ArrayType *
one_code(text *code)
{
	Datum		elem = PointerGetDatum(code);

	return construct_array(&elem, 1, TEXTOID, -1, false, TYPALIGN_INT);
}

/*
 * credit_score(subject_type text, subject_code text, as_of date, scheme text)
 *
 * NULL where type, code or day is NULL, or where nothing applies.
 */
Datum
meso_audit_credit_score(PG_FUNCTION_ARGS)
{
	TupleDesc	desc;
	Datum		values[SCORE_COLUMNS] = {0};
	bool		nulls[SCORE_COLUMNS];
	MemoryContext caller = CurrentMemoryContext;
	MesoScheme *scheme;
	MesoSubjects *subjects;
	DateADT		as_of;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	as_of = PG_GETARG_DATEADT(2);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	desc = BlessTupleDesc(desc);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	scheme = meso_scheme(text_or_null(fcinfo, 0), text_or_null(fcinfo, 3), 0, as_of);
	subjects = meso_subjects_read(scheme, one_code(PG_GETARG_TEXT_PP(1)), as_of, false);
	MemoryContextSwitchTo(caller);
	put_score(scheme, meso_score(scheme, subjects->list[0]), values, nulls);
	SPI_finish();
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

typedef struct Output
{
	Tuplestorestate *store;
	TupleDesc	desc;
	MemoryContext row;
} Output;

static Output
output_start(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Output		out;

	InitMaterializedSRF(fcinfo, 0);
	out.store = rsinfo->setResult;
	out.desc = rsinfo->setDesc;
	out.row = AllocSetContextCreate(rsinfo->econtext->ecxt_per_query_memory,
									"meso_audit score", ALLOCSET_SMALL_SIZES);
	return out;
}

/*
 * read_subjects: the arguments (subject_type, codes, as_of, scheme, version)
 * that set-returning entries share.
 */
static MesoSubjects *
read_subjects(FunctionCallInfo fcinfo, ArrayType *codes, bool explain)
{
	DateADT		as_of = PG_GETARG_DATEADT(2);
	MesoScheme *scheme = meso_scheme(text_or_null(fcinfo, 0), text_or_null(fcinfo, 3),
									 PG_ARGISNULL(4) ? 0 : PG_GETARG_INT32(4), as_of);

	return meso_subjects_read(scheme, codes, as_of, explain);
}

/*
 * credit_scores(subject_type text, subject_codes text[], as_of date,
 *				 scheme text, version integer)
 *
 * The same for many; codes NULL: all with a record or value that counts on the day.
 */
Datum
meso_audit_credit_scores(PG_FUNCTION_ARGS)
{
	Output		out = output_start(fcinfo);
	MesoSubjects *subjects;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		return (Datum) 0;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	subjects = read_subjects(fcinfo, PG_ARGISNULL(1) ? NULL : PG_GETARG_ARRAYTYPE_P(1), false);
	for (int i = 0; i < subjects->n; i++)
	{
		Datum		values[1 + SCORE_COLUMNS] = {0};
		bool		nulls[1 + SCORE_COLUMNS] = {0};
		MemoryContext old = MemoryContextSwitchTo(out.row);
		MesoStr		code = subjects->list[i]->code;

		CHECK_FOR_INTERRUPTS();
		values[0] = PointerGetDatum(cstring_to_text_with_len(code.data, code.len));
		put_score(subjects->scheme, meso_score(subjects->scheme, subjects->list[i]),
				  values + 1, nulls + 1);
		tuplestore_putvalues(out.store, out.desc, values, nulls);
		MemoryContextSwitchTo(old);
		MemoryContextReset(out.row);
	}
	SPI_finish();
	return (Datum) 0;
}

enum
{
	CS_INDICATOR, CS_ASPECT, CS_OUTCOME, CS_QUANTITY, CS_VALUE, CS_PEER_SHARE,
	CS_LOST, CS_GAINED, CS_VALUE_ID, CS_RECORDS, CS_COUNT
};

/*
 * put_number: with the decimals that it has.
 */
static void
put_number(Datum *values, bool *nulls, int col, fixed value)
{
	int			decimals = FIXED_SCALE;

	nulls[col] = value == NO_FIXED;
	if (nulls[col])
		return;
	for (int64 unit = 10; decimals > 0 && value % unit == 0; unit *= 10)
		decimals--;
	values[col] = fixed_to_numeric(value, decimals);
}

/*
 * put_standing: what indicator i has of a subject and what it did.
 */
static void
put_standing(const MesoScheme *scheme, const MesoSubject *subject,
			 const MesoScore *score, int i, Datum *values, bool *nulls)
{
	static const char *const outcomes[] = {"counts", "missing", "not_applicable"};
	const MesoStanding *standing = &subject->standings[i];
	const MesoIndicatorScore *one = &score->indicators[i];
	Datum	   *ids = palloc(sizeof(Datum) * Max(standing->nrecords, 1));

	memset(nulls, false, CS_COUNT * sizeof(bool));
	values[CS_INDICATOR] = CStringGetTextDatum(scheme->indicators[i].code);
	values[CS_ASPECT] = CStringGetTextDatum(scheme->aspects[scheme->indicators[i].aspect].code);
	values[CS_OUTCOME] = CStringGetTextDatum(outcomes[one->outcome]);
	put_number(values, nulls, CS_QUANTITY, standing->quantity);
	put_number(values, nulls, CS_VALUE, standing->has_row ? standing->value : NO_FIXED);
	put_number(values, nulls, CS_PEER_SHARE,
			   standing->has_row ? standing->peer_share : NO_FIXED);
	values[CS_LOST] = points(one->lost);
	values[CS_GAINED] = points(one->gained);
	nulls[CS_VALUE_ID] = !standing->has_row;
	values[CS_VALUE_ID] = Int64GetDatum(standing->value_id);
	for (int r = 0; r < standing->nrecords; r++)
		ids[r] = Int64GetDatum(standing->records[r]);
	values[CS_RECORDS] = PointerGetDatum(construct_array(ids, standing->nrecords, INT8OID,
														 sizeof(int64), FLOAT8PASSBYVAL,
														 TYPALIGN_DOUBLE));
}

static void
put_bounds(fixed lost, Datum *values, bool *nulls)
{
	memset(nulls, true, CS_COUNT * sizeof(bool));
	values[CS_INDICATOR] = CStringGetTextDatum("bounds");
	values[CS_OUTCOME] = CStringGetTextDatum("counts");
	values[CS_LOST] = points(lost);
	values[CS_GAINED] = fixed_to_numeric(0, SCORE_DECIMALS);
	nulls[CS_INDICATOR] = nulls[CS_OUTCOME] = nulls[CS_LOST] = nulls[CS_GAINED] = false;
}

/*
 * emit: a row of "columns" columns that begins with the subject's code.
 */
static void
emit(Output *out, MesoStr code, Datum *values, bool *nulls)
{
	values[0] = PointerGetDatum(cstring_to_text_with_len(code.data, code.len));
	nulls[0] = false;
	tuplestore_putvalues(out->store, out->desc, values, nulls);
}

/* subject_code, score columns, standing columns */
#define RATE_STANDING	(1 + SCORE_COLUMNS)
#define RATE_COLUMNS	(RATE_STANDING + CS_COUNT)

/*
 * rate_subject: a row with the score, then one for each indicator and one for
 * the bounds.
 */
static void
rate_subject(Output *out, const MesoScheme *scheme, const MesoSubject *subject)
{
	Datum		values[RATE_COLUMNS] = {0};
	bool		nulls[RATE_COLUMNS];
	const MesoScore *score = meso_score(scheme, subject);

	memset(nulls, true, sizeof(nulls));
	put_score(scheme, score, values + 1, nulls + 1);
	emit(out, subject->code, values, nulls);
	memset(nulls, true, sizeof(nulls));
	for (int i = 0; score->rated && i < scheme->nindicators; i++)
	{
		put_standing(scheme, subject, score, i, values + RATE_STANDING, nulls + RATE_STANDING);
		emit(out, subject->code, values, nulls);
	}
	if (score->rated && score->bounds_lost != 0)
	{
		put_bounds(score->bounds_lost, values + RATE_STANDING, nulls + RATE_STANDING);
		emit(out, subject->code, values, nulls);
	}
}

/*
 * credit_standing(subject_type text, subject_code text, as_of date,
 *				   scheme text, version integer)
 *
 * A row for each indicator of the scheme and what it did to the score.  None
 * where type, code or day is NULL, or where nothing applies.
 */
Datum
meso_audit_credit_standing(PG_FUNCTION_ARGS)
{
	Output		out = output_start(fcinfo);
	Datum		values[CS_COUNT] = {0};
	bool		nulls[CS_COUNT];
	MesoSubjects *subjects;
	MesoScore  *score;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return (Datum) 0;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	subjects = read_subjects(fcinfo, one_code(PG_GETARG_TEXT_PP(1)), true);
	score = meso_score(subjects->scheme, subjects->list[0]);
	for (int i = 0; score->rated && i < subjects->scheme->nindicators; i++)
	{
		put_standing(subjects->scheme, subjects->list[0], score, i, values, nulls);
		tuplestore_putvalues(out.store, out.desc, values, nulls);
	}
	if (score->rated && score->bounds_lost != 0)
	{
		put_bounds(score->bounds_lost, values, nulls);
		tuplestore_putvalues(out.store, out.desc, values, nulls);
	}
	SPI_finish();
	return (Datum) 0;
}

/*
 * rate(scheme text, version integer, subject_type text, codes text[], as_of date)
 *
 * Scores with what they rest on, for many subjects; codes NULL: all that have
 * a record or value.
 */
Datum
meso_audit_rate(PG_FUNCTION_ARGS)
{
	Output		out = output_start(fcinfo);
	MesoScheme *scheme;
	MesoSubjects *subjects;

	if (PG_ARGISNULL(2) || PG_ARGISNULL(4))
		return (Datum) 0;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	scheme = meso_scheme(text_or_null(fcinfo, 2), text_or_null(fcinfo, 0),
						 PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1), PG_GETARG_DATEADT(4));
	subjects = meso_subjects_read(scheme, PG_ARGISNULL(3) ? NULL : PG_GETARG_ARRAYTYPE_P(3),
								  PG_GETARG_DATEADT(4), true);
	for (int i = 0; i < subjects->n; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(out.row);

		CHECK_FOR_INTERRUPTS();
		rate_subject(&out, scheme, subjects->list[i]);
		MemoryContextSwitchTo(old);
		MemoryContextReset(out.row);
	}
	SPI_finish();
	return (Datum) 0;
}
