package io.pgcdc.examples;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.dataformat.JsonLibrary;

/**
 * The smallest useful route: a line of JSON for every row and change, one file per table. The same route in YAML and
 * XML: {@code camel/changes-to-files.camel.yaml} and {@code camel/changes-to-files.camel.xml}.
 *
 * <p>
 * Where the database is, is set once for all routes: {@code camel.component.pgcdc.url}, {@code .username} and
 * {@code .password}.
 */
public final class ChangesToFiles extends RouteBuilder {

    @Override
    public void configure() {
        from("pgcdc:shop?pipeline=files_java&includeSchemaChanges=false")
                .routeId("changes-to-files-java")
                .marshal().json(JsonLibrary.Jackson)
                .to("file:output/java?fileExist=Append&appendChars=\\n"
                    + "&fileName=${header.CamelPgCdcSchema}.${header.CamelPgCdcTable}.ndjson");
    }
}
