/*-------------------------------------------------------------------------
 *
 * archive.c
 *		Evidence as compressed bytes.
 *
 * Layout: magic 'M' 'E', version 1, number of the dictionary, length of the
 * text in 4 bytes, high byte first, then one zstd frame with a checksum. The
 * text is UTF-8 JSON exactly as it was digested. The declared length bounds
 * what is decoded, whatever the frame says.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <zstd.h>

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "meso_audit.h"
#include "evidence/archive.h"
#include "evidence/dictionary.h"
#include "evidence/digest.h"

#define ARCHIVE_HEADER	8
#define ARCHIVE_VERSION 1
#define ARCHIVE_DICTIONARY 1
#define ARCHIVE_LEVEL	3

/* decoded size, bytes: far above any real finding */
#define ARCHIVE_MAX		(16 * 1024 * 1024)

PG_FUNCTION_INFO_V1(meso_compress_evidence);
PG_FUNCTION_INFO_V1(meso_decompress_evidence);
PG_FUNCTION_INFO_V1(meso_evidence_digest);

static void
too_large(Size len)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("evidence is too large"),
			 errdetail("%zu bytes; the limit is %d.", len, ARCHIVE_MAX)));
}

/*
 * One context for each direction, kept for the life of the backend with the
 * dictionary digested: making one costs more than compressing a finding.
 */
static ZSTD_CCtx *
compressor(void)
{
	static ZSTD_CCtx *ctx = NULL;

	if (ctx == NULL)
	{
		ZSTD_CCtx  *made = ZSTD_createCCtx();
		ZSTD_CDict *dict = ZSTD_createCDict(meso_dictionary_1,
											meso_dictionary_1_len,
											ARCHIVE_LEVEL);

		if (made == NULL || dict == NULL ||
			ZSTD_isError(ZSTD_CCtx_setParameter(made, ZSTD_c_checksumFlag, 1)) ||
			ZSTD_isError(ZSTD_CCtx_refCDict(made, dict)))
		{
			ZSTD_freeCCtx(made);
			ZSTD_freeCDict(dict);
			ereport(ERROR,
					(errcode(ERRCODE_OUT_OF_MEMORY),
					 errmsg("out of memory")));
		}
		ctx = made;
	}
	return ctx;
}

static ZSTD_DCtx *
decompressor(void)
{
	static ZSTD_DCtx *ctx = NULL;

	if (ctx == NULL)
	{
		ZSTD_DCtx  *made = ZSTD_createDCtx();
		ZSTD_DDict *dict = ZSTD_createDDict(meso_dictionary_1,
											meso_dictionary_1_len);

		if (made == NULL || dict == NULL ||
			ZSTD_isError(ZSTD_DCtx_refDDict(made, dict)))
		{
			ZSTD_freeDCtx(made);
			ZSTD_freeDDict(dict);
			ereport(ERROR,
					(errcode(ERRCODE_OUT_OF_MEMORY),
					 errmsg("out of memory")));
		}
		ctx = made;
	}
	return ctx;
}

/*
 * unpack: the text of an archive, allocated in the current context, or NULL
 * and the reason for anything that compress_evidence() cannot have written.
 * The text itself is not looked into.
 */
static text *
unpack(const bytea *archive, const char **why)
{
	const uint8 *p = (const uint8 *) VARDATA_ANY(archive);
	Size		len = VARSIZE_ANY_EXHDR(archive);
	Size		size;
	Size		got;
	text	   *result;

	*why = NULL;
	if (len < ARCHIVE_HEADER || p[0] != 'M' || p[1] != 'E')
		*why = "It has no evidence header.";
	else if (p[2] != ARCHIVE_VERSION || p[3] != ARCHIVE_DICTIONARY)
		*why = "Its version is not known.";
	if (*why)
		return NULL;
	size = ((Size) p[4] << 24) | ((Size) p[5] << 16) | ((Size) p[6] << 8) | p[7];
	if (size > ARCHIVE_MAX)
	{
		*why = "It declares more than the limit.";
		return NULL;
	}

	result = palloc(VARHDRSZ + size);
	got = ZSTD_decompressDCtx(decompressor(), VARDATA(result), size,
							  p + ARCHIVE_HEADER, len - ARCHIVE_HEADER);
	if (ZSTD_isError(got))
		*why = ZSTD_getErrorName(got);
	else if (got != size)
		*why = "It is shorter than it says.";
	if (*why)
	{
		pfree(result);
		return NULL;
	}
	SET_VARSIZE(result, VARHDRSZ + size);
	return result;
}

/*
 * meso_archive: size bytes of JSON as an archive, allocated in the current
 * context. 54000 beyond 16 MB.
 */
bytea *
meso_archive(const char *json, Size size)
{
	Size		bound = ZSTD_compressBound(size);
	Size		got;
	bytea	   *result;
	uint8	   *p;

	if (size > ARCHIVE_MAX)
		too_large(size);
	result = palloc(VARHDRSZ + ARCHIVE_HEADER + bound);
	p = (uint8 *) VARDATA(result);
	p[0] = 'M';
	p[1] = 'E';
	p[2] = ARCHIVE_VERSION;
	p[3] = ARCHIVE_DICTIONARY;
	p[4] = (uint8) (size >> 24);
	p[5] = (uint8) (size >> 16);
	p[6] = (uint8) (size >> 8);
	p[7] = (uint8) size;
	got = ZSTD_compress2(compressor(), p + ARCHIVE_HEADER, bound, json, size);
	if (ZSTD_isError(got))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not compress evidence: %s",
						ZSTD_getErrorName(got))));
	SET_VARSIZE(result, VARHDRSZ + ARCHIVE_HEADER + got);
	return result;
}

/*
 * compress_evidence(json) returns bytea. Strict.
 */
Datum
meso_compress_evidence(PG_FUNCTION_ARGS)
{
	text	   *json = PG_GETARG_TEXT_PP(0);

	PG_RETURN_BYTEA_P(meso_archive(VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json)));
}

/*
 * decompress_evidence(bytea) returns json. Strict. Hostile bytes: 22P03 for
 * the archive, 22021 for the encoding, 22P02 for what is not JSON.
 */
Datum
meso_decompress_evidence(PG_FUNCTION_ARGS)
{
	const char *why;
	text	   *json = unpack(PG_GETARG_BYTEA_PP(0), &why);

	if (json == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid evidence"),
				 errdetail_internal("%s", why)));
	pg_verify_mbstr(PG_UTF8, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json), false);
	PG_RETURN_DATUM(DirectFunctionCall1(json_in,
										CStringGetDatum(text_to_cstring(json))));
}

/*
 * evidence_digest(bytea) returns bytea: SHA-256 of the text in an archive.
 * Strict; NULL if the bytes are no archive.
 */
Datum
meso_evidence_digest(PG_FUNCTION_ARGS)
{
	const char *why;
	text	   *json = unpack(PG_GETARG_BYTEA_PP(0), &why);
	bytea	   *result;

	if (json == NULL)
		PG_RETURN_NULL();
	result = palloc(VARHDRSZ + MESO_DIGEST_LEN);
	SET_VARSIZE(result, VARHDRSZ + MESO_DIGEST_LEN);
	meso_sha256(VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json),
				(uint8 *) VARDATA(result));
	pfree(json);
	PG_RETURN_BYTEA_P(result);
}
