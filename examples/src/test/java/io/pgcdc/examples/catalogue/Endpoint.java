package io.pgcdc.examples.catalogue;

/** What a route reads from or writes to. */
record Endpoint(String uri, Role role) {

    enum Role {
        CONSUMER,
        PRODUCER,
        /** Not known: a URI in a page's text. */
        ANY
    }

    static Endpoint consumer(String uri) {
        return new Endpoint(uri, Role.CONSUMER);
    }

    static Endpoint producer(String uri) {
        return new Endpoint(uri, Role.PRODUCER);
    }

    /** {@code pollEnrich} and {@code poll} consume as well; everything else that has a URI sends. */
    static Endpoint of(String step, String uri) {
        return switch (step) {
            case "from", "pollEnrich", "poll" -> consumer(uri);
            default -> producer(uri);
        };
    }

    /** A route of a template is what a Kamelet is to Camel, and its parameters are those of the URI. */
    static String ofTemplate(String template, String parameters) {
        return "kamelet:" + template + (parameters.isEmpty() ? "" : "?" + parameters);
    }
}
