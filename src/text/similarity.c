/*-------------------------------------------------------------------------
 *
 * similarity.c
 *		How alike two names are.
 *
 * Names of the same thing differ in dosage form, route, salt and brackets
 * more often than in the substance, so the three forms of name.c are compared
 * apart and weighed: 0.3 for the normalized names, 0.2 for their cores, 0.5
 * for their substances.  Each comparison is 1 for equal forms, else the mean
 * of Dice's coefficient over characters and over neighbouring characters
 * (2 * common / (n1 + n2), as multisets; Dice 1945), with marks at both ends.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "analytics/sorting.h"
#include "analytics/state.h"
#include "text/name.h"

#define FORMS			3
#define BEGIN_MARK		0x110000
#define END_MARK		0x110001

/* one form of a name as multisets, ascending */
typedef struct Bags
{
	int64	   *single;
	int64	   *pair;
	int			nsingle;		/* one pair more than characters */
} Bags;

/* a name in all its forms */
typedef struct NameForms
{
	text	   *name;			/* NULL: a free place */
	Bags		bags[FORMS];
} NameForms;

/*
 * Names seen last on each side of a call site: in a join each comes many
 * times.  All long ones share the last place.
 */
#define CACHE_SLOTS		1024
#define CACHE_NAME_BYTES	256

typedef struct NameCache
{
	MemoryContext context;
	NameForms	slot[2][CACHE_SLOTS + 1];
} NameCache;

PG_FUNCTION_INFO_V1(meso_name_similarity);

static const float8 weight[FORMS] = {0.3, 0.2, 0.5};

/*
 * make_bags: of one form, in the current memory context.
 */
static Bags
make_bags(const MesoChars *chars)
{
	Bags		bags;
	uint32		before = BEGIN_MARK;

	bags.nsingle = chars->len;
	bags.single = (int64 *) palloc((chars->len + 1) * sizeof(int64));
	bags.pair = (int64 *) palloc((chars->len + 1) * sizeof(int64));
	for (int i = 0; i < chars->len; i++)
	{
		bags.single[i] = chars->data[i];
		bags.pair[i] = (int64) before << 32 | chars->data[i];
		before = chars->data[i];
	}
	bags.pair[chars->len] = (int64) before << 32 | END_MARK;
	meso_sort_int64(bags.single, chars->len);
	meso_sort_int64(bags.pair, chars->len + 1);
	return bags;
}

/*
 * remember: the forms of a name, made anew unless the place it is kept in
 * still has them.
 */
static const NameForms *
remember(NameCache *cache, int side, const text *name)
{
	Size		bytes = VARSIZE_ANY_EXHDR(name);
	Size		place = bytes > CACHE_NAME_BYTES ? CACHE_SLOTS
	: meso_hash64(VARDATA_ANY(name), bytes, 0) % CACHE_SLOTS;
	NameForms  *forms = &cache->slot[side][place];
	MemoryContext old;
	MesoChars	chars;

	if (forms->name != NULL && VARSIZE_ANY_EXHDR(forms->name) == bytes &&
		memcmp(VARDATA_ANY(forms->name), VARDATA_ANY(name), bytes) == 0)
		return forms;
	if (forms->name != NULL)
	{
		for (int i = 0; i < FORMS; i++)
		{
			pfree(forms->bags[i].single);
			pfree(forms->bags[i].pair);
		}
		pfree(forms->name);
		forms->name = NULL;
	}
	for (int i = 0; i < FORMS; i++)
	{
		if (i == 0)
			chars = meso_name_normalized(name);
		else
			chars = i == 1 ? meso_name_core(name) : meso_name_substance(&chars);
		old = MemoryContextSwitchTo(cache->context);
		forms->bags[i] = make_bags(&chars);
		MemoryContextSwitchTo(old);
	}
	forms->name = (text *) MemoryContextAlloc(cache->context, VARSIZE_ANY(name));
	memcpy(forms->name, name, VARSIZE_ANY(name));
	return forms;
}

/*
 * dice: 2 * common / (n + m) of two ascending multisets, not both empty.
 */
static float8
dice(const int64 *a, int n, const int64 *b, int m)
{
	int			i = 0;
	int			j = 0;
	int			common = 0;

	while (i < n && j < m)
	{
		if (a[i] < b[j])
			i++;
		else if (a[i] > b[j])
			j++;
		else
		{
			common++;
			i++;
			j++;
		}
	}
	return 2.0 * common / (n + m);
}

/*
 * likeness: of two forms.  Multisets of pairs with marks are equal only for
 * names that are all but equal, which serves as well.
 */
static float8
likeness(const Bags *a, const Bags *b)
{
	int			n = a->nsingle;
	int			m = b->nsingle;

	if (n == 0 && m == 0)
		return 1;
	return (dice(a->single, n, b->single, m) +
			dice(a->pair, n + 1, b->pair, m + 1)) / 2;
}

/*
 * meso_name_similarity(text, text) returns float8: 0 nothing in common, 1 the
 * same normalized name.
 */
Datum
meso_name_similarity(PG_FUNCTION_ARGS)
{
	NameCache  *cache = (NameCache *) fcinfo->flinfo->fn_extra;
	float8		sum = 0;
	const NameForms *a;
	const NameForms *b;

	if (cache == NULL)
	{
		cache = (NameCache *) MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(NameCache));
		cache->context = fcinfo->flinfo->fn_mcxt;
		fcinfo->flinfo->fn_extra = cache;
	}
	a = remember(cache, 0, PG_GETARG_TEXT_PP(0));
	b = remember(cache, 1, PG_GETARG_TEXT_PP(1));
	for (int i = 0; i < FORMS; i++)
		sum += weight[i] * likeness(&a->bags[i], &b->bags[i]);
	PG_RETURN_FLOAT8(Min(sum, 1.0));
}
