package io.rollcall.demo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The demo shows what users can do: it uses the client as they may. */
@AnalyzeClasses(packages = "io.rollcall.demo", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packages_haveNoCycles =
            slices().matching("io.rollcall.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule needsTheClientAlone = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "javax..",
                    "io.rollcall.client",
                    "io.rollcall.demo..",
                    "picocli..",
                    "org.slf4j..",
                    "org.jspecify..");
}
