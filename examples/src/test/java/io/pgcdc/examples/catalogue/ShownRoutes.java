package io.pgcdc.examples.catalogue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgcdc.examples.catalogue.ShownRoute.Language;

/** Where routes are shown: the blocks of the pages, the files of examples, Kamelets, templates and resources. */
final class ShownRoutes {

    private static final Pattern BLOCK = Pattern.compile("^```(java|xml|yaml)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern URI
            = Pattern.compile(
                    "\\b(pgcdc|pgcdc-jdbc|pgcdc-bigquery|google-bigquery|kafka|kamelet):[\\w{][^\\s\"'`<>()?]*\\?[^\\s\"'`<>)]+");

    private ShownRoutes() {
    }

    static List<Path> pages() {
        return Stream.concat(Stream.of(fromRoot("README.md")), files("docs", name -> name.endsWith(".md"))).toList();
    }

    static List<ShownRoute> all() {
        List<ShownRoute> routes = new ArrayList<>();
        pages().forEach(page -> addBlocks(routes, page));
        files("examples/src/main/java", name -> name.endsWith(".java")).forEach(file -> add(routes, file, Language.JAVA));
        files("examples/src/main/resources", name -> name.endsWith(".camel.xml"))
                .forEach(file -> add(routes, file, Language.XML));
        Stream.of("examples/src/main/resources", "routes/src/main/resources")
                .flatMap(directory -> files(directory, name -> name.endsWith(".camel.yaml")))
                .forEach(file -> add(routes, file, Language.YAML));
        kamelets().forEach(file -> routes.add(new ShownRoute(shown(file), Language.YAML, YamlRoutes.ofKamelet(read(file)))));
        files("examples/src/main/resources/kubernetes", name -> name.endsWith(".yaml"))
                .forEach(file -> addResource(routes, file));
        return routes;
    }

    static List<Path> kamelets() {
        return files("routes/src/main/resources/kamelets", name -> name.endsWith(".kamelet.yaml")).toList();
    }

    static List<Path> templates() {
        return files("routes/src/main/resources/route-templates", name -> name.endsWith(".camel.yaml")).toList();
    }

    /** URIs with options that stand in a page, within a block or without. */
    static List<Endpoint> urisOf(Path page) {
        return URI.matcher(read(page)).results()
                .map(found -> new Endpoint(found.group().replace("&amp;", "&").replaceFirst("&$", ""), Endpoint.Role.ANY))
                .toList();
    }

    private static void addBlocks(List<ShownRoute> routes, Path page) {
        String text = read(page);
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            Language language = Language.valueOf(block.group(1).toUpperCase(Locale.ROOT));
            if (isRoute(language, block.group(2))) {
                String where = shown(page) + ":" + (1 + text.substring(0, block.start()).lines().count());
                routes.add(new ShownRoute(where, language, block.group(2)));
            }
        }
    }

    /** Pages show dependencies in XML, and tests in Java. */
    private static boolean isRoute(Language language, String text) {
        return switch (language) {
            case JAVA -> JavaRoutes.isRoute(text);
            case XML -> !text.startsWith("<dependency>");
            case YAML -> true;
        };
    }

    private static void add(List<ShownRoute> routes, Path file, Language language) {
        String text = read(file);
        if (isRoute(language, text)) {
            routes.add(new ShownRoute(shown(file), language, text));
        }
    }

    /** A ConfigMap holds files of routes, an Integration the routes themselves. */
    private static void addResource(List<ShownRoute> routes, Path file) {
        for (JsonNode document : YamlRoutes.documents(read(file))) {
            document.path("data").fields().forEachRemaining(entry -> {
                if (entry.getKey().endsWith(".camel.yaml")) {
                    routes.add(new ShownRoute(
                            shown(file) + " " + entry.getKey(), Language.YAML, entry.getValue().asText()));
                }
            });
            if (document.at("/spec/flows").isArray()) {
                routes.add(new ShownRoute(shown(file), Language.YAML, document.at("/spec/flows").toString()));
            }
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> files(String directory, Predicate<String> name) {
        try (Stream<Path> files = Files.walk(fromRoot(directory))) {
            return files.filter(file -> name.test(file.getFileName().toString())).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String shown(Path file) {
        return fromRoot("").toAbsolutePath().normalize().relativize(file.toAbsolutePath().normalize()).toString();
    }

    /** Maven runs tests in the module's directory, some editors in the root. */
    private static Path fromRoot(String path) {
        return Path.of(Files.exists(Path.of("docs")) ? "." : "..").resolve(path);
    }
}
