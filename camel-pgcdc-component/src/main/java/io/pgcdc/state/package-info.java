/**
 * What a pipeline must remember over a restart: which server and slot it reads, how far each slot's changes are
 * complete, how far each table has come, and the shapes that tables had. In PostgreSQL or in memory. It decides
 * nothing: what the states mean and when they change is {@code io.pgcdc.pipeline}'s business.
 */
package io.pgcdc.state;
