package io.rollcall.server.store;

import io.rollcall.server.config.FileFailure;
import io.rollcall.server.config.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory with the gateway's files, used by one process at a time: the process locks {@code gateway.lock} in it
 * (a POSIX advisory lock, released whenever the process ends) and writes its identity there. The files are readable
 * only by their owner.
 */
public final class DataDirectory implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DataDirectory.class);
    private static final String LOCK_FILE = "gateway.lock";
    private static final int MOST_SAID = 200;

    private final Path path;
    private final FileChannel lockFile;

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Creates the directory if needed, accessible only to its owner, and locks it until closed or the process ends.
     *
     * @throws IOException if it cannot be used or another process holds it; the message says what to do
     */
    public static DataDirectory hold(Path path) throws IOException {
        FileChannel lockFile = null;
        try {
            OwnerOnly.createDirectory(path);
            OwnerOnly.createFile(path.resolve(LOCK_FILE));
            lockFile = FileChannel.open(path.resolve(LOCK_FILE), StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!isLocked(lockFile)) {
                throw new IOException("data-dir: " + path + " is held by another gateway (" + holder(lockFile)
                        + "); stop that one, or give this one another --data-dir");
            }
            sayWhoHolds(lockFile);
            // Permissions are not changed: it may be a home directory, or /tmp.
            OwnerOnly.exposure(path).ifPresent(log::warn);
            return new DataDirectory(path, lockFile);
        } catch (FileSystemException e) {
            close(lockFile);
            throw new IOException("data-dir: " + path + " " + whyNot(e), e);
        } catch (IOException e) {
            close(lockFile);
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    private static boolean isLocked(FileChannel lockFile) throws IOException {
        try {
            FileLock lock = lockFile.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // by this process
        }
    }

    private static void sayWhoHolds(FileChannel lockFile) throws IOException {
        String holder = "process " + ProcessHandle.current().pid() + " since "
                + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "\n";
        lockFile.truncate(0);
        lockFile.write(StandardCharsets.UTF_8.encode(holder), 0);
    }

    private static String holder(FileChannel lockFile) throws IOException {
        ByteBuffer said = ByteBuffer.allocate(MOST_SAID);
        lockFile.read(said, 0);
        return StandardCharsets.UTF_8.decode(said.flip()).toString().strip();
    }

    private static String whyNot(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return "cannot be written; let the gateway's user write there, or give another --data-dir";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "is a file (expected: a directory, or nothing yet); give another --data-dir";
        }
        return FileFailure.sentence(
                "cannot be used", e, "make room or let the gateway's user write there, or give another --data-dir");
    }

    private static void close(@Nullable FileChannel lockFile) throws IOException {
        if (lockFile != null) {
            lockFile.close();
        }
    }

    /** Releases the directory. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
