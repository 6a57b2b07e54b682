# Every object, one a line.
OBJS =
OBJS += src/evidence/digest.o
OBJS += src/evidence/finding_key.o
OBJS += src/fixed.o
OBJS += src/meso_audit.o
