/*-------------------------------------------------------------------------
 *
 * stats.h
 *		What the checks at commit cost.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_COMMIT_STATS_H
#define MESO_COMMIT_STATS_H

#include "portability/instr_time.h"
#include "rules/program.h"

/* Two buckets an octave of microseconds a claim */
#define STATS_BUCKETS	48

/* Of one backend, since it last wrote them down */
typedef struct MesoCheckTally
{
	int64		checks;
	int64		claims;
	int64		persons;
	int64		row_count;		/* rows noted */
	int64		history_rows;	/* fee lines read */
	int64		micros;
	int64		guard_waits;	/* guards that took more than a millisecond */
	int64		guard_micros;
	int64		failed;
	int64		buckets[STATS_BUCKETS];
} MesoCheckTally;

extern MesoCheckTally meso_check_tally;

/* One check is over: count it, and write down what was counted now and then */
extern void meso_stats_check(int64 claims, instr_time begun);

/* Are the rules of this check to be timed?  One in 32 is */
extern bool meso_stats_times_rules(void);

/* Time that a rule took in a timed check */
extern void meso_stats_rule(const MesoRule *rule, instr_time begun);

#endif							/* MESO_COMMIT_STATS_H */
