/*-------------------------------------------------------------------------
 *
 * all_of_set.c
 *		Prescriptions that hold nothing but items of a set.
 *
 * L is a finding iff every code of L's list_type that is present in its
 * prescription is in the pool; of a rule that judges by points, in the pool
 * of any of them on L's day.  A prescription is closed when its settlement
 * exists.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/pg_list.h"

#include "rules/templates/registry.h"

/* The lines of one list_type in one prescription */
typedef struct Part
{
	int			npresent;
	List	   *items;			/* MesoItem, each once */
	DateADT		day;			/* of the verdict, or NO_DATE */
	bool		all;
} Part;

typedef struct Parts
{
	struct meso_tally_hash *names;	/* list_type, interned */
	struct meso_tally_hash *parts;	/* (prescription, list_type) */
	struct meso_tally_hash *sums;	/* (part, code) */
} Parts;

static void *
all_of_set_compile(MesoParams *params, MesoReach *reach)
{
	meso_reach_unit(reach, UNIT_RX);
	reach->columns |= LC_BIT(LC_LIST_TYPE);
	return NULL;
}

static bool
may_be_finding(MesoEvaluation *ev, const MesoLine *L)
{
	return !STR_IS_NULL(L->list_type) && meso_unit_closed(L, UNIT_RX) &&
		meso_judged(ev, L);
}

/*
 * part_of: the part of its prescription that a line belongs to.
 */
static Part *
part_of(MesoEvaluation *ev, Parts *parts, const MesoLine *line)
{
	MesoTally  *tally = meso_tally(parts->parts,
								   meso_group(ev, line, UNIT_RX),
								   meso_intern(parts->names, line->list_type));

	if (tally->data == NULL)
	{
		Part	   *part = palloc0(sizeof(Part));

		part->day = NO_DATE;
		tally->data = part;
	}
	return tally->data;
}

static void
collect(MesoEvaluation *ev, Parts *parts)
{
	MesoPerson *person = ev->person;

	for (int i = 0; i < person->nlines[DOMAIN_ITEM]; i++)
	{
		MesoLine   *line = person->lines[DOMAIN_ITEM][i];
		Part	   *part;
		MesoTally  *tally;

		CHECK_FOR_INTERRUPTS();
		if (STR_IS_NULL(line->list_type) ||
			meso_group(ev, line, UNIT_RX)->n == 0)
			continue;
		part = part_of(ev, parts, line);
		tally = meso_tally_add(parts->sums, part, line->item, line->cnt,
							   &part->npresent);
		if (tally->n++ == 0)
			part->items = lappend(part->items, line->item);
	}
}

/*
 * all_held: is every present code of the part in the set on that day?
 */
static bool
all_held(MesoEvaluation *ev, Parts *parts, Part *part, const MesoLine *L)
{
	ListCell   *cell;

	/* lines come in the order of days; with "each" they are of one code */
	if (part->day == L->day)
		return part->all;
	part->day = L->day;
	part->all = true;
	foreach(cell, part->items)
	{
		MesoItem   *item = lfirst(cell);

		if (meso_tally_find(parts->sums, part, item)->sum <= 0)
			continue;
		if (ev->each ? item != L->item : !meso_rule_holds(ev, item, L->day))
		{
			part->all = false;
			break;
		}
	}
	return part->all;
}

static void
all_of_set_judge(MesoEvaluation *ev)
{
	Parts		parts;
	bool		any = false;

	for (int i = 0; i < ev->nmembers; i++)
	{
		if (may_be_finding(ev, ev->members[i]))
		{
			meso_group(ev, ev->members[i], UNIT_RX)->n = 1;
			any = true;
		}
	}
	if (!any)
		return;
	parts.names = meso_tallies(ev);
	parts.parts = meso_tallies(ev);
	parts.sums = meso_tallies(ev);
	collect(ev, &parts);
	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];

		CHECK_FOR_INTERRUPTS();
		if (may_be_finding(ev, L) &&
			all_held(ev, &parts, part_of(ev, &parts, L), L))
			meso_hit(ev, L, L->amount);
	}
}

const MesoTemplate meso_template_all_of_set = {
	.name = "all_of_set",
	.compile = all_of_set_compile,
	.judge = all_of_set_judge
};
