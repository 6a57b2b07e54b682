/*-------------------------------------------------------------------------
 *
 * program.h
 *		The rules in force, compiled: one program a backend.
 *
 * Rules are loaded at once; knowledge points and codes when an item that they
 * name is first seen.  The program lives in a context of its own under
 * CacheMemoryContext.  It follows a change of rules that name their codes, and is
 * thrown away when a point, code or other rule changed anywhere, or when it
 * outgrew meso_audit.cache_size; always between two chunks, never under a running
 * evaluation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_PROGRAM_H
#define MESO_PROGRAM_H

#include "utils/array.h"

#include "rules/general.h"
#include "rules/judge.h"
#include "rules/strtab.h"

/* Who judges: the feeders of rule_kind.stages, as bits */
typedef enum MesoStage
{
	STAGE_PRE = 1,				/* check_claim */
	STAGE_COMMIT = 2,
	STAGE_BATCH = 4
} MesoStage;

/* A place where a narrower version of the rule decides, on some days */
typedef struct MesoElsewhere
{
	char	   *area;			/* first digits; or NULL, as the next ones */
	char	   *psn_area;
	char	   *inst_code;
	MesoDays	days;
} MesoElsewhere;

/* One version of a rule, with the days on which it is in force */
typedef struct MesoRule
{
	char	   *code;
	int			version;
	char	   *kind_code;
	char	   *action;
	char	   *certainty;
	bool		reminds;		/* action "remind": gives no finding */
	int			stages;			/* of its kind: bits of MesoStage */
	const MesoTemplate *tmpl;
	Jsonb	   *params;
	MesoScope	scope;
	MesoDomain	domain;
	bool		by_points;		/* the pools are the points of the kind */
	int			ndays;
	MesoDays   *days;
	int			nelsewhere;
	MesoElsewhere *elsewhere;
	int			order;			/* place among the rules, by code and version */
	bool		selected;		/* asked for in this evaluation */
	bool		drafted;		/* of a trial: as it would judge, not as it
								 * does */
	bool		warned;			/* that some point cannot be read */
	bool		gone;			/* judges no more */
	MesoStr		content;		/* of its version: equal for equal rules */
	struct MesoRule *next_of_kind;
} MesoRule;

/* What a rule's parameters, or they with a point's limits, were read to be */
typedef struct MesoReading
{
	MesoGeneral general;
	void	   *params;			/* of the template */
} MesoReading;

/*
 * Codes that are judged together: of a rule, a point, an epoch of either.
 * There are as many as points in use: equal readings and days are shared.
 */
typedef struct MesoPool
{
	MesoRule   *rule;
	const char *point_id;		/* or NULL */
	MesoReading *reading;
	MesoDays   *days;			/* on which a line is judged by it */
	int			ndays;
	/* the lines of the person at work: the evaluator's own */
	int			nlines[ROLE_COUNT];
	int			maxlines[ROLE_COUNT];
	MesoLine  **lines[ROLE_COUNT];
	uint64		stamp;
} MesoPool;

typedef struct MesoPrefixUse
{
	MesoStr		prefix;
	MesoItemUse use;
} MesoPrefixUse;

/* One row of rule_exemption */
typedef struct MesoExemption
{
	char	   *rule_code;		/* NULL: every rule */
	char	   *psn_no;			/* NULL: any, as the next ones */
	char	   *fixmedins_code;
	char	   *diag_code;
	char	   *code;
	MesoDays	valid;
	struct MesoExemption *next;
} MesoExemption;

typedef struct MesoProgram
{
	MemoryContext ctx;
	uint64		rules_generation;	/* of the tables it was loaded from: rule, */
	uint64		knowledge_generation;	/* and all others */
	int			nchanges;		/* of rules that it has followed */
	bool		in_use;			/* by an evaluation of this backend */
	bool		broken;
	int			max_lines;		/* of a chunk of the evaluation at work; 0:
								 * any */
	int			nrules;
	MesoRule  **rules;
	int			nwhole;			/* pools of templates that judge persons */
	MesoPool  **whole;
	MesoStrtab *items[DOMAIN_COUNT];
	MesoItem   *all_items[DOMAIN_COUNT];
	int			nprefixes[DOMAIN_COUNT];
	MesoPrefixUse *prefixes[DOMAIN_COUNT];
	MesoStrtab *points;			/* those already loaded */
	MesoStrtab *readings;		/* MesoReading by rule and limits */
	MesoStrtab *kinds;			/* kind_code to its by-points rules */
	MesoStrtab *kind_stages;	/* kind_code to bits of MesoStage */
	bool		any_by_points;	/* there are such rules */
	MesoReach	reach;			/* of all rules together */
	int			back_days;		/* reach.back, rounded up to days */
	bool		needs_diagnoses;
	bool		needs_operations;
	bool		needs_rows;		/* rows of diagnosis, operation are judged */
	bool		needs_titles;
	bool		needs_prices;
	bool		needs_known;
	bool		known_loaded;	/* known_code has rows */
	bool		any_suspended;	/* of the three tables that follow */
	MesoStrtab *suspended_places;	/* fixmedins_code to days */
	MesoStrtab *suspended_practices;	/* prac_psn_code */
	MesoStrtab *suspended_persons;	/* psn_no */
	DateADT		data_since;		/* of fee_line, or NO_DATE */
	MesoStrtab *exempt_persons; /* psn_no to MesoExemption list */
	MesoStrtab *exempt_places;	/* fixmedins_code, likewise */
	MesoExemption *exempt_others;
} MesoProgram;

/* 1 kB: setting meso_audit.cache_size */
extern int	meso_cache_size;

/*
 * The program, loaded or reloaded as needed, for one evaluation, until
 * meso_program_release().
 */
extern MesoProgram *meso_program(void);

/*
 * An evaluation is over.  One that failed may have left the program half
 * changed: the next call of meso_program() then loads a new one.
 */
extern void meso_program_release(MesoProgram *program, bool failed);

/*
 * Select the rules to judge by: all, or those whose code is in the array.
 * stage 0 asks for F: rules of every stage, but none that only reminds; a
 * stage for the rules that have it, reminding ones among them.
 */
extern void meso_program_select(MesoProgram *program, ArrayType *codes, int stage);

/* The item of a code: made when new; its pools may not be loaded yet */
extern MesoItem *meso_program_item(MesoProgram *program, MesoDomain domain,
								   const char *code, int len);

/* Load all that names these items */
extern void meso_program_resolve(MesoProgram *program, MesoDomain domain,
								 MesoItem **items, int nitems);

/* Rules that are tried */
typedef struct MesoTrial
{
	Datum		rules;			/* meso_audit.rule[] */
	Oid			type;			/* of that array */
	bool		beside;			/* with the versions that judge now */
} MesoTrial;

/* A program of its own for one trial; it lives in the current context */
extern MesoProgram *meso_program_tried(const MesoTrial *trial);

/* used between the files that load a program; without trial: rules in force */
extern void meso_program_fill(MesoProgram *program, const MesoTrial *trial);
extern void meso_load_prefix_points(MesoProgram *program);

#endif							/* MESO_PROGRAM_H */
