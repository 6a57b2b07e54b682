/*-------------------------------------------------------------------------
 *
 * evaluate_persons.c
 *		SQL entry of the evaluator: F of some persons, restricted to a period.
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
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "evidence/finding_key.h"
#include "rules/evaluate.h"

/* Persons loaded at a time: bounds the memory of one call */
#define PERSONS_A_CHUNK		1000

/* Columns of audit_finding */
enum
{
	AF_FINDING_KEY, AF_SOURCE_CODE, AF_KIND_CODE, AF_SOURCE_VERSION,
	AF_POINT_ID, AF_LEVEL, AF_PSN_NO, AF_FIXMEDINS_CODE, AF_PRAC_PSN_CODE,
	AF_MDTRT_ID, AF_SETL_ID, AF_FEEDETL_SN, AF_ROW_NO, AF_RELATED, AF_PERIOD,
	AF_AMOUNT, AF_SCORE, AF_CERTAINTY, AF_ACTION, AF_JUDGED_DAY, AF_COUNT
};

typedef struct Output
{
	Tuplestorestate *store;
	TupleDesc	desc;
	TypeCacheEntry *tsrange;
	MemoryContext row;
} Output;

PG_FUNCTION_INFO_V1(meso_audit_evaluate_persons);

static void
put_str(Datum *values, bool *nulls, int col, MesoStr s)
{
	nulls[col] = STR_IS_NULL(s);
	if (!nulls[col])
		values[col] = PointerGetDatum(cstring_to_text_with_len(s.data, s.len));
}

static void
put_text(Datum *values, bool *nulls, int col, const char *s)
{
	nulls[col] = s == NULL;
	if (s)
		values[col] = CStringGetTextDatum(s);
}

static MesoStr
cstr(const char *s)
{
	return meso_str(s, (int) strlen(s));
}

static const char *
hit_level(const MesoHit *hit)
{
	if (hit->line && hit->line->entry)
		return hit->rule->domain == DOMAIN_DIAGNOSIS ? "diagnosis" : "operation";
	return hit->line ? "line" : hit->setl ? "settlement" :
		hit->visit ? "visit" : "subject";
}

/*
 * hit_key: the finding's key; see evidence/finding_key.h for its parts.
 */
static Datum
hit_key(const MesoHit *hit, const char *level)
{
	MesoStr		parts[6] = {cstr("rule"), cstr(hit->rule->code), cstr(level)};
	const char *data[6];
	int			lens[6];
	int			n = 3;
	bytea	   *key = palloc(VARHDRSZ + 32);

	if (hit->line && hit->line->entry)
	{
		parts[n++] = hit->line->visit->mdtrt_id;
		parts[n++] = hit->line->entry->number;
	}
	else if (hit->line)
	{
		parts[n++] = hit->line->psn_no;
		parts[n++] = hit->line->setl->setl_id;
		parts[n++] = hit->line->feedetl_sn;
	}
	else if (hit->setl)
	{
		parts[n++] = hit->setl->psn_no;
		parts[n++] = hit->setl->setl_id;
	}
	else if (hit->visit)
		parts[n++] = hit->visit->mdtrt_id;
	else
	{
		struct pg_tm tm;
		fsec_t		fsec;

		if (timestamp2tm(hit->from, NULL, &tm, &fsec, NULL, NULL) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("timestamp out of range")));
		parts[n++] = hit->person->psn_no;
		parts[n++] = cstr(psprintf("%04d-%02d-%02d %02d:%02d:%02d",
								   tm.tm_year, tm.tm_mon, tm.tm_mday,
								   tm.tm_hour, tm.tm_min, tm.tm_sec));
	}
	for (int i = 0; i < n; i++)
	{
		data[i] = parts[i].data;
		lens[i] = parts[i].len;
	}
	SET_VARSIZE(key, VARHDRSZ + 32);
	meso_finding_key(data, lens, n, (uint8 *) VARDATA(key));
	return PointerGetDatum(key);
}

static void
push_pair(JsonbParseState **state, const char *name, MesoStr value)
{
	JsonbValue	v;

	v.type = jbvString;
	v.val.string.val = (char *) name;
	v.val.string.len = strlen(name);
	pushJsonbValue(state, WJB_KEY, &v);
	v.val.string.val = (char *) value.data;
	v.val.string.len = value.len;
	pushJsonbValue(state, WJB_VALUE, &v);
}

/*
 * related_json: the related lines as [{"setl_id", "feedetl_sn"}].
 */
static Datum
related_json(const MesoHit *hit)
{
	JsonbParseState *state = NULL;
	JsonbValue *result;

	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < hit->nrelated; i++)
	{
		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		push_pair(&state, "setl_id", hit->related[i]->setl->setl_id);
		push_pair(&state, "feedetl_sn", hit->related[i]->feedetl_sn);
		pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	}
	result = pushJsonbValue(&state, WJB_END_ARRAY, NULL);
	return JsonbPGetDatum(JsonbValueToJsonb(result));
}

static Datum
hit_period(TypeCacheEntry *tsrange, const MesoHit *hit)
{
	RangeBound	lower = {.val = TimestampGetDatum(hit->from),.inclusive = true,.lower = true};
	RangeBound	upper = {.val = TimestampGetDatum(hit->upto)};

	return RangeTypePGetDatum(meso_make_range(tsrange, &lower, &upper));
}

/*
 * put_places: institution, practitioner, visit, settlement and line of a hit.
 */
static void
put_places(const MesoHit *hit, Datum *values, bool *nulls)
{
	const MesoLine *L = hit->line;
	const MesoVisit *visit = L ? L->visit : hit->setl ? hit->setl->visit : hit->visit;
	const MesoInstitution *inst = L ? L->inst : hit->setl ? hit->setl->inst :
	hit->visit ? hit->visit->inst : NULL;

	if (inst)
		put_str(values, nulls, AF_FIXMEDINS_CODE, inst->code);
	if (visit)
		put_str(values, nulls, AF_MDTRT_ID, visit->mdtrt_id);
	if (L && L->entry)
		put_str(values, nulls, AF_ROW_NO, L->entry->number);
	else if (L)
	{
		put_str(values, nulls, AF_PRAC_PSN_CODE, L->dr_code);
		put_str(values, nulls, AF_SETL_ID, L->setl->setl_id);
		put_str(values, nulls, AF_FEEDETL_SN, L->feedetl_sn);
	}
	else if (hit->setl)
		put_str(values, nulls, AF_SETL_ID, hit->setl->setl_id);
	else if (hit->visit)
		put_str(values, nulls, AF_PRAC_PSN_CODE, hit->visit->dr_code);
}

static void
put_hit(const MesoHit *hit, void *arg)
{
	Output	   *out = arg;
	Datum		values[AF_COUNT] = {0};
	bool		nulls[AF_COUNT];
	const char *level = hit_level(hit);
	MemoryContext old = MemoryContextSwitchTo(out->row);

	memset(nulls, true, sizeof(nulls));
	values[AF_FINDING_KEY] = hit_key(hit, level);
	nulls[AF_FINDING_KEY] = false;
	put_text(values, nulls, AF_SOURCE_CODE, hit->rule->code);
	put_text(values, nulls, AF_KIND_CODE, hit->rule->kind_code);
	values[AF_SOURCE_VERSION] = Int32GetDatum(hit->rule->version);
	nulls[AF_SOURCE_VERSION] = false;
	put_text(values, nulls, AF_POINT_ID, hit->point_id);
	put_text(values, nulls, AF_LEVEL, level);
	put_str(values, nulls, AF_PSN_NO, hit->person->psn_no);
	put_places(hit, values, nulls);
	if (hit->nrelated > 0)
	{
		values[AF_RELATED] = related_json(hit);
		nulls[AF_RELATED] = false;
	}
	if (strcmp(level, "subject") == 0)
	{
		values[AF_PERIOD] = hit_period(out->tsrange, hit);
		values[AF_SCORE] = Float4GetDatum((float4) hit->score);
		nulls[AF_PERIOD] = nulls[AF_SCORE] = false;
	}
	if (hit->amount != NO_FIXED)
	{
		values[AF_AMOUNT] = fixed_to_numeric(hit->amount,
											 hit->amount % FIXED_CENT == 0 ? 2 : FIXED_SCALE);
		nulls[AF_AMOUNT] = false;
	}
	put_text(values, nulls, AF_CERTAINTY, hit->rule->certainty);
	put_text(values, nulls, AF_ACTION, hit->rule->action);
	values[AF_JUDGED_DAY] = DateADTGetDatum(hit->day);
	nulls[AF_JUDGED_DAY] = false;
	tuplestore_putvalues(out->store, out->desc, values, nulls);
	MemoryContextSwitchTo(old);
	MemoryContextReset(out->row);
}

/*
 * period_days: a daterange as days; NULL is all days.  false: it is empty.
 */
static bool
period_days(FunctionCallInfo fcinfo, int argno, MesoDays *days)
{
	RangeType  *range;
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	days->from = PG_INT32_MIN;
	days->upto = PG_INT32_MAX;
	if (PG_ARGISNULL(argno))
		return true;
	range = PG_GETARG_RANGE_P(argno);
	range_deserialize(lookup_type_cache(RangeTypeGetOid(range), TYPECACHE_RANGE_INFO),
					  range, &lower, &upper, &empty);
	if (empty)
		return false;
	if (!lower.infinite)
		days->from = DatumGetDateADT(lower.val);
	if (!upper.infinite)
		days->upto = DatumGetDateADT(upper.val);
	return true;
}

/*
 * evaluate_slice: judge some of the persons.
 */
static void
evaluate_slice(MesoProgram *program, Datum *elems, bool *nulls, int n,
			   MesoDays period, Output *out)
{
	ArrayType  *persons;
	int			dims[1] = {n};
	int			lbs[1] = {1};
	MesoChunk  *chunk;

	persons = construct_md_array(elems, nulls, 1, dims, lbs, TEXTOID, -1, false,
								 TYPALIGN_INT);
	chunk = meso_chunk_load(program, persons, period);
	meso_chunk_assemble(chunk);
	meso_evaluate(chunk, put_hit, out);
	MemoryContextDelete(chunk->ctx);
	pfree(persons);
}

static Output
output_start(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext old;
	Output		out;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo) ||
		!(rsinfo->allowedModes & SFRM_Materialize))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));
	old = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);
	if (get_call_result_type(fcinfo, NULL, &out.desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (out.desc->natts != AF_COUNT)
		elog(ERROR, "audit_finding has %d columns, expected %d", out.desc->natts, AF_COUNT);
	out.desc = CreateTupleDescCopy(out.desc);
	out.store = tuplestore_begin_heap(true, false, work_mem);
	out.tsrange = lookup_type_cache(TSRANGEOID, TYPECACHE_RANGE_INFO);
	out.row = AllocSetContextCreate(old, "meso_audit finding", ALLOCSET_SMALL_SIZES);
	MemoryContextSwitchTo(old);
	rsinfo->returnMode = SFRM_Materialize;
	rsinfo->setResult = out.store;
	rsinfo->setDesc = out.desc;
	return out;
}

/*
 * evaluate_persons(persons text[], period daterange, rules text[])
 * returns setof audit_finding
 *
 * F of these persons under the active snapshot, restricted to the period
 * (NULL: all days) and to the rules named (NULL: all).  NULL persons: none.
 */
Datum
meso_audit_evaluate_persons(PG_FUNCTION_ARGS)
{
	Output		out = output_start(fcinfo);
	MesoDays	period;
	MesoProgram *program;
	Datum	   *elems;
	bool	   *nulls;
	int			n;

	if (PG_ARGISNULL(0) || !period_days(fcinfo, 1, &period))
		return (Datum) 0;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false, TYPALIGN_INT,
					  &elems, &nulls, &n);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	program = meso_program();
	PG_TRY();
	{
		meso_program_select(program, PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2));
		for (int i = 0; i < n; i += PERSONS_A_CHUNK)
			evaluate_slice(program, elems + i, nulls + i,
						   Min(PERSONS_A_CHUNK, n - i), period, &out);
	}
	PG_CATCH();
	{
		meso_program_release(program, true);
		PG_RE_THROW();
	}
	PG_END_TRY();
	meso_program_release(program, false);
	SPI_finish();
	return (Datum) 0;
}
