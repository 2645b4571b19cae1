package io.pgcdc.examples.jbang;

import org.apache.camel.dsl.jbang.core.commands.CamelJBangMain;

/** What the command {@code camel} does. */
public final class Cli {

    private Cli() {
    }

    public static void main(String[] arguments) {
        CamelJBangMain.run(arguments);
    }
}
