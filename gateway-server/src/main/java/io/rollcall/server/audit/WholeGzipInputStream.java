package io.rollcall.server.audit;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Decompresses a gzip file of any number of members (RFC 1952 §2.2), and refuses bytes behind the last one, which
 * {@link GZIPInputStream} ignores. Used by one thread.
 */
final class WholeGzipInputStream extends GZIPInputStream {
    private static final int BUFFER = 64 << 10;
    /** The bytes of a member behind its compressed data: a checksum and a length (RFC 1952 §2.3.1). */
    private static final int TRAILER = 8;

    private final Path file;
    private final Counted stored;
    private final long size;
    /** How many bytes of the file the inflater has been given, together with those skipped before them. */
    private long given;

    /** @throws ZipException if the file does not begin as a gzip file */
    static WholeGzipInputStream open(Path file) throws IOException {
        Counted stored = new Counted(new BufferedInputStream(Files.newInputStream(file), BUFFER));
        try {
            return new WholeGzipInputStream(file, stored);
        } catch (IOException e) {
            stored.close();
            throw e;
        }
    }

    private WholeGzipInputStream(Path file, Counted stored) throws IOException {
        super(stored, BUFFER);
        this.file = file;
        this.stored = stored;
        this.size = Files.size(file);
    }

    @Override
    protected void fill() throws IOException {
        super.fill();
        given = stored.count;
    }

    /** @throws ZipException also at the end, if it is not the file's */
    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read = super.read(into, offset, length);
        if (read < 0) {
            long end = given - inf.getRemaining() + TRAILER;
            if (end != size) {
                throw new ZipException(file + " has " + (size - end) + " bytes behind the end of what is compressed");
            }
        }
        return read;
    }

    /** Counts the bytes that are read of a file. */
    private static final class Counted extends FilterInputStream {
        private long count;

        Counted(InputStream bytes) {
            super(bytes);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            count += Math.max(read, 0);
            return read;
        }
    }
}
