package io.pgcdc.camel;

import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class OriginTest {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
            "jdbc:postgresql://localhost:5432/shop, shop", "jdbc:postgresql://a:1|b:2/shop?targetServerType=primary, shop",
            "jdbc:postgresql://localhost/my%20shop, my shop", "jdbc:postgresql:shop, shop", "jdbc:postgresql:/shop, shop",
            "jdbc:postgresql://localhost/, ann", "jdbc:postgresql://localhost, ann", "jdbc:postgresql:, ann" })
    void the_database_is_the_one_that_the_url_means(String url, String database) {
        PgCdcConfiguration configuration = new PgCdcConfiguration();
        configuration.setUrl(url.replace('|', ','));
        configuration.setUsername("ann");
        PgCdcComponent component = new PgCdcComponent();
        component.setCamelContext(new DefaultCamelContext());

        assertThat(Origin.of(new PgCdcEndpoint("pgcdc:orders", component, "orders", configuration)))
                .isEqualTo(new Origin(database, "orders"));
    }
}
