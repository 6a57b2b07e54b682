/*-------------------------------------------------------------------------
 *
 * program.c
 *		The rules in force, loaded and kept: one program a backend.
 *
 * Everything is read under a snapshot taken now, not the transaction's: a
 * session in REPEATABLE READ would otherwise judge by stale rules for as long
 * as it stays open.  Writers of the tables send a relcache invalidation of
 * meso_audit.rule (trigger function rules_changed); whoever receives it counts
 * its generation up and reloads before the next evaluation.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "rules/program.h"

int			meso_cache_size = 24576;

static MesoProgram *current = NULL;
static uint64 generation = 1;
static Oid	signal_relid = InvalidOid;

PG_FUNCTION_INFO_V1(meso_audit_rules_changed);

/*
 * A change of meso_audit.rule's relcache entry means: rules have changed.
 */
static void
rules_invalidated(Datum arg, Oid relid)
{
	if (relid == InvalidOid || relid == signal_relid)
		generation++;
}

static Oid
rule_relid(void)
{
	Oid			nsp = get_namespace_oid("meso_audit", true);

	return OidIsValid(nsp) ? get_relname_relid("rule", nsp) : InvalidOid;
}

/*
 * rules_changed(): statement trigger on every table that a program reads.
 */
Datum
meso_audit_rules_changed(PG_FUNCTION_ARGS)
{
	Oid			relid = rule_relid();

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager",
						"rules_changed")));
	if (OidIsValid(relid))
		CacheInvalidateRelcacheByRelid(relid);
	return PointerGetDatum(NULL);
}

static MesoProgram *
program_new(void)
{
	MemoryContext ctx = AllocSetContextCreate(CurrentMemoryContext,
											  "meso_audit program",
											  ALLOCSET_DEFAULT_SIZES);
	MesoProgram *program = MemoryContextAllocZero(ctx, sizeof(MesoProgram));

	program->ctx = ctx;
	for (int d = 0; d < DOMAIN_COUNT; d++)
		program->items[d] = meso_strtab_create(ctx, 256);
	program->points = meso_strtab_create(ctx, 64);
	program->readings = meso_strtab_create(ctx, 64);
	program->kinds = meso_strtab_create(ctx, 64);
	program->exempt_persons = meso_strtab_create(ctx, 16);
	program->exempt_places = meso_strtab_create(ctx, 16);
	return program;
}

/*
 * meso_program: the program to judge by.  Needs an SPI connection.
 */
MesoProgram *
meso_program(void)
{
	static bool registered = false;

	if (!registered)
	{
		CacheRegisterRelcacheCallback(rules_invalidated, (Datum) 0);
		registered = true;
	}
	if (current && current->in_use)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("claims are being evaluated already"),
				 errdetail("A fact view or a rule's expression calls the evaluator."),
				 errhint("Bind facts to relations that do not use meso_audit's evaluator.")));
	AcceptInvalidationMessages();
	if (current && current->generation == generation && !current->broken &&
		MemoryContextMemAllocated(current->ctx, true) < (Size) meso_cache_size * 1024)
	{
		current->in_use = true;
		return current;
	}
	if (current)
	{
		MemoryContextDelete(current->ctx);
		current = NULL;
	}
	meso_check_version();
	for (;;)
	{
		uint64		before = generation;
		MesoProgram *program;

		CHECK_FOR_INTERRUPTS();
		signal_relid = rule_relid();
		program = program_new();
		meso_program_fill(program, NULL);
		AcceptInvalidationMessages();
		if (before == generation)
		{
			program->generation = generation;
			MemoryContextSetParent(program->ctx, CacheMemoryContext);
			program->in_use = true;
			current = program;
			return program;
		}
		MemoryContextDelete(program->ctx);
	}
}

MesoProgram *
meso_program_tried(const MesoTrial *trial)
{
	MesoProgram *program;

	meso_check_version();
	program = program_new();
	meso_program_fill(program, trial);
	meso_program_select(program, NULL, 0);
	return program;
}

void
meso_program_release(MesoProgram *program, bool failed)
{
	program->in_use = false;
	program->max_lines = 0;
	program->broken = failed;
}

void
meso_program_select(MesoProgram *program, ArrayType *codes, int stage)
{
	Datum	   *elems = NULL;
	bool	   *nulls = NULL;
	int			n = 0;

	if (codes)
		deconstruct_array(codes, TEXTOID, -1, false, TYPALIGN_INT,
						  &elems, &nulls, &n);
	for (int i = 0; i < program->nrules; i++)
	{
		MesoRule   *rule = program->rules[i];

		rule->selected = codes == NULL;
		for (int j = 0; j < n && !rule->selected; j++)
			rule->selected = !nulls[j] &&
				strcmp(TextDatumGetCString(elems[j]), rule->code) == 0;
		rule->selected &= stage == 0 ? !rule->reminds : (rule->stages & stage) != 0;
	}
}
