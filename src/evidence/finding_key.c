/*-------------------------------------------------------------------------
 *
 * finding_key.c
 *		The key of a finding, the same from every feeder.
 *
 * Parts: source, rule or model code, level, then the subject's keys. The
 * encoding is that of digest.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "meso_audit.h"
#include "evidence/digest.h"
#include "evidence/finding_key.h"

PG_FUNCTION_INFO_V1(meso_audit_finding_key);

/*
 * meso_finding_key: SHA-256 over the parts; parts[i] NULL is a NULL part.
 */
void
meso_finding_key(const char **parts, const int *lens, int n, uint8 out[32])
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < n; i++)
		meso_append_part(&buf, parts[i], parts[i] ? lens[i] : 0);
	meso_sha256(buf.data, buf.len, out);
	pfree(buf.data);
}

/*
 * finding_key(VARIADIC parts text[]) returns bytea; NULL elements are parts.
 */
Datum
meso_audit_finding_key(PG_FUNCTION_ARGS)
{
	Datum	   *elems;
	bool	   *nulls;
	int			n;
	const char **parts;
	int		   *lens;
	bytea	   *result;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false,
					  TYPALIGN_INT, &elems, &nulls, &n);
	parts = palloc0(sizeof(*parts) * Max(n, 1));
	lens = palloc0(sizeof(*lens) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
		{
			text	   *t = DatumGetTextPP(elems[i]);

			parts[i] = VARDATA_ANY(t);
			lens[i] = VARSIZE_ANY_EXHDR(t);
		}
	}
	result = palloc(VARHDRSZ + MESO_DIGEST_LEN);
	SET_VARSIZE(result, VARHDRSZ + MESO_DIGEST_LEN);
	meso_finding_key(parts, lens, n, (uint8 *) VARDATA(result));
	PG_RETURN_BYTEA_P(result);
}
