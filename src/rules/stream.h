/*-------------------------------------------------------------------------
 *
 * stream.h
 *		A person's rows, as the templates see them.
 *
 * A feeder loads the rows of some persons (load.c), assembles them into one
 * stream a person (person.c) and hands each stream to the evaluator.  All of
 * it lives in the feeder's chunk context and goes with it.
 *
 * A MesoStr points into the chunk's memory.  Money, quantities and prices are
 * "fixed" (millionths, see fixed.h).
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_STREAM_H
#define MESO_STREAM_H

#include "meso_audit.h"

#include "datatype/timestamp.h"
#include "utils/date.h"

#include "fixed.h"
#include "rules/item.h"

/* NULL is data == NULL; bytes are compared, never collated */
typedef struct MesoStr
{
	const char *data;
	int			len;
} MesoStr;

#define STR_IS_NULL(s)		((s).data == NULL)

static inline MesoStr
meso_str(const char *data, int len)
{
	MesoStr		s = {data, len};

	return s;
}

static inline int
meso_str_cmp(MesoStr a, MesoStr b)
{
	int			c = memcmp(a.data, b.data, Min(a.len, b.len));

	return c != 0 ? c : a.len - b.len;
}

/* NULLs are equal */
static inline bool
meso_str_eq(MesoStr a, MesoStr b)
{
	if (STR_IS_NULL(a) || STR_IS_NULL(b))
		return STR_IS_NULL(a) && STR_IS_NULL(b);
	return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static inline bool
meso_str_is(MesoStr a, const char *b)
{
	return !STR_IS_NULL(a) && a.len == (int) strlen(b) &&
		memcmp(a.data, b, a.len) == 0;
}

/* prefix is not NULL; a NULL string has no prefix */
static inline bool
meso_str_has_prefix(MesoStr a, MesoStr prefix)
{
	return !STR_IS_NULL(a) && a.len >= prefix.len &&
		memcmp(a.data, prefix.data, prefix.len) == 0;
}

/* What stands for NULL in a date, a timestamp, a fixed */
#define NO_DATE			PG_INT32_MIN
#define NO_TIME			PG_INT64_MIN
#define NO_FIXED		PG_INT64_MIN

/* half-open: from <= day < upto */
typedef struct MesoDays
{
	DateADT		from;
	DateADT		upto;
} MesoDays;

#define DAYS_CONTAIN(d, day)	((d).from <= (day) && (day) < (d).upto)

/* One row of practitioner */
typedef struct MesoPractice
{
	MesoStr		inst_code;
	MesoStr		title;			/* pro_tech_duty */
	MesoDays	valid;
	struct MesoPractice *next;	/* in byte order of inst_code */
} MesoPractice;

/* The row may be missing: then only the key is set */
typedef struct MesoInstitution
{
	MesoStr		code;
	bool		present;
	MesoStr		type;			/* fixmedins_type */
	MesoStr		area;			/* fix_blng_admdvs */
	int			hosp_lv;		/* -1 = NULL */
} MesoInstitution;

/* One row of person_insurance */
typedef struct MesoSpell
{
	MesoStr		insutype;
	MesoDays	days;
	bool		paused;
	struct MesoSpell *next;
} MesoSpell;

/* One row of diagnosis or operation */
typedef struct MesoEntry
{
	MesoItem   *item;			/* of that dictionary */
	MesoStr		number;			/* diag_srt_no, oprn_srt_no */
	bool		main;
	Timestamp	begins;			/* of an operation; or NO_TIME, as the next */
	Timestamp	ends;
	struct MesoEntry *next;		/* of the visit, in byte order of number */
} MesoEntry;

/* The row may be missing: then only the key and the entries are set */
typedef struct MesoVisit
{
	MesoStr		mdtrt_id;
	bool		present;
	struct MesoPerson *person;	/* of psn_no; NULL: none of the chunk */
	MesoStr		psn_no;
	MesoInstitution *inst;
	Timestamp	begntime;
	Timestamp	endtime;		/* or NO_TIME */
	MesoStr		med_type;
	MesoStr		dept;			/* adm_dept_codg */
	MesoStr		dscg_way;
	MesoStr		matn_stas;
	MesoStr		channel;
	MesoStr		dr_code;		/* chfpdr_code */
	MesoEntry  *diagnoses;
	MesoEntry  *operations;
	struct MesoVisit *next;		/* of the person */
	/* the feeder's own */
	int			rows_read;
	int			rows_there;		/* at most */
	bool		wanted;			/* all its lines are to be read */
	bool		touched;		/* the commit check's own */
} MesoVisit;

/* The row may be missing: then only the key and what is reported are set */
typedef struct MesoSettlement
{
	MesoStr		setl_id;
	bool		present;
	bool		refunded;		/* refd_setl_flag = '1' */
	struct MesoPerson *person;	/* of psn_no; NULL: none of the chunk */
	MesoStr		psn_no;
	MesoInstitution *inst;
	Timestamp	setl_time;
	MesoStr		mdtrt_id;
	MesoVisit  *visit;			/* of mdtrt_id */
	MesoStr		med_type;
	MesoStr		insutype;
	MesoStr		init_setl_id;
	MesoItem   *dise;			/* dise_codg in the diagnosis dictionary */
	fixed		medfee_sumamt;	/* or NO_FIXED, as the next */
	fixed		fund_pay_sumamt;
	int			reported_lines; /* over all rows of fee_line, as reported */
	fixed		reported_sum;
	bool		reported_negative;	/* some cnt < 0 */
	bool		reported_unfit; /* some value is no exact fixed */
	struct MesoSettlement *next;	/* of the person */
	/* the feeder's own */
	int			rows_read;
	int			rows_there;		/* at most */
	bool		wanted;			/* all its lines are to be read */
	bool		whole;			/* and were, by a query of their own */
	bool		has_reversed;	/* a reversing line names a line of it */
	bool		touched;		/* the commit check's own */
	bool		changed;		/* likewise: its row or lines changed */
} MesoSettlement;

/* Columns of fee_line: for masks of NULLs and of what a program reads */
typedef enum MesoLineColumn
{
	LC_SETL_ID,
	LC_FEEDETL_SN,
	LC_PSN_NO,
	LC_FIXMEDINS_CODE,
	LC_FEE_OCUR_TIME,
	LC_MED_LIST_CODG,
	LC_CNT,
	LC_DET_ITEM_FEE_SUMAMT,
	LC_MDTRT_ID,
	LC_INIT_FEEDETL_SN,
	LC_PRIC,
	LC_INSCP_AMT,
	LC_LIST_TYPE,
	LC_RXNO,
	LC_PRD_DAYS,
	LC_SIN_DOS,
	LC_BILG_DEPT_CODG,
	LC_BILG_DR_CODE,
	LC_UPLOAD_TIME,
	LC_MED_CHRGITM_TYPE,
	LC_MEDINS_LIST_CODG,
	LC_MEDINS_LIST_NAME,
	LC_ACORD_DEPT_CODG,
	LC_ACORD_DR_CODE,
	LC_COUNT
} MesoLineColumn;

extern const char *const meso_line_columns[LC_COUNT];

#define LC_BIT(c)		(UINT64CONST(1) << (c))

#define LC_REQUIRED		(LC_DET_ITEM_FEE_SUMAMT + 1)

/* read whether a rule asks for them or not */
#define LC_ALWAYS \
	((LC_BIT(LC_REQUIRED) - 1) | LC_BIT(LC_MDTRT_ID) | \
	 LC_BIT(LC_INIT_FEEDETL_SN) | LC_BIT(LC_INSCP_AMT) | LC_BIT(LC_BILG_DR_CODE))

/*
 * A line; or, for rules that judge these, a row of diagnosis or operation:
 * then entry is set, setl is NULL, cnt is 1, amount 0, the time begntime.
 */
typedef struct MesoLine
{
	MesoItem   *item;
	MesoSettlement *setl;		/* of the line's setl_id */
	MesoVisit  *visit;			/* of its mdtrt_id, else the settlement's */
	MesoInstitution *inst;		/* of the line's fixmedins_code */
	struct MesoPerson *person;	/* NULL: none of the chunk */
	MesoEntry  *entry;
	int			no;				/* place in the person's array */
	DateADT		day;
	Timestamp	fee_ocur_time;
	bool		exists;			/* facts.md, "lines that exist" */
	bool		unfit;			/* some value is no exact fixed */
	fixed		cnt;			/* after reversals */
	fixed		amount;			/* det_item_fee_sumamt after reversals */
	fixed		pric;			/* or NO_FIXED, as the next ones */
	fixed		inscp_amt;
	fixed		prd_days;
	fixed		sin_dos;
	Timestamp	upload_time;	/* or NO_TIME */
	MesoStr		feedetl_sn;
	MesoStr		psn_no;
	MesoStr		mdtrt_id;		/* its own */
	MesoStr		init_feedetl_sn;
	MesoStr		list_type;
	MesoStr		rxno;
	MesoStr		dept;			/* bilg_dept_codg */
	MesoStr		dr_code;		/* bilg_dr_code */
	MesoStr		chrgitm;		/* med_chrgitm_type */
	MesoStr		medins_list_codg;
	MesoStr		medins_list_name;
	MesoStr		acord_dept;
	MesoStr		acord_dr;
	uint64		nulls;			/* LC_BIT of the columns read as NULL */
} MesoLine;

/*
 * The lines of one unit within a person.  All but the name is scratch of the
 * template at work: meso_group() clears it at its first use in a judgement.
 */
typedef struct MesoGroup
{
	uint64		stamp;
	int			n;
	fixed		sum;
	void	   *data;
} MesoGroup;

typedef enum MesoUnit
{
	UNIT_LINE,
	UNIT_RX,					/* psn_no, fixmedins_code, setl_id, rxno */
	UNIT_SETTLEMENT,
	UNIT_VISIT,					/* without a visit: the settlement */
	UNIT_DAY,
	UNIT_SUPPLY,				/* no group: a window in time */
	UNIT_COUNT
} MesoUnit;

typedef struct MesoPerson
{
	MesoStr		psn_no;
	bool		present;
	char		gend;			/* '1', '2', or 0 for NULL */
	DateADT		brdy;			/* or NO_DATE, as the next */
	DateADT		die_date;
	MesoStr		psn_type;
	MesoStr		area;			/* insu_admdvs */
	MesoSpell  *spells;
	MesoLine  **lines[DOMAIN_COUNT];	/* existing ones, in total order */
	int			nlines[DOMAIN_COUNT];
	MesoVisit  *visits;			/* whose psn_no is this person */
	MesoSettlement *settlements;	/* whose psn_no is this person */
	MesoGroup **groups[UNIT_COUNT][2];	/* [unit][same institution][no] */
} MesoPerson;

#endif							/* MESO_STREAM_H */
