package io.rollcall.server.audit;

import io.rollcall.server.config.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The log's files in their directory, {@code audit-000001.jsonl} and so on; nobody but their owner may read them. */
final class AuditFiles {
    /** The directory's name in the gateway's. */
    static final String DIRECTORY = "audit";

    private static final Pattern NAME = Pattern.compile("audit-(\\d{6,12})\\.jsonl");
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path directory;

    AuditFiles(Path directory) {
        this.directory = directory;
    }

    static Path make(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            OwnerOnly.createDirectory(directory);
        } else if (Files.isDirectory(directory)) {
            OwnerOnly.tighten(directory); // that of a copy may be open to others
        }
        return directory;
    }

    Path directory() {
        return directory;
    }

    Path path(long number) {
        return directory.resolve("audit-%06d.jsonl".formatted(number));
    }

    /** What is there, by number. */
    SortedMap<Long, Path> list() throws IOException {
        SortedMap<Long, Path> found = new TreeMap<>();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                Matcher name = NAME.matcher(entry.getFileName().toString());
                if (name.matches()) {
                    found.put(Long.parseLong(name.group(1)), entry);
                }
            }
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e); // as a stream tells it
        }
        return found;
    }

    /** Opens a file for writing, and makes it, with its name durable, where it is not there. */
    FileChannel open(long number) throws IOException {
        FileChannel channel =
                FileChannel.open(path(number), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY);
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return channel;
    }
}
