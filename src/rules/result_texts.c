/*-------------------------------------------------------------------------
 *
 * result_texts.c
 *		What rules, kinds, points and catalogues say about a finding.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "rules/config_rows.h"
#include "rules/finding_row.h"
#include "rules/result_texts.h"
#include "rules/rule_message.h"

static void
rule_row(TupleTableSlot *slot, void *arg)
{
	MesoResultTexts	   *texts = arg;
	MemoryContext old = MemoryContextSwitchTo(texts->ctx);

	texts->title = meso_str_copy(texts->ctx, meso_slot_str(slot, 0));
	texts->rule_basis = meso_str_copy(texts->ctx, meso_slot_str(slot, 1));
	texts->params = DatumGetJsonbPCopy(slot->tts_values[2]);
	MemoryContextSwitchTo(old);
}

static void
message_row(TupleTableSlot *slot, void *arg)
{
	MesoResultTexts	   *texts = arg;

	texts->message = meso_str_copy(texts->ctx, meso_slot_str(slot, 0));
}

static void
kind_row(TupleTableSlot *slot, void *arg)
{
	MesoResultTexts	   *texts = arg;

	texts->kind_name = meso_str_copy(texts->ctx, meso_slot_str(slot, 0));
	texts->phrase = meso_str_copy(texts->ctx, meso_slot_str(slot, 1));
	texts->tier2 = meso_str_copy(texts->ctx, meso_slot_str(slot, 2));
}

/*
 * point_row: the highest version counts, as view point_in_force says.
 */
static void
point_row(TupleTableSlot *slot, void *arg)
{
	MesoResultTexts	   *texts = arg;
	int			version = DatumGetInt32(slot->tts_values[0]);
	MesoDays	valid = meso_slot_days(slot, 5);
	bool		counts = !meso_str_is(meso_slot_str(slot, 4), "unparsed") && valid.from < valid.upto;
	MesoStr		none = {NULL, 0};

	if (version <= texts->point_version)
		return;
	texts->point_version = version;
	texts->logic = counts ? meso_str_copy(texts->ctx, meso_slot_str(slot, 1)) : none;
	texts->constraint = counts ? meso_str_copy(texts->ctx, meso_slot_str(slot, 2)) : none;
	texts->point_basis = counts ? meso_str_copy(texts->ctx, meso_slot_str(slot, 3)) : none;
}

void
meso_result_texts(const Datum *values, const bool *nulls, MesoResultTexts *texts)
{
	static const char *const rule_columns[] = {"title", "legal_basis", "params"};
	static const char *const message_columns[] = {"message"};
	static const char *const kind_columns[] = {"name_zh", "phrase", "tier2"};
	static const char *const point_columns[] = {
		"version", "detection_logic", "constraint_text", "legal_basis", "understood", "valid"
	};
	MesoConfigKey rule_keys[] = {
		{"code", values[AF_SOURCE_CODE]}, {"version", values[AF_SOURCE_VERSION]}
	};
	MesoConfigKey message_keys[] = {
		{"code", values[AF_SOURCE_CODE]}, {"lang", CStringGetTextDatum("zh")}
	};
	MesoConfigKey kind_key = {"kind_code", values[AF_KIND_CODE]};
	MesoConfigKey point_key = {"point_id", values[AF_POINT_ID]};

	memset(texts, 0, sizeof(*texts));
	texts->ctx = CurrentMemoryContext;
	if (!nulls[AF_SOURCE_CODE] && !nulls[AF_SOURCE_VERSION])
		meso_config_find("rule", rule_keys, 2, rule_columns, lengthof(rule_columns), rule_row, texts);
	if (texts->params)
		meso_config_find("rule_text", message_keys, 2, message_columns, 1, message_row, texts);
	if (!STR_IS_NULL(texts->message))
		texts->message = meso_fill_message(texts->message, texts->params);
	if (texts->params)
		texts->message = meso_first_str(texts->message, texts->title);
	if (!nulls[AF_KIND_CODE])
		meso_config_find("rule_kind", &kind_key, 1, kind_columns, lengthof(kind_columns), kind_row, texts);
	if (!nulls[AF_POINT_ID])
		meso_config_find("knowledge_point", &point_key, 1, point_columns, lengthof(point_columns),
						 point_row, texts);
}

/* The best name of a code so far: one that holds on the day, then the latest */
typedef struct KnownName
{
	MemoryContext ctx;
	DateADT		day;			/* or NO_DATE */
	MesoStr		name;
	bool		holds;
	DateADT		upto;
} KnownName;

static void
known_row(TupleTableSlot *slot, void *arg)
{
	KnownName  *best = arg;
	MesoStr		name = meso_slot_str(slot, 0);
	MesoDays	days = meso_slot_days(slot, 1);
	bool		holds = best->day != NO_DATE && DAYS_CONTAIN(days, best->day);
	DateADT		upto = days.from < days.upto ? days.upto : PG_INT32_MAX;

	if (STR_IS_NULL(name) ||
		(!STR_IS_NULL(best->name) &&
		 (holds != best->holds ? best->holds : upto <= best->upto)))
		return;
	best->name = meso_str_copy(best->ctx, name);
	best->holds = holds;
	best->upto = upto;
}

MesoStr
meso_known_name(Datum code, DateADT day)
{
	static const char *const columns[] = {"name", "valid"};
	KnownName	best = {.ctx = CurrentMemoryContext,.day = day};
	MesoConfigKey key = {"code", code};

	meso_config_find("known_code", &key, 1, columns, lengthof(columns), known_row, &best);
	return best.name;
}
