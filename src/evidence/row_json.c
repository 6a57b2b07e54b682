/*-------------------------------------------------------------------------
 *
 * row_json.c
 *		A row as JSON, without its NULL columns.
 *
 * What row_to_json() gives, less the columns that say nothing; the types'
 * output functions are looked up once a query, not once a value, which is
 * most of the time that evidence takes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "meso_audit.h"

PG_FUNCTION_INFO_V1(meso_row_json);

typedef enum ColumnKind
{
	COLUMN_TEXT,				/* output quoted and escaped */
	COLUMN_NUMBER,				/* output as it is, unless NaN or infinite */
	COLUMN_BOOL,
	COLUMN_TIME,				/* ISO 8601 */
	COLUMN_ARRAY,				/* a JSON array */
	COLUMN_JSON
} ColumnKind;

typedef struct Column
{
	char	   *label;			/* "name": */
	ColumnKind	kind;
	Oid			type;
	FmgrInfo	out;
} Column;

/* Of one row type; in fn_extra. */
typedef struct RowShape
{
	Oid			type;
	int32		typmod;
	TupleDesc	desc;
	Column	   *columns;
} RowShape;

static ColumnKind
column_kind(Oid type)
{
	switch (type)
	{
		case BOOLOID:
			return COLUMN_BOOL;
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return COLUMN_NUMBER;
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return COLUMN_TIME;
		case JSONOID:
		case JSONBOID:
			return COLUMN_JSON;
		default:
			return type_is_array(type) ? COLUMN_ARRAY : COLUMN_TEXT;
	}
}

/*
 * row_shape: the columns of a row type, allocated in ctx.
 */
static RowShape *
row_shape(Oid type, int32 typmod, MemoryContext ctx)
{
	MemoryContext before = MemoryContextSwitchTo(ctx);
	RowShape   *shape = palloc(sizeof(RowShape));

	shape->type = type;
	shape->typmod = typmod;
	shape->desc = lookup_rowtype_tupdesc_copy(type, typmod);
	shape->columns = palloc0(sizeof(Column) * Max(shape->desc->natts, 1));
	for (int i = 0; i < shape->desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(shape->desc, i);
		Column	   *column = &shape->columns[i];
		StringInfoData label;
		Oid			outfunc;
		bool		isvarlena;

		if (att->attisdropped)
			continue;
		initStringInfo(&label);
		escape_json(&label, NameStr(att->attname));
		appendStringInfoChar(&label, ':');
		column->label = label.data;
		column->type = getBaseType(att->atttypid);
		column->kind = column_kind(column->type);
		getTypeOutputInfo(att->atttypid, &outfunc, &isvarlena);
		fmgr_info_cxt(outfunc, &column->out, ctx);
	}
	MemoryContextSwitchTo(before);
	return shape;
}

static void
append_column(StringInfo buf, Column *column, Datum value)
{
	char		time[MAXDATELEN + 1];
	char	   *str;

	switch (column->kind)
	{
		case COLUMN_BOOL:
			appendStringInfoString(buf, DatumGetBool(value) ? "true" : "false");
			return;
		case COLUMN_TIME:
			JsonEncodeDateTime(time, value, column->type, NULL);
			appendStringInfoChar(buf, '"');
			appendStringInfoString(buf, time);
			appendStringInfoChar(buf, '"');
			return;
		case COLUMN_ARRAY:
			str = TextDatumGetCString(DirectFunctionCall1(array_to_json, value));
			break;
		default:
			str = OutputFunctionCall(&column->out, value);
	}
	/* digits alone are a number; NaN and Infinity are text */
	if (column->kind == COLUMN_JSON || column->kind == COLUMN_ARRAY ||
		(column->kind == COLUMN_NUMBER && strpbrk(str, "NI") == NULL))
		appendStringInfoString(buf, str);
	else
		escape_json(buf, str);
	pfree(str);
}

/*
 * row_json(record) returns json. Strict.
 */
Datum
meso_row_json(PG_FUNCTION_ARGS)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(0);
	RowShape   *shape = (RowShape *) fcinfo->flinfo->fn_extra;
	HeapTupleData tuple;
	StringInfoData buf;
	Datum	   *values;
	bool	   *nulls;
	char		separator = '{';

	if (shape == NULL || shape->type != HeapTupleHeaderGetTypeId(row) ||
		shape->typmod != HeapTupleHeaderGetTypMod(row))
	{
		shape = row_shape(HeapTupleHeaderGetTypeId(row),
						  HeapTupleHeaderGetTypMod(row),
						  fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = shape;
	}

	tuple.t_len = HeapTupleHeaderGetDatumLength(row);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = row;
	values = palloc(sizeof(Datum) * Max(shape->desc->natts, 1));
	nulls = palloc(sizeof(bool) * Max(shape->desc->natts, 1));
	heap_deform_tuple(&tuple, shape->desc, values, nulls);

	initStringInfo(&buf);
	/* room for the length word: the buffer becomes the result */
	appendStringInfoSpaces(&buf, VARHDRSZ);
	for (int i = 0; i < shape->desc->natts; i++)
	{
		if (nulls[i] || shape->columns[i].label == NULL)
			continue;
		appendStringInfoChar(&buf, separator);
		separator = ',';
		appendStringInfoString(&buf, shape->columns[i].label);
		append_column(&buf, &shape->columns[i], values[i]);
	}
	if (separator == '{')
		appendStringInfoChar(&buf, '{');
	appendStringInfoChar(&buf, '}');
	SET_VARSIZE(buf.data, buf.len);
	PG_RETURN_POINTER(buf.data);
}
