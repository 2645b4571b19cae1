package io.pgcdc.torture;

/** What must hold, whatever happens. */
enum Invariant {
    NO_GAP("no gap for any writer, and at the end the same rows as in the source"),
    ORDER("changes of a table in commit order, and after the rows of its copy"),
    ACKNOWLEDGEMENT("no slot confirms a change whose exchange is not complete"),
    DUPLICATES("changes come again only after a kill or a failure, and with the same event ids"),
    SAME_VALUES("a copied row has the values of a streamed one, and both those of the source"),
    BOUNDED("heap, threads, connections and kept log stay within bounds"),
    NO_LEAK("no slot, no open transaction, no lock and no connection is left"),
    HEALTH("health is DOWN soon after a failure, UP while another instance works, and nothing fails without a cause"),
    SECRECY("no value of a row and no password in anything that a JVM says, at level DEBUG too");

    private final String words;

    Invariant(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
