/*-------------------------------------------------------------------------
 *
 * audit_result.c
 *		Findings as the national audit services say them.
 *
 * The shape of a judgement (违规结果) and of its items, field by field, is in
 * doc/precheck.md.  The order of both is fixed, so that equal findings give
 * equal JSON.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/fmgroids.h"
#include "utils/json.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "rules/audit_result.h"
#include "rules/finding_row.h"
#include "rules/json_out.h"
#include "rules/result_texts.h"

PG_FUNCTION_INFO_V1(meso_audit_audit_result);

/* A row of an array of composites, its columns */
typedef struct Row
{
	Datum	   *values;
	bool	   *nulls;
} Row;

/* What is known of an item */
typedef struct KnownItem
{
	Row			row;
	MesoStr		label;
} KnownItem;

/* An item as a finding names it: the judged one is number 0 */
typedef struct Detail
{
	int			seq;
	MesoStr		setl_id;
	MesoStr		feedetl_sn;
	MesoStr		mdtrt_id;
	MesoStr		row_no;
	MesoStr		level;
	const KnownItem *item;			/* NULL: nothing is known */
} Detail;

/* Everything at work */
typedef struct Writing
{
	MesoStr		task_id;
	int			nitems;
	KnownItem	   *items;
	FmgrInfo	range_cmp;
	JsonbParseState *state;
} Writing;

static MesoStr
row_str(Row row, int col)
{
	text	   *value;

	if (row.nulls[col])
		return meso_str(NULL, 0);
	value = DatumGetTextPP(row.values[col]);
	return meso_str(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/*
 * array_rows: the elements of an array of rows of ncolumns columns.
 */
static int
array_rows(ArrayType *array, int ncolumns, Row **rows)
{
	TupleDesc	desc = lookup_rowtype_tupdesc(ARR_ELEMTYPE(array), -1);
	Datum	   *elems;
	bool	   *nulls;
	int			n;
	int			count = 0;

	if (desc->natts != ncolumns)
		elog(ERROR, "rows of %d columns, expected %d", desc->natts, ncolumns);
	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE,
					  &elems, &nulls, &n);
	*rows = palloc(sizeof(Row) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		HeapTupleHeader header;
		HeapTupleData tuple = {0};
		Row		   *row = &(*rows)[count];

		if (nulls[i])
			continue;
		header = DatumGetHeapTupleHeader(elems[i]);
		tuple.t_len = HeapTupleHeaderGetDatumLength(header);
		tuple.t_data = header;
		row->values = palloc(sizeof(Datum) * ncolumns);
		row->nulls = palloc(sizeof(bool) * ncolumns);
		heap_deform_tuple(&tuple, desc, row->values, row->nulls);
		count++;
	}
	ReleaseTupleDesc(desc);
	return count;
}

/*
 * label_of: the item's name as given, else as known on the day.
 */
static MesoStr
label_of(Row item)
{
	DateADT		day = NO_DATE;

	if (!item.nulls[RI_NAME] || item.nulls[RI_CODE])
		return row_str(item, RI_NAME);
	if (!item.nulls[RI_HAPPENED])
		day = DatumGetDateADT(DirectFunctionCall1(timestamp_date, item.values[RI_HAPPENED]));
	return meso_known_name(item.values[RI_CODE], day);
}

static void
read_items(Writing *w, ArrayType *array)
{
	Row		   *rows;

	w->nitems = array_rows(array, RI_COUNT, &rows);
	w->items = palloc(sizeof(KnownItem) * Max(w->nitems, 1));
	for (int i = 0; i < w->nitems; i++)
	{
		w->items[i].row = rows[i];
		w->items[i].label = label_of(rows[i]);
	}
}

/*
 * related_key: a name's value in an element of "related".
 */
static MesoStr
related_key(JsonbValue *element, const char *name)
{
	JsonbValue *value = NULL;

	if (element->type == jbvBinary && JsonContainerIsObject(element->val.binary.data))
		value = getKeyJsonValueFromContainer(element->val.binary.data, name, strlen(name), NULL);
	if (value == NULL || value->type != jbvString)
		return meso_str(NULL, 0);
	return meso_str(value->val.string.val, value->val.string.len);
}

static bool
equal_keys(MesoStr a, MesoStr b)
{
	return !STR_IS_NULL(a) && !STR_IS_NULL(b) && meso_str_eq(a, b);
}

/*
 * add_details: a place with each item that is known of it.
 */
static List *
add_details(const Writing *w, List *details, Detail place)
{
	bool		known = false;
	Detail	   *d;

	for (int i = 0; i < w->nitems; i++)
	{
		const KnownItem *item = &w->items[i];

		if (!(equal_keys(place.setl_id, row_str(item->row, RI_SETL_ID)) &&
			  equal_keys(place.feedetl_sn, row_str(item->row, RI_FEEDETL_SN))) &&
			!(equal_keys(place.mdtrt_id, row_str(item->row, RI_MDTRT_ID)) &&
			  equal_keys(place.row_no, row_str(item->row, RI_ROW_NO)) &&
			  equal_keys(place.level, row_str(item->row, RI_LEVEL))))
			continue;
		d = palloc(sizeof(Detail));
		*d = place;
		d->mdtrt_id = meso_first_str(place.mdtrt_id, row_str(item->row, RI_MDTRT_ID));
		d->item = item;
		details = lappend(details, d);
		known = true;
	}
	if (!known)
	{
		d = palloc(sizeof(Detail));
		*d = place;
		details = lappend(details, d);
	}
	return details;
}

/*
 * details_of: what the finding is about, then what it rests on.
 */
static List *
details_of(const Writing *w, Row f)
{
	Detail		judged = {
		.setl_id = row_str(f, AF_SETL_ID),.feedetl_sn = row_str(f, AF_FEEDETL_SN),
		.mdtrt_id = row_str(f, AF_MDTRT_ID),.row_no = row_str(f, AF_ROW_NO),
		.level = row_str(f, AF_LEVEL)
	};
	List	   *details = add_details(w, NIL, judged);
	Jsonb	   *related;

	if (f.nulls[AF_RELATED])
		return details;
	related = DatumGetJsonbP(f.values[AF_RELATED]);
	if (!JB_ROOT_IS_ARRAY(related) || JB_ROOT_IS_SCALAR(related))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("what a finding rests on is not a JSON array")));
	for (int i = 0; i < JB_ROOT_COUNT(related); i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(&related->root, i);
		Detail		place = {
			.seq = i + 1,.setl_id = related_key(element, "setl_id"),
			.feedetl_sn = related_key(element, "feedetl_sn")
		};

		details = add_details(w, details, place);
	}
	return details;
}

/*
 * append_labels: the items' names, each once.
 */
static void
append_labels(StringInfo text, List *details)
{
	List	   *said = NIL;
	ListCell   *cell;

	foreach(cell, details)
	{
		const Detail *d = lfirst(cell);
		MesoStr		label;
		ListCell   *other;
		bool		again = false;

		if (d->item == NULL || d->item->row.nulls[RI_CODE])
			continue;
		label = meso_first_str(d->item->label, row_str(d->item->row, RI_CODE));
		foreach(other, said)
			again |= meso_str_eq(*(MesoStr *) lfirst(other), label);
		if (again)
			continue;
		appendStringInfoString(text, said == NIL ? "：【" : "、【");
		appendBinaryStringInfo(text, label.data, label.len);
		appendStringInfoString(text, "】");
		said = lappend(said, memcpy(palloc(sizeof(MesoStr)), &label, sizeof(MesoStr)));
	}
}

static MesoStr
content(Row f, const MesoResultTexts *texts, List *details)
{
	StringInfoData text;
	MesoStr		said = meso_first_str(meso_first_str(texts->logic, texts->message),
								meso_first_str(meso_first_str(texts->phrase, texts->kind_name),
										 row_str(f, AF_SOURCE_CODE)));

	initStringInfo(&text);
	if (!STR_IS_NULL(said))
		appendBinaryStringInfo(&text, said.data, said.len);
	append_labels(&text, details);
	return meso_str(text.data, text.len);
}

/*
 * grounds: the published limit and what it follows from; NULL for none.
 */
static MesoStr
grounds(const MesoResultTexts *texts)
{
	MesoStr		basis = meso_first_str(texts->point_basis, texts->rule_basis);
	StringInfoData text;

	initStringInfo(&text);
	if (!STR_IS_NULL(texts->constraint))
		appendBinaryStringInfo(&text, texts->constraint.data, texts->constraint.len);
	if (!STR_IS_NULL(texts->constraint) && !STR_IS_NULL(basis))
		appendStringInfoString(&text, "；");
	if (!STR_IS_NULL(basis))
		appendBinaryStringInfo(&text, basis.data, basis.len);
	return text.len > 0 ? meso_str(text.data, text.len) : meso_str(NULL, 0);
}

static void
push_word(Writing *w, const char *key, const char *word)
{
	meso_json_key(&w->state, key);
	meso_json_cstring(&w->state, WJB_VALUE, word);
}

/*
 * push_money: to the fen; JSON null for NULL.
 */
static void
push_money(Writing *w, const char *key, Datum amount, bool isnull)
{
	meso_json_key(&w->state, key);
	if (isnull)
		meso_json_cstring(&w->state, WJB_VALUE, NULL);
	else
		meso_json_number(&w->state,
						 DatumGetNumeric(DirectFunctionCall2(numeric_round, amount, Int32GetDatum(2))));
}

static void
push_time(Writing *w, const char *key, Datum value, bool isnull, Oid type)
{
	push_word(w, key,
			  isnull ? NULL : JsonEncodeDateTime(palloc(MAXDATELEN + 1), value, type, NULL));
}

static void
push_detail(Writing *w, Row f, const char *key, const Detail *d)
{
	MesoStr		none = {NULL, 0};
	const KnownItem *item = d->item;

	pushJsonbValue(&w->state, WJB_BEGIN_OBJECT, NULL);
	push_word(w, "jrd_id", key ? psprintf("%s-%d", key, d->seq) : NULL);
	meso_json_field(&w->state, "patn_id", row_str(f, AF_PSN_NO));
	meso_json_field(&w->state, "mdtrt_id", d->mdtrt_id);
	meso_json_field(&w->state, "setl_id", d->setl_id);
	meso_json_field(&w->state, "rx_id", d->feedetl_sn);
	meso_json_field(&w->state, "row_no", d->row_no);
	meso_json_field(&w->state, "hilist_code", item ? row_str(item->row, RI_CODE) : none);
	meso_json_field(&w->state, "hilist_name", item ? item->label : none);
	push_time(w, "item_time", item ? item->row.values[RI_HAPPENED] : 0,
			  !item || item->row.nulls[RI_HAPPENED], TIMESTAMPOID);
	push_money(w, "sumamt", item ? item->row.values[RI_AMOUNT] : 0,
			   !item || item->row.nulls[RI_AMOUNT]);
	push_word(w, "vola_item_type", d->seq == 0 ? "1" : "2");
	push_money(w, "vola_amt", f.values[AF_AMOUNT], d->seq > 0 || f.nulls[AF_AMOUNT]);
	pushJsonbValue(&w->state, WJB_END_OBJECT, NULL);
}

static char *
key_hex(Row f)
{
	bytea	   *key;
	char	   *hex;

	if (f.nulls[AF_FINDING_KEY])
		return NULL;
	key = DatumGetByteaPP(f.values[AF_FINDING_KEY]);
	hex = palloc0(VARSIZE_ANY_EXHDR(key) * 2 + 1);
	hex_encode(VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), hex);
	return hex;
}

static void
push_texts(Writing *w, Row f, const MesoResultTexts *texts, List *details)
{
	JsonbParseState **state = &w->state;

	meso_json_field(state, "rule_name",
					meso_first_str(meso_first_str(texts->title, texts->kind_name), row_str(f, AF_SOURCE_CODE)));
	meso_json_field(state, "kind_name", texts->kind_name);
	meso_json_field(state, "vola_cont", content(f, texts, details));
	meso_json_field(state, "vola_evid", grounds(texts));
	meso_json_field(state, "vola_bhvr_type", texts->tier2);
}

static void
push_finding(Writing *w, Row f)
{
	JsonbParseState **state = &w->state;
	char	   *key = key_hex(f);
	List	   *details = details_of(w, f);
	MesoResultTexts texts;
	ListCell   *cell;

	meso_result_texts(f.values, f.nulls, &texts);
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	push_word(w, "jr_id", key);
	meso_json_field(state, "rule_id", row_str(f, AF_SOURCE_CODE));
	meso_json_key(state, "rule_ver");
	if (f.nulls[AF_SOURCE_VERSION])
		meso_json_cstring(state, WJB_VALUE, NULL);
	else
		meso_json_number(state, int64_to_numeric(DatumGetInt32(f.values[AF_SOURCE_VERSION])));
	push_texts(w, f, &texts, details);
	meso_json_field(state, "kind_code", row_str(f, AF_KIND_CODE));
	meso_json_field(state, "point_id", row_str(f, AF_POINT_ID));
	meso_json_field(state, "level", row_str(f, AF_LEVEL));
	meso_json_field(state, "patn_id", row_str(f, AF_PSN_NO));
	meso_json_field(state, "medins_id", row_str(f, AF_FIXMEDINS_CODE));
	meso_json_field(state, "mdtrt_id", row_str(f, AF_MDTRT_ID));
	meso_json_field(state, "setl_id", row_str(f, AF_SETL_ID));
	push_time(w, "vola_date", f.values[AF_JUDGED_DAY], f.nulls[AF_JUDGED_DAY], DATEOID);
	push_money(w, "vola_amt", f.values[AF_AMOUNT], f.nulls[AF_AMOUNT]);
	push_word(w, "vola_amt_stas", f.nulls[AF_AMOUNT] ? "0" : "1");
	push_word(w, "sev_deg", meso_str_is(row_str(f, AF_ACTION), "remind") ? "3" :
			  meso_str_is(row_str(f, AF_CERTAINTY), "violation") ? "1" : "2");
	meso_json_field(state, "action", row_str(f, AF_ACTION));
	meso_json_field(state, "task_id", w->task_id);
	meso_json_key(state, "judge_result_detail_dtos");
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	foreach(cell, details)
		push_detail(w, f, key, lfirst(cell));
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

/* by rule, level, and what it is about, in byte order; NULL comes last */
static int
cmp_findings(const void *a, const void *b, void *arg)
{
	static const int columns[] = {
		AF_SOURCE_CODE, AF_LEVEL, AF_SETL_ID, AF_FEEDETL_SN, AF_MDTRT_ID, AF_ROW_NO,
		AF_PSN_NO
	};
	const Row  *x = a;
	const Row  *y = b;

	for (int i = 0; i < lengthof(columns); i++)
	{
		MesoStr		s = row_str(*x, columns[i]);
		MesoStr		t = row_str(*y, columns[i]);
		int			c = STR_IS_NULL(s) || STR_IS_NULL(t) ?
		STR_IS_NULL(s) - STR_IS_NULL(t) : meso_str_cmp(s, t);

		if (c != 0)
			return c;
	}
	if (x->nulls[AF_PERIOD] || y->nulls[AF_PERIOD])
		return x->nulls[AF_PERIOD] - y->nulls[AF_PERIOD];
	return DatumGetInt32(FunctionCall2(&((Writing *) arg)->range_cmp,
									   x->values[AF_PERIOD], y->values[AF_PERIOD]));
}

Jsonb *
meso_audit_result_of(ArrayType *findings, ArrayType *items, MesoStr task_id)
{
	Writing		w = {.task_id = task_id};
	Row		   *rows;
	int			n = array_rows(findings, AF_COUNT, &rows);

	fmgr_info(F_RANGE_CMP, &w.range_cmp);
	qsort_arg(rows, n, sizeof(Row), cmp_findings, &w);
	read_items(&w, items);
	pushJsonbValue(&w.state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		push_finding(&w, rows[i]);
	}
	return JsonbValueToJsonb(pushJsonbValue(&w.state, WJB_END_ARRAY, NULL));
}

/*
 * items_of: what the facts say of the findings' items.
 */
static ArrayType *
items_of(ArrayType *findings, Oid type, MemoryContext ctx)
{
	Datum		value = PointerGetDatum(findings);
	ArrayType  *items;
	MemoryContext old;
	bool		isnull;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args("SELECT meso_audit.result_items($1)", 1, &type, &value,
							  NULL, true, 1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "result_items() gave no row");
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	old = MemoryContextSwitchTo(ctx);
	items = DatumGetArrayTypePCopy(value);
	MemoryContextSwitchTo(old);
	SPI_finish();
	return items;
}

/*
 * audit_result(findings audit_finding[], items result_item[], task_id text)
 * returns jsonb
 *
 * findings NULL: none.  items NULL: read from the facts.
 */
Datum
meso_audit_audit_result(PG_FUNCTION_ARGS)
{
	ArrayType  *findings;
	ArrayType  *items;
	MesoStr		task_id = {NULL, 0};

	if (PG_ARGISNULL(0))
		PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum("[]")));
	findings = PG_GETARG_ARRAYTYPE_P(0);
	items = PG_ARGISNULL(1) ? items_of(findings, get_fn_expr_argtype(fcinfo->flinfo, 0), CurrentMemoryContext)
		: PG_GETARG_ARRAYTYPE_P(1);
	if (!PG_ARGISNULL(2))
	{
		text	   *task = PG_GETARG_TEXT_PP(2);

		task_id = meso_str(VARDATA_ANY(task), VARSIZE_ANY_EXHDR(task));
	}
	PG_RETURN_JSONB_P(meso_audit_result_of(findings, items, task_id));
}
