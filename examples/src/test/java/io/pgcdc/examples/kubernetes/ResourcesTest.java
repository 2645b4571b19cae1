package io.pgcdc.examples.kubernetes;

import java.io.IOException;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ResourcesTest {

    private static final String DEPLOYMENT = "kubernetes/deployment.yaml";
    private static final String INTEGRATION = "kubernetes/integration.yaml";

    ResourcesTest() {
        new JSON(); // the models' checks use it
    }

    @Test
    void the_deployment_is_what_the_api_of_kubernetes_takes() throws Exception {
        V1ConfigMap.validateJsonElement(json(Resources.ofKind(DEPLOYMENT, "ConfigMap")));
        V1Deployment.validateJsonElement(json(Resources.ofKind(DEPLOYMENT, "Deployment")));
        ObjectNode wrong = Resources.ofKind(DEPLOYMENT, "Deployment").deepCopy();
        ((ObjectNode) wrong.at("/spec/template/spec/containers/0")).put("livenesProbe", "mistyped");

        assertThatThrownBy(() -> V1Deployment.validateJsonElement(json(wrong))).hasMessageContaining("livenesProbe");
    }

    @Test
    void the_deployment_has_a_standby_probes_and_its_password_from_a_secret() throws Exception {
        JsonNode deployment = Resources.ofKind(DEPLOYMENT, "Deployment");
        JsonNode container = deployment.at("/spec/template/spec/containers/0");

        assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(2);
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/observe/health/live");
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/observe/health/ready");
        assertThat(container.at("/env/0/valueFrom/secretKeyRef/name").asText()).isEqualTo("pgcdc");
        assertThat(container.get("args").toString()).contains("--dep=mvn:io.pgcdc:camel-pgcdc-component:");
        assertThat(deployment.at("/spec/selector/matchLabels")).isEqualTo(deployment.at("/spec/template/metadata/labels"));
        assertThat(deployment.at("/spec/template/spec/volumes/0/configMap/name"))
                .isEqualTo(Resources.ofKind(DEPLOYMENT, "ConfigMap").at("/metadata/name"));
    }

    @Test
    void the_integration_is_what_camel_k_takes() throws Exception {
        JsonSchema schema = camelK("camel.apache.org_integrations.yaml");
        ObjectNode integration = Resources.ofKind(INTEGRATION, "Integration").deepCopy();

        assertThat(schema.validate(integration)).isEmpty();
        ((ObjectNode) integration.at("/spec/traits/health")).put("enabld", true);
        assertThat(schema.validate(integration)).extracting(ValidationMessage::getMessage)
                .anyMatch(message -> message.contains("enabld"));
    }

    @Test
    void the_kamelets_are_what_camel_k_takes() throws Exception {
        JsonSchema schema = camelK("camel.apache.org_kamelets.yaml");

        for (String name : Set.of(
                "pgcdc-source", "pgcdc-kafka-sink", "pgcdc-from-kafka", "pgcdc-kafka-commit", "pgcdc-jdbc-sink",
                "pgcdc-bigquery-sink")) {
            JsonNode kamelet = Resources.of("kamelets/" + name + ".kamelet.yaml").get(0);
            assertThat(kamelet.at("/metadata/name").asText()).isEqualTo(name);
            assertThat(schema.validate(kamelet)).as(name).isEmpty();
        }
    }

    private static JsonSchema camelK(String name) throws IOException {
        JsonNode definition = Resources.of(name).get(0).at("/spec/versions/0/schema/openAPIV3Schema");
        ((ObjectNode) definition).remove("additionalProperties");
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(Resources.closed(definition));
    }

    private static JsonElement json(JsonNode document) {
        return JsonParser.parseString(document.toString());
    }
}
