/*-------------------------------------------------------------------------
 *
 * suspension.c
 *		Whom the fund does not pay, and when.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/memutils.h"

#include "rules/config_rows.h"
#include "rules/suspension.h"

typedef struct Suspension
{
	MesoDays	valid;
	struct Suspension *next;	/* of the same subject */
} Suspension;

static MesoStrtab *
table_of(MesoProgram *program, const char *subject_type)
{
	return strcmp(subject_type, "institution") == 0 ? program->suspended_places :
		strcmp(subject_type, "practitioner") == 0 ? program->suspended_practices :
		program->suspended_persons;
}

void
meso_suspensions_load(MesoProgram *program)
{
	program->suspended_places = meso_strtab_create(program->ctx, 16);
	program->suspended_practices = meso_strtab_create(program->ctx, 16);
	program->suspended_persons = meso_strtab_create(program->ctx, 16);
	meso_config_load("SELECT subject_type, subject_code, " DAYS_OF("valid")
					 " FROM meso_audit.suspension_in_force", 0, NULL, NULL);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		Suspension *s = MemoryContextAlloc(program->ctx, sizeof(Suspension));
		char	   *code = meso_cell_text(program->ctx, row, 2);
		MesoStrEntry *entry;

		entry = meso_strtab_insert(table_of(program, meso_cell_text(CurrentMemoryContext, row, 1)),
								   meso_str(code, strlen(code)));
		s->valid = meso_cell_days(row, 3, 4);
		s->next = entry->value;
		entry->value = s;
	}
	program->any_suspended = SPI_processed > 0;
}

static bool
is_suspended(MesoStrtab *tab, MesoStr code, DateADT day)
{
	if (STR_IS_NULL(code))
		return false;
	for (const Suspension *s = meso_strtab_find(tab, code); s; s = s->next)
	{
		if (DAYS_CONTAIN(s->valid, day))
			return true;
	}
	return false;
}

bool
meso_line_suspended(const MesoProgram *program, const MesoLine *L)
{
	return is_suspended(program->suspended_places, L->inst->code, L->day) ||
		is_suspended(program->suspended_practices, L->dr_code, L->day) ||
		is_suspended(program->suspended_persons, L->psn_no, L->day);
}
