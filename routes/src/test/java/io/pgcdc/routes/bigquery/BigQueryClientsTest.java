package io.pgcdc.routes.bigquery;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;

import com.google.auth.oauth2.ServiceAccountCredentials;
import com.google.cloud.bigquery.BigQuery;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** With whose credentials the clients are made that no option names. */
class BigQueryClientsTest {

    private final BigQueryConfiguration configuration = new BigQueryConfiguration();

    @Test
    void the_key_of_the_service_account_is_a_file_or_stands_in_the_option(@TempDir Path directory) throws Exception {
        String key = key();
        Path file = Files.writeString(directory.resolve("key.json"), key);
        for (String option : new String[] {
                "file:" + file,
                "base64:" + Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8)) }) {
            configuration.setServiceAccountKey(option);
            try (CamelContext context = new DefaultCamelContext()) {
                BigQuery client = new BigQueryClients(context, configuration).bigQuery("shop-project");
                assertThat(client.getOptions().getProjectId()).isEqualTo("shop-project");
                assertThat(((ServiceAccountCredentials) client.getOptions().getCredentials()).getClientEmail())
                        .isEqualTo("sink@shop-project.iam.gserviceaccount.com");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "secret", "{\"private_key\": \"secret\"}", "base64:c2VjcmV0", "file:secret.json" })
    void a_key_that_can_not_be_read_is_not_told(String key) throws Exception {
        configuration.setServiceAccountKey(key);
        try (CamelContext context = new DefaultCamelContext()) {
            assertThatThrownBy(() -> new BigQueryClients(context, configuration).bigQuery("shop-project"))
                    .hasMessageContaining("The option serviceAccountKey names no key that can be read")
                    .hasMessageNotContaining("secret").hasNoCause();
        }
    }

    private static String key() throws Exception {
        byte[] key = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate().getEncoded();
        return """
                {"type": "service_account", "client_id": "1", "private_key_id": "1",
                 "client_email": "sink@shop-project.iam.gserviceaccount.com", "private_key": "%s"}""".formatted(
                "-----BEGIN PRIVATE KEY-----\\n" + Base64.getEncoder().encodeToString(key)
                                                                                                                + "\\n-----END PRIVATE KEY-----\\n");
    }
}
