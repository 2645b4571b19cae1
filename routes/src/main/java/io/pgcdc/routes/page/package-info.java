/**
 * The page that shows the pipelines of a Camel context and, where that is enabled, steers them: a route over
 * {@code platform-http:} that any runtime serves. It reads what the component says of its consumers and keeps the
 * figures of the last minutes. Nothing here touches a database, and nothing of a connection is shown.
 */
package io.pgcdc.routes.page;
