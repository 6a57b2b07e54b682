/*-------------------------------------------------------------------------
 *
 * read_claim.c
 *		From a claim in JSON to rows of the facts.
 *
 * An encounter is one settlement (setl_id; without one a name made of its
 * visit) with its lines, and, where it says when it began, its visit.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "rules/chunk.h"
#include "rules/claim_value.h"

#define PENDING		"pre:"		/* begins the setl_id of what has none yet */

/* The encounter at work, with what it takes from its patient */
typedef struct Encounter
{
	MesoClaim  *claim;
	const MesoPath *path;
	Datum		psn_no;
	Datum		setl_id;
	bool		settled;		/* has a row of settlement */
	Timestamp	latest;			/* of its lines and its end */
	Datum		values[EF_COUNT];
	bool		isnull[EF_COUNT];
} Encounter;

static MesoStr
datum_str(Datum d)
{
	return meso_str(VARDATA_ANY(DatumGetPointer(d)), VARSIZE_ANY_EXHDR(DatumGetPointer(d)));
}

static void
put(MesoGivenRow *row, int column, Datum value, bool isnull)
{
	row->values[column] = value;
	row->isnull[column] = isnull;
}

/*
 * put_slots: fields of an encounter into columns, from the first on.
 */
static void
put_slots(MesoGivenRow *row, int first, const Encounter *e, const int *slots, int n)
{
	for (int i = 0; i < n; i++)
		put(row, first + i, e->values[slots[i]], e->isnull[slots[i]]);
}

/*
 * new_row: with an end to what one call may bring.
 */
static MesoGivenRow *
new_row(MesoClaim *claim, MesoGivenFact fact, const MesoPath *path)
{
	if (claim->overlay->nrows[fact] >= CLAIM_MAX_ROWS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the claim has too many rows"),
				 errdetail("%s is number %d.", meso_path_text(path, true), CLAIM_MAX_ROWS + 1),
				 errhint("Ask for one claim at a time.")));
	return meso_overlay_row(claim->overlay, fact);
}

static void
note_day(MesoClaim *claim, Timestamp t)
{
	DateADT		day = meso_day(t);

	claim->days.from = Min(claim->days.from, day);
	claim->days.upto = Max(claim->days.upto, day + 1);
}

static void
note_person(MesoClaim *claim, Datum psn_no)
{
	MesoStr		s = datum_str(psn_no);
	MesoStrEntry *entry = meso_strtab_insert(claim->person_set, s);

	if (entry->value)
		return;
	entry->value = claim;
	if ((claim->npersons & (claim->npersons - 1)) == 0)
		claim->persons = claim->npersons == 0 ? palloc(sizeof(MesoStr)) :
			repalloc(claim->persons, sizeof(MesoStr) * claim->npersons * 2);
	claim->persons[claim->npersons++] = s;
}

MesoStr
meso_claim_line_key(MesoStr setl_id, MesoStr feedetl_sn)
{
	char	   *key = palloc(sizeof(int) + setl_id.len + feedetl_sn.len);

	memcpy(key, &setl_id.len, sizeof(int));
	memcpy(key + sizeof(int), setl_id.data, setl_id.len);
	memcpy(key + sizeof(int) + setl_id.len, feedetl_sn.data, feedetl_sn.len);
	return meso_str(key, sizeof(int) + setl_id.len + feedetl_sn.len);
}

/*
 * note_line: its name, for the answer; its key may be there once.
 */
static void
note_line(Encounter *e, const MesoPath *path, const Datum *values, const bool *isnull)
{
	MesoStrEntry *entry;
	MesoStr    *name = palloc0(sizeof(MesoStr));

	entry = meso_strtab_insert(e->claim->lines,
							   meso_claim_line_key(datum_str(e->setl_id),
												   datum_str(values[LC_FEEDETL_SN])));
	if (entry->value)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s.rx_id is there twice", meso_path_text(path, true)),
				 errdetail("A line's number is unique in its claim.")));
	if (!isnull[OF_NAME])
		*name = datum_str(values[OF_NAME]);
	else if (!isnull[LC_MEDINS_LIST_NAME])
		*name = datum_str(values[LC_MEDINS_LIST_NAME]);
	entry->value = name;
}

static void
read_order(Encounter *e, JsonbContainer *object, const MesoPath *path)
{
	Datum		values[OF_COUNT];
	bool		isnull[OF_COUNT];
	MesoGivenRow *row;

	meso_claim_object(e->claim, &meso_order_fields, object, path, values, isnull);
	meso_claim_require(path, isnull, LC_FEEDETL_SN, "rx_id", "It is fee_line.feedetl_sn.");
	meso_claim_require(path, isnull, LC_MED_LIST_CODG, "hilist_code", "It is fee_line.med_list_codg.");
	meso_claim_require(path, isnull, LC_CNT, "cnt", "It is fee_line.cnt.");
	meso_claim_require(path, isnull, LC_DET_ITEM_FEE_SUMAMT, "sumamt",
					   "It is fee_line.det_item_fee_sumamt.");
	meso_claim_require(path, isnull, LC_FEE_OCUR_TIME, "drord_begn_date",
					   "It is fee_line.fee_ocur_time.");
	note_line(e, path, values, isnull);
	note_day(e->claim, DatumGetTimestamp(values[LC_FEE_OCUR_TIME]));
	e->latest = Max(e->latest, DatumGetTimestamp(values[LC_FEE_OCUR_TIME]));

	row = new_row(e->claim, GIVEN_LINE, path);
	memcpy(row->values, values, sizeof(Datum) * LC_COUNT);
	memcpy(row->isnull, isnull, sizeof(bool) * LC_COUNT);
	put(row, LC_SETL_ID, e->setl_id, false);
	if (isnull[LC_PSN_NO])
		put(row, LC_PSN_NO, e->psn_no, false);
	if (isnull[LC_FIXMEDINS_CODE])
		put(row, LC_FIXMEDINS_CODE, e->values[EF_FIXMEDINS_CODE], false);
	/* what the patient pays alone is not the fund's */
	if (isnull[LC_INSCP_AMT] && !isnull[OF_OWNPAY] &&
		DatumGetBool(DirectFunctionCall2(numeric_eq, values[OF_OWNPAY],
										 values[LC_DET_ITEM_FEE_SUMAMT])))
		put(row, LC_INSCP_AMT, DirectFunctionCall1(int4_numeric, Int32GetDatum(0)), false);
	note_person(e->claim, row->values[LC_PSN_NO]);
}

/*
 * read_entries: diagnoses or operations; a list, even an empty one, stands in
 * for the stored ones of the visit.  The first list of a visit counts.
 */
static void
read_entries(Encounter *e, MesoGivenFact fact, int slot, MesoFieldSet *set,
			 const char *name, const char *code, const char *detail)
{
	MesoOverlay *overlay = e->claim->overlay;
	MesoStrtab *given = fact == GIVEN_DIAGNOSIS ? overlay->diagnosed : overlay->operated;
	MesoStrtab *numbers;
	MesoStrEntry *entry;
	MesoPath	path = {.parent = e->path,.name = {name, strlen(name)},.index = -1};
	JsonbIterator *it = NULL;
	JsonbContainer *list = (JsonbContainer *) DatumGetPointer(e->values[slot]);
	JsonbContainer *object;

	if (e->isnull[slot] || e->isnull[EF_MDTRT_ID])
		return;
	entry = meso_strtab_insert(given, datum_str(e->values[EF_MDTRT_ID]));
	if (entry->value)
		return;
	entry->value = overlay;
	numbers = meso_strtab_create(CurrentMemoryContext, 8);
	while (meso_claim_next(&it, list, &path, &object))
	{
		Datum		values[DF_COUNT];
		bool		isnull[DF_COUNT];
		MesoGivenRow *row;

		meso_claim_object(e->claim, set, object, &path, values, isnull);
		meso_claim_require(&path, isnull, DF_CODE, code, detail);
		if (isnull[DF_NUMBER])
			values[DF_NUMBER] = CStringGetTextDatum(psprintf("%d", path.index + 1));
		entry = meso_strtab_insert(numbers, datum_str(values[DF_NUMBER]));
		if (entry->value)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s has a number that is there twice", meso_path_text(&path, true))));
		entry->value = overlay;
		row = new_row(e->claim, fact, &path);
		put(row, 0, e->values[EF_MDTRT_ID], false);
		put(row, 1, values[DF_NUMBER], false);
		put(row, 2, values[DF_CODE], false);
		put(row, 3, values[DF_MAIN], isnull[DF_MAIN]);
		put(row, 4, values[DF_VALI], isnull[DF_VALI]);
		if (fact == GIVEN_OPERATION)
		{
			put(row, 5, values[DF_BEGINS], isnull[DF_BEGINS]);
			put(row, 6, values[DF_ENDS], isnull[DF_ENDS]);
		}
	}
}

/*
 * put_visit: the visit, where the encounter says when it began; else the
 * stored one counts, whenever it began.
 */
static void
put_visit(Encounter *e)
{
	static const int slots[] = {
		EF_FIXMEDINS_CODE, EF_BEGNTIME, EF_ENDTIME, EF_MED_TYPE, EF_ADM_DEPT,
		EF_DSCG_WAY, EF_MATN_STAS, EF_CHANNEL, EF_CHFPDR_CODE
	};
	MesoGivenRow *row;

	if (e->isnull[EF_MDTRT_ID])
		return;
	if (e->isnull[EF_BEGNTIME])
	{
		e->claim->any_day = true;
		return;
	}
	note_day(e->claim, DatumGetTimestamp(e->values[EF_BEGNTIME]));
	row = new_row(e->claim, GIVEN_VISIT, e->path);
	put(row, 0, e->values[EF_MDTRT_ID], false);
	put(row, 1, e->psn_no, false);
	put_slots(row, 2, e, slots, lengthof(slots));
}

static void
put_settlement(Encounter *e)
{
	static const int slots[] = {
		EF_FIXMEDINS_CODE, EF_SETL_TIME, EF_MDTRT_ID, EF_MED_TYPE, EF_INSUTYPE,
		EF_MEDFEE, EF_FUND_PAY, EF_REFD, EF_INIT_SETL_ID, EF_DISE_CODG
	};
	MesoGivenRow *row;

	note_day(e->claim, DatumGetTimestamp(e->values[EF_SETL_TIME]));
	row = new_row(e->claim, GIVEN_SETTLEMENT, e->path);
	put(row, 0, e->setl_id, false);
	put(row, 1, e->psn_no, false);
	put_slots(row, 2, e, slots, lengthof(slots));
}

/*
 * name_claim: the encounter's setl_id; its findings are asked for unless the
 * patient's current encounter is another.
 */
static void
name_claim(Encounter *e, bool asked)
{
	MesoOverlay *overlay = e->claim->overlay;
	MesoStrEntry *entry;

	if (!e->isnull[EF_SETL_ID])
		e->setl_id = e->values[EF_SETL_ID];
	else
	{
		meso_claim_require(e->path, e->isnull, EF_MDTRT_ID, "mdtrt_id",
						   "Without a setl_id, the visit names the claim.");
		e->setl_id = PointerGetDatum(cstring_to_text(
													 psprintf(PENDING "%s", TextDatumGetCString(e->values[EF_MDTRT_ID]))));
	}
	entry = meso_strtab_insert(overlay->settlements, datum_str(e->setl_id));
	if (entry->value)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s is there twice", meso_path_text(e->path, true)),
				 errdetail("Another encounter has the same setl_id, or the same mdtrt_id and no setl_id.")));
	entry->value = overlay;
	if (!asked)
		return;
	meso_strtab_insert(e->claim->asked_settlements, datum_str(e->setl_id))->value = overlay;
	if (!e->isnull[EF_MDTRT_ID])
		meso_strtab_insert(e->claim->asked_visits, datum_str(e->values[EF_MDTRT_ID]))->value = overlay;
}

static void
read_orders(Encounter *e)
{
	MesoPath	path = {.parent = e->path,.name = {"fsi_order_dtos", 14},.index = -1};
	JsonbIterator *it = NULL;
	JsonbContainer *object;

	if (e->isnull[EF_ORDERS])
		return;
	while (meso_claim_next(&it, (JsonbContainer *) DatumGetPointer(e->values[EF_ORDERS]),
						   &path, &object))
		read_order(e, object, &path);
}

/*
 * settle: has the encounter a settlement?  One that says when, or one whose
 * scene is a settlement (6 to 9): then its last hour is the time.  Before
 * that its lines belong to its visit by themselves.
 */
static void
settle(Encounter *e, bool settling, int first_line)
{
	MesoOverlay *overlay = e->claim->overlay;

	if (e->isnull[EF_SETL_TIME] && settling && e->latest != DT_NOBEGIN)
	{
		e->values[EF_SETL_TIME] = TimestampGetDatum(e->latest);
		e->isnull[EF_SETL_TIME] = false;
	}
	if (!e->isnull[EF_SETL_TIME])
	{
		put_settlement(e);
		return;
	}
	for (int i = first_line; i < overlay->nrows[GIVEN_LINE]; i++)
	{
		MesoGivenRow *row = &overlay->rows[GIVEN_LINE][i];

		if (row->isnull[LC_MDTRT_ID])
			put(row, LC_MDTRT_ID, e->values[EF_MDTRT_ID], e->isnull[EF_MDTRT_ID]);
	}
}

static bool
read_encounter(MesoClaim *claim, JsonbContainer *object, const MesoPath *path,
			   const Datum *patient, const bool *patient_null, bool settling)
{
	Encounter	e = {.claim = claim,.path = path,.psn_no = patient[PF_PSN_NO],.latest = DT_NOBEGIN};
	int			first_line = claim->overlay->nrows[GIVEN_LINE];
	bool		asked;

	meso_claim_object(claim, &meso_encounter_fields, object, path, e.values, e.isnull);
	meso_claim_require(path, e.isnull, EF_FIXMEDINS_CODE, "medins_id",
					   "It is fixmedins_code, the institution.");
	asked = patient_null[PF_CURRENT] || (!e.isnull[EF_MDTRT_ID] &&
										 meso_str_eq(datum_str(patient[PF_CURRENT]),
													 datum_str(e.values[EF_MDTRT_ID])));
	if (e.isnull[EF_FUND_PAY] && !e.isnull[EF_HIFP_PAY])
	{
		e.values[EF_FUND_PAY] = e.values[EF_HIFP_PAY];
		e.isnull[EF_FUND_PAY] = false;
	}
	if (!e.isnull[EF_ENDTIME])
		e.latest = DatumGetTimestamp(e.values[EF_ENDTIME]);
	name_claim(&e, asked);
	read_orders(&e);
	settle(&e, settling, first_line);
	put_visit(&e);
	read_entries(&e, GIVEN_DIAGNOSIS, EF_DIAGNOSES, &meso_diagnose_fields,
				 "fsi_diagnose_dtos", "dise_codg", "It is diagnosis.diag_code.");
	read_entries(&e, GIVEN_OPERATION, EF_OPERATIONS, &meso_operation_fields,
				 "fsi_operation_dtos", "oprn_oprt_code", "It is operation.oprn_oprt_code.");
	return asked;
}

static void
read_patient(MesoClaim *claim, JsonbContainer *object, const MesoPath *path, bool settling)
{
	MesoPath	inner = {.parent = path,.name = {"fsi_encounter_dtos", 18},.index = -1};
	JsonbIterator *it = NULL;
	JsonbContainer *encounter;
	Datum		values[PF_COUNT];
	bool		isnull[PF_COUNT];
	bool		asked = false;
	MesoGivenRow *row;

	meso_claim_object(claim, &meso_patient_fields, object, path, values, isnull);
	meso_claim_require(path, isnull, PF_PSN_NO, "patn_id",
					   "It is psn_no, the person.");
	meso_claim_require(path, isnull, PF_ENCOUNTERS, "fsi_encounter_dtos", NULL);
	note_person(claim, values[PF_PSN_NO]);
	row = new_row(claim, GIVEN_PERSON, path);
	put(row, 0, values[PF_PSN_NO], false);
	put(row, 1, values[PF_GEND], isnull[PF_GEND]);
	put(row, 2, values[PF_BRDY], isnull[PF_BRDY]);
	put(row, 4, values[PF_PSN_TYPE], isnull[PF_PSN_TYPE]);
	put(row, 5, values[PF_AREA], isnull[PF_AREA]);
	while (meso_claim_next(&it, (JsonbContainer *) DatumGetPointer(values[PF_ENCOUNTERS]),
						   &inner, &encounter))
		asked |= read_encounter(claim, encounter, &inner, values, isnull, settling);
	if (!asked && !isnull[PF_CURRENT])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s.curr_mdtrt_id names no encounter", meso_path_text(path, true)),
				 errdetail("It is \"%s\".", TextDatumGetCString(values[PF_CURRENT]))));
}

static MesoClaim *
claim_new(void)
{
	MesoClaim  *claim = palloc0(sizeof(MesoClaim));

	claim->overlay = meso_overlay_create();
	claim->nrules = -1;
	claim->person_set = meso_strtab_create(CurrentMemoryContext, 4);
	claim->asked_settlements = meso_strtab_create(CurrentMemoryContext, 4);
	claim->asked_visits = meso_strtab_create(CurrentMemoryContext, 4);
	claim->lines = meso_strtab_create(CurrentMemoryContext, 32);
	claim->ignored = palloc(sizeof(char *) * CLAIM_MAX_REMARKS);
	claim->ignored_set = meso_strtab_create(CurrentMemoryContext, 8);
	claim->days.from = PG_INT32_MAX;
	claim->days.upto = PG_INT32_MIN;
	return claim;
}

/*
 * is_settling: scenes 6 to 9, settlement and trial settlement of out-patients
 * and stays.
 */
static bool
is_settling(MesoStr scene)
{
	return scene.len == 1 && scene.data[0] >= '6' && scene.data[0] <= '9';
}

/*
 * unwrap: what is asked may stand in "data", and that in "input".
 */
static void
unwrap(MesoClaim *claim, JsonbContainer *object, MesoPath *paths, int *depth,
	   Datum *values, bool *isnull)
{
	for (;;)
	{
		int			slot;

		meso_claim_object(claim, &meso_message_fields, object, &paths[*depth], values, isnull);
		slot = !isnull[MF_PATIENTS] ? -1 : !isnull[MF_DATA] ? MF_DATA :
			!isnull[MF_INPUT] ? MF_INPUT : -1;
		if (slot < 0 || *depth == 2)
			return;
		object = (JsonbContainer *) DatumGetPointer(values[slot]);
		paths[*depth + 1] = (MesoPath)
		{
			&paths[*depth], slot == MF_DATA ? meso_str("data", 4) : meso_str("input", 5), -1
		};
		(*depth)++;
	}
}

MesoClaim *
meso_claim_read(Jsonb *json)
{
	MesoClaim  *claim = claim_new();
	MesoPath	paths[3] = {{.index = -1}};
	int			depth = 0;
	MesoPath	inner = {.name = {"patient_dtos", 12},.index = -1};
	MesoPath	rules = {.name = {"rule_ids", 8},.index = -1};
	JsonbIterator *it = NULL;
	JsonbContainer *patient;
	Datum		values[MF_COUNT];
	bool		isnull[MF_COUNT];
	bool		settling;

	if (VARSIZE_ANY(json) > CLAIM_MAX_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the claim is too large"),
				 errdetail("It has %d bytes; at most %d are taken.",
						   (int) VARSIZE_ANY(json), CLAIM_MAX_BYTES)));
	if (!JB_ROOT_IS_OBJECT(json))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a claim must be a JSON object"),
				 errhint("doc/precheck.md has a complete example.")));
	unwrap(claim, &json->root, paths, &depth, values, isnull);
	inner.parent = rules.parent = &paths[depth];
	meso_claim_require(&paths[depth], isnull, MF_PATIENTS, "patient_dtos", NULL);
	if (!isnull[MF_TASK_ID])
		claim->task_id = datum_str(values[MF_TASK_ID]);
	settling = !isnull[MF_TRIG_SCEN] && is_settling(datum_str(values[MF_TRIG_SCEN]));
	if (!isnull[MF_RULE_IDS])
		claim->nrules = meso_claim_texts((JsonbContainer *) DatumGetPointer(values[MF_RULE_IDS]),
										 &rules, &claim->rules);
	/* an empty list asks for nothing in particular */
	if (claim->nrules == 0)
		claim->nrules = -1;
	while (meso_claim_next(&it, (JsonbContainer *) DatumGetPointer(values[MF_PATIENTS]),
						   &inner, &patient))
		read_patient(claim, patient, &inner, settling);
	return claim;
}
