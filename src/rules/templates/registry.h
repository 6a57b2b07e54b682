/*-------------------------------------------------------------------------
 *
 * registry.h
 *		The templates there are.
 *
 * A new template is a file that defines meso_template_NAME, and a line here.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MESO_REGISTRY_H
#define MESO_REGISTRY_H

#include "rules/judge.h"

#define MESO_TEMPLATES(T) \
	T(attr_limit) \
	T(never_pay) \
	T(all_of_set) \
	T(diag_required) \
	T(diag_forbidden) \
	T(pair_exclusive) \
	T(group_dup) \
	T(companion_required) \
	T(max_qty) \
	T(max_qty_period) \
	T(max_days) \
	T(max_kinds) \
	T(price_ceiling) \
	T(second_discount) \
	T(prior_use_required) \
	T(operation_time) \
	T(component_sum) \
	T(payment_suspended) \
	T(data_quality) \
	T(stay_profile) \
	T(aggregate_threshold) \
	T(expression)

#define DECLARE_TEMPLATE(name) extern const MesoTemplate meso_template_##name;
MESO_TEMPLATES(DECLARE_TEMPLATE)
#undef DECLARE_TEMPLATE

#endif							/* MESO_REGISTRY_H */
