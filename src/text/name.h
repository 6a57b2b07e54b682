/*-------------------------------------------------------------------------
 *
 * name.h
 *		Names of drugs, services and institutions, made comparable.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_NAME_H
#define MESO_NAME_H

#include "text/icu.h"

extern MesoChars meso_name_normalized(const text *name);
extern MesoChars meso_name_core(const text *name);
extern MesoChars meso_name_substance(const MesoChars *core);

#endif							/* MESO_NAME_H */
