/*-------------------------------------------------------------------------
 *
 * meso_audit.c
 *		Module magic, settings and the check that library and SQL fit.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_extension.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/rel.h"

#include "meso_audit.h"
#include "rules/commit/settings.h"
#include "rules/program.h"

MESO_MODULE_MAGIC;

void		_PG_init(void);

int			meso_max_state_memory = 0;

/* read by SQL only: audit_slabs() */
enum
{
	AUDIT_READS_AUTO, AUDIT_READS_INDEX, AUDIT_READS_TABLES
};
static const struct config_enum_entry audit_reads_options[] = {
	{"auto", AUDIT_READS_AUTO, false},
	{"index", AUDIT_READS_INDEX, false},
	{"tables", AUDIT_READS_TABLES, false},
	{NULL, 0, false}
};
static int	meso_audit_reads = AUDIT_READS_AUTO;
static int	meso_slab_lines = 32000000;

/* read by SQL only: approval_required() */
static bool meso_require_approval = true;

PG_FUNCTION_INFO_V1(meso_audit_library_version);

/*
 * Loads anywhere: no preload, no hook, nothing that a pg_upgrade or a
 * single-user server could miss.
 */
void
_PG_init(void)
{
	DefineCustomIntVariable("meso_audit.max_state_memory",
							"Memory that one group of an aggregate may take.",
							"0 derives it from work_mem and "
							"hash_mem_multiplier. A group that needs more "
							"is refused with SQLSTATE 54000.",
							&meso_max_state_memory,
							0, 0, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB,
							NULL, NULL, NULL);

	DefineCustomIntVariable("meso_audit.cache_size",
							"Memory that a session keeps compiled rules in.",
							"A session whose rules and codes need more loads "
							"them anew between two chunks of persons.",
							&meso_cache_size,
							24576, 1024, MAX_KILOBYTES,
							PGC_SUSET, GUC_UNIT_KB,
							NULL, NULL, NULL);

	DefineCustomEnumVariable("meso_audit.audit_reads",
							 "How a batch audit reads the facts.",
							 "By index, or whole tables into temporary files; "
							 "auto: whole tables where a good part of the lines "
							 "is to be judged.",
							 &meso_audit_reads,
							 AUDIT_READS_AUTO, audit_reads_options,
							 PGC_USERSET, 0,
							 NULL, NULL, NULL);

	DefineCustomIntVariable("meso_audit.slab_lines",
							"Lines that a batch audit brings into temporary "
							"files at a time.",
							"A line takes some 200 bytes. An audit of more "
							"lines reads the tables more than once.",
							&meso_slab_lines,
							32000000, 1, INT_MAX,
							PGC_USERSET, 0,
							NULL, NULL, NULL);

	DefineCustomBoolVariable("meso_audit.require_approval",
							 "An active rule needs a second person.",
							 "Off: who writes a rule may make it active, "
							 "retire it or void it.",
							 &meso_require_approval,
							 true,
							 PGC_SUSET, 0,
							 NULL, NULL, NULL);

	meso_commit_settings();
	MarkGUCPrefixReserved("meso_audit");
}

/*
 * meso_state_limit: bytes that one aggregate group may take.
 */
Size
meso_state_limit(void)
{
	if (meso_max_state_memory > 0)
		return (Size) meso_max_state_memory * 1024;
	return (Size) ((double) work_mem * 1024.0 * hash_mem_multiplier);
}

/*
 * installed_version: extversion of meso_audit in this database, or NULL.
 * The result is allocated in the current memory context.
 */
static char *
installed_version(void)
{
	char	   *version = NULL;
	Relation	rel = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber,
				F_NAMEEQ, CStringGetDatum("meso_audit"));
	scan = systable_beginscan(rel, ExtensionNameIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;
		Datum		d = heap_getattr(tuple, Anum_pg_extension_extversion,
									 RelationGetDescr(rel), &isnull);

		if (!isnull)
			version = TextDatumGetCString(d);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return version;
}

/*
 * meso_check_version: refuse to run against SQL of another version.
 *
 * Only functions that read the extension's tables call it; the analytics
 * library works with any version of the SQL script.  An update over several
 * releases passes through versions that no library has.
 */
void
meso_check_version(void)
{
	char	   *version;

	if (creating_extension)
		return;
	version = installed_version();
	if (version == NULL || strcmp(version, MESO_AUDIT_VERSION) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("meso_audit library and SQL objects have different versions"),
				 errdetail("The library is version %s, the SQL objects are version %s.",
						   MESO_AUDIT_VERSION,
						   version ? version : "not installed"),
				 errhint("Run ALTER EXTENSION meso_audit UPDATE, or reconnect if the library was replaced.")));
	pfree(version);
}

/*
 * library_version() returns text: the version that the library was built as.
 */
Datum
meso_audit_library_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(MESO_AUDIT_VERSION));
}
