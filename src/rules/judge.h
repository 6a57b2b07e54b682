/*-------------------------------------------------------------------------
 *
 * judge.h
 *		What a template is, and what it may ask.
 *
 * A template is a MesoTemplate in a file of its own under templates/, named
 * in templates/registry.c.  compile() reads the parameters once, when a rule
 * or point is loaded; judge() walks the lines of one pool of one person and
 * calls meso_hit() for each line that is a finding.
 *
 * judge() gets, for one person and one pool, the existing lines whose code is
 * in the pool (members) and those whose code is in the set that the pool is
 * held against (others), each in total order.  With "same": "institution" the
 * evaluator splits both by institution first, with "each" the members by
 * code, so that a template never looks at either.
 *
 * meso_hit() itself sees to period, validity, scope, exemptions, signs and
 * payable_only: a template need not ask meso_judged() before it, but may, to
 * save work.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_JUDGE_H
#define MESO_JUDGE_H

#include "rules/params.h"
#include "rules/stream.h"

struct MesoRule;
struct MesoPool;
struct MesoEvaluation;

/* A set of codes with prefixes, out of the main registry of codes */
typedef struct MesoCodeSet
{
	int			ncodes;
	MesoStr    *codes;			/* in byte order */
	int			nprefixes;
	MesoStr    *prefixes;
} MesoCodeSet;

extern void meso_codeset_build(MesoCodeSet *set, MesoStr *codes, int ncodes);
extern bool meso_codeset_has(const MesoCodeSet *set, const char *code, int len);

static inline bool
meso_codeset_has_item(const MesoCodeSet *set, const MesoItem *item)
{
	return meso_codeset_has(set, item->code, item->len);
}

/* A length of time in one unit: months, days, or microseconds */
typedef struct MesoSpan
{
	int32		months;
	int32		days;
	int64		usecs;
} MesoSpan;

#define SPAN_IS_SET(s)	((s).months != 0 || (s).days != 0 || (s).usecs != 0)

/* Parameter of type interval text of one unit; unset when absent */
extern MesoSpan meso_param_span(MesoParams *params, const char *name, bool required);

/* First day of the days (day - span, day]; span in days or months */
extern DateADT meso_span_first_day(MesoSpan span, DateADT day);

/* Does a line at (time, day) lie in the window of span that ends with L? */
extern bool meso_span_contains(MesoSpan span, const MesoLine *L,
							   const MesoLine *line);

/* Does the instant t lie in the window of span that ends with upto? */
extern bool meso_span_holds(MesoSpan span, Timestamp upto, Timestamp t);

/* The fewest whole days that surely cover the span */
extern int32 meso_span_days(MesoSpan span);

/* The first day that the window of span that ends with L touches */
extern DateADT meso_span_touches(MesoSpan span, const MesoLine *L);

/* How far around a judged line the template looks */
typedef struct MesoReach
{
	MesoSpan	back;			/* the longest look-back, in days */
	bool		everything;		/* no bound in time */
	bool		chained;		/* what a row changes has no bound in time */
	bool		visit;			/* all lines of the line's visit */
	bool		heads;			/* the person's settlements and visits as such */
	uint64		columns;		/* LC_BIT of the line columns it reads, beyond
								 * keys, cnt, amount, inscp_amt */
} MesoReach;

/* Widen reach->back so that it covers the span */
extern void meso_reach_back(MesoReach *reach, MesoSpan span);

/* Widen the reach so that it covers the unit, and columns that make it */
extern void meso_reach_unit(MesoReach *reach, MesoUnit unit);

typedef struct MesoTemplate
{
	const char *name;

	/*
	 * Read the parameters (error 22023 on bad ones) into memory of the
	 * current context; say how far judge() will look.  Called under the
	 * program's context.
	 */
	void	   *(*compile) (MesoParams *params, MesoReach *reach);

	/*
	 * Parameter that names the codes of ROLE_OTHER, or NULL.
	 */
	const char *other_param;

	/*
	 * Parameter that names the pool's own codes, where it is not "codes".
	 */
	const char *codes_param;

	/* judge a pool of a person */
	void		(*judge) (struct MesoEvaluation *ev);

	/*
	 * judge the settlements or visits of a person, for templates and rules at
	 * these levels; or NULL
	 */
	void		(*judge_person) (struct MesoEvaluation *ev);

	bool		judges_others;	/* findings are of ROLE_OTHER */
	bool		any_sign;		/* lines with cnt <= 0 may be findings, and
								 * payable_only does not apply */
	bool		same_institution;	/* default of "same" */
	bool		rows;			/* also judges rows of diagnosis, operation */
	bool		diagnoses;		/* reads the diagnoses of visits, */
	bool		operations;		/* their operations, */
	bool		titles;			/* titles of practitioners, */
	bool		prices;			/* list prices, */
	bool		known_codes;	/* known_code */
	bool		suspensions;	/* suspension_in_force: idle while it is empty */
	bool		no_codes;		/* counts rows of its scope, whatever their
								 * code */
} MesoTemplate;

/* The template of that name, or NULL */
extern const MesoTemplate *meso_template_lookup(const char *name);

/*
 * One judgement: a pool of a person.  A template reads it, and writes only
 * through meso_hit() and meso_group().
 */
typedef struct MesoEvaluation
{
	struct MesoPool *pool;
	void	   *params;			/* what compile() made, of this pool */
	MesoPerson *person;
	MesoDomain	domain;			/* what the pool's codes are matched against */
	MesoLine  **members;
	int			nmembers;
	MesoLine  **others;
	int			nothers;
	bool		same_institution;
	bool		each;			/* the members are of one code */
	uint64		stamp;			/* of this judgement */
	MemoryContext scratch;		/* current while judge() runs; reset after */
	struct MesoFeed *feed;		/* the evaluator's own */
} MesoEvaluation;

/* May this line be a finding, as far as day, sign and payment say? */
extern bool meso_judged(MesoEvaluation *ev, const MesoLine *L);

/*
 * L is a finding with this amount before the fund's share.  related, if any,
 * are the lines that make it so (copied; the evidence shows them).
 */
extern void meso_hit(MesoEvaluation *ev, MesoLine *L, fixed amount);
extern void meso_hit_related(MesoEvaluation *ev, MesoLine *L, fixed amount,
							 MesoLine **related, int nrelated);

/* A settlement or visit is a finding; amount may be NO_FIXED (NULL) */
extern void meso_hit_settlement(MesoEvaluation *ev, MesoSettlement *setl, fixed amount);
extern void meso_hit_visit(MesoEvaluation *ev, MesoVisit *visit);

/*
 * The person is a finding over [from, upto); judged says the day that counts
 * for the period of the audit and for versions: the last one of the period, or
 * for rolling periods that of the first event of the run.
 */
extern void meso_hit_subject(MesoEvaluation *ev, Timestamp from, Timestamp upto,
							 DateADT judged, double score);

/* round(det_item_fee_sumamt * excess / cnt, 2); cnt > 0 */
extern fixed meso_share_of_quantity(const MesoLine *L, fixed excess);

/* The unit's group of a line, cleared if this judgement did not use it yet */
extern MesoGroup *meso_group(MesoEvaluation *ev, const MesoLine *L,
							 MesoUnit unit);

/* The same, split by institution or not whatever the rule says */
extern MesoGroup *meso_group_of(MesoEvaluation *ev, const MesoLine *L,
								MesoUnit unit, bool same_institution);

/* Parameter naming a unit; the units allowed are bits 1 << UNIT_... */
extern MesoUnit meso_param_unit(MesoParams *params, const char *name,
								int allowed, int default_unit);

/*
 * The groups whose windows hold a line: its own first.  A line without a visit
 * has its settlement for a visit window, with all lines of that: so a line
 * with a visit may lie in the windows of two groups.
 */
#define MAX_WINDOWS		2
extern int	meso_windows(MesoEvaluation *ev, const MesoLine *L, MesoUnit unit,
						 MesoGroup **groups);

/*
 * The same for settlement, visit and day as keys of a tally, also of rows of
 * diagnosis and operation.
 */
extern int	meso_window_keys(const MesoLine *L, MesoUnit unit, const void **keys);

/* A day as the key of a tally */
#define DAY_KEY(day)	((const void *) (uintptr_t) (uint32) (day))

/* Is the unit's window around L closed (facts.md, "right edge")? */
extern bool meso_unit_closed(const MesoLine *L, MesoUnit unit);

/*
 * Signed sums per (group, code): presence of codes in units.  A slot is
 * zeroed when it is new, and moves when another is made.  The map lives in
 * the scratch context.
 */
typedef struct MesoTallyKey
{
	const void *group;
	const void *item;
} MesoTallyKey;

typedef struct MesoTally
{
	MesoTallyKey key;
	uint32		hash;
	char		status;
	int			n;				/* all that follows is the template's */
	fixed		sum;
	MesoLine   *line;
	void	   *data;
} MesoTally;

struct meso_tally_hash;
extern struct meso_tally_hash *meso_tallies(MesoEvaluation *ev);
extern MesoTally *meso_tally(struct meso_tally_hash *map,
							 const void *group, const void *item);

/* NULL when there is none */
extern MesoTally *meso_tally_find(struct meso_tally_hash *map,
								  const void *group, const void *item);

/* Add a line's cnt to its code's sum, keeping the number of codes present */
extern MesoTally *meso_tally_add(struct meso_tally_hash *map, const void *group,
								 const void *item, fixed cnt, int *npresent);

/* Of npresent codes present in the group, is any present without L? */
extern bool meso_present_without(struct meso_tally_hash *map, const void *group,
								 const MesoLine *L, int npresent);

/* One pointer for equal strings; give it a map of its own */
extern const void *meso_intern(struct meso_tally_hash *map, MesoStr string);

/* Does a rule of the same version hold this code by some point on that day? */
extern bool meso_rule_holds(MesoEvaluation *ev, const MesoItem *item, DateADT day);

/* Do the rule and the point judge that day (whatever the audit's period)? */
extern bool meso_valid_on(MesoEvaluation *ev, DateADT day);

/* Does the rule's scope hold for a row? */
extern bool meso_line_in_scope(MesoEvaluation *ev, const MesoLine *L);
extern bool meso_settlement_in_scope(MesoEvaluation *ev, const MesoSettlement *setl);
extern bool meso_visit_in_scope(MesoEvaluation *ev, const MesoVisit *visit);

/* Does the code stand in known_code on that day? */
extern bool meso_item_known(const MesoItem *item, DateADT day);

/* Is payment to the line's institution, practitioner or person suspended? */
extern bool meso_payment_suspended(MesoEvaluation *ev, const MesoLine *L);

/* Are any codes loaded into known_code? */
extern bool meso_known_codes_loaded(MesoEvaluation *ev);

/* First day of complete data of fee_line, or NO_DATE */
extern DateADT meso_data_since(MesoEvaluation *ev);

/* Attributes of a line (facts.md, "attribute sources") */
extern MesoStr meso_med_type(const MesoLine *L);
extern MesoStr meso_insutype(const MesoLine *L);
extern MesoStr meso_title(MesoEvaluation *ev, const MesoLine *L);
extern int	meso_age(const MesoLine *L);	/* -1 = NULL */
extern int	meso_age_days(const MesoLine *L);	/* -1 = NULL */
extern bool meso_is_stay(const MesoVisit *visit);

/* The list price of L's code at L's institution on L's day, or NO_FIXED */
extern fixed meso_list_price(MesoEvaluation *ev, const MesoLine *L);

/* Price entries [{price, hosp_lv, area, med_type}] with their choice */
typedef struct MesoPriceEntry
{
	fixed		price;
	int			hosp_lv;		/* -1: any */
	MesoStr		area;			/* NULL: any */
	MesoStr		med_type;		/* NULL: any */
} MesoPriceEntry;

typedef struct MesoPrices
{
	int			n;
	MesoPriceEntry *entries;
} MesoPrices;

extern void meso_param_prices(MesoParams *params, const char *name, MesoPrices *prices);

/* NO_FIXED when no entry fits */
extern fixed meso_price_for(const MesoPrices *prices, const MesoLine *L);

/* value > price * factor, exactly */
extern bool meso_above_price(fixed value, fixed price, fixed factor);

/* value - price * factor, to 6 decimals */
extern fixed meso_price_excess(fixed value, fixed price, fixed factor);

/* round((pric - price * factor) * cnt, 2), for a pric above and cnt > 0 */
extern fixed meso_overcharge(const MesoLine *L, fixed price, fixed factor);

#endif							/* MESO_JUDGE_H */
