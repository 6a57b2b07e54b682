/*-------------------------------------------------------------------------
 *
 * rule_message.h
 *		The text of a rule's findings.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_RULE_MESSAGE_H
#define MESO_RULE_MESSAGE_H

#include "utils/jsonb.h"

#include "rules/stream.h"

/*
 * A message with {name} replaced by the parameter of that name, in the current
 * context; NULL where a parameter is JSON null.  What no parameter names stays.
 */
extern MesoStr meso_fill_message(MesoStr message, Jsonb *params);

#endif							/* MESO_RULE_MESSAGE_H */
