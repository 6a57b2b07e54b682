/*-------------------------------------------------------------------------
 *
 * prices.c
 *		Price entries of a rule, by level of hospital, area and kind of visit.
 *
 * An entry fits a line when all of its keys do.  Of those that fit the one
 * with most keys counts, then with the longest area, then with the highest
 * price.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "rules/judge.h"

static int
count_keys(const MesoPriceEntry *entry)
{
	return (entry->hosp_lv >= 0) + !STR_IS_NULL(entry->area) +
		!STR_IS_NULL(entry->med_type);
}

/*
 * compare_entries: the entry that counts first comes first.
 */
static int
compare_entries(const void *a, const void *b)
{
	const MesoPriceEntry *x = a;
	const MesoPriceEntry *y = b;

	if (count_keys(x) != count_keys(y))
		return count_keys(y) - count_keys(x);
	if (x->area.len != y->area.len)
		return y->area.len - x->area.len;
	return (x->price < y->price) - (x->price > y->price);
}

/*
 * single_value: a field of an entry that is one value; NULL when absent.
 */
static MesoStr
single_value(MesoParams *params, const char *name, MesoParams *fields,
			 const char *field)
{
	MesoStr    *list;
	MesoStr		none = {NULL, 0};
	int			n = meso_param_list(fields, field, &list);

	if (n < 0)
		return none;
	if (n != 1)
		meso_param_error(params, name, "has a list where a single value belongs");
	meso_params_no_patterns(fields, field, list, n);
	return list[0];
}

/*
 * read_entry: one object of the list.
 */
static void
read_entry(MesoParams *params, const char *name, JsonbValue *value,
		   MesoPriceEntry *entry)
{
	MesoParams *fields;
	MesoStr		level;

	if (value->type != jbvBinary ||
		!JsonContainerIsObject(value->val.binary.data))
		meso_param_error(params, name, "must be a list of objects with a price");
	fields = meso_params_within(params, JsonbValueToJsonb(value));
	entry->price = meso_param_fixed_required(fields, "price");
	if (entry->price < 0)
		meso_param_error(params, name, "has a negative price");
	level = single_value(params, name, fields, "hosp_lv");
	entry->hosp_lv = STR_IS_NULL(level) ? -1 : level.data[0] - '0';
	if (!STR_IS_NULL(level) &&
		(level.len != 1 || entry->hosp_lv < 0 || entry->hosp_lv > 9))
		meso_param_error(params, name, "has a hosp_lv that is no level");
	entry->area = single_value(params, name, fields, "area");
	entry->med_type = single_value(params, name, fields, "med_type");
	meso_params_finish(fields);
}

/*
 * meso_param_prices: the entries, in the order in which they count.
 */
void
meso_param_prices(MesoParams *params, const char *name, MesoPrices *prices)
{
	JsonbValue *value = meso_param_value(params, name);
	JsonbContainer *array;

	prices->n = 0;
	prices->entries = NULL;
	if (meso_param_missing(params, name))
		return;
	if (value->type != jbvBinary ||
		!JsonContainerIsArray(value->val.binary.data))
		meso_param_error(params, name, "must be a list of objects with a price");
	array = value->val.binary.data;
	prices->n = JsonContainerSize(array);
	if (prices->n == 0)
		meso_param_error(params, name, "is empty");
	prices->entries = palloc(sizeof(MesoPriceEntry) * prices->n);
	for (int i = 0; i < prices->n; i++)
		read_entry(params, name, getIthJsonbValueFromContainer(array, i),
				   &prices->entries[i]);
	qsort(prices->entries, prices->n, sizeof(MesoPriceEntry), compare_entries);
}

fixed
meso_price_for(const MesoPrices *prices, const MesoLine *L)
{
	for (int i = 0; i < prices->n; i++)
	{
		const MesoPriceEntry *entry = &prices->entries[i];

		if (entry->hosp_lv >= 0 && entry->hosp_lv != L->inst->hosp_lv)
			continue;
		if (!STR_IS_NULL(entry->area) &&
			!meso_str_has_prefix(L->inst->area, entry->area))
			continue;
		if (!STR_IS_NULL(entry->med_type) &&
			!meso_str_eq(entry->med_type, meso_med_type(L)))
			continue;
		return entry->price;
	}
	return NO_FIXED;
}

/*
 * times: price * factor in millionths of millionths.
 */
static inline int128
times(fixed price, fixed factor)
{
	return (int128) price * factor;
}

bool
meso_above_price(fixed value, fixed price, fixed factor)
{
	return (int128) value * FIXED_ONE > times(price, factor);
}

fixed
meso_price_excess(fixed value, fixed price, fixed factor)
{
	int128		excess = (int128) value * FIXED_ONE - times(price, factor);

	/* at most value, so it fits; half away from zero */
	return (fixed) ((excess + (excess < 0 ? -FIXED_ONE : FIXED_ONE) / 2) / FIXED_ONE);
}

/*
 * meso_overcharge: what a quantity cost above its price.
 *
 * The product of hostile values may not fit: it is cut off at the largest
 * amount there is, which is more than any fund has.
 */
fixed
meso_overcharge(const MesoLine *L, fixed price, fixed factor)
{
	const int128 cent = (int128) FIXED_CENT * FIXED_ONE * FIXED_ONE;
	const int128 most = PG_INT64_MAX / FIXED_CENT;
	int128		excess = (int128) L->pric * FIXED_ONE - times(price, factor);
	int128		cents;

	if (excess > (((int128) 1) << 126) / L->cnt)
		return (fixed) most * FIXED_CENT;
	cents = (excess * L->cnt + cent / 2) / cent;
	return (fixed) Min(cents, most) * FIXED_CENT;
}
