OBJS = \
	src/meso_audit.o \
	src/fixed.o
