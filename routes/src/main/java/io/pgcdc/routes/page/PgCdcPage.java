package io.pgcdc.routes.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.pgcdc.model.PgCdcException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.LambdaRouteBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.support.DefaultHeaderFilterStrategy;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a page that shows every pipeline of the Camel context it is added to: state, copy progress, throughput, lag,
 * errors and what to do about them. It wants a {@code platform-http:} of whichever runtime; with camel-main that is
 * camel-platform-http-main and {@code camel.server.enabled=true}.
 *
 * <p>
 * These properties of the context are read, where nothing was set here:
 * <ul>
 * <li>{@code pgcdc.page.path}: where it is, {@code /pgcdc} by default;</li>
 * <li>{@code pgcdc.page.control}: whether it has buttons to pause, resume and resync, {@code false} by default. Whoever
 * can reach it can press them: let the server ask who it is;</li>
 * <li>{@code pgcdc.page.hosts}: names that it is opened by, comma separated, besides {@code localhost} and addresses.
 * Others may look, but not press.</li>
 * </ul>
 *
 * <p>
 * It is no {@code RoutesBuilder}: runtimes that add all of these they find would serve it unasked.
 */
public final class PgCdcPage implements LambdaRouteBuilder {

    private static final Logger LOG = LoggerFactory.getLogger(PgCdcPage.class);

    private static final String DEFAULT_PATH = "/pgcdc";
    private static final String HEADERS = "pgcdc-page-headers";
    /** A request names a pipeline and a table; names have at most 63 bytes. */
    private static final int LONGEST_REQUEST = 8192;

    private final Pipelines pipelines;
    private String path;
    private Boolean control;
    private ControlGate gate;
    private StatusHistory history;

    public PgCdcPage() {
        this(null);
    }

    /** @param pipelines those to show, or {@code null} for those of the context */
    PgCdcPage(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    /** Where the page is; begins with a slash. */
    public PgCdcPage path(String path) {
        this.path = path;
        return this;
    }

    /** Whether the page has buttons to pause, resume and resync. */
    public PgCdcPage control(boolean control) {
        this.control = control;
        return this;
    }

    /** Adds its routes; called by Camel. */
    @Override
    public void accept(RouteBuilder routes) throws Exception {
        CamelContext camel = routes.getContext();
        String where = normalized(path == null ? property(camel, "path", DEFAULT_PATH) : path);
        gate = new ControlGate(
                control == null ? Boolean.parseBoolean(property(camel, "control", "false")) : control,
                hosts(property(camel, "hosts", "")));
        Pipelines shown = pipelines == null ? new LivePipelines(camel) : pipelines;
        history = new StatusHistory(camel, shown);
        camel.addService(history, true, true);
        StaticPage page = StaticPage.load();

        camel.getRegistry().bind(HEADERS, headers());

        routes.errorHandler(routes.noErrorHandler());
        routes.from(uri(where.isEmpty() ? "/" : where, "GET")).routeId("pgcdc-page")
                .process(exchange -> answerPage(exchange.getMessage(), page));
        routes.from(uri(where + "/status", "GET")).routeId("pgcdc-page-status")
                .process(exchange -> answerStatus(exchange.getMessage()));
        routes.from(uri(where + "/control", "POST")).routeId("pgcdc-page-control")
                .process(exchange -> answerControl(exchange.getMessage(), shown));
    }

    private static String uri(String path, String method) {
        return "platform-http:" + path + "?httpMethodRestrict=" + method + "&headerFilterStrategy=#" + HEADERS;
    }

    /** That of the component drops Cache-Control. As there, Camel's own headers pass neither way. */
    private static HeaderFilterStrategy headers() {
        DefaultHeaderFilterStrategy headers = new DefaultHeaderFilterStrategy();
        headers.setLowerCase(true);
        headers.setInFilterStartsWith(DefaultHeaderFilterStrategy.CAMEL_FILTER_STARTS_WITH);
        headers.setOutFilterStartsWith(DefaultHeaderFilterStrategy.CAMEL_FILTER_STARTS_WITH);
        return headers;
    }

    /** What was seen in the last minutes. */
    StatusHistory history() {
        return history;
    }

    private static String property(CamelContext camel, String name, String otherwise) {
        return camel.resolvePropertyPlaceholders("{{pgcdc.page." + name + ":" + otherwise + "}}");
    }

    private static String normalized(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("pgcdc.page.path must begin with a slash, not be '" + path + "'");
        }
        return path.replaceFirst("/+$", "");
    }

    private static Set<String> hosts(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split(",")).map(String::trim).filter(host -> !host.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static void answerPage(Message message, StaticPage page) {
        answer(message, 200, "text/html; charset=utf-8", page.html());
        message.setHeader("Content-Security-Policy", page.policy());
        message.setHeader("X-Frame-Options", "DENY");
    }

    private void answerStatus(Message message) {
        JsonObject status = new JsonObject(history.status(since(message)));
        status.put("now", Instant.now().toString());
        status.put("control", gate.isEnabled());
        answer(message, 200, status);
    }

    private static long since(Message message) {
        Long since = message.getExchange().getContext().getTypeConverter().tryConvertTo(Long.class, message.getHeader("since"));
        return since == null ? 0 : since;
    }

    private void answerControl(Message message, Pipelines shown) {
        Optional<ControlGate.Refusal> refusal = gate.refusal(message);
        if (refusal.isPresent()) {
            answer(message, 403, failure(refusal.get().error(), refusal.get().remedy()));
            return;
        }
        try {
            steer(shown, request(message));
            answer(message, 200, new JsonObject());
        } catch (IllegalArgumentException e) {
            answer(message, 400, failure(e.getMessage(), null));
        } catch (PgCdcException e) {
            answer(message, 409, failure(e.getMessage(), null));
        } catch (Exception e) {
            LOG.warn("The page's request failed", e);
            answer(message, 500, failure("It failed: " + e.getClass().getSimpleName(), "The log tells more"));
        }
    }

    private static JsonObject request(Message message) throws IOException {
        InputStream body = message.getBody(InputStream.class);
        byte[] bytes = body == null ? new byte[0] : body.readNBytes(LONGEST_REQUEST + 1);
        try {
            if (bytes.length <= LONGEST_REQUEST
                    && Jsoner.deserialize(new String(bytes, StandardCharsets.UTF_8)) instanceof JsonObject request) {
                return request;
            }
        } catch (DeserializationException e) {
            throw new IllegalArgumentException("The request is no JSON", e);
        }
        throw new IllegalArgumentException("The request is no JSON object of at most " + LONGEST_REQUEST + " bytes");
    }

    private static void steer(Pipelines shown, JsonObject request) throws Exception {
        PipelineKey pipeline = PipelineKey.of(request);
        switch (String.valueOf(request.get("operation"))) {
            case "pause" -> shown.pause(pipeline);
            case "resume" -> shown.resume(pipeline);
            case "resync" -> shown.resync(pipeline, request.getString("table"));
            default -> throw new IllegalArgumentException("The operation is none of pause, resume and resync");
        }
    }

    private static JsonObject failure(String error, String remedy) {
        JsonObject failure = new JsonObject();
        failure.put("error", error);
        if (remedy != null) {
            failure.put("remedy", remedy);
        }
        return failure;
    }

    private static void answer(Message message, int code, JsonObject body) {
        answer(message, code, "application/json", Jsoner.serialize(body));
    }

    private static void answer(Message message, int code, String contentType, String body) {
        // instead of the request's own, which would be sent back
        message.setHeaders(new HashMap<>(
                Map.of(
                        Exchange.HTTP_RESPONSE_CODE, code, Exchange.CONTENT_TYPE, contentType, "Cache-Control", "no-store",
                        "X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer",
                        "Cross-Origin-Resource-Policy", "same-origin", "Cross-Origin-Opener-Policy", "same-origin")));
        message.setBody(body.getBytes(StandardCharsets.UTF_8));
    }
}
