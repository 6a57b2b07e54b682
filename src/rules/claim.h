/*-------------------------------------------------------------------------
 *
 * claim.h
 *		A claim in JSON, as the national audit services send it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_CLAIM_H
#define MESO_CLAIM_H

#include "utils/jsonb.h"

#include "rules/overlay.h"

/* What a claim may hold at most: beyond is error 54000 */
#define CLAIM_MAX_BYTES		(16 * 1024 * 1024)
#define CLAIM_MAX_DEPTH		32	/* of a value that nobody reads */
#define CLAIM_MAX_ROWS		10000	/* of one fact */
#define CLAIM_MAX_TEXT		4000	/* bytes of a text that is read */
#define CLAIM_MAX_REMARKS	100 /* of each kind in the answer; the rest is
								 * counted */

typedef enum MesoFieldKind
{
	FIELD_UNUSED,				/* of the national shape, but not judged by */
	FIELD_TEXT,
	FIELD_NUMBER,
	FIELD_TIME,
	FIELD_DAY,
	FIELD_LIST,					/* of objects, or of texts */
	FIELD_OBJECT
} MesoFieldKind;

typedef struct MesoField
{
	const char *name;
	MesoFieldKind kind;
	int			slot;			/* where the value goes */
	const char *known;			/* known values, with blanks between; a
								 * trailing * is a prefix; NULL: any */
} MesoField;

/* One kind of object: its fields, and how many slots they fill */
typedef struct MesoFieldSet
{
	const MesoField *fields;
	int			nfields;
	int			nslots;
	MesoStrtab *by_name;		/* made at the first use in a session */
} MesoFieldSet;

/* The message around "data": header fields are known, and unused */
typedef enum
{
	MF_INPUT, MF_DATA, MF_SYSCODE, MF_TASK_ID, MF_TRIG_SCEN, MF_RULE_IDS,
	MF_PATIENTS, MF_COUNT
} MesoMessageSlot;

typedef enum
{
	PF_PSN_NO, PF_GEND, PF_BRDY, PF_AREA, PF_PSN_TYPE, PF_CURRENT,
	PF_ENCOUNTERS, PF_COUNT
} MesoPatientSlot;

typedef enum
{
	EF_MDTRT_ID, EF_SETL_ID, EF_FIXMEDINS_CODE, EF_BEGNTIME, EF_ENDTIME,
	EF_MED_TYPE, EF_ADM_DEPT, EF_DSCG_WAY, EF_MATN_STAS, EF_CHANNEL,
	EF_CHFPDR_CODE, EF_SETL_TIME, EF_INSUTYPE, EF_MEDFEE, EF_FUND_PAY,
	EF_HIFP_PAY, EF_REFD, EF_INIT_SETL_ID, EF_DISE_CODG, EF_UNUSED,
	EF_DIAGNOSES, EF_ORDERS, EF_OPERATIONS, EF_COUNT
} MesoEncounterSlot;

/* of an order: those of MesoLineColumn, and these */
typedef enum
{
	OF_NAME = LC_COUNT, OF_OWNPAY, OF_UNUSED, OF_COUNT
} MesoOrderSlot;

/* of a diagnosis or operation */
typedef enum
{
	DF_NUMBER, DF_CODE, DF_MAIN, DF_VALI, DF_BEGINS, DF_ENDS, DF_UNUSED, DF_COUNT
} MesoEntrySlot;

extern MesoFieldSet meso_message_fields;
extern MesoFieldSet meso_patient_fields;
extern MesoFieldSet meso_encounter_fields;
extern MesoFieldSet meso_order_fields;
extern MesoFieldSet meso_diagnose_fields;
extern MesoFieldSet meso_operation_fields;

/* The field of that name, or NULL */
extern const MesoField *meso_field_find(MesoFieldSet *set, MesoStr name);

/* A value that is taken as it stands although nobody knows it */
typedef struct MesoUnknownValue
{
	char	   *path;
	MesoStr		value;
} MesoUnknownValue;

typedef struct MesoClaim
{
	MesoOverlay *overlay;
	MesoStr		task_id;
	int			nrules;			/* -1: judge by all rules */
	MesoStr    *rules;
	int			npersons;
	MesoStr    *persons;
	MesoStrtab *person_set;
	MesoStrtab *asked_settlements;	/* whose findings are the answer */
	MesoStrtab *asked_visits;
	MesoStrtab *lines;			/* settlement and number to a MesoStr: name */
	MesoDays	days;			/* of all that may be judged */
	bool		any_day;		/* a visit's own days are in the database */
	int			nignored;
	char	  **ignored;		/* paths without indexes, each once */
	MesoStrtab *ignored_set;
	int			nunknown;
	MesoUnknownValue unknown[CLAIM_MAX_REMARKS];
} MesoClaim;

/*
 * Read a claim; 22023 names the path of what is wrong or missing, 54000 what
 * is too much.  Lives in the current memory context; strings and numbers may
 * point into the jsonb.
 */
extern MesoClaim *meso_claim_read(Jsonb *json);

/* A value that the rules or dictionaries do not know: noted for the answer */
extern void meso_claim_note_unknown(MesoClaim *claim, const char *path, MesoStr value);

/* settlement and number of a line as one key, in the current context */
extern MesoStr meso_claim_line_key(MesoStr setl_id, MesoStr feedetl_sn);

#endif							/* MESO_CLAIM_H */
