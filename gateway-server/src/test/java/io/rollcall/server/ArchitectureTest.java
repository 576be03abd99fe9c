package io.rollcall.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.registry.Command;
import io.rollcall.server.registry.NamespaceRegistry;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Set;
import java.util.function.Predicate;

/** The arrows between the server's packages, as README and RATIONALE draw them. */
@AnalyzeClasses(packages = "io.rollcall.server", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** Know what the wire's descriptor declares of methods; no message passes through them. */
    private static final Set<String> SEE_DESCRIPTORS = Set.of("MethodPermissions", "MethodTraffic", "Access");

    @ArchTest
    static final ArchRule features_haveNoCycles =
            slices().matching("io.rollcall.server.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule features_useOnlyWhatStandsBeforeThem = Architectures.layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("namespace")
            .definedBy("io.rollcall.server.namespace..")
            .layer("config")
            .definedBy("io.rollcall.server.config..")
            .layer("failure")
            .definedBy("io.rollcall.server.failure..")
            .layer("alarm")
            .definedBy("io.rollcall.server.alarm..")
            .layer("quota")
            .definedBy("io.rollcall.server.quota..")
            .layer("identity")
            .definedBy("io.rollcall.server.identity..")
            .layer("access")
            .definedBy("io.rollcall.server.access..")
            .layer("admission")
            .definedBy("io.rollcall.server.admission..")
            .layer("leader")
            .definedBy("io.rollcall.server.leader..")
            .layer("registry")
            .definedBy("io.rollcall.server.registry..")
            .layer("liveness")
            .definedBy("io.rollcall.server.liveness..")
            .layer("watch")
            .definedBy("io.rollcall.server.watch..")
            .layer("store")
            .definedBy("io.rollcall.server.store..")
            .layer("audit")
            .definedBy("io.rollcall.server.audit..")
            .layer("transport")
            .definedBy("io.rollcall.server.transport..")
            .layer("reload")
            .definedBy("io.rollcall.server.reload..")
            .layer("health")
            .definedBy("io.rollcall.server.health..")
            .layer("console")
            .definedBy("io.rollcall.server.console..")
            .layer("watchdog")
            .definedBy("io.rollcall.server.watchdog..")
            .layer("main")
            .definedBy("io.rollcall.server")
            .whereLayer("watchdog")
            .mayNotAccessAnyLayer()
            .whereLayer("main")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("console")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("reload")
            .mayOnlyBeAccessedByLayers("main", "audit", "identity", "transport")
            .whereLayer("health")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("transport")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("audit")
            .mayOnlyBeAccessedByLayers("main", "health")
            .whereLayer("store")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("watch")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("liveness")
            .mayOnlyBeAccessedByLayers("main", "health", "console")
            .whereLayer("registry")
            .mayOnlyBeAccessedByLayers("main", "health", "console", "liveness", "watch", "store", "audit")
            .whereLayer("leader")
            .mayOnlyBeAccessedByLayers("registry", "watch", "store", "health", "console", "audit")
            .whereLayer("admission")
            .mayOnlyBeAccessedByLayers("main", "registry")
            .whereLayer("access")
            .mayOnlyBeAccessedByLayers("main", "transport")
            .whereLayer("alarm")
            .mayOnlyBeAccessedByLayers(
                    "main", "identity", "registry", "reload", "audit", "health", "console", "liveness", "transport")
            .whereLayer("quota")
            .mayOnlyBeAccessedByLayers("main", "identity", "admission", "registry")
            .whereLayer("identity")
            .mayOnlyBeAccessedByLayers(
                    "main", "access", "admission", "transport", "registry", "liveness", "watch", "health", "audit");

    @ArchTest
    static final ArchRule onlyIdentity_seesTokens = noClasses()
            .that()
            .resideOutsideOfPackage("..identity..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.nimbusds..");

    @ArchTest
    static final ArchRule onlyIdentityAndTransport_seeTls = noClasses()
            .that()
            .resideOutsideOfPackages("..identity..", "..transport..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.net.ssl..", "java.security.cert..", "io.netty.handler.ssl..");

    /** Or another face could not ask it who is calling. */
    @ArchTest
    static final ArchRule theAuthenticator_andWhatItUses_knowNoProtocol = noClasses()
            .that()
            .resideInAPackage("io.rollcall.server.identity")
            .should()
            .transitivelyDependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "io.rollcall.v1..", "com.google.protobuf..", "com.google.rpc..");

    @ArchTest
    static final ArchRule nobody_seesTheWebServer = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "gg.jte..");

    @ArchTest
    static final ArchRule onlyFaces_seeTheWire = noClasses()
            .that(are("not a service, interceptor or messages", ArchitectureTest::isNoFace))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.rollcall.v1..");

    /** So that what is decided can be decided for any face, and run again. */
    @ArchTest
    static final ArchRule theRegistry_andWhatItUses_knowNoProtocol = noClasses()
            .that()
            .resideInAPackage("io.rollcall.server.registry")
            .should()
            .transitivelyDependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "io.rollcall.v1..", "com.google.protobuf..", "com.google.rpc..");

    /** Or the record would say that the gateway did by itself what somebody asked for. */
    @ArchTest
    static final ArchRule services_sayWhoAsks = noClasses()
            .that()
            .haveSimpleNameEndingWith("Service")
            .should()
            .callMethod(NamespaceRegistry.class, "submit", Command.class)
            .orShould()
            .accessField(CallIdentity.class, "GATEWAY");

    /** Digits are those of the JVM's locale otherwise. Error Prone's DefaultLocale finds the other ways, but not this one. */
    @ArchTest
    static final ArchRule nobody_printsInTheLocaleOfTheMachine = noClasses()
            .should()
            .callMethod(PrintStream.class, "printf", String.class, Object[].class)
            .orShould()
            .callMethod(PrintStream.class, "format", String.class, Object[].class);

    @ArchTest
    static final ArchRule registryAndLeader_haveNoClock = noClasses()
            .that()
            .resideInAnyPackage("..registry..", "..leader..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now");

    private static boolean isNoFace(JavaClass type) {
        String name = type.getSimpleName();
        JavaClass outer = type.getEnclosingClass().orElse(type);
        return !(outer.getSimpleName().matches(".*(Service|Interceptor|Messages)")
                || SEE_DESCRIPTORS.contains(outer.getSimpleName())
                || name.equals("GatewayService"));
    }

    private static DescribedPredicate<JavaClass> are(String description, Predicate<JavaClass> test) {
        return DescribedPredicate.describe(description, test);
    }
}
