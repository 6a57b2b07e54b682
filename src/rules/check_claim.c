/*-------------------------------------------------------------------------
 *
 * check_claim.c
 *		What the fund would say of a claim: asked before it is billed.
 *
 * The claim's rows are laid over the database's and judged by the evaluator
 * that judges at commit and in batch; nothing is written, so that a standby
 * may answer.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "rules/audit_result.h"
#include "rules/claim.h"
#include "rules/commit/settings.h"
#include "rules/finding_row.h"
#include "rules/json_out.h"
#include "rules/row_array.h"

/* The answer in the making */
typedef struct Answer
{
	MesoClaim  *claim;
	MesoRowArray findings;
	MesoRowArray items;
	MesoStrtab *item_set;		/* lines and rows that are among the items */
	int			action;			/* the strongest */
} Answer;

static const char *const actions[] = {NULL, "remind", "flag", "hold", "deny"};

PG_FUNCTION_INFO_V1(meso_audit_check_claim);

static bool
is_in(MesoStrtab *set, MesoStr key)
{
	return !STR_IS_NULL(key) && meso_strtab_find(set, key) != NULL;
}

/*
 * belongs: is the finding about what was asked?  One about a person over some
 * period is about no claim.
 */
static bool
belongs(const MesoClaim *claim, const MesoHit *hit)
{
	if (hit->line && hit->line->entry)
		return is_in(claim->asked_visits, hit->line->visit->mdtrt_id);
	if (hit->line)
		return is_in(claim->asked_settlements, hit->line->setl->setl_id);
	if (hit->setl)
		return is_in(claim->asked_settlements, hit->setl->setl_id);
	return hit->visit && is_in(claim->asked_visits, hit->visit->mdtrt_id);
}

static void
put_str(Datum *values, bool *nulls, int col, MesoStr s)
{
	nulls[col] = STR_IS_NULL(s);
	if (!nulls[col])
		values[col] = PointerGetDatum(cstring_to_text_with_len(s.data, s.len));
}

/*
 * add_item: what the answer says of a line, or a row of diagnosis or operation.
 */
static void
add_item(Answer *answer, const MesoHit *hit, const MesoLine *L)
{
	Datum		values[RI_COUNT] = {0};
	bool		nulls[RI_COUNT];
	const MesoLine **key = palloc(sizeof(L));
	MesoStrEntry *seen;
	MesoStr    *name;
	const char *level;

	*key = L;
	seen = meso_strtab_insert(answer->item_set, meso_str((char *) key, sizeof(L)));
	if (seen->value)
		return;
	seen->value = answer;
	memset(nulls, true, sizeof(nulls));
	if (L->entry)
		put_str(values, nulls, RI_ROW_NO, L->entry->number);
	else
	{
		put_str(values, nulls, RI_SETL_ID, L->setl->setl_id);
		put_str(values, nulls, RI_FEEDETL_SN, L->feedetl_sn);
		name = meso_strtab_find(answer->claim->lines,
								meso_claim_line_key(L->setl->setl_id, L->feedetl_sn));
		put_str(values, nulls, RI_NAME, name ? *name : L->medins_list_name);
		values[RI_AMOUNT] = fixed_to_numeric(L->amount, 2);
		nulls[RI_AMOUNT] = false;
		values[RI_HAPPENED] = TimestampGetDatum(L->fee_ocur_time);
		nulls[RI_HAPPENED] = false;
	}
	level = L->entry ? meso_hit_level(hit) : "line";
	put_str(values, nulls, RI_LEVEL, meso_str(level, strlen(level)));
	if (L->visit)
		put_str(values, nulls, RI_MDTRT_ID, L->visit->mdtrt_id);
	put_str(values, nulls, RI_CODE, meso_str(L->item->code, L->item->len));
	meso_row_array_add(&answer->items, values, nulls);
}

static int
action_rank(const char *action)
{
	for (int i = lengthof(actions) - 1; i > 0; i--)
	{
		if (strcmp(actions[i], action) == 0)
			return i;
	}
	return 0;
}

/*
 * keep_hit: a finding of the claim goes into the answer.
 */
static void
keep_hit(const MesoHit *hit, void *arg)
{
	Answer	   *answer = arg;
	Datum		values[AF_COUNT] = {0};
	bool		nulls[AF_COUNT];
	MemoryContext old;

	if (!belongs(answer->claim, hit))
		return;
	old = MemoryContextSwitchTo(answer->findings.ctx);
	meso_finding_row(hit, values, nulls);
	meso_row_array_add(&answer->findings, values, nulls);
	if (hit->line)
		add_item(answer, hit, hit->line);
	for (int i = 0; i < hit->nrelated; i++)
		add_item(answer, hit, hit->related[i]);
	answer->action = Max(answer->action, action_rank(hit->rule->action));
	MemoryContextSwitchTo(old);
}

/*
 * select_rules: those named in the claim; a name that no rule has is noted.
 */
static void
select_rules(MesoProgram *program, MesoClaim *claim)
{
	for (int i = 0; i < claim->nrules; i++)
	{
		bool		found = false;

		for (int r = 0; r < program->nrules && !found; r++)
			found = meso_str_is(claim->rules[i], program->rules[r]->code);
		if (!found)
			meso_claim_note_unknown(claim, psprintf("rule_ids[%d]", i), claim->rules[i]);
	}
	meso_program_select(program,
						claim->nrules < 0 ? NULL : meso_text_array(claim->rules, claim->nrules),
						STAGE_PRE);
}

static void
judge(MesoProgram *program, MesoClaim *claim, Answer *answer)
{
	static const MesoDays all_days = {PG_INT32_MIN, PG_INT32_MAX};
	bool		some_day = claim->days.from < claim->days.upto;
	MesoChunk  *chunk;

	select_rules(program, claim);
	program->max_lines = meso_max_history_rows;
	if (!some_day && !claim->any_day)
		return;
	chunk = meso_chunk_load_given(program, claim->overlay,
								  meso_text_array(claim->persons, claim->npersons),
								  some_day ? claim->days : all_days);
	/* a stored visit may have begun on any day */
	if (claim->any_day)
		chunk->period = all_days;
	meso_chunk_assemble(chunk);
	meso_evaluate(chunk, keep_hit, answer);
	MemoryContextDelete(chunk->ctx);
}

static void
push_remarks(JsonbParseState **state, const MesoClaim *claim)
{
	int			left_out = Max(claim->nignored - CLAIM_MAX_REMARKS, 0) +
	Max(claim->nunknown - CLAIM_MAX_REMARKS, 0);

	meso_json_key(state, "ignored_fields");
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < Min(claim->nignored, CLAIM_MAX_REMARKS); i++)
		meso_json_cstring(state, WJB_ELEM, claim->ignored[i]);
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
	meso_json_key(state, "unknown_values");
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < Min(claim->nunknown, CLAIM_MAX_REMARKS); i++)
	{
		pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
		meso_json_key(state, "path");
		meso_json_cstring(state, WJB_VALUE, claim->unknown[i].path);
		meso_json_key(state, "value");
		meso_json_str(state, WJB_VALUE, claim->unknown[i].value);
		pushJsonbValue(state, WJB_END_OBJECT, NULL);
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
	if (left_out > 0)
	{
		JsonbValue	v = {.type = jbvNumeric};

		v.val.numeric = int64_to_numeric(left_out);
		meso_json_key(state, "remarks_left_out");
		pushJsonbValue(state, WJB_VALUE, &v);
	}
}

/*
 * answer_json: the whole answer; result NULL: nothing was found.
 */
static Jsonb *
answer_json(const Answer *answer, Jsonb *result)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	meso_json_key(&state, "task_id");
	meso_json_str(&state, WJB_VALUE, answer->claim->task_id);
	meso_json_key(&state, "action");
	meso_json_cstring(&state, WJB_VALUE, actions[answer->action]);
	meso_json_key(&state, "result");
	if (result)
	{
		JsonbValue	v = {.type = jbvBinary};

		v.val.binary.data = &result->root;
		v.val.binary.len = VARSIZE(result) - VARHDRSZ;
		pushJsonbValue(&state, WJB_VALUE, &v);
	}
	else
	{
		pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
		pushJsonbValue(&state, WJB_END_ARRAY, NULL);
	}
	push_remarks(&state, answer->claim);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
}

/*
 * check_claim(claim jsonb) returns jsonb
 *
 * The part of F (with the given claims added, or replaced by their setl_id)
 * that belongs to them, under the active snapshot; rules that only remind
 * among them.
 */
Datum
meso_audit_check_claim(PG_FUNCTION_ARGS)
{
	Answer		answer = {.claim = meso_claim_read(PG_GETARG_JSONB_P(0))};
	MesoProgram *program;
	Jsonb	   *result = NULL;

	meso_row_array_start(&answer.findings, "audit_finding", AF_COUNT);
	meso_row_array_start(&answer.items, "result_item", RI_COUNT);
	answer.item_set = meso_strtab_create(CurrentMemoryContext, 16);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	program = meso_program();
	PG_TRY();
	{
		judge(program, answer.claim, &answer);
	}
	PG_CATCH();
	{
		meso_program_release(program, true);
		PG_RE_THROW();
	}
	PG_END_TRY();
	meso_program_release(program, false);
	SPI_finish();
	if (answer.findings.n > 0)
		result = meso_audit_result_of(DatumGetArrayTypeP(meso_row_array_datum(&answer.findings)),
									  DatumGetArrayTypeP(meso_row_array_datum(&answer.items)),
									  answer.claim->task_id);
	PG_RETURN_JSONB_P(answer_json(&answer, result));
}
