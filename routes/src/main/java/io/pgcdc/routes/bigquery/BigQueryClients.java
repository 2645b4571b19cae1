package io.pgcdc.routes.bigquery;

import java.io.IOException;
import java.io.InputStream;

import com.google.api.gax.core.CredentialsProvider;
import com.google.api.gax.core.FixedCredentialsProvider;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryOptions;
import com.google.cloud.bigquery.storage.v1.BigQueryWriteClient;
import com.google.cloud.bigquery.storage.v1.BigQueryWriteSettings;
import org.apache.camel.CamelContext;
import org.apache.camel.support.ResourceHelper;

/** The two clients of Google: those that the options name, or made with the credentials that they name. */
final class BigQueryClients {

    private static final String SCOPE = "https://www.googleapis.com/auth/bigquery";

    private final CamelContext context;
    private final BigQueryConfiguration configuration;
    private BigQueryWriteClient made;

    BigQueryClients(CamelContext context, BigQueryConfiguration configuration) {
        this.context = context;
        this.configuration = configuration;
    }

    BigQuery bigQuery(String project) throws IOException {
        if (configuration.getBigQuery() != null) {
            return configuration.getBigQuery();
        }
        return BigQueryOptions.newBuilder().setProjectId(project).setCredentials(credentials()).build().getService();
    }

    BigQueryWriteClient writeClient() throws IOException {
        if (configuration.getWriteClient() != null) {
            return configuration.getWriteClient();
        }
        CredentialsProvider provider = FixedCredentialsProvider.create(credentials());
        made = BigQueryWriteClient.create(BigQueryWriteSettings.newBuilder().setCredentialsProvider(provider).build());
        return made;
    }

    private GoogleCredentials credentials() throws IOException {
        String key = configuration.getServiceAccountKey();
        if (key == null || key.isBlank()) {
            return GoogleCredentials.getApplicationDefault().createScoped(SCOPE);
        }
        try (InputStream resource = ResourceHelper.resolveMandatoryResourceAsInputStream(context, key)) {
            return GoogleCredentials.fromStream(resource).createScoped(SCOPE);
        } catch (IOException | RuntimeException e) {
            // Neither message nor cause: they may have the key in them.
            throw new IllegalArgumentException(
                    "The option serviceAccountKey names no key that can be read (" + e.getClass().getSimpleName()
                                               + "): it is file:, classpath: or base64: and where the key is or what it says");
        }
    }

    /** Closes what was made here. */
    void close() {
        if (made != null) {
            made.close();
        }
    }
}
