/** The command that says whether pgcdc will work on a database. It looks, and changes nothing. */
package io.pgcdc.examples.preflight;
