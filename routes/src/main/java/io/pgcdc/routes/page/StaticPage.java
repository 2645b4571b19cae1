package io.pgcdc.routes.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one file that the page is, and the policy by which a browser runs nothing but the script in it.
 *
 * @param html   the file
 * @param policy a Content-Security-Policy: script and style by their hashes, connections to where the page came from
 */
record StaticPage(String html, String policy) {

    static StaticPage load() {
        try (InputStream file = StaticPage.class.getResourceAsStream("page.html")) {
            String html = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return new StaticPage(
                    html, "default-src 'none'; script-src '" + hash(html, "script") + "'; style-src '"
                          + hash(html, "style") + "'; img-src data:; connect-src 'self'; base-uri 'none'; "
                          + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
                          + "trusted-types 'none'");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String html, String element) {
        Matcher matcher = Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL).matcher(html);
        if (!matcher.find()) {
            throw new IllegalStateException("The page has no element " + element);
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(matcher.group(1).getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
