/*-------------------------------------------------------------------------
 *
 * load_knowledge.c
 *		Knowledge points, prices and known codes of the items met.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/memutils.h"

#include "rules/config_rows.h"
#include "rules/pools.h"
#include "rules/program.h"
#include "rules/query.h"

/*
 * make_point: the pools of rows [first, upto) of the result of meso_load_points().
 */
static void
make_point(MesoProgram *program, uint64 first, uint64 upto)
{
	char	   *point_id = meso_cell_text(CurrentMemoryContext, first, 1);
	MesoStr		id = {point_id, strlen(point_id)};
	char	   *kind = meso_cell_text(CurrentMemoryContext, first, 2);
	MesoStr		kind_key = {kind, strlen(kind)};
	MesoStrEntry *entry = meso_strtab_insert(program->points, id);
	Jsonb	   *limits = meso_cell_jsonb(CurrentMemoryContext, first, 3);
	MesoPoolCode *codes;
	int			n = (int) (upto - first);

	if (entry->value)
		return;
	entry->key = meso_str_copy(program->ctx, id);
	entry->value = program;
	codes = palloc(sizeof(MesoPoolCode) * n);
	for (int i = 0; i < n; i++)
	{
		char	   *code = meso_cell_text(CurrentMemoryContext, first + i, 6);
		bool		isnull;

		codes[i].code = meso_str(code, strlen(code));
		codes[i].role = DatumGetBool(meso_cell(first + i, 7, &isnull)) ? ROLE_OTHER : ROLE_CODES;
		codes[i].days = meso_cell_days(first + i, 8, 9);
	}
	for (MesoRule *rule = meso_strtab_find(program->kinds, kind_key); rule;
		 rule = rule->next_of_kind)
		meso_pools_make(program, rule, entry->key.data, limits,
						meso_cell_days(first, 4, 5), codes, n);
}

/*
 * meso_load_points: the points that which(SQL condition on knowledge_code) selects.
 *
 * A partly understood point may only remind: it gives no finding.
 */
void
meso_load_points(MesoProgram *program, const char *which, ArrayType *codes)
{
	StringInfoData sql;
	Oid			types[] = {TEXTARRAYOID, TEXTARRAYOID};
	Datum		values[2];
	uint64		first = 0;

	if (program->kind_codes == NULL)
		return;
	initStringInfo(&sql);
	appendStringInfo(&sql,
					 "SELECT p.point_id, p.kind_code, p.limits, " DAYS_OF("p.valid") ","
					 " k.code, k.role = 'with', " DAYS_OF("k.valid")
					 " FROM meso_audit.point_in_force p"
					 " JOIN meso_audit.knowledge_code k USING (point_id, version)"
					 " WHERE p.point_id IN (SELECT point_id"
					 "  FROM meso_audit.knowledge_code WHERE %s)"
					 " AND p.understood = 'understood' AND p.kind_code = ANY ($1)"
					 " AND k.code <> ''"
					 " ORDER BY p.point_id COLLATE \"C\", k.seq", which);
	values[0] = PointerGetDatum(program->kind_codes);
	values[1] = PointerGetDatum(codes);
	meso_config_load(sql.data, codes ? 2 : 1, types, values);
	for (uint64 row = 1; row <= SPI_processed; row++)
	{
		if (row == SPI_processed ||
			strcmp(meso_cell_text(CurrentMemoryContext, row, 1),
				   meso_cell_text(CurrentMemoryContext, first, 1)) != 0)
		{
			make_point(program, first, row);
			first = row;
		}
	}
}

/*
 * load_prices: the rows of list_price of these codes.
 */
static void
load_prices(MesoProgram *program, ArrayType *codes)
{
	Oid			types[] = {TEXTARRAYOID};
	Datum		values[] = {PointerGetDatum(codes)};

	meso_config_load("SELECT code, fixmedins_code, area, price, " DAYS_OF("valid")
					 " FROM meso_audit.list_price WHERE code = ANY ($1)", 1, types, values);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		char	   *code = meso_cell_text(CurrentMemoryContext, row, 1);
		MesoItem   *item = meso_program_item(program, DOMAIN_ITEM, code, strlen(code));
		MesoListPrice *price = MemoryContextAllocZero(program->ctx, sizeof(MesoListPrice));
		MesoDays	days = meso_cell_days(row, 5, 6);
		bool		isnull;

		price->inst_code = meso_cell_text(program->ctx, row, 2);
		price->area = meso_cell_text(program->ctx, row, 3);
		price->from = days.from;
		price->upto = days.upto;
		if (!datum_to_fixed(meso_cell(row, 4, &isnull), &price->price))
			continue;
		price->next = item->prices;
		item->prices = price;
	}
}

static void
load_known(MesoProgram *program, ArrayType *codes)
{
	Oid			types[] = {TEXTARRAYOID};
	Datum		values[] = {PointerGetDatum(codes)};

	meso_config_load("SELECT code, " DAYS_OF("valid") " FROM meso_audit.known_code"
					 " WHERE code = ANY ($1)", 1, types, values);
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		char	   *code = meso_cell_text(CurrentMemoryContext, row, 1);
		MesoItem   *item = meso_program_item(program, DOMAIN_ITEM, code, strlen(code));
		MesoKnownDays *known = MemoryContextAlloc(program->ctx, sizeof(MesoKnownDays));
		MesoDays	days = meso_cell_days(row, 2, 3);

		known->from = days.from;
		known->upto = days.upto;
		known->next = item->known;
		item->known = known;
	}
}

/*
 * meso_program_resolve: load all that names these items.  Needs an SPI
 * connection; call it between queries, never from within one.
 */
void
meso_program_resolve(MesoProgram *program, MesoDomain domain,
					 MesoItem **items, int nitems)
{
	MesoStr    *codes = palloc(sizeof(MesoStr) * Max(nitems, 1));
	ArrayType  *array;
	int			n = 0;

	for (int i = 0; i < nitems; i++)
	{
		if (!items[i]->resolved)
			codes[n++] = meso_str(items[i]->code, items[i]->len);
		items[i]->resolved = true;
	}
	if (n == 0)
		return;
	array = meso_text_array(codes, n);
	meso_load_points(program, "code = ANY ($2)", array);
	if (domain == DOMAIN_ITEM && program->needs_prices)
		load_prices(program, array);
	if (domain == DOMAIN_ITEM && program->needs_known && program->known_loaded)
		load_known(program, array);
}
