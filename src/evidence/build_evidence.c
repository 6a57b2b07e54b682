/*-------------------------------------------------------------------------
 *
 * build_evidence.c
 *		Evidence of findings: rows and rule as they are now.
 *
 * Findings come in batches: first every row that one of them rests on is asked
 * for, then each kind of row is read by one query, then each finding's text is
 * put together, digested and compressed. Facts are read as the engine.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "meso_audit.h"
#include "evidence/archive.h"
#include "evidence/build_evidence.h"
#include "evidence/digest.h"
#include "evidence/row_json.h"
#include "evidence/rows_by_key.h"
#include "facts/engine.h"

/* Findings whose rows are in memory at once */
#define BATCH	4096

PG_FUNCTION_INFO_V1(meso_build_evidence);

/* Where rows come from */
enum
{
	LINE, SETTLEMENT, VISIT, PERSON, INSTITUTION, DIAGNOSIS, OPERATION, RULE,
	POINT, SOURCES
};

static MesoRowSource sources[SOURCES] = {
	[LINE] = {
		"SELECT l.setl_id, l.feedetl_sn, NULL::text, l.* FROM unnest($1, $2) AS k(a, b)"
		" JOIN meso_audit.fee_line l ON l.setl_id = k.a AND l.feedetl_sn = k.b", 2
	},
	[SETTLEMENT] = {
		"SELECT s.setl_id, NULL::text, s.* FROM unnest($1) AS k(a)"
		" JOIN meso_audit.settlement s ON s.setl_id = k.a", 1
	},
	[VISIT] = {
		"SELECT v.mdtrt_id, NULL::text, v.* FROM unnest($1) AS k(a)"
		" JOIN meso_audit.visit v ON v.mdtrt_id = k.a", 1
	},
	[PERSON] = {
		"SELECT p.psn_no, NULL::text, p.* FROM unnest($1) AS k(a)"
		" JOIN meso_audit.person p ON p.psn_no = k.a", 1
	},
	[INSTITUTION] = {
		"SELECT i.fixmedins_code, NULL::text, i.* FROM unnest($1) AS k(a)"
		" JOIN meso_audit.institution i ON i.fixmedins_code = k.a", 1
	},
	[DIAGNOSIS] = {
		"SELECT d.mdtrt_id, NULL::text, d.* FROM unnest($1) AS k(a)"
		" JOIN meso_audit.diagnosis d ON d.mdtrt_id = k.a"
		" ORDER BY d.diag_srt_no::text COLLATE \"C\"", 1
	},
	[OPERATION] = {
		"SELECT o.mdtrt_id, o.oprn_srt_no::text, NULL::text, o.* FROM unnest($1, $2) AS k(a, b)"
		" JOIN meso_audit.operation o ON o.mdtrt_id = k.a AND o.oprn_srt_no::text = k.b", 2
	},
	[RULE] = {
		"SELECT r.code, r.version::text, r.legal_basis, r.* FROM unnest($1, $2) AS k(a, b)"
		" JOIN meso_audit.rule r ON r.code = k.a AND r.version = k.b::integer", 2
	},
	[POINT] = {
		"SELECT p.point_id, p.legal_basis, p.* FROM unnest($1) AS k(a)"
		" JOIN meso_audit.point_in_force p ON p.point_id = k.a", 1
	}
};

/* One finding, and the rows that it rests on */
typedef struct Proof
{
	Datum		values[AF_COUNT];
	bool		nulls[AF_COUNT];
	MesoKeyRows *rows[SOURCES];
	MesoKeyRows **related;		/* in byte order of their keys */
	int			nrelated;
} Proof;

/* What all findings of a call have in common */
typedef struct Common
{
	const MesoProofOf *of;
	MesoRowShape *shape;		/* of audit_finding */
} Common;

static text *
finding_text(Proof *proof, int column)
{
	return proof->nulls[column] ? NULL : DatumGetTextPP(proof->values[column]);
}

static void
want(MesoRowsByKey **by, Proof *proof, int source, text *a, text *b)
{
	text	   *parts[MESO_MAX_KEYS] = {a, b};

	proof->rows[source] = meso_want_rows(by[source], parts);
}

/*
 * member_text: a string member of a jsonb object; NULL if it is none.
 */
static text *
member_text(JsonbContainer *object, const char *name)
{
	JsonbValue *v = getKeyJsonValueFromContainer(object, name, strlen(name), NULL);

	if (v == NULL || v->type != jbvString)
		return NULL;
	return cstring_to_text_with_len(v->val.string.val, v->val.string.len);
}

static int
cmp_keys(const void *a, const void *b)
{
	const MesoKeyRows *ka = *(MesoKeyRows *const *) a;
	const MesoKeyRows *kb = *(MesoKeyRows *const *) b;
	int			cmp = memcmp(ka->key, kb->key, Min(ka->len, kb->len));

	return cmp ? cmp : ka->len - kb->len;
}

/*
 * want_related: the lines named in "related", where it is an array of objects
 * that name lines.
 */
static void
want_related(MesoRowsByKey **by, Proof *proof)
{
	Jsonb	   *related;
	JsonbContainer *array;
	uint32		n;

	if (proof->nulls[AF_RELATED])
		return;
	related = DatumGetJsonbP(proof->values[AF_RELATED]);
	if (!JB_ROOT_IS_ARRAY(related) || JB_ROOT_IS_SCALAR(related))
		return;
	array = &related->root;
	n = JsonContainerSize(array);
	proof->related = palloc(sizeof(MesoKeyRows *) * Max(n, 1));
	for (uint32 i = 0; i < n; i++)
	{
		JsonbValue *v = getIthJsonbValueFromContainer(array, i);
		text	   *parts[MESO_MAX_KEYS];
		MesoKeyRows *line;

		if (v->type != jbvBinary || !JsonContainerIsObject(v->val.binary.data))
			continue;
		parts[0] = member_text(v->val.binary.data, "setl_id");
		parts[1] = member_text(v->val.binary.data, "feedetl_sn");
		line = meso_want_rows(by[LINE], parts);
		if (line)
			proof->related[proof->nrelated++] = line;
	}
	qsort(proof->related, proof->nrelated, sizeof(MesoKeyRows *), cmp_keys);
}

/*
 * want_all: every row that a finding rests on.
 */
static void
want_all(MesoRowsByKey **by, Proof *proof, Common *common)
{
	text	   *visit = finding_text(proof, AF_MDTRT_ID);
	text	   *setl = finding_text(proof, AF_SETL_ID);
	text	   *level = finding_text(proof, AF_LEVEL);

	want(by, proof, LINE, setl, finding_text(proof, AF_FEEDETL_SN));
	want(by, proof, SETTLEMENT, setl, NULL);
	want(by, proof, VISIT, visit, NULL);
	want(by, proof, DIAGNOSIS, visit, NULL);
	want(by, proof, PERSON, finding_text(proof, AF_PSN_NO), NULL);
	want(by, proof, INSTITUTION, finding_text(proof, AF_FIXMEDINS_CODE), NULL);
	want(by, proof, POINT, finding_text(proof, AF_POINT_ID), NULL);
	if (level && strcmp(text_to_cstring(level), "operation") == 0)
		want(by, proof, OPERATION, visit, finding_text(proof, AF_ROW_NO));
	if (strcmp(common->of->source, "rule") == 0 && !proof->nulls[AF_SOURCE_VERSION])
	{
		char		version[12];

		pg_ltoa(DatumGetInt32(proof->values[AF_SOURCE_VERSION]), version);
		want(by, proof, RULE, finding_text(proof, AF_SOURCE_CODE),
			 cstring_to_text(version));
	}
	want_related(by, proof);
}

/*
 * append_finding: what was found, in the words of the evidence.
 */
static void
append_finding(StringInfo buf, Proof *proof, Common *common)
{
	static const int columns[] = {
		AF_SOURCE_CODE, AF_SOURCE_VERSION, AF_LEVEL, AF_JUDGED_DAY, AF_PERIOD, AF_AMOUNT,
		AF_SCORE, AF_CERTAINTY, AF_POINT_ID, AF_RELATED
	};
	char		separator = ',';

	appendStringInfoString(buf, "{\"v\":1,\"finding\":{\"source\":");
	meso_append_json_text(buf, common->of->source, strlen(common->of->source));
	for (int i = 0; i < lengthof(columns); i++)
		meso_append_member(buf, &separator, common->shape, columns[i],
						   proof->values[columns[i]], proof->nulls[columns[i]]);
	appendStringInfoChar(buf, '}');
}

/* append_first: ,"label":row, of the first row of a key, if it has any */
static void
append_first(StringInfo buf, const char *label, MesoKeyRows *rows)
{
	if (rows == NULL || rows->rows == NULL)
		return;
	appendStringInfo(buf, ",\"%s\":", label);
	appendBinaryStringInfo(buf, rows->rows->json, rows->rows->len);
}

static void
append_diagnoses(StringInfo buf, MesoKeyRows *rows)
{
	if (rows == NULL || rows->rows == NULL)
		return;
	appendStringInfoString(buf, ",\"diagnoses\":[");
	for (MesoJsonRow *row = rows->rows; row; row = row->next)
	{
		if (row != rows->rows)
			appendStringInfoString(buf, ", ");
		appendBinaryStringInfo(buf, row->json, row->len);
	}
	appendStringInfoChar(buf, ']');
}

static void
append_related(StringInfo buf, Proof *proof)
{
	const char *separator = ",\"related\":[";

	for (int i = 0; i < proof->nrelated; i++)
	{
		MesoJsonRow *row = proof->related[i]->rows;

		if (row == NULL)
			continue;
		appendStringInfoString(buf, separator);
		separator = ", ";
		appendBinaryStringInfo(buf, row->json, row->len);
	}
	if (*separator == ',' && separator[1] == ' ')
		appendStringInfoChar(buf, ']');
}

/*
 * append_evidence: the whole text of one finding.
 */
static void
append_evidence(StringInfo buf, Proof *proof, Common *common)
{
	MesoKeyRows *rule = proof->rows[RULE];
	MesoKeyRows *point = proof->rows[POINT];
	const char *legal_basis = NULL;

	append_finding(buf, proof, common);
	append_first(buf, "line", proof->rows[LINE]);
	append_first(buf, "settlement", proof->rows[SETTLEMENT]);
	append_first(buf, "visit", proof->rows[VISIT]);
	append_first(buf, "person", proof->rows[PERSON]);
	append_first(buf, "institution", proof->rows[INSTITUTION]);
	append_diagnoses(buf, proof->rows[DIAGNOSIS]);
	append_first(buf, "operation", proof->rows[OPERATION]);
	append_related(buf, proof);
	if (rule && rule->rows)
	{
		append_first(buf, "rule", rule);
		legal_basis = rule->rows->beside;
	}
	else if (common->of->basis)
		appendStringInfo(buf, ",\"rule\":%s", common->of->basis);
	if (point && point->rows)
	{
		append_first(buf, "point", point);
		if (point->rows->beside)
			legal_basis = point->rows->beside;
	}
	if (legal_basis)
	{
		appendStringInfoString(buf, ",\"legal_basis\":");
		meso_append_json_text(buf, legal_basis, strlen(legal_basis));
	}
	appendStringInfoString(buf, ",\"extension\":\"" MESO_AUDIT_VERSION "\"");
	if (common->of->rule_set)
		appendStringInfo(buf, ",\"rule_set\":\"%s\"", common->of->rule_set);
	appendStringInfoChar(buf, '}');
}

static void
read_finding(Proof *proof, Datum finding, Common *common)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(finding);
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header),
	.t_data = header};

	heap_deform_tuple(&tuple, common->of->desc, proof->values, proof->nulls);
}

/*
 * prove_batch: all is allocated in the current context.
 */
static void
prove_batch(Datum *findings, int n, Common *common,
			MesoProvedFunction proved, void *arg)
{
	Proof	   *proofs = palloc0(sizeof(Proof) * n);
	MesoRowsByKey *by[SOURCES];
	StringInfoData buf;
	bytea	   *digest = palloc(VARHDRSZ + MESO_DIGEST_LEN);

	for (int s = 0; s < SOURCES; s++)
		by[s] = meso_rows_by_key(&sources[s]);
	for (int i = 0; i < n; i++)
	{
		read_finding(&proofs[i], findings[i], common);
		want_all(by, &proofs[i], common);
	}
	for (int s = 0; s < SOURCES; s++)
		meso_read_rows(by[s]);

	initStringInfo(&buf);
	SET_VARSIZE(digest, VARHDRSZ + MESO_DIGEST_LEN);
	for (int i = 0; i < n; i++)
	{
		bytea	   *archive;

		CHECK_FOR_INTERRUPTS();
		resetStringInfo(&buf);
		append_evidence(&buf, &proofs[i], common);
		archive = meso_archive(buf.data, buf.len);
		meso_sha256(buf.data, buf.len, (uint8 *) VARDATA(digest));
		proved(proofs[i].values, proofs[i].nulls, archive, digest, arg);
		pfree(archive);
	}
}

void
meso_prove(const MesoProofOf *of, Datum *findings, int n,
		   MesoProvedFunction proved, void *arg)
{
	Common		common = {.of = of};
	MemoryContext batch;

	if (of->desc->natts != AF_COUNT)
		elog(ERROR, "type audit_finding has %d columns", of->desc->natts);
	common.shape = meso_row_shape(of->desc);
	meso_row_label(common.shape, AF_SOURCE_CODE, "code");
	meso_row_label(common.shape, AF_SOURCE_VERSION, "version");
	meso_row_label(common.shape, AF_JUDGED_DAY, "day");
	meso_row_label(common.shape, AF_POINT_ID, "point");
	batch = AllocSetContextCreate(CurrentMemoryContext, "meso_audit evidence",
								  ALLOCSET_DEFAULT_SIZES);
	for (int i = 0; i < n; i += BATCH)
	{
		MemoryContext old = MemoryContextSwitchTo(batch);

		prove_batch(findings + i, Min(BATCH, n - i), &common, proved, arg);
		MemoryContextSwitchTo(old);
		MemoryContextReset(batch);
	}
	MemoryContextDelete(batch);
}

/*
 * hex: bytes as hexadecimal digits.
 */
static char *
hex(bytea *bytes)
{
	Size		len = VARSIZE_ANY_EXHDR(bytes);
	char	   *result = palloc(2 * len + 1);

	result[hex_encode(VARDATA_ANY(bytes), len, result)] = '\0';
	return result;
}

/*
 * proved_row: (key, archive, digest) into the function's result.
 */
static void
proved_row(Datum *values, bool *nulls, bytea *archive, bytea *digest, void *arg)
{
	ReturnSetInfo *rsinfo = arg;
	Datum		row[3] = {values[AF_FINDING_KEY], PointerGetDatum(archive), PointerGetDatum(digest)};
	bool		row_nulls[3] = {nulls[AF_FINDING_KEY], false, false};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, row, row_nulls);
}

/*
 * build_evidence(source text, truth audit_finding[], rule_set bytea, basis
 * json) returns table (finding_key bytea, archive bytea, digest bytea). basis
 * stands in for the rule where a model found them.
 */
Datum
meso_build_evidence(PG_FUNCTION_ARGS)
{
	MesoProofOf of = {0};
	ArrayType  *truth;
	Datum	   *findings;
	int			n;
	MesoEngine	before;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	of.source = text_to_cstring(PG_GETARG_TEXT_PP(0));
	truth = PG_GETARG_ARRAYTYPE_P(1);
	if (!PG_ARGISNULL(2))
		of.rule_set = hex(PG_GETARG_BYTEA_PP(2));
	if (!PG_ARGISNULL(3))
		of.basis = text_to_cstring(PG_GETARG_TEXT_PP(3));
	of.desc = lookup_rowtype_tupdesc_copy(ARR_ELEMTYPE(truth), -1);
	deconstruct_array(truth, ARR_ELEMTYPE(truth), -1, false, TYPALIGN_DOUBLE,
					  &findings, NULL, &n);
	meso_engine_enter(&before);
	SPI_connect();
	meso_prove(&of, findings, n, proved_row, fcinfo->resultinfo);
	SPI_finish();
	meso_engine_leave(&before);
	return (Datum) 0;
}
