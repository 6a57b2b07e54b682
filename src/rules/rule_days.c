/*-------------------------------------------------------------------------
 *
 * rule_days.c
 *		Which version of a rule judges where, and on which days.
 *
 * Of each area a rule has versions of its own.  On a day the highest of them
 * whose "decides" holds the day is the one in force, and judges if it is active
 * and its "valid" holds the day; a pilot is also ended by a later version of
 * everywhere, which no pilot is.  Of areas that hold a place the narrowest with
 * an active version in force counts, before all of them a pilot's institutions:
 * a wider version is told where that is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

#include "compat.h"
#include "rules/config_rows.h"
#include "rules/row_array.h"
#include "rules/rule_days.h"

PG_FUNCTION_INFO_V1(meso_audit_rule_days);

const char *const meso_version_columns[RV_COUNT] = {
	"code", "version", "kind_code", "template", "params", "codes",
	"scope", "action", "certainty", "valid", "decides", "status",
	"area", "pilot"
};

static char *
text_or_empty(Datum value, bool isnull)
{
	return isnull ? pstrdup("") : TextDatumGetCString(value);
}

static Jsonb *
jsonb_or_null(Datum value, bool isnull)
{
	return isnull ? NULL : DatumGetJsonbPCopy(value);
}

static ArrayType *
array_or_null(Datum value, bool isnull)
{
	return isnull ? NULL : DatumGetArrayTypePCopy(value);
}

void
meso_versions_add(MesoVersions *versions, Datum *values, bool *nulls)
{
	char	   *status = text_or_empty(values[RV_STATUS], nulls[RV_STATUS]);
	MesoVersion *v;

	if (nulls[RV_CODE] || nulls[RV_VERSION] ||
		(strcmp(status, "active") != 0 && strcmp(status, "void") != 0))
		return;
	if (versions->n == versions->max)
	{
		versions->max = Max(128, versions->max * 2);
		versions->list = versions->list ?
			repalloc_huge(versions->list, sizeof(MesoVersion) * (Size) versions->max) :
			palloc(sizeof(MesoVersion) * versions->max);
	}
	v = &versions->list[versions->n++];
	memset(v, 0, sizeof(*v));
	v->code = TextDatumGetCString(values[RV_CODE]);
	v->version = DatumGetInt32(values[RV_VERSION]);
	v->active = status[0] == 'a';
	v->area = text_or_empty(values[RV_AREA], nulls[RV_AREA]);
	v->pilot = array_or_null(values[RV_PILOT], nulls[RV_PILOT]);
	v->decides = meso_range_days(values[RV_DECIDES], nulls[RV_DECIDES]);
	if (!v->active)
		return;
	v->kind_code = text_or_empty(values[RV_KIND_CODE], nulls[RV_KIND_CODE]);
	v->tmpl = text_or_empty(values[RV_TEMPLATE], nulls[RV_TEMPLATE]);
	v->params = jsonb_or_null(values[RV_PARAMS], nulls[RV_PARAMS]);
	v->codes = array_or_null(values[RV_CODES], nulls[RV_CODES]);
	v->scope = jsonb_or_null(values[RV_SCOPE], nulls[RV_SCOPE]);
	v->action = text_or_empty(values[RV_ACTION], nulls[RV_ACTION]);
	v->certainty = text_or_empty(values[RV_CERTAINTY], nulls[RV_CERTAINTY]);
	v->valid = meso_range_days(values[RV_VALID], nulls[RV_VALID]);
}

/* Days in ascending order, with gaps between them */
typedef struct DaySet
{
	int			n;
	int			max;
	MesoDays   *days;
} DaySet;

static void
add_days(DaySet *set, MesoDays days)
{
	int			first = 0;
	int			upto;

	if (days.from >= days.upto)
		return;
	while (first < set->n && set->days[first].upto < days.from)
		first++;
	for (upto = first; upto < set->n && set->days[upto].from <= days.upto; upto++)
	{
		days.from = Min(days.from, set->days[upto].from);
		days.upto = Max(days.upto, set->days[upto].upto);
	}
	if (set->n == set->max)
	{
		set->max = Max(8, set->max * 2);
		set->days = set->days ? repalloc(set->days, sizeof(MesoDays) * set->max) :
			palloc(sizeof(MesoDays) * set->max);
	}
	memmove(&set->days[first + 1], &set->days[upto], sizeof(MesoDays) * (set->n - upto));
	set->days[first] = days;
	set->n += 1 - (upto - first);
}

/*
 * days_outside: the days that are not in the set; returns how many pieces.
 */
static int
days_outside(MesoDays days, const DaySet *set, MesoDays **pieces)
{
	MesoDays   *result = palloc(sizeof(MesoDays) * (set->n + 1));
	int			n = 0;

	for (int i = 0; i < set->n && days.from < days.upto; i++)
	{
		if (set->days[i].from > days.from)
		{
			result[n].from = days.from;
			result[n].upto = Min(days.upto, set->days[i].from);
			n += result[n].from < result[n].upto;
		}
		days.from = Max(days.from, set->days[i].upto);
	}
	if (days.from < days.upto)
		result[n++] = days;
	*pieces = result;
	return n;
}

/* by code, area, the latest version first */
static int
cmp_latest(const void *a, const void *b)
{
	const MesoVersion *x = a;
	const MesoVersion *y = b;
	int			c = strcmp(x->code, y->code);

	if (c == 0)
		c = strcmp(x->area, y->area);
	return c != 0 ? c : (x->version < y->version) - (x->version > y->version);
}

static int
cmp_version(const void *a, const void *b)
{
	const MesoVersion *x = a;
	const MesoVersion *y = b;
	int			c = strcmp(x->code, y->code);

	return c != 0 ? c : (x->version > y->version) - (x->version < y->version);
}

/*
 * set_days: the days on which each version is the highest of its area, and
 * those on which it judges.
 */
static void
set_days(MesoVersions *versions)
{
	DaySet		later = {0};	/* decided by later versions of the area, */
	DaySet		lasting = {0};	/* by those that are no pilots */

	for (int i = 0; i < versions->n; i++)
	{
		MesoVersion *v = &versions->list[i];

		if (i == 0 || strcmp(v->code, v[-1].code) != 0 || strcmp(v->area, v[-1].area) != 0)
			later.n = lasting.n = 0;
		if (v->active)
		{
			v->nruling = days_outside(v->decides, v->pilot ? &later : &lasting, &v->ruling);
			v->days = palloc(sizeof(MesoDays) * Max(v->nruling, 1));
		}
		for (int d = 0; d < v->nruling; d++)
		{
			MesoDays   *days = &v->days[v->ndays];

			days->from = Max(v->ruling[d].from, v->valid.from);
			days->upto = Min(v->ruling[d].upto, v->valid.upto);
			v->ndays += days->from < days->upto;
		}
		add_days(&later, v->decides);
		if (v->pilot == NULL)
			add_days(&lasting, v->decides);
	}
}

/*
 * by_person: are these aggregates of persons?  They are of the area where the
 * person is insured, so that all that is counted of a person is judged by one
 * version; all else is of the institution's area.
 */
static bool
by_person(const MesoVersion *v)
{
	JsonbValue *by;

	if (strcmp(v->tmpl, "aggregate_threshold") != 0)
		return false;
	by = v->params && JB_ROOT_IS_OBJECT(v->params) ?
		getKeyJsonValueFromContainer(&v->params->root, "by", 2, NULL) : NULL;
	return by == NULL || by->type == jbvNull ||
		(by->type == jbvString &&
		 meso_str_is(meso_str(by->val.string.val, by->val.string.len), "person"));
}

static const char *
place_key(const MesoVersion *v)
{
	return v->pilot ? "fixmedins_code" : by_person(v) ? "psn_area" : "area";
}

/* the areas or institutions that it is of, as text[] */
static ArrayType *
places_of(const MesoVersion *v)
{
	MesoStr		area = meso_str(v->area, (int) strlen(v->area));

	return v->pilot ? v->pilot : meso_text_array(&area, 1);
}

/*
 * narrow_scope: the scope within the area or the pilot; NULL: nowhere.
 */
static void
narrow_scope(MesoVersion *v)
{
	Oid			types[] = {JSONBOID, TEXTOID, TEXTARRAYOID};
	List	   *name = list_make2(makeString(pstrdup("meso_audit")),
								  makeString(pstrdup("scope_within")));
	LOCAL_FCINFO(fcinfo, 3);
	FmgrInfo	flinfo;
	Datum		result;

	if (v->scope == NULL || (v->pilot == NULL && v->area[0] == '\0'))
		return;
	fmgr_info(LookupFuncName(name, 3, types, false), &flinfo);
	InitFunctionCallInfoData(*fcinfo, &flinfo, 3, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = JsonbPGetDatum(v->scope);
	fcinfo->args[0].isnull = false;
	fcinfo->args[1].value = CStringGetTextDatum(place_key(v));
	fcinfo->args[1].isnull = false;
	fcinfo->args[2].value = PointerGetDatum(places_of(v));
	fcinfo->args[2].isnull = false;
	result = FunctionCallInvoke(fcinfo);
	v->scope = fcinfo->isnull ? NULL : DatumGetJsonbPCopy(result);
}

static bool
is_narrower(const MesoVersion *n, const MesoVersion *than)
{
	return n->pilot != NULL ||
		(strcmp(n->area, than->area) != 0 &&
		 strncmp(n->area, than->area, strlen(than->area)) == 0);
}

/*
 * add_elsewhere: another place where a narrower version decides, on the days
 * on which it is the highest, whether it judges on them or not.
 */
static void
add_elsewhere(MesoVersion *v, const MesoVersion *narrower)
{
	Datum	   *places;
	bool	   *nulls;
	int			nplaces;
	int			n = v->nelsewhere;

	deconstruct_array(places_of(narrower), TEXTOID, -1, false, TYPALIGN_INT,
					  &places, &nulls, &nplaces);
	v->elsewhere = v->elsewhere ?
		repalloc(v->elsewhere, sizeof(MesoElsewhere) * (n + nplaces * narrower->nruling)) :
		palloc(sizeof(MesoElsewhere) * nplaces * narrower->nruling);
	for (int p = 0; p < nplaces; p++)
	{
		char	   *place = nulls[p] ? NULL : TextDatumGetCString(places[p]);

		for (int d = 0; place && d < narrower->nruling; d++)
		{
			MesoElsewhere *other = &v->elsewhere[n++];

			memset(other, 0, sizeof(*other));
			if (narrower->pilot)
				other->inst_code = place;
			else if (by_person(narrower))
				other->psn_area = place;
			else
				other->area = place;
			other->days = narrower->ruling[d];
		}
	}
	v->nelsewhere = n;
}

/*
 * set_elsewhere: of the versions [first, upto) of one code.
 */
static void
set_elsewhere(MesoVersions *versions, int first, int upto)
{
	for (int i = first; i < upto; i++)
	{
		MesoVersion *v = &versions->list[i];

		if (v->pilot)
			continue;
		for (int j = first; j < upto; j++)
		{
			if (is_narrower(&versions->list[j], v))
				add_elsewhere(v, &versions->list[j]);
		}
	}
}

/*
 * keep: only the versions that have days of the kind.
 */
static void
keep(MesoVersions *versions, bool judging)
{
	int			n = 0;

	for (int i = 0; i < versions->n; i++)
	{
		MesoVersion *v = &versions->list[i];

		if (judging ? v->ndays > 0 && v->scope != NULL : v->nruling > 0)
			versions->list[n++] = *v;
	}
	versions->n = n;
}

void
meso_versions_rule(MesoVersions *versions)
{
	int			first = 0;

	if (versions->n == 0)
		return;
	qsort(versions->list, versions->n, sizeof(MesoVersion), cmp_latest);
	set_days(versions);
	keep(versions, false);
	for (int i = 1; i <= versions->n; i++)
	{
		if (i == versions->n ||
			strcmp(versions->list[i].code, versions->list[first].code) != 0)
		{
			set_elsewhere(versions, first, i);
			first = i;
		}
	}
	for (int i = 0; i < versions->n; i++)
		narrow_scope(&versions->list[i]);
	keep(versions, true);
	qsort(versions->list, versions->n, sizeof(MesoVersion), cmp_version);
}

static void
append_text(StringInfo bytes, const char *s)
{
	appendBinaryStringInfo(bytes, s ? s : "", s ? strlen(s) + 1 : 1);
}

static void
append_value(StringInfo bytes, const void *value)
{
	if (value)
		appendBinaryStringInfo(bytes, value, VARSIZE_ANY(value));
	else
		appendStringInfoChar(bytes, '\0');
}

MesoStr
meso_version_content(const MesoVersion *v)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	append_text(&bytes, v->kind_code);
	append_text(&bytes, v->tmpl);
	append_text(&bytes, v->action);
	append_text(&bytes, v->certainty);
	append_value(&bytes, v->params);
	append_value(&bytes, v->codes);
	append_value(&bytes, v->scope);
	appendBinaryStringInfo(&bytes, (const char *) &v->ndays, sizeof(int));
	appendBinaryStringInfo(&bytes, (const char *) v->days, sizeof(MesoDays) * v->ndays);
	for (int i = 0; i < v->nelsewhere; i++)
	{
		const MesoElsewhere *other = &v->elsewhere[i];

		append_text(&bytes, other->area);
		append_text(&bytes, other->psn_area);
		append_text(&bytes, other->inst_code);
		appendBinaryStringInfo(&bytes, (const char *) &other->days, sizeof(MesoDays));
	}
	return meso_str(bytes.data, bytes.len);
}

void
meso_versions_read(MesoVersions *versions, ArrayType *rules)
{
	TupleDesc	desc = lookup_rowtype_tupdesc(ARR_ELEMTYPE(rules), -1);
	int			attnos[RV_COUNT];
	Datum	   *values = palloc(sizeof(Datum) * desc->natts);
	bool	   *nulls = palloc(sizeof(bool) * desc->natts);
	Datum	   *elems;
	bool	   *elem_nulls;
	int			n;

	for (int c = 0; c < RV_COUNT; c++)
		attnos[c] = SPI_fnumber(desc, meso_version_columns[c]) - 1;
	deconstruct_array(rules, ARR_ELEMTYPE(rules), -1, false, TYPALIGN_DOUBLE,
					  &elems, &elem_nulls, &n);
	for (int i = 0; i < n; i++)
	{
		HeapTupleHeader header;
		HeapTupleData tuple = {0};
		Datum		given[RV_COUNT];
		bool		given_nulls[RV_COUNT];

		CHECK_FOR_INTERRUPTS();
		if (elem_nulls[i])
			continue;
		header = DatumGetHeapTupleHeader(elems[i]);
		tuple.t_len = HeapTupleHeaderGetDatumLength(header);
		tuple.t_data = header;
		heap_deform_tuple(&tuple, desc, values, nulls);
		for (int c = 0; c < RV_COUNT; c++)
		{
			given[c] = values[attnos[c]];
			given_nulls[c] = nulls[attnos[c]];
		}
		meso_versions_add(versions, given, given_nulls);
	}
	ReleaseTupleDesc(desc);
}

static RangeType *
range_of(MesoDays days)
{
	RangeBound	lower = {DateADTGetDatum(days.from), days.from == PG_INT32_MIN, true, true};
	RangeBound	upper = {DateADTGetDatum(days.upto), days.upto == PG_INT32_MAX, false, false};

	return meso_make_range(lookup_type_cache(DATERANGEOID, TYPECACHE_RANGE_INFO), &lower, &upper);
}

static Datum
multirange_of(const MesoDays *days, int n)
{
	RangeType **ranges = palloc(sizeof(RangeType *) * n);

	for (int i = 0; i < n; i++)
		ranges[i] = range_of(days[i]);
	return MultirangeTypePGetDatum(make_multirange(DATEMULTIRANGEOID,
												   lookup_type_cache(DATERANGEOID, TYPECACHE_RANGE_INFO),
												   n, ranges));
}

/*
 * elsewhere_datum: as place_days[].
 */
static Datum
elsewhere_datum(const MesoVersion *v)
{
	MesoRowArray array;

	meso_row_array_start(&array, "place_days", 3);
	for (int i = 0; i < v->nelsewhere; i++)
	{
		const MesoElsewhere *other = &v->elsewhere[i];
		const char *key = other->area ? "area" : other->psn_area ? "psn_area" : "fixmedins_code";
		const char *place = other->area ? other->area :
			other->psn_area ? other->psn_area : other->inst_code;
		Datum		values[] = {
			CStringGetTextDatum(key), CStringGetTextDatum(place),
			RangeTypePGetDatum(range_of(other->days))
		};
		bool		nulls[3] = {false};

		meso_row_array_add(&array, values, nulls);
	}
	return meso_row_array_datum(&array);
}

/*
 * rule_days(rules rule[]) returns TABLE (code, version, scope, days, elsewhere)
 *
 * Strict: no versions, no rows.
 */
Datum
meso_audit_rule_days(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MesoVersions versions = {0};

	InitMaterializedSRF(fcinfo, 0);
	meso_versions_read(&versions, PG_GETARG_ARRAYTYPE_P(0));
	meso_versions_rule(&versions);
	for (int i = 0; i < versions.n; i++)
	{
		const MesoVersion *v = &versions.list[i];
		Datum		values[5];
		bool		nulls[5] = {false};

		values[0] = CStringGetTextDatum(v->code);
		values[1] = Int32GetDatum(v->version);
		values[2] = JsonbPGetDatum(v->scope);
		values[3] = multirange_of(v->days, v->ndays);
		nulls[4] = v->nelsewhere == 0;
		values[4] = nulls[4] ? (Datum) 0 : elsewhere_datum(v);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
