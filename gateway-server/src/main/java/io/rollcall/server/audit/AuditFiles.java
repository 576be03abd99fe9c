package io.rollcall.server.audit;

import io.rollcall.server.config.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The log's files in their directory, {@code audit-000001.jsonl} and so on, readable only by their owner. Files are
 * created or appended to; opening one never truncates it.
 */
final class AuditFiles {
    /** The name of the directory within the gateway's. */
    static final String DIRECTORY = "audit";

    private static final Pattern NAME = Pattern.compile("audit-(\\d{6,12})\\.jsonl");

    /** The same with digits of another script, which earlier versions wrote under some locales. */
    private static final Pattern FOREIGN_NAME = Pattern.compile("audit-[^0-9A-Za-z]{6,24}\\.jsonl");

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
            OwnerOnly.tighten(directory); // a copied directory may be open to others
        }
        return directory;
    }

    Path directory() {
        return directory;
    }

    Path path(long number) {
        return directory.resolve(String.format(Locale.ROOT, "audit-%06d.jsonl", number));
    }

    /** The existing files, by number. */
    SortedMap<Long, Path> list() throws IOException {
        return numbered(directory, NAME);
    }

    /** The files of a directory by the number in their names; empty if it does not exist. */
    static SortedMap<Long, Path> numbered(Path directory, Pattern form) throws IOException {
        SortedMap<Long, Path> found = new TreeMap<>();
        for (Path entry : entries(directory)) {
            Matcher name = form.matcher(String.valueOf(entry.getFileName()));
            if (name.matches()) {
                found.put(Long.parseLong(name.group(1)), entry);
            }
        }
        return found;
    }

    static List<Path> entries(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e); // as streams wrap it
        }
    }

    /**
     * Refuses a directory with files whose numbers are written in digits other than 0 to 9. They hold a part of the
     * log, but which part only a person can find out.
     *
     * @throws IOException if there are any; the message names one and says what to do
     */
    void requireKnownNames() throws IOException {
        for (Path entry : entries(directory)) {
            if (isForeign(String.valueOf(entry.getFileName()))) {
                throw new IOException(entry + " is a file of the log with digits of another language in its name, as an"
                        + " earlier version wrote them (expected: digits 0 to 9); if there is no audit-000001.jsonl"
                        + " or later, rename it so, else keep it elsewhere");
            }
        }
    }

    static boolean isForeign(String name) {
        return FOREIGN_NAME.matcher(name).matches();
    }

    /**
     * Creates a file, with its name durable. An existing file is used only if it is empty: a crash may have left it.
     *
     * @throws IOException if it exists and is not empty, or cannot be created
     */
    FileChannel create(long number) throws IOException {
        Path path = path(number);
        try {
            FileChannel made = FileChannel.open(
                    path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND), OWNER_ONLY);
            try {
                force(directory);
            } catch (IOException e) {
                made.close();
                throw e;
            }
            return made;
        } catch (FileAlreadyExistsException e) {
            if (!Files.isRegularFile(path) || Files.size(path) > 0) {
                throw new FileAlreadyExistsException(
                        path.toString(), null, "it is there already (expected: nothing); keep it elsewhere");
            }
            return append(number);
        }
    }

    /** Opens an existing file for appending. */
    FileChannel append(long number) throws IOException {
        return FileChannel.open(path(number), StandardOpenOption.APPEND);
    }

    /** Makes a file's content durable, or a directory's creations and deletions of names. */
    static void force(Path path) throws IOException {
        try (FileChannel opened = FileChannel.open(path, StandardOpenOption.READ)) {
            opened.force(true);
        }
    }

    /** Appends to a file, and forces it to the disk. */
    static void append(Path file, byte[] text) throws IOException {
        try (FileChannel to = appendTo(file)) {
            ByteBuffer bytes = ByteBuffer.wrap(text);
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
            to.force(true);
        }
    }

    /**
     * Opens a file for appending, and creates it, readable only by its owner, if it does not exist. Appended bytes are
     * on the disk only after a force.
     */
    static FileChannel appendTo(Path path) throws IOException {
        return FileChannel.open(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), OWNER_ONLY);
    }
}
