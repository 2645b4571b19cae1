package io.pgcdc.routes.page;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Decides which requests may steer: those that the page itself sends, or a person's own tool, never what another site
 * makes a browser send.
 *
 * <ul>
 * <li>Its content type is JSON. A browser sends that to another site only after asking it, and nobody here answers
 * that.</li>
 * <li>{@code Sec-Fetch-Site} and {@code Origin}, where a browser says them, are the page's own.</li>
 * <li>It calls the server by an address, {@code localhost} or a name that was configured. Another site can have its own
 * name point here (DNS rebinding), and is its own origin then; but it cannot have such a name.</li>
 * </ul>
 */
final class ControlGate {

    private static final Pattern ADDRESS = Pattern.compile("\\[[0-9a-fA-F:.]+]|\\d{1,3}(\\.\\d{1,3}){3}");

    private final boolean enabled;
    private final Set<String> hosts;

    /** @param hosts names that the page may be called by, in lower case */
    ControlGate(boolean enabled, Set<String> hosts) {
        this.enabled = enabled;
        this.hosts = hosts;
    }

    boolean isEnabled() {
        return enabled;
    }

    /** Why this request may not steer and what to do about it, or empty if it may. */
    Optional<Refusal> refusal(Message request) {
        if (!enabled) {
            return Optional.of(new Refusal("Control is off", "Set pgcdc.page.control=true"));
        }
        String contentType = request.getHeader(Exchange.CONTENT_TYPE, "", String.class);
        if (!contentType.toLowerCase(Locale.ROOT).matches("application/json( *;.*)?")) {
            return Optional.of(new Refusal("The content type is not application/json", null));
        }
        String site = request.getHeader("Sec-Fetch-Site", String.class);
        if (site != null && !site.equals("same-origin")) {
            return Optional.of(new Refusal("The request comes from another site", null));
        }
        Authority called = Authority.of(request.getHeader(Exchange.HTTP_URL, String.class));
        String origin = request.getHeader("Origin", String.class);
        if (origin != null && (called == null || !called.equals(Authority.of(origin)))) {
            return Optional.of(new Refusal("The request comes from another site", null));
        }
        if (called == null || !isTrusted(called.host())) {
            return Optional.of(new Refusal(
                    "The server is called by a name that it was not told of",
                    "Set pgcdc.page.hosts to the names that the page is opened by"));
        }
        return Optional.empty();
    }

    private boolean isTrusted(String host) {
        return host.equals("localhost") || ADDRESS.matcher(host).matches() || hosts.contains(host);
    }

    /** @param remedy may be {@code null} */
    record Refusal(String error, String remedy) {
    }

    /**
     * Host and port; behind a proxy the scheme may be another one on either side, so the ports of both count as none.
     */
    private record Authority(String host, int port) {

        static Authority of(String url) {
            try {
                URI uri = url == null ? null : new URI(url);
                if (uri == null || uri.getHost() == null) {
                    return null;
                }
                int port = uri.getPort();
                return new Authority(uri.getHost().toLowerCase(Locale.ROOT), port == 80 || port == 443 ? -1 : port);
            } catch (URISyntaxException e) {
                return null; // is nobody's
            }
        }
    }
}
