/*-------------------------------------------------------------------------
 *
 * kinds.c
 *		Lines that bring one more kind of item than is allowed.
 *
 * L is a finding iff the window has no earlier line of L's code and the codes
 * that are present among its lines up to and including L number at least so
 * many.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "rules/templates/kinds.h"
#include "rules/templates/supply.h"

#define MAX_SHOWN	7

/* The codes of one window so far */
typedef struct Window
{
	int			npresent;
	int			nshown;
	MesoLine   *shown[MAX_SHOWN];	/* the first lines of the first codes */
} Window;

static void
hit_kind(MesoEvaluation *ev, struct meso_tally_hash *sums, Window *window,
		 MesoLine *L)
{
	MesoLine   *related[MAX_SHOWN];
	int			n = 0;

	for (int i = 0; i < window->nshown; i++)
	{
		if (meso_tally_find(sums, window, window->shown[i]->item)->sum > 0)
			related[n++] = window->shown[i];
	}
	meso_hit_related(ev, L, L->amount, related, n);
}

/*
 * take: add L to the window, judge it.
 */
static void
take(MesoEvaluation *ev, struct meso_tally_hash *sums, Window *window,
	 MesoLine *L)
{
	const MesoKinds *kinds = ev->params;
	MesoTally  *tally = meso_tally_add(sums, window, L->item, L->cnt,
									   &window->npresent);

	if (tally->n++ > 0)
		return;
	if (window->npresent >= kinds->least && meso_judged(ev, L))
		hit_kind(ev, sums, window, L);
	if (kinds->window != UNIT_SUPPLY && window->nshown < MAX_SHOWN)
		window->shown[window->nshown++] = L;
}

void
meso_kinds_judge(MesoEvaluation *ev)
{
	const MesoKinds *kinds = ev->params;
	struct meso_tally_hash *sums = meso_tallies(ev);
	Window	   *window = palloc0(sizeof(Window));
	MesoSupply	supply;

	if (kinds->window == UNIT_SUPPLY)
		meso_supply_begin(&supply, ev->members, ev->nmembers);
	for (int i = 0; i < ev->nmembers; i++)
	{
		MesoLine   *L = ev->members[i];

		CHECK_FOR_INTERRUPTS();
		if (kinds->window == UNIT_SUPPLY)
		{
			MesoLine   *line;

			while ((line = meso_supply_ended(&supply, L->fee_ocur_time)) != NULL)
				meso_tally_add(sums, window, line->item, -line->cnt,
							   &window->npresent)->n--;
		}
		else
		{
			MesoGroup  *group = meso_group(ev, L, kinds->window);

			if (group->data == NULL)
				group->data = palloc0(sizeof(Window));
			window = group->data;
		}
		take(ev, sums, window, L);
	}
}
