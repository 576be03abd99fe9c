package io.rollcall.server.watchdog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class ProgramTest {
    @Test
    void whatIsThrownOnPurpose_saysAllItself() {
        assertThat(Program.sentence(new IOException("data-dir: x is a file"))).isEqualTo("data-dir: x is a file");
        assertThat(Program.sentence(new IllegalArgumentException("the key is weak")))
                .isEqualTo("the key is weak");
        assertThat(Program.sentence(new UncheckedIOException(new IOException("no room"))))
                .isEqualTo("no room");
    }

    @Test
    void aFilesFailure_saysWhatBesidesWhich() {
        assertThat(Program.sentence(new NoSuchFileException("certs/token.jwt")))
                .isEqualTo("NoSuchFileException: certs/token.jwt");
    }

    @Test
    void whateverElseIsThrown_isNamedWithItsCauseAndPlace_inOneLine() {
        NullPointerException cause = new NullPointerException("a\nb");
        String sentence = Program.sentence(new ExceptionInInitializerError(cause));
        assertThat(sentence)
                .contains("java.lang.ExceptionInInitializerError")
                .contains("caused by java.lang.NullPointerException: a | b at ")
                .contains(getClass().getName())
                .contains("please report it")
                .doesNotContain("\n");
        assertThat(Program.sentence(new NoClassDefFoundError("x/Y"))).contains("NoClassDefFoundError: x/Y");
        assertThat(Program.sentence(new IOException())).contains("java.io.IOException");
        assertThat(Program.sentence(new NumberFormatException("5x"))).contains("NumberFormatException: 5x");
    }

    @Test
    void withoutMemory_thatIsSaid() {
        assertThat(Program.sentence(new OutOfMemoryError("Java heap space")))
                .isEqualTo("out of memory (Java heap space); start it with more (-Xmx)");
    }
}
