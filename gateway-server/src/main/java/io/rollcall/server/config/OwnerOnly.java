package io.rollcall.server.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files and directories that only their owner may read: modes 0600 and 0700 from creation on, regardless of the umask.
 * On file systems without such modes they get the file system's defaults.
 */
public final class OwnerOnly {
    private static final Logger log = LoggerFactory.getLogger(OwnerOnly.class);
    private static final boolean IS_POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private OwnerOnly() {}

    /** The attributes for creating a file. */
    public static FileAttribute<?>[] file() {
        return mode("rw-------");
    }

    /** Creates an empty file if it does not exist. */
    public static void createFile(Path file) throws IOException {
        try {
            Files.createFile(file, file());
        } catch (FileAlreadyExistsException e) {
            tighten(file);
        }
    }

    /** Creates a directory, and its parents, if it does not exist. */
    public static void createDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path above = directory.toAbsolutePath().getParent();
        if (above != null) {
            Files.createDirectories(above);
        }
        Files.createDirectories(directory, mode("rwx------"));
    }

    private static FileAttribute<?>[] mode(String mode) {
        return IS_POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }

    /** Removes permissions of others that an earlier version, or a copy, left on a file; warns if it cannot. */
    public static void tighten(Path file) throws IOException {
        Set<PosixFilePermission> others = permissionsOfOthers(file);
        if (others.isEmpty()) {
            return;
        }
        Set<PosixFilePermission> before = Files.getPosixFilePermissions(file);
        Set<PosixFilePermission> left = EnumSet.copyOf(before);
        left.removeAll(OTHERS);
        try {
            Files.setPosixFilePermissions(file, left);
            log.info("{} is now accessible only to its owner (was {})", file, PosixFilePermissions.toString(before));
        } catch (IOException e) {
            log.warn("{} is open to others; run 'chmod go= {}' as its owner", file, file, e);
        }
    }

    /** If others than its owner may read or write the file, returns a sentence that names it and what to do. */
    public static Optional<String> exposure(Path file) {
        try {
            Set<PosixFilePermission> others = permissionsOfOthers(file);
            return others.isEmpty()
                    ? Optional.empty()
                    : Optional.of(file + " is open to others than its owner ("
                            + PosixFilePermissions.toString(Files.getPosixFilePermissions(file)) + "); run 'chmod go= "
                            + file + "'");
        } catch (IOException e) {
            return Optional.empty(); // reading the file reports what is wrong with it
        }
    }

    private static Set<PosixFilePermission> permissionsOfOthers(Path file) throws IOException {
        if (!IS_POSIX || !Files.exists(file)) {
            return Set.of();
        }
        Set<PosixFilePermission> others = EnumSet.noneOf(PosixFilePermission.class);
        others.addAll(Files.getPosixFilePermissions(file));
        others.retainAll(OTHERS);
        return others;
    }
}
