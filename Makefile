# meso_audit/Makefile
#
# make && make install     builds and installs into the server of PG_CONFIG
# make demo | check        everything, with a throw-away server (see README.md)

EXTENSION   = meso_audit
EXTVERSION  = $(shell sed -n "s/^default_version *= *'\([^']*\)'/\1/p" $(EXTENSION).control)
MODULE_big  = $(EXTENSION)
PGFILEDESC  = "meso_audit - supervision of a medical-insurance fund"

# One line a file: a forgotten file is seen in review.
include objects.mk

SQL_MODULES = $(sort $(wildcard sql/[0-9]*.sql))
DATA        = $(wildcard sql/upgrade/$(EXTENSION)--*--*.sql)
DATA_built  = build/$(EXTENSION)--$(EXTVERSION).sql
EXTRA_CLEAN = build

PG_CPPFLAGS = -I$(CURDIR)/src -DMESO_AUDIT_VERSION='"$(EXTVERSION)"' $(shell pkg-config --cflags icu-uc icu-i18n libzstd)
SHLIB_LINK  = $(shell pkg-config --libs icu-uc icu-i18n libzstd)

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# PGXS does not track headers; a change to any of them rebuilds all.
$(OBJS): $(wildcard src/*.h src/*/*.h src/*/*/*.h)

build/$(EXTENSION)--$(EXTVERSION).sql: $(SQL_MODULES) $(EXTENSION).control
	@mkdir -p build
	cat $(SQL_MODULES) > $@

all: $(DATA_built)
