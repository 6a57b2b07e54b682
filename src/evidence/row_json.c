/*-------------------------------------------------------------------------
 *
 * row_json.c
 *		Rows as JSON, without their NULL columns.
 *
 * What row_to_json() gives, less the columns that say nothing. The types'
 * output functions are looked up once a query, not once a value; text, which
 * is most of a claim, goes from the row into the buffer directly.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "evidence/row_json.h"

typedef enum ColumnKind
{
	COLUMN_NONE,				/* dropped */
	COLUMN_TEXT,				/* bytes, quoted and escaped */
	COLUMN_OTHER,				/* output quoted and escaped */
	COLUMN_NUMBER,				/* output as it is, unless NaN or infinite */
	COLUMN_BOOL,
	COLUMN_TIME,				/* ISO 8601 */
	COLUMN_ARRAY,				/* a JSON array */
	COLUMN_JSON
} ColumnKind;

typedef struct Column
{
	char	   *label;			/* "name": */
	int			label_len;
	ColumnKind	kind;
	Oid			type;
	FmgrInfo	out;
} Column;

struct MesoRowShape
{
	int			n;
	Column		columns[FLEXIBLE_ARRAY_MEMBER];
};

static ColumnKind
column_kind(Oid type)
{
	switch (type)
	{
		case TEXTOID:
		case VARCHAROID:
			return COLUMN_TEXT;
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
			return type_is_array(type) ? COLUMN_ARRAY : COLUMN_OTHER;
	}
}

void
meso_row_label(MesoRowShape *shape, int i, const char *label)
{
	StringInfoData buf;

	initStringInfo(&buf);
	meso_append_json_text(&buf, label, strlen(label));
	appendStringInfoChar(&buf, ':');
	shape->columns[i].label = buf.data;
	shape->columns[i].label_len = buf.len;
}

MesoRowShape *
meso_row_shape(TupleDesc desc)
{
	MesoRowShape *shape = palloc0(offsetof(MesoRowShape, columns) +
								  sizeof(Column) * desc->natts);

	shape->n = desc->natts;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		Column	   *column = &shape->columns[i];
		Oid			outfunc;
		bool		isvarlena;

		if (att->attisdropped)
			continue;
		meso_row_label(shape, i, NameStr(att->attname));
		column->type = getBaseType(att->atttypid);
		column->kind = column_kind(column->type);
		getTypeOutputInfo(att->atttypid, &outfunc, &isvarlena);
		fmgr_info(outfunc, &column->out);
	}
	return shape;
}

/*
 * meso_append_json_text: as escape_json(), of bytes with a length; runs of
 * plain bytes are copied whole.
 */
void
meso_append_json_text(StringInfo buf, const char *str, int len)
{
	int			plain = 0;		/* begin of the run */

	appendStringInfoChar(buf, '"');
	for (int i = 0; i < len; i++)
	{
		unsigned char c = (unsigned char) str[i];
		char		escape;

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		appendBinaryStringInfo(buf, str + plain, i - plain);
		plain = i + 1;
		switch (c)
		{
			case '\b':
				escape = 'b';
				break;
			case '\f':
				escape = 'f';
				break;
			case '\n':
				escape = 'n';
				break;
			case '\r':
				escape = 'r';
				break;
			case '\t':
				escape = 't';
				break;
			case '"':
			case '\\':
				escape = (char) c;
				break;
			default:
				appendStringInfo(buf, "\\u%04x", c);
				continue;
		}
		appendStringInfoChar(buf, '\\');
		appendStringInfoChar(buf, escape);
	}
	appendBinaryStringInfo(buf, str + plain, len - plain);
	appendStringInfoChar(buf, '"');
}

static void
append_value(StringInfo buf, Column *column, Datum value)
{
	char		time[MAXDATELEN + 1];
	char	   *str;

	switch (column->kind)
	{
		case COLUMN_TEXT:
			{
				struct varlena *v = PG_DETOAST_DATUM_PACKED(value);

				meso_append_json_text(buf, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
				return;
			}
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
		meso_append_json_text(buf, str, strlen(str));
	pfree(str);
}

void
meso_append_member(StringInfo buf, char *separator, MesoRowShape *shape, int i,
				   Datum value, bool isnull)
{
	Column	   *column = &shape->columns[i];

	if (isnull || column->kind == COLUMN_NONE)
		return;
	appendStringInfoChar(buf, *separator);
	*separator = ',';
	appendBinaryStringInfo(buf, column->label, column->label_len);
	append_value(buf, column, value);
}

void
meso_append_row(StringInfo buf, MesoRowShape *shape, int first,
				const Datum *values, const bool *isnull)
{
	char		separator = '{';

	for (int i = first; i < shape->n; i++)
		meso_append_member(buf, &separator, shape, i, values[i], isnull[i]);
	if (separator == '{')
		appendStringInfoChar(buf, '{');
	appendStringInfoChar(buf, '}');
}
