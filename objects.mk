# Every object, one a line.
OBJS =
OBJS += src/evidence/archive.o
OBJS += src/evidence/digest.o
OBJS += src/evidence/finding_key.o
OBJS += src/evidence/merkle.o
OBJS += src/facts/binding.o
OBJS += src/facts/engine.o
OBJS += src/facts/safe_expr.o
OBJS += src/fixed.o
OBJS += src/meso_audit.o
OBJS = \
	src/meso_audit.o \
	src/fixed.o \
	src/evidence/digest.o \
	src/evidence/finding_key.o \
	src/evidence/merkle.o \
	src/evidence/archive.o
	src/analytics/state.o \
	src/analytics/sorting.o \
	src/analytics/benford.o \
	src/analytics/robust.o \
	src/analytics/sample.o \
	src/analytics/pair_list.o \
	src/analytics/peak_window.o \
	src/analytics/concurrency.o \
	src/analytics/ranking.o
