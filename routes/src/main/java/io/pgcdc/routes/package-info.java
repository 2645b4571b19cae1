/**
 * What a pipeline needs behind {@code from("pgcdc:…")}: sinks and route templates. Everything here stands on the public
 * face of the component, its exchanges and headers. The engine's packages must not be used from here, nor may they know
 * of it.
 */
package io.pgcdc.routes;
