package io.pgcdc.camel;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/**
 * What anybody logs, stacks of exceptions included, as long as this is open; of this project and Camel from DEBUG on.
 */
final class EveryLogLine extends AbstractAppender implements AutoCloseable {

    private static final List<String> LOUD = List.of("io.pgcdc", "org.apache.camel");

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger root = (Logger) LogManager.getRootLogger();
    private final List<Level> before = LOUD.stream().map(name -> LogManager.getLogger(name).getLevel()).toList();

    EveryLogLine() {
        super("every line", null, null, true, Property.EMPTY_ARRAY);
        start();
        root.addAppender(this);
        LOUD.forEach(name -> Configurator.setLevel(name, Level.DEBUG));
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void append(LogEvent event) {
        StringWriter text = new StringWriter();
        text.append(event.getMessage().getFormattedMessage());
        if (event.getThrown() != null) {
            event.getThrown().printStackTrace(new PrintWriter(text));
        }
        lines.add(text.toString());
    }

    @Override
    public void close() {
        for (int i = 0; i < LOUD.size(); i++) {
            Configurator.setLevel(LOUD.get(i), before.get(i));
        }
        root.removeAppender(this);
        stop();
    }
}
