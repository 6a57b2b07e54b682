/*-------------------------------------------------------------------------
 *
 * digest.c
 *		SHA-256 over a canonical, length-prefixed encoding.
 *
 * A value is encoded as its length in 4 bytes, high byte first, and its
 * bytes; NULL is the length 0xFFFFFFFF alone. So no two lists of values have
 * the same encoding. The bytes of a value depend on neither settings nor the
 * server's version: see canonical_bytes().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "meso_audit.h"
#include "evidence/digest.h"

PG_FUNCTION_INFO_V1(meso_canonical_digest);

/*
 * meso_sha256: SHA-256 of len bytes at data into out.
 */
void
meso_sha256(const void *data, Size len, uint8 out[MESO_DIGEST_LEN])
{
	pg_cryptohash_ctx *ctx = pg_cryptohash_create(PG_SHA256);

	StaticAssertStmt(MESO_DIGEST_LEN == PG_SHA256_DIGEST_LENGTH,
					 "SHA-256 has 32 bytes");
	if (pg_cryptohash_init(ctx) < 0 ||
		pg_cryptohash_update(ctx, data, len) < 0 ||
		pg_cryptohash_final(ctx, out, MESO_DIGEST_LEN) < 0)
	{
		pg_cryptohash_free(ctx);
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not compute SHA-256")));
	}
	pg_cryptohash_free(ctx);
}

/*
 * meso_append_part: one length-prefixed part; part NULL is a NULL.
 */
void
meso_append_part(StringInfo buf, const char *part, int len)
{
	uint32		n = part ? (uint32) len : PG_UINT32_MAX;
	char		prefix[4] = {(char) (n >> 24), (char) (n >> 16),
	(char) (n >> 8), (char) n};

	appendBinaryStringInfo(buf, prefix, sizeof(prefix));
	if (part && len > 0)
		appendBinaryStringInfo(buf, part, len);
}

/*
 * meso_append_value: the canonical bytes of a non-NULL value.
 *
 * text and bytea: as they are; integers, booleans, numeric, json, jsonb, date:
 * what their output function says, which knows no setting but date's;
 * timestamps: microseconds since 2000-01-01 as decimal digits; date: days
 * since then.
 */
void
meso_append_value(StringInfo buf, Oid type, Datum value)
{
	const char *str;
	char		digits[32];
	struct varlena *v;

	switch (type)
	{
		case TEXTOID:
		case VARCHAROID:
		case BYTEAOID:
			v = PG_DETOAST_DATUM_PACKED(value);
			meso_append_part(buf, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
			return;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			snprintf(digits, sizeof(digits), INT64_FORMAT,
					 DatumGetTimestamp(value));
			str = digits;
			break;
		case DATEOID:
			snprintf(digits, sizeof(digits), "%d", DatumGetInt32(value));
			str = digits;
			break;
		case INT2OID:
			pg_itoa(DatumGetInt16(value), digits);
			str = digits;
			break;
		case INT4OID:
			pg_ltoa(DatumGetInt32(value), digits);
			str = digits;
			break;
		case INT8OID:
			pg_lltoa(DatumGetInt64(value), digits);
			str = digits;
			break;
		case BOOLOID:
			str = DatumGetBool(value) ? "t" : "f";
			break;
		case NUMERICOID:
			str = DatumGetCString(DirectFunctionCall1(numeric_out, value));
			break;
		case JSONOID:
			str = TextDatumGetCString(value);
			break;
		case JSONBOID:
			str = DatumGetCString(DirectFunctionCall1(jsonb_out, value));
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("type %s has no canonical encoding",
							format_type_be(type)),
					 errhint("Cast it to text.")));
			return;
	}
	meso_append_part(buf, str, strlen(str));
}

/*
 * argument_types: the base types of the arguments, looked up once a query.
 */
static Oid *
argument_types(FunctionCallInfo fcinfo)
{
	Oid		   *types = (Oid *) fcinfo->flinfo->fn_extra;

	if (types == NULL)
	{
		types = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt,
								   sizeof(Oid) * Max(PG_NARGS(), 1));
		for (int i = 0; i < PG_NARGS(); i++)
			types[i] = getBaseType(get_fn_expr_argtype(fcinfo->flinfo, i));
		fcinfo->flinfo->fn_extra = types;
	}
	return types;
}

/*
 * canonical_digest(VARIADIC "any") returns bytea: SHA-256 over the canonical
 * encoding of its arguments in order. NULL arguments are encoded, never make
 * the result NULL.
 */
Datum
meso_canonical_digest(PG_FUNCTION_ARGS)
{
	Oid		   *types = argument_types(fcinfo);
	StringInfoData buf;
	bytea	   *result;

	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("canonical_digest() takes its values one by one"),
				 errhint("Leave out the word VARIADIC.")));

	initStringInfo(&buf);
	for (int i = 0; i < PG_NARGS(); i++)
	{
		if (PG_ARGISNULL(i))
			meso_append_part(&buf, NULL, 0);
		else if (types[i] == UNKNOWNOID)
			/* an untyped literal arrives as a C string */
			meso_append_part(&buf, PG_GETARG_CSTRING(i),
							 strlen(PG_GETARG_CSTRING(i)));
		else
			meso_append_value(&buf, types[i], PG_GETARG_DATUM(i));
	}
	result = palloc(VARHDRSZ + MESO_DIGEST_LEN);
	SET_VARSIZE(result, VARHDRSZ + MESO_DIGEST_LEN);
	meso_sha256(buf.data, buf.len, (uint8 *) VARDATA(result));
	pfree(buf.data);
	PG_RETURN_BYTEA_P(result);
}
