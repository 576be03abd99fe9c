package io.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What programs may use of the library is listed in {@code public-api.txt}, so that no change of it goes unnoticed. If a
 * change is meant, copy {@code target/public-api.txt} over that file, and say in CHANGELOG.md what callers have to do.
 */
class PublicApiTest {
    private static final Path LISTED = Path.of("src/test/resources/public-api.txt");
    private static final Path FOUND = Path.of("target/public-api.txt");

    @Test
    void thePublicApi_isAsListed() throws IOException {
        List<String> found = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.rollcall.client").stream()
                        .filter(PublicApiTest::isOpen)
                        .sorted(Comparator.comparing(JavaClass::getName))
                        .flatMap(PublicApiTest::described)
                        .toList();
        Files.write(FOUND, found);
        assertThat(found).as("copy %s over %s if it is meant", FOUND, LISTED).isEqualTo(Files.readAllLines(LISTED));
    }

    private static boolean isOpen(JavaClass type) {
        return isOpen(type.getModifiers())
                && type.getEnclosingClass().map(PublicApiTest::isOpen).orElse(true);
    }

    private static boolean isOpen(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static Stream<String> described(JavaClass type) {
        List<String> lines = new ArrayList<>();
        lines.add(words(type.getModifiers())
                + type.getName()
                + type.getRawSuperclass().map(of -> " extends " + of.getName()).orElse("")
                + type.getRawInterfaces().stream()
                        .map(JavaClass::getName)
                        .sorted()
                        .map(of -> " implements " + of)
                        .collect(Collectors.joining()));
        Stream<String> fields = type.getFields().stream()
                .filter(field -> isOpen(field.getModifiers()))
                .map(field -> words(field.getModifiers()) + field.getRawType().getName() + " " + field.getName());
        Stream<String> codeUnits = type.getCodeUnits().stream()
                .filter(unit -> isOpen(unit.getModifiers())
                        && !unit.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && !unit.getModifiers().contains(JavaModifier.BRIDGE))
                .map(PublicApiTest::described);
        Stream.concat(fields, codeUnits).sorted().map(line -> "    " + line).forEach(lines::add);
        return lines.stream();
    }

    private static String described(JavaCodeUnit unit) {
        return words(unit.getModifiers()) + unit.getRawReturnType().getName() + " " + unit.getName()
                + unit.getRawParameterTypes().stream()
                        .map(JavaClass::getName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String words(Set<JavaModifier> modifiers) {
        return modifiers.stream()
                .filter(modifier -> modifier != JavaModifier.SYNTHETIC)
                .map(modifier -> modifier.name().toLowerCase(Locale.ROOT) + " ")
                .sorted()
                .collect(Collectors.joining());
    }
}
