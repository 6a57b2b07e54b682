/*-------------------------------------------------------------------------
 *
 * stats.c
 *		What the checks at commit cost.
 *
 * Without a preload there is no memory that backends share.  Each counts for
 * itself and adds a row to the table check_tally, within the
 * transaction of a claim, at its first check and then once a second at most.
 * What an aborted transaction would have written is written by the next one;
 * the last second of a session may be lost.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "rules/commit/stats.h"
#include "rules/query.h"

#define WRITE_EVERY		USECS_PER_SEC
#define RULES_ONE_IN	32

typedef struct RuleTime
{
	char		code[NAMEDATALEN * 2];
	int64		nanos;
} RuleTime;

MesoCheckTally meso_check_tally;

static MesoCheckTally sent;		/* by the running transaction */
static bool is_sent = false;
static TimestampTz written_at = 0;
static HTAB *rule_times = NULL;
static int64 nchecks = 0;

/*
 * at_xact_end: what was written by a transaction that committed is no longer
 * to be written.
 */
static void
at_xact_end(XactEvent event, void *arg)
{
	int64	   *counts = (int64 *) &meso_check_tally;
	int64	   *gone = (int64 *) &sent;

	if (!is_sent)
		return;
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_PREPARE)
	{
		for (int i = 0; i < (int) (sizeof(sent) / sizeof(int64)); i++)
			counts[i] -= gone[i];
		if (rule_times)
			hash_destroy(rule_times);
		rule_times = NULL;
	}
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_PREPARE ||
		event == XACT_EVENT_ABORT)
		is_sent = false;
}

bool
meso_stats_times_rules(void)
{
	return nchecks % RULES_ONE_IN == 0;
}

void
meso_stats_rule(const MesoRule *rule, instr_time begun)
{
	RuleTime   *entry;
	char		code[NAMEDATALEN * 2] = {0};
	instr_time	now;
	bool		found;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, begun);
	if (rule_times == NULL)
	{
		HASHCTL		ctl = {.keysize = sizeof(code),.entrysize = sizeof(RuleTime),
			.hcxt = TopMemoryContext};

		rule_times = hash_create("meso_audit time of rules", 128, &ctl,
								 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	strlcpy(code, rule->code, sizeof(code));
	entry = hash_search(rule_times, code, HASH_ENTER, &found);
	if (!found)
		entry->nanos = 0;
	entry->nanos += (int64) (INSTR_TIME_GET_DOUBLE(now) * 1e9) * RULES_ONE_IN;
}

static ArrayType *
bigint_array(int64 *values, int n)
{
	Datum	   *elems = palloc(sizeof(Datum) * Max(n, 1));

	for (int i = 0; i < n; i++)
		elems[i] = Int64GetDatum(values[i]);
	return construct_array(elems, n, INT8OID, sizeof(int64), FLOAT8PASSBYVAL,
						   TYPALIGN_DOUBLE);
}

/*
 * rule_arrays: the rules timed and their microseconds.
 */
static void
rule_arrays(Datum *codes, Datum *micros)
{
	int			n = 0;
	int			max = rule_times ? (int) hash_get_num_entries(rule_times) : 0;
	MesoStr    *names = palloc(sizeof(MesoStr) * Max(max, 1));
	int64	   *times = palloc(sizeof(int64) * Max(max, 1));

	if (max > 0)
	{
		HASH_SEQ_STATUS scan;
		RuleTime   *entry;

		hash_seq_init(&scan, rule_times);
		while ((entry = hash_seq_search(&scan)) != NULL)
		{
			names[n] = meso_str(entry->code, (int) strlen(entry->code));
			times[n++] = entry->nanos / 1000;
		}
	}
	*codes = PointerGetDatum(meso_text_array(names, n));
	*micros = PointerGetDatum(bigint_array(times, n));
}

/*
 * write_tally: add a row with what this backend counted.
 */
static void
write_tally(void)
{
	static MesoQuery query;
	static bool registered = false;
	Oid			types[] = {INT8ARRAYOID, INT8ARRAYOID, TEXTARRAYOID, INT8ARRAYOID};
	Datum		values[4];

	if (!registered)
		RegisterXactCallback(at_xact_end, NULL);
	registered = true;
	values[0] = PointerGetDatum(bigint_array((int64 *) &meso_check_tally,
											 (int) (offsetof(MesoCheckTally, buckets) / sizeof(int64))));
	values[1] = PointerGetDatum(bigint_array(meso_check_tally.buckets, STATS_BUCKETS));
	rule_arrays(&values[2], &values[3]);
	meso_query_write(&query,
					 "INSERT INTO meso_audit.check_tally (counts, buckets, rules, rule_micros)"
					 " VALUES ($1, $2, $3, $4)",
					 4, types, values, NULL);
	sent = meso_check_tally;
	is_sent = true;
}

/*
 * bucket_of: floor(2 log2(micros)), within the buckets.
 */
static int
bucket_of(int64 micros)
{
	int			bucket = 0;

	while (bucket < STATS_BUCKETS - 2 && micros >= 2)
	{
		bucket += 2;
		if (micros == 2 || micros == 3)
			return bucket + (micros == 3);
		micros /= 2;
	}
	return bucket;
}

void
meso_stats_check(int64 claims, instr_time begun)
{
	instr_time	now;
	int64		micros;
	TimestampTz at = GetCurrentTimestamp();

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, begun);
	micros = (int64) INSTR_TIME_GET_MICROSEC(now);
	nchecks++;
	meso_check_tally.checks++;
	meso_check_tally.claims += claims;
	meso_check_tally.micros += micros;
	meso_check_tally.buckets[bucket_of(micros / Max(claims, 1))] += Max(claims, 1);
	if (is_sent || at - written_at < WRITE_EVERY)
		return;
	write_tally();
	written_at = at;
}
