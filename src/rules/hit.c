/*-------------------------------------------------------------------------
 *
 * hit.c
 *		What makes a hit a finding: day, sign, payment, scope, exemption; and
 *		its amount.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "rules/feed.h"

#define MAX_RELATED		8

static bool
has_prefix(MesoStr s, const char *prefix)
{
	return prefix && !STR_IS_NULL(s) && s.len >= strlen(prefix) &&
		memcmp(s.data, prefix, strlen(prefix)) == 0;
}

/*
 * elsewhere: does a narrower version of the rule decide that day, where the
 * person is insured, or else at the institution?
 */
static bool
elsewhere(const MesoRule *rule, const MesoPerson *person,
		  const MesoInstitution *inst, DateADT day)
{
	for (int i = 0; i < rule->nelsewhere; i++)
	{
		const MesoElsewhere *other = &rule->elsewhere[i];

		if (!DAYS_CONTAIN(other->days, day))
			continue;
		if (person && has_prefix(person->area, other->psn_area))
			return true;
		if (inst && (has_prefix(inst->area, other->area) ||
					 (other->inst_code && meso_str_is(inst->code, other->inst_code))))
			return true;
	}
	return false;
}

/*
 * meso_valid_on: do rule and point judge that day, as far as the person goes?
 */
bool
meso_valid_on(MesoEvaluation *ev, DateADT day)
{
	MesoPool   *pool = ev->pool;

	if (day == NO_DATE || elsewhere(pool->rule, ev->person, NULL, day))
		return false;
	for (int i = 0; i < pool->ndays; i++)
	{
		if (DAYS_CONTAIN(pool->days[i], day))
			return true;
	}
	return false;
}

static bool
judged_day(MesoEvaluation *ev, DateADT day)
{
	return DAYS_CONTAIN(ev->feed->chunk->period, day) && meso_valid_on(ev, day);
}

bool
meso_judged(MesoEvaluation *ev, const MesoLine *L)
{
	MesoPool   *pool = ev->pool;

	if (!pool->rule->tmpl->any_sign)
	{
		if (L->unfit || L->cnt <= 0 || L->amount < 0)
			return false;
		if (pool->reading->general.payable_only && L->inscp_amt == 0)
			return false;
	}
	/* a line without a day is judged where its being so is the finding */
	if (L->day == NO_DATE)
		return false;
	return judged_day(ev, L->day);
}

static bool
code_matches(const char *pattern, const char *code, int len)
{
	int			n = strlen(pattern);

	if (n > 0 && pattern[n - 1] == '%')
		return len >= n - 1 && memcmp(code, pattern, n - 1) == 0;
	return len == n && memcmp(code, pattern, n) == 0;
}

static bool
visit_has_diagnosis(const MesoVisit *visit, const char *pattern)
{
	if (visit == NULL)
		return false;
	for (MesoEntry *e = visit->diagnoses; e; e = e->next)
	{
		if (code_matches(pattern, e->item->code, e->item->len))
			return true;
	}
	return false;
}

static bool
str_is_or_null(const char *wanted, MesoStr s)
{
	return wanted == NULL || meso_str_is(s, wanted);
}

/*
 * any_exempts: does a row of the list exempt this line?
 */
static bool
any_exempts(const MesoExemption *list, MesoEvaluation *ev, const MesoLine *L)
{
	for (const MesoExemption *x = list; x; x = x->next)
	{
		if (x->rule_code && strcmp(x->rule_code, ev->pool->rule->code) != 0)
			continue;
		if (!DAYS_CONTAIN(x->valid, L->day) ||
			!str_is_or_null(x->psn_no, L->psn_no) ||
			!str_is_or_null(x->fixmedins_code, L->inst->code))
			continue;
		if (x->code &&
			(L->item == NULL || !code_matches(x->code, L->item->code, L->item->len)))
			continue;
		if (x->diag_code && !visit_has_diagnosis(L->visit, x->diag_code))
			continue;
		return true;
	}
	return false;
}

/*
 * exempted: by an exemption, or since another version decides there.
 */
static bool
exempted(MesoEvaluation *ev, const MesoLine *L)
{
	MesoProgram *program = ev->feed->chunk->program;

	return elsewhere(ev->pool->rule, NULL, L->inst, L->day) ||
		any_exempts(program->exempt_others, ev, L) ||
		any_exempts(meso_strtab_find(program->exempt_persons, L->psn_no), ev, L) ||
		any_exempts(meso_strtab_find(program->exempt_places, L->inst->code), ev, L);
}

/*
 * fund_share: round(amount * fund_pay_sumamt / medfee_sumamt, 2), never below
 * 0; the amount itself without both, or where medfee_sumamt is 0.
 */
static fixed
fund_share(const MesoSettlement *setl, fixed amount)
{
	if (amount == NO_FIXED)
		return NO_FIXED;
	if (setl && setl->medfee_sumamt != NO_FIXED && setl->medfee_sumamt != 0 &&
		setl->fund_pay_sumamt != NO_FIXED)
	{
		if (setl->medfee_sumamt > 0)
			amount = fixed_mul_div_cents(amount, setl->fund_pay_sumamt,
										 setl->medfee_sumamt);
		else
			amount = fixed_mul_div_cents(-amount, setl->fund_pay_sumamt,
										 -setl->medfee_sumamt);
	}
	return Max(amount, 0);
}

static MesoHit *
new_hit(MesoEvaluation *ev, DateADT day, fixed amount)
{
	MesoFeed   *feed = ev->feed;
	MesoHit		hit = {
		.rule = ev->pool->rule,
		.point_id = ev->pool->point_id,
		.person = ev->person,
		.day = day,
		.amount = amount
	};

	CHUNK_APPEND(feed->chunk, feed->hits, feed->nhits, hit);
	return &feed->hits[feed->nhits - 1];
}

void
meso_hit_related(MesoEvaluation *ev, MesoLine *L, fixed amount,
				 MesoLine **related, int nrelated)
{
	MesoHit    *hit;

	if (!meso_judged(ev, L) || !meso_line_in_scope(ev, L) || exempted(ev, L))
		return;
	hit = new_hit(ev, L->day, L->entry ? NO_FIXED : fund_share(L->setl, amount));
	hit->line = L;
	if (nrelated > 0)
	{
		hit->nrelated = Min(nrelated, MAX_RELATED);
		hit->related = MemoryContextAlloc(ev->feed->chunk->ctx,
										  sizeof(MesoLine *) * hit->nrelated);
		memcpy(hit->related, related, sizeof(MesoLine *) * hit->nrelated);
	}
}

void
meso_hit(MesoEvaluation *ev, MesoLine *L, fixed amount)
{
	meso_hit_related(ev, L, amount, NULL, 0);
}

/*
 * settlement_line: a settlement as a line, for scope and exemptions.
 */
static MesoLine
settlement_line(const MesoSettlement *setl)
{
	MesoLine	line = {
		.setl = (MesoSettlement *) setl,
		.visit = setl->visit,
		.inst = setl->inst,
		.person = setl->person,
		.psn_no = setl->psn_no,
		.fee_ocur_time = setl->setl_time,
		.day = meso_day(setl->setl_time)
	};

	return line;
}

static MesoLine
visit_line(const MesoVisit *visit)
{
	MesoLine	line = {
		.visit = (MesoVisit *) visit,
		.inst = visit->inst,
		.person = visit->person,
		.psn_no = visit->person->psn_no,
		.fee_ocur_time = visit->begntime,
		.day = meso_day(visit->begntime)
	};

	return line;
}

void
meso_hit_settlement(MesoEvaluation *ev, MesoSettlement *setl, fixed amount)
{
	MesoLine	line = settlement_line(setl);

	if (judged_day(ev, line.day) && meso_line_in_scope(ev, &line) &&
		!exempted(ev, &line))
		new_hit(ev, line.day, amount)->setl = setl;
}

void
meso_hit_visit(MesoEvaluation *ev, MesoVisit *visit)
{
	MesoLine	line = visit_line(visit);

	if (judged_day(ev, line.day) && meso_line_in_scope(ev, &line) &&
		!exempted(ev, &line))
		new_hit(ev, line.day, NO_FIXED)->visit = visit;
}

void
meso_hit_subject(MesoEvaluation *ev, Timestamp from, Timestamp upto,
				 DateADT judged, double score)
{
	MesoInstitution nowhere = {.code = {"", 0}};
	MesoLine	line = {
		.inst = &nowhere,
		.person = ev->person,
		.psn_no = ev->person->psn_no,
		.day = judged
	};
	MesoHit    *hit;

	if (!judged_day(ev, judged) || exempted(ev, &line))
		return;
	hit = new_hit(ev, judged, NO_FIXED);
	hit->from = from;
	hit->upto = upto;
	hit->score = score;
}

bool
meso_line_in_scope(MesoEvaluation *ev, const MesoLine *L)
{
	return meso_scope_holds(&ev->pool->rule->scope, L);
}

bool
meso_settlement_in_scope(MesoEvaluation *ev, const MesoSettlement *setl)
{
	MesoLine	line = settlement_line(setl);

	return meso_line_in_scope(ev, &line);
}

bool
meso_visit_in_scope(MesoEvaluation *ev, const MesoVisit *visit)
{
	MesoLine	line = visit_line(visit);

	return meso_line_in_scope(ev, &line);
}
