package io.pgcdc.examples.catalogue;

import java.util.List;

/**
 * A route as a reader finds it.
 *
 * @param where the page or the file, and the line
 */
record ShownRoute(String where, Language language, String text) {

    /** What the schema of the language, or its compiler, has against it. */
    List<String> problems() {
        return switch (language) {
            case JAVA -> JavaRoutes.problems(text);
            case XML -> XmlRoutes.problems(text);
            case YAML -> YamlRoutes.problems(text);
        };
    }

    List<Endpoint> endpoints() {
        return switch (language) {
            case JAVA -> JavaRoutes.endpoints(text);
            case XML -> XmlRoutes.endpoints(text);
            case YAML -> YamlRoutes.endpoints(text);
        };
    }

    @Override
    public String toString() {
        return where;
    }

    enum Language {
        JAVA,
        XML,
        YAML
    }
}
