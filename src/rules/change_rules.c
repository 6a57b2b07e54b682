/*-------------------------------------------------------------------------
 *
 * change_rules.c
 *		A program that follows a change of rules.
 *
 * Nearly every change is of one rule among many: compiling that one, and
 * taking the old one out of the items that it names, is a tenth of the work of
 * loading all, and keeps what is known of the items.  What the rules that are
 * gone took is only freed with the program; so it is loaded anew now and then.
 * What the program reads of lines may be more than the rules left need.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "rules/load_rules.h"

/* Changes followed before a program is loaded anew */
#define MAX_CHANGES		100

/* A rule that comes, linked once it is sure that all can be */
typedef struct Newcomer
{
	MesoRule   *rule;
	MesoPoolCode *codes;
	int			ncodes;
} Newcomer;

/*
 * replaceable: nothing rests on the rule but the uses of items, nor was
 * anything left unread that it needs.
 */
static bool
replaceable(const MesoProgram *program, const MesoRule *rule)
{
	const MesoTemplate *tmpl = rule->tmpl;

	return !rule->by_points && tmpl->judge_person == NULL && !tmpl->suspensions &&
		(program->needs_prices || !tmpl->prices) &&
		(program->needs_known || !tmpl->known_codes);
}

/* code and version of a rule against those of a version */
static int
cmp_identity(const MesoRule *rule, const MesoVersion *v)
{
	int			c = strcmp(rule->code, v->code);

	return c != 0 ? c : (rule->version > v->version) - (rule->version < v->version);
}

static int
keep_uses(MesoItemUse *uses, int n)
{
	int			kept = 0;

	for (int i = 0; i < n; i++)
	{
		if (!uses[i].pool->rule->gone)
			uses[kept++] = uses[i];
	}
	return kept;
}

/*
 * forget_gone: no item leads to a rule that is gone.
 */
static void
forget_gone(MesoProgram *program)
{
	for (int d = 0; d < DOMAIN_COUNT; d++)
	{
		MesoPrefixUse *prefixes = program->prefixes[d];
		int			kept = 0;

		for (MesoItem *item = program->all_items[d]; item; item = item->next)
			item->nuses = keep_uses(item->uses, item->nuses);
		for (int i = 0; i < program->nprefixes[d]; i++)
		{
			if (!prefixes[i].use.pool->rule->gone)
				prefixes[kept++] = prefixes[i];
		}
		program->nprefixes[d] = kept;
		if (kept == 0)
			program->prefixes[d] = NULL;
	}
}

/*
 * follow: the rules of these versions, those kept among them; false if some
 * rule that comes or goes cannot be replaced.
 */
static bool
follow(MesoProgram *program, const MesoVersions *versions, MesoRule **rules,
	   Newcomer *newcomers, int *nnew)
{
	int			at = 0;

	*nnew = 0;
	for (int i = 0; i < program->nrules; i++)
		program->rules[i]->gone = true;
	for (int i = 0; i < versions->n; i++)
	{
		const MesoVersion *v = &versions->list[i];
		Newcomer   *newcomer;

		while (at < program->nrules && cmp_identity(program->rules[at], v) < 0)
			at++;
		if (at < program->nrules && cmp_identity(program->rules[at], v) == 0 &&
			meso_str_eq(program->rules[at]->content, meso_version_content(v)))
		{
			rules[i] = program->rules[at++];
			rules[i]->gone = false;
			continue;
		}
		newcomer = &newcomers[(*nnew)++];
		newcomer->rule = rules[i] = meso_rule_make(program, v);
		newcomer->ncodes = meso_rule_codes(rules[i], v->codes, &newcomer->codes);
		if (!replaceable(program, rules[i]))
			return false;
	}
	for (int i = 0; i < program->nrules; i++)
	{
		if (program->rules[i]->gone && !replaceable(program, program->rules[i]))
			return false;
	}
	return true;
}

/*
 * change: meso_program_change() in a context of its own.
 */
static bool
change(MesoProgram *program)
{
	MesoVersions versions = {0};
	MesoRule  **rules;
	Newcomer   *newcomers;
	int			nnew;

	meso_rules_read(&versions);
	rules = MemoryContextAlloc(program->ctx, sizeof(MesoRule *) * Max(versions.n, 1));
	newcomers = palloc(sizeof(Newcomer) * Max(versions.n, 1));
	if (!follow(program, &versions, rules, newcomers, &nnew))
		return false;
	forget_gone(program);
	program->rules = rules;
	program->nrules = versions.n;
	for (int i = 0; i < versions.n; i++)
		rules[i]->order = i;
	for (int i = 0; i < nnew; i++)
		meso_rule_link(program, newcomers[i].rule, newcomers[i].codes, newcomers[i].ncodes);
	return true;
}

bool
meso_program_change(MesoProgram *program)
{
	MemoryContext ctx;
	MemoryContext old;
	bool		changed;

	if (program->nchanges++ >= MAX_CHANGES)
		return false;
	ctx = AllocSetContextCreate(CurrentMemoryContext, "meso_audit reading",
								ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(ctx);
	/* an error on the way leaves it so */
	program->broken = true;
	changed = change(program);
	program->broken = !changed;
	MemoryContextSwitchTo(old);
	MemoryContextDelete(ctx);
	return changed;
}
