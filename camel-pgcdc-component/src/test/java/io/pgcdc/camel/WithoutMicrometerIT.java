package io.pgcdc.camel;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;

import io.pgcdc.testing.PostgresTest;
import io.pgcdc.testing.TestDatabase;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Micrometer is optional. */
@PostgresTest
class WithoutMicrometerIT {

    @Test
    void the_component_works_without_micrometer_on_the_class_path(TestDatabase database) throws Exception {
        Workload.create(database, 10);
        List<URL> others = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!new File(entry).getName().contains("micrometer")) {
                others.add(new File(entry).toURI().toURL());
            }
        }
        try (URLClassLoader without
                = new URLClassLoader(others.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> without.loadClass("io.micrometer.core.instrument.MeterRegistry"))
                    .isInstanceOf(ClassNotFoundException.class);
            Thread thread = Thread.currentThread();
            ClassLoader own = thread.getContextClassLoader();
            thread.setContextClassLoader(without);
            try {
                Method run = without.loadClass(WithoutMicrometerIT.class.getName())
                        .getDeclaredMethod("run", String.class, String.class, String.class);
                run.setAccessible(true);
                assertThat(run.invoke(null, database.url(), database.username(), database.password())).isEqualTo("RUNNING 30");
            } finally {
                thread.setContextClassLoader(own);
            }
        }
    }

    /** Loaded by another class loader. */
    static String run(String url, String username, String password) throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            PgCdcComponent component = new PgCdcComponent();
            component.getConfiguration().setUrl(url);
            component.getConfiguration().setUsername(username);
            component.getConfiguration().setPassword(password);
            context.addComponent("pgcdc", component);
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("pgcdc:mypub").process(exchange -> {
                    });
                }
            });
            context.start();
            PgCdcConsumer consumer = component.consumers().iterator().next();
            Awaitility.await().until(() -> consumer.status().counters().completed() == 30);
            return consumer.status().state() + " " + consumer.status().counters().completed();
        }
    }
}
