package io.rollcall.server.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * Reads a file of the log line by line, one byte a character, for any bytes; decompresses one whose name ends with
 * {@value #COMPRESSED}. Used by one thread.
 */
final class LineReader implements AutoCloseable {
    /** The ending of the names of gzip files (RFC 1952). */
    static final String COMPRESSED = ".gz";

    private static final int BUFFER = 64 << 10;

    private final Path file;
    private final InputStream bytes;
    private long count;
    private boolean isFinished = true;

    /** @throws ZipException if it should be compressed, and is not */
    LineReader(Path file) throws IOException {
        this.file = file;
        this.bytes = open(file);
    }

    private static InputStream open(Path file) throws IOException {
        return file.toString().endsWith(COMPRESSED)
                ? new BufferedInputStream(WholeGzipInputStream.open(file), BUFFER)
                : new BufferedInputStream(Files.newInputStream(file), BUFFER);
    }

    /**
     * Returns the next line without its line feed; empty at the end.
     *
     * @throws ZipException if it cannot be decompressed, is not what was compressed, or has bytes behind its end
     * @throws EOFException if the end of what was compressed is missing
     */
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
