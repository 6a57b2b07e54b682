# meso_audit/Makefile
#
# With a server of your own:
#   make && make install      builds and installs into the server of PG_CONFIG
#   make installcheck         regress, isolation and TAP tests against it
#
# With nothing but git, make and root or sudo (see tools/server):
#   make demo                 a synthetic province, audited
#   make check                every test
#   make bench                every figure
#   make doc                  doc/rules.md and doc/rules.zh-CN.md out of the tables
#   make soak                 everybody at once, for five minutes
#   make clean                removes all that these left

EXTENSION   = meso_audit
EXTVERSION  = $(shell sed -n "s/^default_version *= *'\([^']*\)'/\1/p" $(EXTENSION).control)
MODULE_big  = $(EXTENSION)
PGFILEDESC  = "meso_audit - supervision of a medical-insurance fund"

# One line a file: a forgotten file is seen in review.
include objects.mk
OBJS := $(sort $(OBJS))

# The modules are the previous release until that is published and frozen in
# sql/upgrade/; what the next one adds stands once, in its update script.
PREVIOUS    = 0.1.0
SQL_MODULES = $(sort $(wildcard sql/[0-9]*.sql))
SQL_UPDATE  = sql/upgrade/$(EXTENSION)--$(PREVIOUS)--$(EXTVERSION).sql
DATA        = $(wildcard sql/upgrade/$(EXTENSION)--*.sql)
DATA_built  = build/$(EXTENSION)--$(PREVIOUS).sql build/$(EXTENSION)--$(EXTVERSION).sql
EXTRA_CLEAN = build

# Every file of test/ is run: the lists are the folders.
REGRESS       := setup $(filter-out setup,$(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql))))
REGRESS_OPTS   = --inputdir=test --encoding=UTF8
ISOLATION     := $(patsubst test/isolation/specs/%.spec,%,$(sort $(wildcard test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test/isolation --load-extension=$(EXTENSION)
TAP_TESTS      = 1
PROVE_TESTS    = test/t/*.pl

PG_CPPFLAGS = -I$(CURDIR)/src -DMESO_AUDIT_VERSION='"$(EXTVERSION)"' $(shell pkg-config --cflags icu-uc icu-i18n libzstd)
SHLIB_LINK  = $(shell pkg-config --libs icu-uc icu-i18n libzstd)

PG_CONFIG ?= pg_config

# These install what is missing, PostgreSQL itself included, and bring their
# own server: they stand aside from PGXS.
OWN_SERVER = check demo bench soak doc

ifneq (,$(filter $(OWN_SERVER),$(MAKECMDGOALS)))

check:
	@tools/server run tools/check

demo:
	@tools/server run demo/run

# with a quarter of the memory as buffers, as a server would have
bench:
	@MESO_BUFFERS=$$(awk '/^MemTotal/ {print int($$2 / 4) "kB"}' /proc/meminfo) tools/server run test/bench/run

# the pages that are made of the tables
doc:
	@tools/server run tools/rules_doc
	@cp .work/out/rules.md .work/out/rules.zh-CN.md doc/

# everybody at once for SOAK_SECONDS (300)
soak:
	@tools/server run test/soak/run

else

PGXS := $(shell command -v $(PG_CONFIG) >/dev/null && $(PG_CONFIG) --pgxs)
ifneq (,$(PGXS))
include $(PGXS)

override PROVE_FLAGS += -I test/perl

# PGXS does not track headers; a change to any of them, or of the version,
# rebuilds all.
$(OBJS): $(wildcard src/*.h src/*/*.h src/*/*/*.h src/*/*.inc) $(EXTENSION).control

build/$(EXTENSION)--$(PREVIOUS).sql: $(SQL_MODULES) Makefile
	@mkdir -p build
	cat $(SQL_MODULES) > $@

build/$(EXTENSION)--$(EXTVERSION).sql: $(SQL_MODULES) $(SQL_UPDATE) Makefile
	@mkdir -p build
	{ cat $(SQL_MODULES); sed '/^\\echo /d' $(SQL_UPDATE); } > $@

all: $(DATA_built)
else
all install installcheck:
	@echo "$(PG_CONFIG) is not there: set PG_CONFIG, or use make check, which brings its own server" >&2
	@exit 1
endif

clean: clean-server
endif

clean-server:
	@tools/server clean

lint:
	@tools/lint

indent:
	@tools/indent

# hostile bytes for the analytics states; needs clang and the server's headers
fuzz:
	@PG_CONFIG=$(PG_CONFIG) test/fuzz/run

# every test on a server with assertions, under sanitizers
sanitize:
	@tools/sanitize

.PHONY: $(OWN_SERVER) clean-server lint indent fuzz sanitize
