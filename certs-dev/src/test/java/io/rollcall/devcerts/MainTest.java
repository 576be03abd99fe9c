package io.rollcall.devcerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.testing.TestClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    @Test
    void withoutNamespaces_makesAlphaAndBeta() {
        assertThat(run(dir.toString())).isZero();
        assertThat(out.toString()).contains("Wrote 52 files").contains("alpha (nodes: 5), beta (nodes: 5)");

        assertThat(run(dir.toString())).isZero();
        assertThat(out.toString()).contains("Nothing to do");
    }

    @Test
    void namespaces_canBeRepeated() {
        assertThat(run(dir.toString(), "--namespace", "a:1-2", "--namespace", "a:2147483647-2147483647"))
                .isZero();
        assertThat(dir.resolve("a/node-2147483647/token.jwt")).exists();
        assertThat(dir.resolve("alpha")).doesNotExist();

        assertThat(run(dir.toString(), "--namespace=b:7-7")).isZero();
        assertThat(out.toString()).contains("a (nodes: 3), b (nodes: 1)");
    }

    @Test
    void help_isShown() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("dev-certs", "DIR", "--namespace", "alpha:1-5");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        alpha            | expected: NAME:FIRST-LAST
        alpha:1          | expected: NAME:FIRST-LAST
        alpha:-1-5       | expected: NAME:FIRST-LAST
        alpha:0-5        | expected: 1..2147483647
        alpha:1-2147483648 | expected: 1..2147483647
        alpha:5-4        | not below the first, which is 5
        alpha:1-10001    | 10001 nodes (expected: at most 10000)
        gateway:1-5      | reserved
        Alpha:1-5        | 1 to 63 of a-z
        -a:1-5           | 1 to 63 of a-z
        a-:1-5           | 1 to 63 of a-z
        ../a:1-5         | 1 to 63 of a-z
        """)
    void aBadNamespace_isRefusedInASentence(String argument, String sentence) throws Exception {
        assertThat(run(dir.toString(), "--namespace=" + argument)).isEqualTo(2);

        assertThat(err.toString()).startsWith("dev-certs: ").contains(sentence).doesNotContain("Exception");
        try (var files = Files.list(dir)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aNameOf63_isTheLongest() {
        assertThat(run(dir.toString(), "--namespace", "a".repeat(63) + ":1-1"))
                .as(err.toString())
                .isZero();
        assertThat(run(dir.toString(), "--namespace", "a".repeat(64) + ":1-1")).isEqualTo(2);
    }

    @Test
    void aMissingDirectory_orAnUnknownOption_isRefused() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("DIR");
        assertThat(run(dir.toString(), "--namespaces", "a:1-1")).isEqualTo(2);
        assertThat(err.toString()).contains("--namespaces");
    }

    @Test
    void aFileInTheWay_isNamed() throws Exception {
        Path file = Files.createFile(dir.resolve("file"));

        assertThat(run(file.toString())).isEqualTo(1);
        assertThat(err.toString()).startsWith("dev-certs: ").contains(file.toString());
    }

    @Test
    void whateverIsThrown_isToldInASentence_withoutItsTrace() {
        assertThat(runWith(new ThrowingClock(new NoClassDefFoundError("x/Y")))).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("dev-certs: unexpected java.lang.NoClassDefFoundError: x/Y at ")
                .containsOnlyOnce("\n");

        err.getBuffer().setLength(0);
        assertThat(runWith(new ThrowingClock(new IllegalStateException("a\nb"))))
                .isEqualTo(1);
        assertThat(err.toString())
                .startsWith("dev-certs: unexpected java.lang.IllegalStateException: a | b at ")
                .containsOnlyOnce("\n");
    }

    private int run(String... args) {
        return run(new TestClock(DevCertsTest.NOW), args);
    }

    private int runWith(Clock clock) {
        return run(clock, dir.toString());
    }

    private int run(Clock clock, String... args) {
        CommandLine line =
                Main.commandLine(clock).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Main.run(line, args);
    }

    private static final class ThrowingClock extends Clock {
        private final Throwable thrown;

        ThrowingClock(Throwable thrown) {
            this.thrown = thrown;
        }

        @Override
        public Instant instant() {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
