package io.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whoever catches an {@code Error} asks what it means before anything else: a thread that goes on without memory is a
 * gateway that lies. By the source, since bytecode does not tell a catch clause from try-with-resources.
 */
class CaughtErrorsTest {
    private static final Pattern CATCH = Pattern.compile(
            "catch \\(([^)]*\\b(?:Error|Throwable|OutOfMemoryError)\\b[^)]*)\\) \\{(.*?)\\n\\s*\\}", Pattern.DOTALL);

    /** Asks itself, throws it on, or hands it to what asks. */
    private static final Pattern ASKS = Pattern.compile(
            "OutOfMemory\\.end|throw e;|\\.refuse(Unbegun)?\\(e|refusalFor\\(e\\)|failedFor\\(e\\)|onError\\(e\\)|halt\\.accept");

    @Test
    void whoCatchesAnError_asksWhatItMeans() throws IOException {
        List<String> silent = new ArrayList<>();
        int found = 0;
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".java")).toList()) {
                Matcher each = CATCH.matcher(Files.readString(file));
                while (each.find()) {
                    found++;
                    if (!ASKS.matcher(each.group(2)).find()) {
                        silent.add(file + ": " + each.group());
                    }
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        assertThat(found).as("the pattern finds something").isGreaterThan(15);
        assertThat(silent).isEmpty();
    }
}
