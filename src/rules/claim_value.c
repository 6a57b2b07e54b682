/*-------------------------------------------------------------------------
 *
 * claim_value.c
 *		Objects of a claim in JSON, and where in it they stand.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "rules/chunk.h"
#include "rules/claim_value.h"

#define MAX_NUMBER_TEXT		100
#define MAX_SHOWN			60

static void
append_path(StringInfo out, const MesoPath *path, bool indexes)
{
	if (path->parent)
		append_path(out, path->parent, indexes);
	if (path->name.len > 0)
	{
		if (out->len > 0)
			appendStringInfoChar(out, '.');
		appendBinaryStringInfo(out, path->name.data,
							   pg_mbcliplen(path->name.data, path->name.len, MAX_SHOWN));
	}
	if (path->index >= 0 && indexes)
		appendStringInfo(out, "[%d]", path->index);
	else if (path->index >= 0)
		appendStringInfoString(out, "[]");
}

char *
meso_path_text(const MesoPath *path, bool indexes)
{
	StringInfoData out;

	initStringInfo(&out);
	append_path(&out, path, indexes);
	return out.data;
}

static char *
shown(MesoStr s)
{
	return pnstrdup(s.data, pg_mbcliplen(s.data, s.len, MAX_SHOWN));
}

/*
 * wrong_type: the value at path is not what the field holds.
 */
static void
wrong_type(const MesoPath *path, const char *wanted, const JsonbValue *v)
{
	static const char *const names[] = {
		[jbvNull] = "null",[jbvString] = "a text",[jbvNumeric] = "a number",
		[jbvBool] = "true or false"
	};
	const char *what = v->type == jbvBinary ? "an object or a list" : names[v->type];

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s must be %s", meso_path_text(path, true), wanted),
			 errdetail("It is %s.", what)));
}

static void
bad_value(const MesoPath *path, const char *wanted, MesoStr value)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s must be %s", meso_path_text(path, true), wanted),
			 errdetail("It is \"%s\".", shown(value))));
}

/*
 * value_text: a text, or a number as text; NULL for null and "".
 */
static MesoStr
value_text(const JsonbValue *v, const MesoPath *path)
{
	MesoStr		none = {NULL, 0};
	MesoStr		s;

	if (v->type == jbvNull)
		return none;
	if (v->type == jbvNumeric)
	{
		char	   *digits = DatumGetCString(DirectFunctionCall1(numeric_out,
																 NumericGetDatum(v->val.numeric)));

		s = meso_str(digits, strlen(digits));
	}
	else if (v->type == jbvString)
		s = meso_str(v->val.string.val, v->val.string.len);
	else
		wrong_type(path, "a text", v);
	if (s.len > CLAIM_MAX_TEXT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s is too long", meso_path_text(path, true)),
				 errdetail("It has %d bytes; at most %d are read.", s.len, CLAIM_MAX_TEXT)));
	return s.len == 0 ? none : s;
}

/*
 * is_decimal: digits, at most one point, a sign; nothing else that numeric
 * would read, neither NaN nor exponents nor blanks.
 */
static bool
is_decimal(MesoStr s)
{
	int			digits = 0;
	int			points = 0;

	for (int i = 0; i < s.len; i++)
	{
		char		c = s.data[i];

		if (c >= '0' && c <= '9')
			digits++;
		else if (c == '.')
			points++;
		else if (i > 0 || (c != '-' && c != '+'))
			return false;
	}
	return digits > 0 && points <= 1 && s.len <= MAX_NUMBER_TEXT;
}

/*
 * value_number: a number as it stands, or a text that holds one.
 */
static bool
value_number(const JsonbValue *v, const MesoPath *path, Datum *result)
{
	MesoStr		s;

	if (v->type == jbvNumeric)
	{
		*result = NumericGetDatum(v->val.numeric);
		return true;
	}
	if (v->type != jbvNull && v->type != jbvString)
		wrong_type(path, "a number", v);
	s = value_text(v, path);
	if (STR_IS_NULL(s))
		return false;
	if (!is_decimal(s))
		bad_value(path, "a number", s);
	*result = DirectFunctionCall3(numeric_in, CStringGetDatum(pnstrdup(s.data, s.len)),
								  ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	return true;
}

/*
 * read_digits: n digits at *p; -1 if there are others.
 */
static int
read_digits(const char **p, const char *end, int n)
{
	int			value = 0;

	if (end - *p < n)
		return -1;
	for (int i = 0; i < n; i++)
	{
		char		c = *(*p)++;

		if (c < '0' || c > '9')
			return -1;
		value = value * 10 + (c - '0');
	}
	return value;
}

static bool
read_mark(const char **p, const char *end, const char *marks)
{
	if (*p >= end || strchr(marks, **p) == NULL)
		return false;
	(*p)++;
	return true;
}

static bool
parse_day(const char **p, const char *end, DateADT *day)
{
	int			y = read_digits(p, end, 4);
	int			m = read_mark(p, end, "-") ? read_digits(p, end, 2) : -1;
	int			d = read_mark(p, end, "-") ? read_digits(p, end, 2) : -1;

	if (y < 1 || m < 1 || m > 12 || d < 1 || d > day_tab[isleap(y)][m - 1])
		return false;
	*day = date2j(y, m, d) - POSTGRES_EPOCH_JDATE;
	return true;
}

/*
 * parse_time: hours and minutes, or with seconds of up to six decimals.
 */
static bool
parse_time(const char **p, const char *end, int64 *usecs)
{
	int			h = read_digits(p, end, 2);
	int			m = read_mark(p, end, ":") ? read_digits(p, end, 2) : -1;
	int			s = 0;
	int			fraction = 0;

	if (read_mark(p, end, ":"))
	{
		s = read_digits(p, end, 2);
		if (s >= 0 && read_mark(p, end, "."))
		{
			int			n = Min((int) (end - *p), 6);

			fraction = n > 0 ? read_digits(p, end, n) : -1;
			for (; fraction > 0 && n < 6; n++)
				fraction *= 10;
		}
	}
	if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 || fraction < 0)
		return false;
	*usecs = ((h * 60 + m) * 60 + s) * USECS_PER_SEC + fraction;
	return true;
}

/*
 * value_time: 2025-03-01, 2025-03-01 08:30:00 and the like: local time of the
 * fund, whatever the session's settings.
 */
static bool
value_time(const JsonbValue *v, const MesoPath *path, Timestamp *result)
{
	MesoStr		s;
	const char *p;
	const char *end;
	DateADT		day;
	int64		usecs = 0;

	if (v->type != jbvNull && v->type != jbvString)
		wrong_type(path, "a time", v);
	s = value_text(v, path);
	if (STR_IS_NULL(s))
		return false;
	p = s.data;
	end = s.data + s.len;
	if (!parse_day(&p, end, &day) ||
		(p < end && !(read_mark(&p, end, " T") && parse_time(&p, end, &usecs))) ||
		p < end)
		bad_value(path, "a local time as in 2025-03-01 08:30:00", s);
	*result = (Timestamp) day * USECS_PER_DAY + usecs;
	return true;
}

static bool
is_known(const char *known, MesoStr value)
{
	const char *p = known;

	while (*p)
	{
		int			n = strcspn(p, " ");
		bool		prefix = p[n - 1] == '*';

		if (prefix ? value.len >= n - 1 && memcmp(p, value.data, n - 1) == 0 :
			value.len == n && memcmp(p, value.data, n) == 0)
			return true;
		p += n;
		p += *p == ' ';
	}
	return false;
}

/*
 * check_depth: a value that nobody reads may be anything, but not a trap for
 * whoever logs or displays it later.
 */
static void
check_depth(JsonbContainer *container, const MesoPath *path)
{
	JsonbIterator *it = JsonbIteratorInit(container);
	JsonbIteratorToken token;
	JsonbValue	v;
	int			depth = 0;

	while ((token = JsonbIteratorNext(&it, &v, false)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		if (token == WJB_BEGIN_ARRAY || token == WJB_BEGIN_OBJECT)
			depth++;
		else if (token == WJB_END_ARRAY || token == WJB_END_OBJECT)
			depth--;
		if (depth > CLAIM_MAX_DEPTH)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("%s is nested too deeply", meso_path_text(path, true)),
					 errdetail("At most %d levels are taken.", CLAIM_MAX_DEPTH)));
	}
}

static void
note_ignored(MesoClaim *claim, const MesoPath *path)
{
	MemoryContext old = MemoryContextSwitchTo(claim->overlay->ctx);
	char	   *text = meso_path_text(path, false);
	MesoStrEntry *entry = meso_strtab_insert(claim->ignored_set, meso_str(text, strlen(text)));

	if (entry->value == NULL)
	{
		entry->value = text;

		if (claim->nignored < CLAIM_MAX_REMARKS)
			claim->ignored[claim->nignored] = text;

		claim->nignored++;
	}
	MemoryContextSwitchTo(old);
}

void
meso_claim_note_unknown(MesoClaim *claim, const char *path, MesoStr value)
{
	if (claim->nunknown < CLAIM_MAX_REMARKS)
	{
		claim->unknown[claim->nunknown].path = MemoryContextStrdup(claim->overlay->ctx, path);
		claim->unknown[claim->nunknown].value =
			meso_str_copy(claim->overlay->ctx,
						  meso_str(value.data, pg_mbcliplen(value.data, value.len, MAX_SHOWN)));
	}
	claim->nunknown++;
}

static JsonbContainer *
value_container(const JsonbValue *v, const MesoPath *path, bool list)
{
	if (v->type == jbvNull)
		return NULL;
	if (v->type != jbvBinary ||
		(list ? !JsonContainerIsArray(v->val.binary.data) || JsonContainerIsScalar(v->val.binary.data) :
		 !JsonContainerIsObject(v->val.binary.data)))
		wrong_type(path, list ? "a list" : "an object", v);
	return v->val.binary.data;
}

/*
 * read_field: the value of a known field; false for NULL.
 */
static bool
read_field(MesoClaim *claim, const MesoField *field, const JsonbValue *v,
		   const MesoPath *path, Datum *result)
{
	MesoStr		s;
	Timestamp	t;
	JsonbContainer *container;

	switch (field->kind)
	{
		case FIELD_TEXT:
			s = value_text(v, path);
			if (STR_IS_NULL(s))
				return false;
			if (field->known && !is_known(field->known, s))
				meso_claim_note_unknown(claim, meso_path_text(path, true), s);
			*result = PointerGetDatum(cstring_to_text_with_len(s.data, s.len));
			return true;
		case FIELD_NUMBER:
			return value_number(v, path, result);
		case FIELD_TIME:
			if (!value_time(v, path, &t))
				return false;
			*result = TimestampGetDatum(t);
			return true;
		case FIELD_DAY:
			if (!value_time(v, path, &t))
				return false;
			*result = DateADTGetDatum(meso_day(t));
			return true;
		case FIELD_LIST:
		case FIELD_OBJECT:
			container = value_container(v, path, field->kind == FIELD_LIST);
			*result = PointerGetDatum(container);
			return container != NULL;
		case FIELD_UNUSED:
			if (v->type == jbvBinary)
				check_depth(v->val.binary.data, path);
			else if (field->known && v->type != jbvBool)
			{
				s = value_text(v, path);
				if (!STR_IS_NULL(s) && !is_known(field->known, s))
					meso_claim_note_unknown(claim, meso_path_text(path, true), s);
			}
			return false;
	}
	return false;
}

void
meso_claim_object(MesoClaim *claim, MesoFieldSet *set, JsonbContainer *object,
				  const MesoPath *path, Datum *values, bool *isnull)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue	v;
	MesoPath	here = {.parent = path,.index = -1};

	memset(isnull, true, sizeof(bool) * set->nslots);
	memset(values, 0, sizeof(Datum) * set->nslots);
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		const MesoField *field;
		Datum		value;

		if (token != WJB_KEY)
			continue;
		here.name = meso_str(v.val.string.val, v.val.string.len);
		field = meso_field_find(set, here.name);
		(void) JsonbIteratorNext(&it, &v, true);
		if (field == NULL)
		{
			note_ignored(claim, &here);
			if (v.type == jbvBinary)
				check_depth(v.val.binary.data, &here);
			continue;
		}
		if (!read_field(claim, field, &v, &here, &value))
			continue;
		if (!isnull[field->slot])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s is given twice", meso_path_text(&here, true)),
					 errdetail("The same field has another name, which is there too.")));
		values[field->slot] = value;
		isnull[field->slot] = false;
	}
}

bool
meso_claim_next(JsonbIterator **it, JsonbContainer *list, MesoPath *path,
				JsonbContainer **element)
{
	JsonbValue	v;

	CHECK_FOR_INTERRUPTS();
	if (*it == NULL)
	{
		if (list == NULL)
			return false;
		*it = JsonbIteratorInit(list);
		(void) JsonbIteratorNext(it, &v, true);
	}
	if (JsonbIteratorNext(it, &v, true) != WJB_ELEM)
		return false;
	path->index++;
	if (v.type == jbvNull)
		wrong_type(path, "an object", &v);
	*element = value_container(&v, path, false);
	return true;
}

int
meso_claim_texts(JsonbContainer *list, const MesoPath *path, MesoStr **texts)
{
	JsonbIterator *it = JsonbIteratorInit(list);
	JsonbValue	v;
	MesoPath	here = *path;
	int			n = 0;

	*texts = palloc(sizeof(MesoStr) * Max(JsonContainerSize(list), 1));
	(void) JsonbIteratorNext(&it, &v, true);
	while (JsonbIteratorNext(&it, &v, true) == WJB_ELEM)
	{
		MesoStr		s;

		CHECK_FOR_INTERRUPTS();
		here.index++;
		s = value_text(&v, &here);
		if (!STR_IS_NULL(s))
			(*texts)[n++] = s;
	}
	return n;
}

void
meso_claim_require(const MesoPath *path, const bool *isnull, int slot,
				   const char *name, const char *detail)
{
	MesoPath	here = {.parent = path,.name = {name, strlen(name)},.index = -1};

	if (isnull[slot])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s is missing", meso_path_text(&here, true)),
				 detail ? errdetail("%s", detail) : 0));
}
