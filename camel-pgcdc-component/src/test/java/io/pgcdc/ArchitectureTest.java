package io.pgcdc;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** Holds the arrows between the packages, so that the engine stays free of Camel and its decoders free of I/O. */
@AnalyzeClasses(packages = "io.pgcdc",
                importOptions = { ImportOption.DoNotIncludeTests.class, ArchitectureTest.DoNotIncludeTestKit.class })
class ArchitectureTest {

    /** The module test-kit is on the class path of tests only. */
    static final class DoNotIncludeTestKit implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/io/pgcdc/testing/");
        }
    }

    /** A package may use the packages before it in this list, and no others of ours. */
    private static final List<String> PACKAGES_IN_ORDER
            = List.of("model", "types", "pgoutput", "postgres", "state", "pipeline", "camel");

    private static final String[] PURE = packages("model", "types", "pgoutput");
    private static final String[] DATABASE = packages("postgres", "state");

    @ArchTest
    static final ArchRule every_class_lives_in_a_package_of_the_list
            = classes().should().resideInAnyPackage(packages(PACKAGES_IN_ORDER.toArray(String[]::new)));

    @ArchTest
    static final ArchRule a_package_uses_only_packages_before_it_in_the_list = arrows();

    @ArchTest
    static final ArchRule only_the_camel_package_knows_camel = noClasses().that().resideOutsideOfPackages(packages("camel"))
            .should().dependOnClassesThat().resideInAPackage("org.apache.camel..").allowEmptyShould(true);

    @ArchTest
    static final ArchRule only_postgres_and_state_know_the_driver_and_jdbc = noClasses().that()
            .resideOutsideOfPackages(DATABASE)
            .should().dependOnClassesThat().resideInAnyPackage("org.postgresql..", "java.sql..", "javax.sql..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule decoders_and_values_do_no_io = noClasses().that().resideInAnyPackage(PURE)
            .should().dependOnClassesThat()
            .resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..", "java.sql..", "javax.sql..")
            .orShould().dependOnClassesThat().areAssignableTo(java.io.InputStream.class)
            .orShould().dependOnClassesThat().areAssignableTo(java.io.OutputStream.class)
            .orShould().dependOnClassesThat().areAssignableTo(java.io.Reader.class)
            .orShould().dependOnClassesThat().areAssignableTo(java.io.Writer.class)
            .orShould().dependOnClassesThat().areAssignableTo(java.io.File.class)
            .orShould().dependOnClassesThat().areAssignableTo(java.io.RandomAccessFile.class)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule every_package_says_what_lives_there = classes().should(havePackageInfo());

    private static ArchRule arrows() {
        CompositeArchRule all = null;
        for (int i = 0; i + 1 < PACKAGES_IN_ORDER.size(); i++) {
            String[] later = packages(PACKAGES_IN_ORDER.subList(i + 1, PACKAGES_IN_ORDER.size()).toArray(String[]::new));
            ArchRule rule = noClasses().that().resideInAnyPackage(packages(PACKAGES_IN_ORDER.get(i)))
                    .should().dependOnClassesThat().resideInAnyPackage(later).allowEmptyShould(true);
            all = all == null ? CompositeArchRule.of(rule) : all.and(rule);
        }
        return all;
    }

    private static ArchCondition<JavaClass> havePackageInfo() {
        return new ArchCondition<>("be in a package with a package-info.java") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Path info = Path.of("src/main/java", type.getPackageName().split("\\.")).resolve("package-info.java");
                if (!Files.exists(info)) {
                    events.add(SimpleConditionEvent.violated(type, info + " is missing"));
                }
            }
        };
    }

    private static String[] packages(String... names) {
        return List.of(names).stream().map(name -> "io.pgcdc." + name + "..").toArray(String[]::new);
    }
}
