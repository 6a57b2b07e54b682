/*-------------------------------------------------------------------------
 *
 * audit_row.c
 *		A line with its attributes as a row of type meso_audit.audit_row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "rules/audit_row.h"

/* Where a column stands */
typedef enum Source
{
	OF_LINE, OF_SETTLEMENT, OF_VISIT, OF_INSTITUTION, OF_PERSON,
	COMPUTED_TEXT, COMPUTED_NUMBER
} Source;

/* What stands there */
typedef enum Kind
{
	A_TEXT, A_FIXED, A_TIME, A_DATE, A_SMALL, AN_INT
} Kind;

typedef struct Column
{
	const char *name;
	Source		source;
	Kind		kind;
	size_t		offset;
	int			reads;			/* MesoLineColumn that is not always read, or
								 * -1 */
	MesoStr		(*text) (MesoEvaluation *ev, const MesoLine *L);
	int			(*number) (const MesoLine *L);
} Column;

static const MesoStr null_str = {NULL, 0};

static MesoStr
text_code(MesoEvaluation *ev, const MesoLine *L)
{
	return meso_str(L->item->code, L->item->len);
}

static MesoStr
text_mdtrt_id(MesoEvaluation *ev, const MesoLine *L)
{
	return L->visit ? L->visit->mdtrt_id : null_str;
}

static MesoStr
text_med_type(MesoEvaluation *ev, const MesoLine *L)
{
	return meso_med_type(L);
}

static MesoStr
text_insutype(MesoEvaluation *ev, const MesoLine *L)
{
	return meso_insutype(L);
}

static MesoStr
text_gend(MesoEvaluation *ev, const MesoLine *L)
{
	return ev->person->gend ? meso_str(&ev->person->gend, 1) : null_str;
}

static MesoStr
text_dise(MesoEvaluation *ev, const MesoLine *L)
{
	MesoItem   *dise = L->setl->dise;

	return dise ? meso_str(dise->code, dise->len) : null_str;
}

#define LINE(name, kind, field, reads) \
	{name, OF_LINE, kind, offsetof(MesoLine, field), reads, NULL, NULL}
#define SETTLEMENT(name, kind, field) \
	{name, OF_SETTLEMENT, kind, offsetof(MesoSettlement, field), -1, NULL, NULL}
#define VISIT(name, kind, field) \
	{name, OF_VISIT, kind, offsetof(MesoVisit, field), -1, NULL, NULL}
#define INSTITUTION(name, kind, field) \
	{name, OF_INSTITUTION, kind, offsetof(MesoInstitution, field), -1, NULL, NULL}
#define PERSON(name, kind, field) \
	{name, OF_PERSON, kind, offsetof(MesoPerson, field), -1, NULL, NULL}
#define TEXT(name, function, reads) \
	{name, COMPUTED_TEXT, A_TEXT, 0, reads, function, NULL}
#define NUMBER(name, function) \
	{name, COMPUTED_NUMBER, AN_INT, 0, -1, NULL, function}

/* As sql/40_evaluator.sql declares the type */
static const Column columns[] = {
	SETTLEMENT("setl_id", A_TEXT, setl_id),
	LINE("feedetl_sn", A_TEXT, feedetl_sn, -1),
	LINE("psn_no", A_TEXT, psn_no, -1),
	INSTITUTION("fixmedins_code", A_TEXT, code),
	LINE("fee_ocur_time", A_TIME, fee_ocur_time, -1),
	TEXT("med_list_codg", text_code, -1),
	LINE("cnt", A_FIXED, cnt, -1),
	LINE("det_item_fee_sumamt", A_FIXED, amount, -1),
	TEXT("mdtrt_id", text_mdtrt_id, -1),
	LINE("pric", A_FIXED, pric, LC_PRIC),
	LINE("inscp_amt", A_FIXED, inscp_amt, -1),
	LINE("list_type", A_TEXT, list_type, LC_LIST_TYPE),
	LINE("med_chrgitm_type", A_TEXT, chrgitm, LC_MED_CHRGITM_TYPE),
	LINE("medins_list_codg", A_TEXT, medins_list_codg, LC_MEDINS_LIST_CODG),
	LINE("medins_list_name", A_TEXT, medins_list_name, LC_MEDINS_LIST_NAME),
	LINE("rxno", A_TEXT, rxno, LC_RXNO),
	LINE("prd_days", A_FIXED, prd_days, LC_PRD_DAYS),
	LINE("sin_dos", A_FIXED, sin_dos, LC_SIN_DOS),
	LINE("bilg_dept_codg", A_TEXT, dept, LC_BILG_DEPT_CODG),
	LINE("bilg_dr_code", A_TEXT, dr_code, LC_BILG_DR_CODE),
	LINE("acord_dept_codg", A_TEXT, acord_dept, LC_ACORD_DEPT_CODG),
	LINE("acord_dr_code", A_TEXT, acord_dr, LC_ACORD_DR_CODE),
	LINE("upload_time", A_TIME, upload_time, LC_UPLOAD_TIME),
	LINE("day", A_DATE, day, -1),
	TEXT("med_type", text_med_type, -1),
	TEXT("insutype", text_insutype, -1),
	TEXT("gend", text_gend, -1),
	NUMBER("age", meso_age),
	NUMBER("age_days", meso_age_days),
	PERSON("brdy", A_DATE, brdy),
	PERSON("psn_type", A_TEXT, psn_type),
	PERSON("psn_area", A_TEXT, area),
	INSTITUTION("hosp_lv", A_SMALL, hosp_lv),
	INSTITUTION("fixmedins_type", A_TEXT, type),
	INSTITUTION("area", A_TEXT, area),
	TEXT("title", meso_title, LC_BILG_DR_CODE),
	VISIT("matn_stas", A_TEXT, matn_stas),
	VISIT("channel", A_TEXT, channel),
	TEXT("dise_codg", text_dise, -1),
	SETTLEMENT("setl_time", A_TIME, setl_time),
	VISIT("begntime", A_TIME, begntime),
	VISIT("endtime", A_TIME, endtime),
	VISIT("adm_dept_codg", A_TEXT, dept),
	VISIT("dscg_way", A_TEXT, dscg_way),
	SETTLEMENT("medfee_sumamt", A_FIXED, medfee_sumamt),
	SETTLEMENT("fund_pay_sumamt", A_FIXED, fund_pay_sumamt)
};

Oid
meso_audit_row_relid(void)
{
	return get_relname_relid("audit_row",
							 get_namespace_oid("meso_audit", false));
}

void
meso_audit_row_check(TupleDesc desc)
{
	bool		fits = desc->natts == lengthof(columns);

	for (int i = 0; fits && i < desc->natts; i++)
		fits = namestrcmp(&TupleDescAttr(desc, i)->attname, columns[i].name) == 0;
	if (!fits)
		elog(ERROR, "type meso_audit.audit_row is not what the library expects");
}

uint64
meso_audit_row_reads(const Bitmapset *wanted)
{
	uint64		mask = 0;

	for (int i = 0; i < lengthof(columns); i++)
	{
		if (bms_is_member(i, wanted) && columns[i].reads >= 0)
			mask |= LC_BIT(columns[i].reads);
	}
	return mask;
}

/*
 * place: where the object stands that a column is of; NULL where its row is
 * missing.
 */
static const char *
place(const Column *column, MesoEvaluation *ev, const MesoLine *L)
{
	switch (column->source)
	{
		case OF_LINE:
			return (const char *) L;
		case OF_SETTLEMENT:
			if (column->offset == offsetof(MesoSettlement, setl_id) || L->setl->present)
				return (const char *) L->setl;
			return NULL;
		case OF_VISIT:
			return L->visit && L->visit->present ? (const char *) L->visit : NULL;
		case OF_INSTITUTION:
			return (const char *) L->inst;
		case OF_PERSON:
			return (const char *) ev->person;
		default:
			return NULL;
	}
}

static Datum
text_datum(MesoStr s, bool *isnull)
{
	*isnull = STR_IS_NULL(s);
	return *isnull ? (Datum) 0
		: PointerGetDatum(cstring_to_text_with_len(s.data, s.len));
}

static Datum
stored_datum(Kind kind, const char *where, bool *isnull)
{
	switch (kind)
	{
		case A_TEXT:
			return text_datum(*(const MesoStr *) where, isnull);
		case A_FIXED:
			*isnull = *(const fixed *) where == NO_FIXED;
			return *isnull ? (Datum) 0
				: fixed_to_numeric(*(const fixed *) where, FIXED_SCALE);
		case A_TIME:
			*isnull = *(const Timestamp *) where == NO_TIME;
			return TimestampGetDatum(*(const Timestamp *) where);
		case A_DATE:
			*isnull = *(const DateADT *) where == NO_DATE;
			return DateADTGetDatum(*(const DateADT *) where);
		case A_SMALL:
			*isnull = *(const int *) where < 0;
			return Int16GetDatum((int16) *(const int *) where);
		case AN_INT:
			break;
	}
	*isnull = true;
	return (Datum) 0;
}

void
meso_audit_row_fill(TupleTableSlot *slot, const Bitmapset *wanted,
					MesoEvaluation *ev, const MesoLine *L)
{
	ExecClearTuple(slot);
	for (int i = 0; i < lengthof(columns); i++)
	{
		const Column *column = &columns[i];
		Datum	   *value = &slot->tts_values[i];
		bool	   *isnull = &slot->tts_isnull[i];
		const char *object;

		*isnull = true;
		if (!bms_is_member(i, wanted))
			continue;
		if (column->source == COMPUTED_TEXT)
			*value = text_datum(column->text(ev, L), isnull);
		else if (column->source == COMPUTED_NUMBER)
		{
			int			number = column->number(L);

			*isnull = number < 0;
			*value = Int32GetDatum(number);
		}
		else if ((object = place(column, ev, L)) != NULL)
			*value = stored_datum(column->kind, object + column->offset, isnull);
	}
	ExecStoreVirtualTuple(slot);
}
