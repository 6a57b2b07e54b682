/*-------------------------------------------------------------------------
 *
 * registry.c
 *		Finds a template by its name.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "rules/templates/registry.h"

#define TEMPLATE_ADDRESS(name) &meso_template_##name,

static const MesoTemplate *const templates[] = {
	MESO_TEMPLATES(TEMPLATE_ADDRESS)
};

const MesoTemplate *
meso_template_lookup(const char *name)
{
	for (int i = 0; i < lengthof(templates); i++)
	{
		if (strcmp(templates[i]->name, name) == 0)
			return templates[i];
	}
	return NULL;
}
