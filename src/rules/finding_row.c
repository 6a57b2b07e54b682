/*-------------------------------------------------------------------------
 *
 * finding_row.c
 *		A hit of the evaluator as a row of type audit_finding.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "evidence/finding_key.h"
#include "rules/finding_row.h"

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

/*
 * meso_hit_level: what the finding is about.
 */
const char *
meso_hit_level(const MesoHit *hit)
{
	if (hit->line && hit->line->entry)
		return hit->rule->domain == DOMAIN_DIAGNOSIS ? "diagnosis" : "operation";
	return hit->line ? "line" : hit->setl ? "settlement" :
		hit->visit ? "visit" : "subject";
}

/*
 * meso_hit_key: the finding's key, 32 bytes; see evidence/finding_key.h for
 * its parts.
 */
void
meso_hit_key(const MesoHit *hit, uint8 *key)
{
	const char *level = meso_hit_level(hit);
	MesoStr		parts[6] = {cstr("rule"), cstr(hit->rule->code), cstr(level)};
	const char *data[6];
	int			lens[6];
	int			n = 3;

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
		parts[n++] = cstr(psprintf(fsec == 0 ? "%04d-%02d-%02d %02d:%02d:%02d"
								   : "%04d-%02d-%02d %02d:%02d:%02d.%06d",
								   tm.tm_year, tm.tm_mon, tm.tm_mday,
								   tm.tm_hour, tm.tm_min, tm.tm_sec, (int) fsec));
	}
	for (int i = 0; i < n; i++)
	{
		data[i] = parts[i].data;
		lens[i] = parts[i].len;
	}
	meso_finding_key(data, lens, n, key);
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
hit_period(const MesoHit *hit)
{
	TypeCacheEntry *tsrange = lookup_type_cache(TSRANGEOID, TYPECACHE_RANGE_INFO);
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

/*
 * meso_finding_row: the columns of a hit; all strings are copies.
 */
void
meso_finding_row(const MesoHit *hit, Datum *values, bool *nulls)
{
	const char *level = meso_hit_level(hit);
	bytea	   *key = palloc(VARHDRSZ + 32);

	memset(nulls, true, sizeof(bool) * AF_COUNT);
	SET_VARSIZE(key, VARHDRSZ + 32);
	meso_hit_key(hit, (uint8 *) VARDATA(key));
	values[AF_FINDING_KEY] = PointerGetDatum(key);
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
		values[AF_PERIOD] = hit_period(hit);
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
}
