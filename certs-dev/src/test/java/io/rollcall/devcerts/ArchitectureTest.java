package io.rollcall.devcerts;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** An issuer of its own: it shares no code with those who check what it issues, PEM files apart. */
@AnalyzeClasses(packages = "io.rollcall.devcerts", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packages_haveNoCycles =
            slices().matching("io.rollcall.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule knowsNeitherServerNorClient = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "javax..",
                    "org.bouncycastle..",
                    "com.nimbusds..",
                    "picocli..",
                    "org.jspecify..",
                    "io.rollcall.pem..",
                    "io.rollcall.devcerts..");
}
