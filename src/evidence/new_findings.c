/*-------------------------------------------------------------------------
 *
 * new_findings.c
 *		Rows of findings that are new, with evidence, log and outbox.
 *
 * A claim leaves one or two new findings, rarely more.  For so few,
 * apply_changes() spends many times more on starting its statements than on
 * their rows; so the very rows that it would write are put into the tables
 * here, one by one.  Whatever else becomes of a finding is its alone.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "commands/sequence.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/typcache.h"

#include "evidence/build_evidence.h"
#include "evidence/digest.h"
#include "evidence/new_findings.h"

/* Columns of "finding" beside those of audit_finding */
enum
{
	F_FINDING_ID, F_SOURCE, F_STATUS, F_STILL_TRUE, F_SOURCE_GONE, F_POPULATION,
	F_FOUND_BY, F_FOUND_AT, F_EVIDENCE, F_COLUMNS
};

static const char *const finding_columns[] = {
	"finding_id", "source", "status", "still_true", "source_gone", "population",
	"found_by", "found_at", "evidence"
};

/* Columns of "finding_log" in the order in which log_digest() takes them */
enum
{
	L_LOG_ID, L_LOGGED_AT, L_ACTOR, L_FINDING_ID, L_FINDING_KEY, L_EVENT, L_STATUS,
	L_STILL_TRUE, L_SOURCE_VERSION, L_POINT_ID, L_AMOUNT, L_CERTAINTY, L_RUN_ID,
	L_RULE_SET_HASH, L_DETAIL, L_EVIDENCE_DIGEST, L_DIGEST, L_COLUMNS
};

static const char *const log_columns[] = {
	"log_id", "logged_at", "actor", "finding_id", "finding_key", "event", "status",
	"still_true", "source_version", "point_id", "amount", "certainty", "run_id",
	"rule_set_hash", "detail", "evidence_digest", "digest"
};

/* Columns of "outbox" */
enum
{
	O_OUTBOX_ID, O_LOG_ID, O_FINDING_ID, O_EVENT, O_CREATED_AT, O_COLUMNS
};

static const char *const outbox_columns[] = {
	"outbox_id", "log_id", "finding_id", "event", "created_at"
};

#define MAX_COLUMNS		(AF_COUNT + F_COLUMNS)

/* A table that rows are put into */
typedef struct Table
{
	Relation	rel;
	Oid			sequence;		/* of its rows' numbers */
	ResultRelInfo *info;
	TupleTableSlot *slot;
	AttrNumber	attnos[MAX_COLUMNS];
} Table;

typedef struct Writer
{
	EState	   *estate;
	Table		finding;		/* audit_finding's columns, then the others */
	Table		log;
	Table		outbox;
	Datum		actor;
	Datum		found;			/* the event */
	Datum		open;
	Datum		rule;
	Datum		commit;
} Writer;

/*
 * open_table: false if inserting into it does more than the extension's own
 * script says.
 */
static bool
open_table(Table *table, const char *name, const char *sequence)
{
	Oid			nsp = get_namespace_oid("meso_audit", false);
	Relation	rel = table_open(get_relname_relid(name, nsp), RowExclusiveLock);
	TriggerDesc *triggers = rel->trigdesc;

	table->rel = rel;
	table->sequence = get_relname_relid(sequence, nsp);
	return OidIsValid(table->sequence) &&
		rel->rd_rel->relkind == RELKIND_RELATION && rel->rd_rules == NULL &&
		!(triggers &&
		  (triggers->trig_insert_before_row || triggers->trig_insert_after_row ||
		   triggers->trig_insert_before_statement || triggers->trig_insert_after_statement));
}

static void
close_tables(Writer *w)
{
	Table	   *tables[] = {&w->finding, &w->log, &w->outbox};

	for (int i = 0; i < lengthof(tables); i++)
	{
		if (tables[i]->rel)
			table_close(tables[i]->rel, NoLock);
	}
}

static void
find_columns(Table *table, int first, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
	{
		AttrNumber	attno = get_attnum(RelationGetRelid(table->rel), names[i]);

		if (attno == InvalidAttrNumber)
			elog(ERROR, "table \"%s\" has no column \"%s\"",
				 RelationGetRelationName(table->rel), names[i]);
		table->attnos[first + i] = attno;
	}
}

static void
begin_writing(Writer *w, TupleDesc desc)
{
	Table	   *tables[] = {&w->finding, &w->log, &w->outbox};
	const char *names[AF_COUNT];

	for (int i = 0; i < AF_COUNT; i++)
		names[i] = NameStr(TupleDescAttr(desc, i)->attname);
	find_columns(&w->finding, 0, names, AF_COUNT);
	find_columns(&w->finding, AF_COUNT, finding_columns, F_COLUMNS);
	find_columns(&w->log, 0, log_columns, L_COLUMNS);
	find_columns(&w->outbox, 0, outbox_columns, O_COLUMNS);
	w->estate = CreateExecutorState();
	w->estate->es_output_cid = GetCurrentCommandId(true);
	for (int i = 0; i < lengthof(tables); i++)
	{
		Table	   *t = tables[i];

		t->info = makeNode(ResultRelInfo);
		InitResultRelInfo(t->info, t->rel, 0, NULL, 0);
		ExecOpenIndices(t->info, false);
		t->slot = table_slot_create(t->rel, &w->estate->es_tupleTable);
	}
	w->actor = CStringGetTextDatum(GetUserNameFromId(GetSessionUserId(), false));
	w->found = CStringGetTextDatum("found");
	w->open = CStringGetTextDatum("open");
	w->rule = CStringGetTextDatum("rule");
	w->commit = CStringGetTextDatum("commit");
}

static void
end_writing(Writer *w)
{
	Table	   *tables[] = {&w->finding, &w->log, &w->outbox};

	for (int i = 0; i < lengthof(tables); i++)
		ExecCloseIndices(tables[i]->info);
	ExecResetTupleTable(w->estate->es_tupleTable, false);
	FreeExecutorState(w->estate);
	CommandCounterIncrement();
}

/*
 * put_row: the row of the table's columns; others are NULL.
 */
static void
put_row(Writer *w, Table *table, Datum *values, bool *nulls, int n)
{
	TupleTableSlot *slot = table->slot;

	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, sizeof(bool) * slot->tts_tupleDescriptor->natts);
	for (int i = 0; i < n; i++)
	{
		AttrNumber	attno = table->attnos[i];

		slot->tts_values[attno - 1] = values[i];
		slot->tts_isnull[attno - 1] = nulls[i];
	}
	ExecStoreVirtualTuple(slot);
	ExecSimpleRelationInsert(table->info, w->estate, slot);
	ResetPerTupleExprContext(w->estate);
}

static Datum
next_number(Table *table)
{
	return Int64GetDatum(nextval_internal(table->sequence, false));
}

static void
put_finding(Writer *w, Datum *found, bool *found_nulls, Datum id, bytea *archive)
{
	Datum		values[MAX_COLUMNS];
	bool		nulls[MAX_COLUMNS] = {0};
	Datum	   *more = values + AF_COUNT;

	memcpy(values, found, sizeof(Datum) * AF_COUNT);
	memcpy(nulls, found_nulls, sizeof(bool) * AF_COUNT);
	more[F_FINDING_ID] = id;
	more[F_SOURCE] = w->rule;
	more[F_STATUS] = w->open;
	more[F_STILL_TRUE] = BoolGetDatum(true);
	more[F_SOURCE_GONE] = BoolGetDatum(false);
	more[F_POPULATION] = BoolGetDatum(false);
	more[F_FOUND_BY] = w->commit;
	more[F_FOUND_AT] = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	more[F_EVIDENCE] = PointerGetDatum(archive);
	put_row(w, &w->finding, values, nulls, MAX_COLUMNS);
}

/*
 * log_digest: as the SQL function of that name: of its version and all columns
 * before the digest.
 */
static bytea *
log_digest(Table *log, Datum *values, bool *nulls)
{
	static const char version[] = "meso_audit.finding_log.1";
	TupleDesc	desc = RelationGetDescr(log->rel);
	bytea	   *digest = palloc(VARHDRSZ + MESO_DIGEST_LEN);
	StringInfoData buf;

	initStringInfo(&buf);
	meso_append_part(&buf, version, sizeof(version) - 1);
	for (int i = 0; i < L_DIGEST; i++)
	{
		if (nulls[i])
			meso_append_part(&buf, NULL, 0);
		else
			meso_append_value(&buf, TupleDescAttr(desc, log->attnos[i] - 1)->atttypid, values[i]);
	}
	SET_VARSIZE(digest, VARHDRSZ + MESO_DIGEST_LEN);
	meso_sha256(buf.data, buf.len, (uint8 *) VARDATA(digest));
	pfree(buf.data);
	return digest;
}

/*
 * put_log: the row of the log that says so; its number.
 */
static Datum
put_log(Writer *w, Datum *found, bool *found_nulls, Datum id, bytea *evidence_digest)
{
	static const struct
	{
		int			column;
		int			found;
	}			same[] = {
		{L_FINDING_KEY, AF_FINDING_KEY}, {L_SOURCE_VERSION, AF_SOURCE_VERSION},
		{L_POINT_ID, AF_POINT_ID}, {L_AMOUNT, AF_AMOUNT}, {L_CERTAINTY, AF_CERTAINTY}
	};
	Datum		values[L_COLUMNS];
	bool		nulls[L_COLUMNS] = {0};

	nulls[L_RUN_ID] = nulls[L_RULE_SET_HASH] = nulls[L_DETAIL] = true;
	for (int i = 0; i < lengthof(same); i++)
	{
		values[same[i].column] = found[same[i].found];
		nulls[same[i].column] = found_nulls[same[i].found];
	}
	/* seal_log() relies on the transaction having its number before */
	(void) GetTopTransactionId();
	values[L_LOG_ID] = next_number(&w->log);
	values[L_LOGGED_AT] = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	values[L_ACTOR] = w->actor;
	values[L_FINDING_ID] = id;
	values[L_EVENT] = w->found;
	values[L_STATUS] = w->open;
	values[L_STILL_TRUE] = BoolGetDatum(true);
	values[L_EVIDENCE_DIGEST] = PointerGetDatum(evidence_digest);
	values[L_DIGEST] = PointerGetDatum(log_digest(&w->log, values, nulls));
	put_row(w, &w->log, values, nulls, L_COLUMNS);
	return values[L_LOG_ID];
}

static void
put_outbox(Writer *w, Datum id, Datum log_id)
{
	Datum		values[O_COLUMNS];
	bool		nulls[O_COLUMNS] = {0};

	values[O_OUTBOX_ID] = next_number(&w->outbox);
	values[O_LOG_ID] = log_id;
	values[O_FINDING_ID] = id;
	values[O_EVENT] = w->found;
	values[O_CREATED_AT] = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	put_row(w, &w->outbox, values, nulls, O_COLUMNS);
}

static void
put_proved(Datum *values, bool *nulls, bytea *archive, bytea *digest, void *arg)
{
	Writer	   *w = arg;
	Datum		id = next_number(&w->finding);

	put_finding(w, values, nulls, id, archive);
	put_outbox(w, id, put_log(w, values, nulls, id, digest));
}

/*
 * prove_all: under the settings of build_evidence().
 */
static void
prove_all(Writer *w, TupleDesc desc, Datum *findings, int n)
{
	static const char *const settings[][2] = {
		{"datestyle", "ISO"}, {"timezone", "UTC"}, {"random_page_cost", "1.1"}, {"jit", "off"}
	};
	MesoProofOf of = {.source = "rule",.desc = desc};
	int			nestlevel = NewGUCNestLevel();

	for (int i = 0; i < lengthof(settings); i++)
		(void) set_config_option(settings[i][0], settings[i][1], PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	meso_prove(&of, findings, n, put_proved, w);
	AtEOXact_GUC(false, nestlevel);
}

bool
meso_store_new_findings(Datum *findings, int n, Oid type)
{
	Writer		w = {0};
	TupleDesc	desc;

	if (!open_table(&w.finding, "finding", "finding_finding_id_seq") ||
		!open_table(&w.log, "finding_log", "finding_log_log_id_seq") ||
		!open_table(&w.outbox, "outbox", "outbox_outbox_id_seq"))
	{
		close_tables(&w);
		return false;
	}
	desc = lookup_rowtype_tupdesc_copy(type, -1);
	begin_writing(&w, desc);
	prove_all(&w, desc, findings, n);
	end_writing(&w);
	close_tables(&w);
	return true;
}
