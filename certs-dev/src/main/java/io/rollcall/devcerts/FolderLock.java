package io.rollcall.devcerts;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Allows one run at a time in a directory. Creates {@code .issuer} with the lock file, accessible only to its owner.
 */
final class FolderLock {
    /** A file lock belongs to the process: a second thread of it would get an exception instead of waiting. */
    private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private FolderLock() {}

    static <T> T whileHeld(Path root, Supplier<T> work) {
        IN_THIS_PROCESS.lock();
        try (FileChannel channel = open(root)) {
            channel.lock(); // released by closing the channel
            return work.get();
        } catch (IOException e) {
            throw new DevCertsException("Cannot use " + root + " as a directory for certificates (" + e + ")", e);
        } finally {
            IN_THIS_PROCESS.unlock();
        }
    }

    private static FileChannel open(Path root) throws IOException {
        return FileChannel.open(privateDirectory(root).resolve("lock"), Set.of(CREATE, WRITE), mode("rw-------"));
    }

    private static Path privateDirectory(Path root) throws IOException {
        Path directory = root.resolve(IssuerFiles.DIRECTORY);
        Files.createDirectories(root);
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, mode("rwx------"));
        }
        if (!Files.getPosixFilePermissions(directory).equals(OWNER_ONLY)) {
            Files.setPosixFilePermissions(directory, OWNER_ONLY);
        }
        return directory;
    }

    private static FileAttribute<Set<PosixFilePermission>> mode(String mode) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    }
}
