package io.rollcall.server.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a file of the log line by line, one byte a character, whatever bytes it holds. Used by one thread. */
final class LineReader implements AutoCloseable {
    private final Path file;
    private final InputStream bytes;
    private long count;
    private boolean isFinished = true;

    LineReader(Path file) throws IOException {
        this.file = file;
        this.bytes = new BufferedInputStream(Files.newInputStream(file), 64 << 10);
    }

    /** The next line without its line feed; empty at the end. */
    Optional<String> next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        int next = bytes.read();
        if (next < 0) {
            return Optional.empty();
        }
        for (; next >= 0 && next != '\n'; next = bytes.read()) {
            line.write(next);
        }
        count++;
        isFinished = next == '\n';
        return Optional.of(line.toString(StandardCharsets.ISO_8859_1));
    }

    /** Whether the line read last had its line feed. */
    boolean isFinished() {
        return isFinished;
    }

    /** Where the line read last stands, as {@code file:line}. */
    String where() {
        return file + ":" + count;
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
