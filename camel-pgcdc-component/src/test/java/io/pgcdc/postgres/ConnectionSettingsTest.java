package io.pgcdc.postgres;

import io.pgcdc.model.PgCdcException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConnectionSettingsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "jdbc:postgresql://a:1,b:2/shop?password=hunter2&targetServerType=primary | a:1,b:2/shop",
            "jdbc:postgresql://me:hunter2@a:1,b:2/shop | a:1,b:2/shop",
            "jdbc:postgresql://me:hunter2@a:1,me:hunter2@b:2/shop?sslpassword=hunter2 | b:2/shop",
            "jdbc:postgresql:shop?password=hunter2 | shop" })
    void the_text_names_hosts_and_database_and_no_secret(String url, String where) {
        ConnectionSettings settings = new ConnectionSettings(url, "me", "hunter2", "test");

        assertThat(settings.where()).isEqualTo(where);
        assertThat(settings.toString()).isEqualTo(where + " as me");
    }

    @Test
    void what_is_no_url_of_postgresql_is_refused_without_a_quote_of_it() {
        assertThatThrownBy(() -> new ConnectionSettings("postgres://me:hunter2@a,b/shop", "me", null, "test"))
                .isInstanceOf(PgCdcException.class).hasMessageNotContaining("hunter2");
    }
}
