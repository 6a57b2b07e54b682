/*-------------------------------------------------------------------------
 *
 * codeset.c
 *		A set of codes with prefixes.
 *
 * A code that ends in % is a prefix; % alone is every code.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "rules/judge.h"

static int
compare_codes(const void *a, const void *b)
{
	return meso_str_cmp(*(const MesoStr *) a, *(const MesoStr *) b);
}

/*
 * meso_codeset_build: split codes from prefixes, codes in byte order.
 *
 * Allocates in the current memory context; the codes' bytes are not copied.
 */
void
meso_codeset_build(MesoCodeSet *set, MesoStr *codes, int ncodes)
{
	int			size = Max(ncodes, 1);

	set->ncodes = set->nprefixes = 0;
	set->codes = palloc(sizeof(MesoStr) * size);
	set->prefixes = palloc(sizeof(MesoStr) * size);
	for (int i = 0; i < ncodes; i++)
	{
		MesoStr		code = codes[i];

		if (code.len > 0 && code.data[code.len - 1] == '%')
		{
			code.len--;
			set->prefixes[set->nprefixes++] = code;
		}
		else
			set->codes[set->ncodes++] = code;
	}
	qsort(set->codes, set->ncodes, sizeof(MesoStr), compare_codes);
}

bool
meso_codeset_has(const MesoCodeSet *set, const char *code, int len)
{
	MesoStr		key = {code, len};

	for (int i = 0; i < set->nprefixes; i++)
	{
		if (meso_str_has_prefix(key, set->prefixes[i]))
			return true;
	}
	return set->ncodes > 0 &&
		bsearch(&key, set->codes, set->ncodes, sizeof(MesoStr),
				compare_codes) != NULL;
}
