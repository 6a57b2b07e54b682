/*-------------------------------------------------------------------------
 *
 * program.c
 *		The rules in force, loaded and kept: one program a backend.
 *
 * Everything is read under a snapshot taken now, not the transaction's: a
 * session in REPEATABLE READ would otherwise judge by stale rules for as long
 * as it stays open.  A change of the tables (config_signal.h) is followed, or has
 * the program loaded anew, before the next evaluation.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "rules/config_signal.h"
#include "rules/load_rules.h"

int			meso_cache_size = 24576;

static MesoProgram *current = NULL;

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
 * brought_up_to_date: is the program that of the tables as they are, or could
 * it follow what has changed?
 */
static bool
brought_up_to_date(MesoProgram *program)
{
	while (!program->broken &&
		   program->knowledge_generation == meso_signal_generation(SIGNAL_KNOWLEDGE) &&
		   MemoryContextMemAllocated(program->ctx, true) < (Size) meso_cache_size * 1024)
	{
		uint64		generation = meso_signal_generation(SIGNAL_RULES);

		CHECK_FOR_INTERRUPTS();
		if (program->rules_generation == generation)
			return true;
		meso_check_version();
		if (!meso_program_change(program))
			return false;
		program->rules_generation = generation;
	}
	return false;
}

/*
 * load: a program of the tables as they are.
 */
static MesoProgram *
load(void)
{
	meso_check_version();
	for (;;)
	{
		uint64		rules = meso_signal_generation(SIGNAL_RULES);
		uint64		knowledge = meso_signal_generation(SIGNAL_KNOWLEDGE);
		MesoProgram *program;

		CHECK_FOR_INTERRUPTS();
		program = program_new();
		meso_program_fill(program, NULL);
		if (rules == meso_signal_generation(SIGNAL_RULES) &&
			knowledge == meso_signal_generation(SIGNAL_KNOWLEDGE))
		{
			program->rules_generation = rules;
			program->knowledge_generation = knowledge;
			MemoryContextSetParent(program->ctx, CacheMemoryContext);
			return program;
		}
		MemoryContextDelete(program->ctx);
	}
}

/*
 * meso_program: the program to judge by.  Needs an SPI connection.
 */
MesoProgram *
meso_program(void)
{
	if (current && current->in_use)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("claims are being evaluated already"),
				 errdetail("A fact view or a rule's expression calls the evaluator."),
				 errhint("Bind facts to relations that do not use meso_audit's evaluator.")));
	if (current && !brought_up_to_date(current))
	{
		MemoryContextDelete(current->ctx);
		current = NULL;
	}
	if (current == NULL)
		current = load();
	current->in_use = true;
	return current;
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
