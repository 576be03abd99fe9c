package io.rollcall.server.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a file of the log line by line, one byte a character, for any bytes. Used by one thread. */
final class LineReader implements AutoCloseable {
    private final Path file;
    private final InputStream bytes;
    private long count;
    private boolean isFinished = true;

    LineReader(Path file) throws IOException {
        this.file = file;
        this.bytes = new BufferedInputStream(Files.newInputStream(file), 64 << 10);
    }

    /** Returns the next line without its line feed; empty at the end. */
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

    /** Whether the last line read ended with a line feed. */
    boolean isFinished() {
        return isFinished;
    }

    /** The position of the last line read, as {@code file:line}. */
    String where() {
        return file + ":" + count;
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
