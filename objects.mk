OBJS = \
	src/meso_audit.o \
	src/fixed.o \
	src/evidence/digest.o \
	src/evidence/finding_key.o
