package io.rollcall.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.FileSystemException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {
    private final NativeLibrary library =
            new NativeLibrary("Tests", List.of("rollcall.test.workdir", "rollcall.test.other"));

    /** As netty's loader throws it: a summary, the names that it tried in it, and the reason below the first. */
    @Test
    void theFirstReason_isToldWithTheDirectoryAndItsSwitch() {
        UnsatisfiedLinkError first = new UnsatisfiedLinkError("could not load: one");
        first.initCause(new FileSystemException("/tmp/one.so", null, "Not a directory"));
        first.addSuppressed(new UnsatisfiedLinkError("no one in java.library.path"));
        IllegalArgumentException summary = new IllegalArgumentException("Failed to load any of: [one, two]");
        summary.addSuppressed(first);
        summary.addSuppressed(new UnsatisfiedLinkError("could not load: two"));

        assertThat(library.failure(summary))
                .hasCause(summary)
                .hasMessageContaining("the native library of Tests cannot be loaded"
                        + " (java.nio.file.FileSystemException: /tmp/one.so: Not a directory)")
                .hasMessageContaining(System.getProperty("java.io.tmpdir") + " (java.io.tmpdir)")
                .hasMessageContaining("-Djava.io.tmpdir=DIR")
                .hasMessageNotContaining("rollcall.test");
    }

    @Test
    void itsOwnSwitches_areToldWhereTheyWereGiven() {
        System.setProperty("rollcall.test.workdir", "/nowhere");
        try {
            assertThat(library.failure(new UnsatisfiedLinkError("x\ny")))
                    .hasMessageContaining("(x | y)")
                    .hasMessageEndingWith("-Drollcall.test.workdir=/nowhere");
        } finally {
            System.clearProperty("rollcall.test.workdir");
        }
    }
}
