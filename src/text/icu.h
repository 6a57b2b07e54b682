/*-------------------------------------------------------------------------
 *
 * icu.h
 *		What the library takes from ICU, as code points.
 *
 * Only icu.c includes ICU's headers.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_ICU_H
#define MESO_ICU_H

#include "meso_audit.h"

/* a text as code points; allocated with one free place at its end */
typedef struct MesoChars
{
	uint32	   *data;
	int			len;
} MesoChars;

extern MesoChars meso_chars_from_text(const text *t);
extern MesoChars meso_chars_folded(const text *t);
extern text *meso_chars_to_text(const MesoChars *chars);
extern uint32 meso_simplified(uint32 c);
extern const char *meso_pinyin_of(uint32 c);
extern bool meso_is_han(uint32 c);
extern bool meso_is_space(uint32 c);
extern bool meso_is_letter(uint32 c);
extern bool meso_is_punctuation(uint32 c);

#endif							/* MESO_ICU_H */
