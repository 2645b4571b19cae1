package io.pgcdc.camel;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.management.JMException;
import javax.management.MBeanException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;

import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;

/** The ways to call an operation: they all do the same. */
enum Steering {

    ROUTE {
        @Override
        void pause(CamelContext context) {
            send(context, "pause");
        }

        @Override
        void resume(CamelContext context) {
            send(context, "resume");
        }

        @Override
        void resyncTable(CamelContext context, String table) {
            send(context, "resyncTable&table=" + table);
        }

        @Override
        void copyRows(CamelContext context, String table, String where) {
            send(context, "resyncTable&table=" + table, null, Map.of(PgCdcConstants.WHERE, where));
        }

        @Override
        String skipTo(CamelContext context, String lsn, String confirmed) {
            return send(context, "skipTo&confirmedLsn=" + confirmed, null, Map.of(PgCdcConstants.SKIP_TO, lsn)).toString();
        }

        @Override
        List<?> addTables(CamelContext context, String tables) {
            return (List<?>) send(context, "addTable&table=" + tables).get("tables");
        }

        @Override
        List<?> dropTables(CamelContext context, String tables) {
            return (List<?>) send(context, "dropTable&table=" + tables).get("tables");
        }

        @Override
        String emitMessage(CamelContext context, String prefix, String content, boolean transactional) {
            return (String) send(context, "emitMessage&messagePrefix=" + prefix + "&transactional=" + transactional, content)
                    .get("lsn");
        }

        @Override
        String dropSlot(CamelContext context) {
            return send(context, "dropSlot").toString();
        }

        @Override
        String status(CamelContext context) {
            return send(context, "status").toString();
        }
    },
    ENDPOINT_JMX {
        @Override
        void pause(CamelContext context) {
            invoke(context, "endpoints", "pausePipeline");
        }

        @Override
        void resume(CamelContext context) {
            invoke(context, "endpoints", "resumePipeline");
        }

        @Override
        void resyncTable(CamelContext context, String table) {
            invoke(context, "endpoints", "resyncTable", table);
        }

        @Override
        void copyRows(CamelContext context, String table, String where) {
            invoke(context, "endpoints", "copyRows", table, where);
        }

        @Override
        String skipTo(CamelContext context, String lsn, String confirmed) {
            return (String) invoke(context, "endpoints", "skipTo", lsn, confirmed);
        }

        @Override
        List<?> addTables(CamelContext context, String tables) {
            return (List<?>) invoke(context, "endpoints", "addTables", tables);
        }

        @Override
        List<?> dropTables(CamelContext context, String tables) {
            return (List<?>) invoke(context, "endpoints", "dropTables", tables);
        }

        @Override
        String emitMessage(CamelContext context, String prefix, String content, boolean transactional) {
            return (String) invoke(context, "endpoints", "emitMessage", prefix, content, transactional);
        }

        @Override
        String dropSlot(CamelContext context) {
            return (String) invoke(context, "endpoints", "dropSlot");
        }

        @Override
        String status(CamelContext context) {
            return (String) invoke(context, "endpoints", "status");
        }
    },
    CODE {
        @Override
        void pause(CamelContext context) {
            control(context).pause();
        }

        @Override
        void resume(CamelContext context) {
            control(context).resume();
        }

        @Override
        void resyncTable(CamelContext context, String table) {
            control(context).resyncTable(table);
        }

        @Override
        void copyRows(CamelContext context, String table, String where) {
            control(context).copyRows(table, where);
        }

        @Override
        String skipTo(CamelContext context, String lsn, String confirmed) {
            return control(context).skipTo(lsn, confirmed).toString();
        }

        @Override
        List<?> addTables(CamelContext context, String tables) {
            return control(context).addTables(tables);
        }

        @Override
        List<?> dropTables(CamelContext context, String tables) {
            return control(context).dropTables(tables);
        }

        @Override
        String emitMessage(CamelContext context, String prefix, String content, boolean transactional) {
            return control(context).emitMessage(prefix, content, transactional);
        }

        @Override
        String dropSlot(CamelContext context) {
            return control(context).dropSlot().toMap().toString();
        }

        @Override
        String status(CamelContext context) {
            return control(context).status().toString();
        }
    };

    abstract void pause(CamelContext context);

    abstract void resume(CamelContext context);

    abstract void resyncTable(CamelContext context, String table);

    abstract void copyRows(CamelContext context, String table, String where);

    abstract String skipTo(CamelContext context, String lsn, String confirmed);

    abstract List<?> addTables(CamelContext context, String tables);

    abstract List<?> dropTables(CamelContext context, String tables);

    abstract String emitMessage(CamelContext context, String prefix, String content, boolean transactional);

    abstract String dropSlot(CamelContext context);

    abstract String status(CamelContext context);

    private static PgCdcControl control(CamelContext context) {
        return context.getEndpoint("pgcdc:" + RouteUnderTest.PUBLICATION, PgCdcEndpoint.class).control();
    }

    static Map<String, Object> send(CamelContext context, String operation) {
        return send(context, operation, null);
    }

    static Map<String, Object> send(CamelContext context, String operation, Object body) {
        return send(context, operation, body, Map.of());
    }

    static Map<String, Object> send(CamelContext context, String operation, Object body, Map<String, Object> headers) {
        try {
            @SuppressWarnings("unchecked")
            Map<String, Object> result = context.createProducerTemplate().requestBodyAndHeaders(
                    "pgcdc:" + RouteUnderTest.PUBLICATION + "?operation=" + operation, body, headers, Map.class);
            return result;
        } catch (CamelExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Invokes an operation of the MBean of the endpoint, or of the consumer. */
    static Object invoke(CamelContext context, String type, String operation, Object... arguments) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName name = server.queryNames(new ObjectName("org.apache.camel:type=" + type + ",*"), null).stream()
                    .filter(each -> each.getKeyProperty("context").equals(context.getManagementName()))
                    .filter(each -> each.getKeyProperty("name").toLowerCase().contains("pgcdc"))
                    .findFirst().orElseThrow();
            String[] signature = Stream.of(arguments)
                    .map(argument -> argument instanceof Boolean ? "boolean" : argument.getClass().getName())
                    .collect(Collectors.toList()).toArray(String[]::new);
            return server.invoke(name, operation, arguments, signature);
        } catch (MBeanException | RuntimeMBeanException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }
}
