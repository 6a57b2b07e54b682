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
