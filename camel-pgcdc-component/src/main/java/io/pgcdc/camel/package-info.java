/**
 * The Camel face of the engine: the component, its endpoint and options, the consumer that turns changes into
 * exchanges, and health, console and metrics. Only this package knows Camel, and nothing else may depend on it. How
 * changes are read, decoded, ordered and acknowledged does not belong here but in the packages below.
 */
package io.pgcdc.camel;
