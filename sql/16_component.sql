-- Groups out of pairs: connected components.

CREATE TYPE @extschema@.components;

CREATE FUNCTION @extschema@.components_in(cstring)
RETURNS @extschema@.components
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_components_in';
COMMENT ON FUNCTION @extschema@.components_in(cstring) IS 'I/O of type components';

CREATE FUNCTION @extschema@.components_out(@extschema@.components)
RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_components_out';
COMMENT ON FUNCTION @extschema@.components_out(@extschema@.components) IS 'I/O of type components';

CREATE FUNCTION @extschema@.components_recv(internal)
RETURNS @extschema@.components
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_components_recv';
COMMENT ON FUNCTION @extschema@.components_recv(internal) IS 'I/O of type components';

CREATE FUNCTION @extschema@.components_send(@extschema@.components)
RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_components_send';
COMMENT ON FUNCTION @extschema@.components_send(@extschema@.components) IS 'I/O of type components';

CREATE TYPE @extschema@.components
(
	INPUT = @extschema@.components_in,
	OUTPUT = @extschema@.components_out,
	RECEIVE = @extschema@.components_recv,
	SEND = @extschema@.components_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE @extschema@.components IS
'Connected components of a graph, that is a partition of its nodes: read it with component_members(), unite several with rollup().';

CREATE FUNCTION @extschema@.component_accum(@extschema@.components, text, text)
RETURNS @extschema@.components
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'meso_component_add';
COMMENT ON FUNCTION @extschema@.component_accum(@extschema@.components, text, text) IS
'Transition of component_agg: one more edge; none with NULL';

CREATE FUNCTION @extschema@.components_combine(@extschema@.components, @extschema@.components)
RETURNS @extschema@.components
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'meso_components_combine';
COMMENT ON FUNCTION @extschema@.components_combine(@extschema@.components, @extschema@.components) IS
'Unites the edges of two graphs';

CREATE FUNCTION @extschema@.components_final(@extschema@.components)
RETURNS @extschema@.components
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'meso_components_final';
COMMENT ON FUNCTION @extschema@.components_final(@extschema@.components) IS
'Final function of component_agg: canonical form';

CREATE FUNCTION @extschema@.component_members(components @extschema@.components,
	OUT node text, OUT component text, OUT size bigint)
RETURNS SETOF record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 1000
SUPPORT @extschema@.row_estimate
AS 'MODULE_PATHNAME', 'meso_component_members';
COMMENT ON FUNCTION @extschema@.component_members(@extschema@.components) IS
'The nodes one a row, each with the name of its component (its smallest node in byte order) and the number of nodes in it; in order of component and node.';

CREATE AGGREGATE @extschema@.component_agg(text, text)
(
	SFUNC = @extschema@.component_accum,
	STYPE = @extschema@.components,
	SSPACE = 512,
	FINALFUNC = @extschema@.components_final,
	COMBINEFUNC = @extschema@.components_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.component_agg(text, text) IS
'关系团伙: Connected components of the graph whose edges are the rows: who hangs together by any chain of pairs. Direction and repetition of edges do not matter; an edge from a node to itself names the node alone. A row with NULL is left out. NULL without input. Read with component_members(); rollup() unites graphs. Memory grows with the nodes, not the edges; time is nearly linear.';

CREATE AGGREGATE @extschema@.rollup(@extschema@.components)
(
	SFUNC = @extschema@.components_combine,
	STYPE = @extschema@.components,
	SSPACE = 1024,
	FINALFUNC = @extschema@.components_final,
	COMBINEFUNC = @extschema@.components_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.rollup(@extschema@.components) IS
'Unites graphs: components that share a node become one.';
