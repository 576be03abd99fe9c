package io.rollcall.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a file written for the gateway. Accepts only regular files of bounded size: a pipe would block its reader, and
 * a device would fill the memory.
 */
public final class SmallFile {
    static final int MOST_BYTES = 32 << 20; // a revocation list with a million entries

    private SmallFile() {}

    /** Operators see the name of this class as the reason. */
    private static final class NotARegularFile extends IOException {}

    private static final class FileTooLarge extends IOException {}

    /** @throws IOException if it cannot be read; its class's simple name says why */
    public static byte[] bytes(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new java.nio.file.NoSuchFileException(file.toString());
        }
        if (!Files.isRegularFile(file)) {
            throw new NotARegularFile();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new FileTooLarge();
            }
            return bytes;
        }
    }
}
