/*-------------------------------------------------------------------------
 *
 * worker.c
 *		Dynamic background workers that help with an audit.
 *
 * A worker takes chunks of one run, one transaction each, until none is left.
 * Its queue lives in tables, so it needs nothing from its leader but the
 * number of the run. When the leader's transaction aborts, its workers are
 * told to stop: a cancelled audit does not go on behind the user's back.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/ipc.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "meso_audit.h"

#define MAX_WORKERS 64

/* What a worker is told, in bgw_extra. */
typedef struct WorkerOrder
{
	Oid			database;
	Oid			session_user;	/* connects */
	Oid			current_user;	/* whose rights it takes */
	int64		run;
} WorkerOrder;

StaticAssertDecl(sizeof(WorkerOrder) <= BGW_EXTRALEN,
				 "the order fits into bgw_extra");

/* Workers that this backend started, until its run ends. */
static BackgroundWorkerHandle *helpers[MAX_WORKERS];
static int	nhelpers = 0;
static bool callback_registered = false;

PGDLLEXPORT void meso_audit_worker_main(Datum arg);

PG_FUNCTION_INFO_V1(meso_audit_launch_workers);
PG_FUNCTION_INFO_V1(meso_audit_release_workers);

/*
 * forget_helpers: the run is over, or is to be.
 */
static void
forget_helpers(bool terminate)
{
	for (int i = 0; i < nhelpers; i++)
	{
		if (terminate)
			TerminateBackgroundWorker(helpers[i]);
		pfree(helpers[i]);
	}
	nhelpers = 0;
}

static void
stop_on_abort(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_ABORT && nhelpers > 0)
		forget_helpers(true);
}

/*
 * launch_workers(run bigint, n integer) returns integer: how many of n workers
 * could be started; never an error for want of slots. Strict.
 */
Datum
meso_audit_launch_workers(PG_FUNCTION_ARGS)
{
	WorkerOrder order;
	BackgroundWorker worker;
	int			wanted = PG_GETARG_INT32(1);
	int			started = 0;

	memset(&order, 0, sizeof(order));
	order.database = MyDatabaseId;
	order.session_user = GetSessionUserId();
	order.current_user = GetUserId();
	order.run = PG_GETARG_INT64(0);

	memset(&worker, 0, sizeof(worker));
	snprintf(worker.bgw_name, BGW_MAXLEN,
			 "meso_audit worker for run " INT64_FORMAT, order.run);
	snprintf(worker.bgw_type, BGW_MAXLEN, "meso_audit worker");
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	snprintf(worker.bgw_library_name, sizeof(worker.bgw_library_name),
			 "$libdir/meso_audit");
	snprintf(worker.bgw_function_name, sizeof(worker.bgw_function_name),
			 "meso_audit_worker_main");
	worker.bgw_notify_pid = MyProcPid;
	memcpy(worker.bgw_extra, &order, sizeof(order));

	if (!callback_registered)
	{
		RegisterXactCallback(stop_on_abort, NULL);
		callback_registered = true;
	}
	while (started < wanted && nhelpers < MAX_WORKERS)
	{
		MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);
		bool		ok = RegisterDynamicBackgroundWorker(&worker,
														 &helpers[nhelpers]);

		MemoryContextSwitchTo(before);
		if (!ok)
			break;
		nhelpers++;
		started++;
	}
	PG_RETURN_INT32(started);
}

/*
 * release_workers() returns void: the leader's run is over; what it started
 * ends by itself and is no longer stopped when a transaction aborts.
 */
Datum
meso_audit_release_workers(PG_FUNCTION_ARGS)
{
	forget_helpers(false);
	PG_RETURN_VOID();
}

/*
 * take_chunk: one chunk in one transaction; false when there is none.
 */
static bool
take_chunk(int64 run)
{
	Oid			types[1] = {INT8OID};
	Datum		values[1] = {Int64GetDatum(run)};
	bool		isnull;
	bool		more;

	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	pgstat_report_activity(STATE_RUNNING, "meso_audit.audit_step");
	if (SPI_execute_with_args("SELECT meso_audit.audit_step($1)", 1, types,
							  values, NULL, false, 1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "audit_step() returned no row");
	more = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0],
									  SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	PopActiveSnapshot();
	CommitTransactionCommand();
	pgstat_report_stat(true);
	pgstat_report_activity(STATE_IDLE, NULL);
	return more && !isnull;
}

/*
 * take_rights: a leader that had SET ROLE has helpers with that role.
 */
static void
take_rights(const WorkerOrder *order)
{
	char	   *role;

	if (order->current_user == order->session_user)
		return;
	StartTransactionCommand();
	role = GetUserNameFromId(order->current_user, false);
	SetConfigOption("role", role, PGC_SUSET, PGC_S_SESSION);
	CommitTransactionCommand();
}

/*
 * meso_audit_worker_main: entry point of a worker.
 */
void
meso_audit_worker_main(Datum arg)
{
	WorkerOrder order;

	memcpy(&order, MyBgworkerEntry->bgw_extra, sizeof(order));
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(order.database,
											  order.session_user, 0);
	take_rights(&order);
	SetConfigOption("default_transaction_isolation", "read committed",
					PGC_USERSET, PGC_S_SESSION);
	while (take_chunk(order.run))
		CHECK_FOR_INTERRUPTS();
	proc_exit(0);
}
