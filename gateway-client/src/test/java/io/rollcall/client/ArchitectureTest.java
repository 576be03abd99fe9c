package io.rollcall.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the library asks of the programs that use it. */
@AnalyzeClasses(packages = "io.rollcall.client", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packages_haveNoCycles =
            slices().matching("io.rollcall.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule needsGrpcAndSlf4jAlone = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "javax..",
                    "io.grpc..",
                    "io.netty..", // comes with grpc-netty
                    "com.google.protobuf..",
                    "com.google.rpc..",
                    "org.slf4j..",
                    "org.jspecify..",
                    "io.rollcall.net..",
                    "io.rollcall.pem..",
                    "io.rollcall.v1..",
                    "io.rollcall.client..");

    @ArchTest
    static final ArchRule theFake_isForTests = noClasses()
            .that()
            .resideInAPackage("io.rollcall.client")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.rollcall.client.testing..");
}
