package io.rollcall.adminui;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the console's packages, and what the console never sees of the gateway. */
@AnalyzeClasses(packages = "io.rollcall.adminui", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** By their bytecode: of a constant (a static final text or number) the compiler leaves no trace. */
    @ArchTest
    static final ArchRule packages_haveNoCycles =
            slices().matching("io.rollcall.adminui.(*)..").should().beFreeOfCycles();

    /** What it shows it has from its port, {@link ConsoleBackend}: no keys, no tokens, no registry. */
    @ArchTest
    static final ArchRule nobody_seesTheGateway = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.rollcall.server..",
                    "io.rollcall.client..",
                    "io.rollcall.v1..",
                    "io.grpc..",
                    "io.netty..",
                    "com.google.protobuf..",
                    "com.nimbusds..");

    /** Whoever asks whether the gateway is alive counts as a stranger, and has no session. */
    @ArchTest
    static final ArchRule probes_trustNobody = noClasses()
            .that()
            .resideInAPackage("..health..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..https..", "..signin..");
}
