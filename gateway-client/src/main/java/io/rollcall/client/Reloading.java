package io.rollcall.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value read from files, and read again when one of them changed. Unusable new content leaves the old in force and is
 * logged once. Any thread may call {@link #get}, which reads each file's attributes.
 */
final class Reloading<T> implements Supplier<T> {

    private static final Logger log = LoggerFactory.getLogger(Reloading.class);

    private final List<Path> files;
    private final Supplier<T> reader;
    private List<String> stamps;
    private T value;

    /** @throws CredentialsException if the first reading fails */
    Reloading(List<Path> files, Supplier<T> reader) {
        this.files = files;
        this.reader = reader;
        // Stamps before content: a change between the two is noticed by the next call.
        this.stamps = stampsOf(files);
        this.value = reader.get();
    }

    @Override
    public synchronized T get() {
        List<String> now = stampsOf(files);
        if (!now.equals(stamps)) {
            stamps = now;
            try {
                value = reader.get();
                log.info("Read anew: {}", files);
            } catch (CredentialsException e) {
                log.warn("Kept the old credentials in force, since the new ones cannot be used: {}", e.getMessage());
            }
        }
        return value;
    }

    static List<String> stampsOf(List<Path> files) {
        return files.stream().map(Reloading::stampOf).toList();
    }

    private static String stampOf(Path file) {
        try {
            BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
            return is.lastModifiedTime() + "/" + is.size() + "/" + is.fileKey();
        } catch (IOException e) {
            return "unreadable"; // The reader reports the cause.
        }
    }
}
