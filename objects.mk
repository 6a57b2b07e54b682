# Every object, one a line.
OBJS =
OBJS += src/evidence/digest.o
OBJS += src/evidence/finding_key.o
OBJS += src/fixed.o
OBJS += src/meso_audit.o
OBJS = \
	src/meso_audit.o \
	src/fixed.o \
	src/evidence/digest.o \
	src/evidence/finding_key.o \
	src/facts/safe_expr.o \
	src/facts/binding.o
