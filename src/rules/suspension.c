/*-------------------------------------------------------------------------
 *
 * suspension.c
 *		Whom the fund does not pay, and when.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#include "rules/config_rows.h"
#include "rules/query.h"
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

/* A row of payment_suspension */
typedef struct SuspensionRow
{
	int64		id;
	int			version;
	char	   *subject_type;
	MesoStr		subject_code;
	MesoDays	valid;
} SuspensionRow;

typedef struct SuspensionRows
{
	MemoryContext ctx;
	int			n;
	int			max;
	SuspensionRow *rows;
} SuspensionRows;

static void
suspension_row(TupleTableSlot *slot, void *arg)
{
	SuspensionRows *all = arg;
	MemoryContext old = MemoryContextSwitchTo(all->ctx);
	SuspensionRow *row;

	if (all->n == all->max)
	{
		all->max = Max(16, all->max * 2);
		all->rows = all->rows ?
			repalloc_huge(all->rows, sizeof(SuspensionRow) * (Size) all->max) :
			palloc(sizeof(SuspensionRow) * all->max);
	}
	row = &all->rows[all->n++];
	row->id = DatumGetInt64(slot->tts_values[0]);
	row->version = DatumGetInt32(slot->tts_values[1]);
	row->subject_type = TextDatumGetCString(slot->tts_values[2]);
	row->subject_code = meso_str_copy(all->ctx, meso_slot_str(slot, 3));
	row->valid = meso_slot_days(slot, 4);
	MemoryContextSwitchTo(old);
}

/* by suspension, the latest version first */
static int
cmp_rows(const void *a, const void *b)
{
	const SuspensionRow *x = a;
	const SuspensionRow *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (x->version < y->version) - (x->version > y->version);
}

/*
 * meso_suspensions_load: as view suspension_in_force says: the highest version
 * of each counts.
 */
void
meso_suspensions_load(MesoProgram *program)
{
	static const char *const columns[] = {
		"suspension_id", "version", "subject_type", "subject_code", "valid"
	};
	SuspensionRows all = {.ctx = CurrentMemoryContext};

	program->suspended_places = meso_strtab_create(program->ctx, 16);
	program->suspended_practices = meso_strtab_create(program->ctx, 16);
	program->suspended_persons = meso_strtab_create(program->ctx, 16);
	meso_config_scan("payment_suspension", NULL, columns, lengthof(columns), suspension_row, &all);
	qsort(all.rows, all.n, sizeof(SuspensionRow), cmp_rows);
	for (int i = 0; i < all.n; i++)
	{
		const SuspensionRow *row = &all.rows[i];
		Suspension *s;
		MesoStrEntry *entry;

		if ((i > 0 && row->id == row[-1].id) || row->valid.from >= row->valid.upto)
			continue;
		s = MemoryContextAlloc(program->ctx, sizeof(Suspension));
		entry = meso_strtab_insert(table_of(program, row->subject_type), row->subject_code);
		if (entry->value == NULL)
			entry->key = meso_str_copy(program->ctx, row->subject_code);
		s->valid = row->valid;
		s->next = entry->value;
		entry->value = s;
		program->any_suspended = true;
	}
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
