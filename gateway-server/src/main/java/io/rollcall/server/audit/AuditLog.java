package io.rollcall.server.audit;

import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.config.AuditConfig;
import io.rollcall.server.watchdog.OutOfMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hash-chained files. What {@link #append} returned from is on the disk; what it threw for is in no file, so that
 * the chain goes on from where it was once there is room again.
 *
 * <pre>
 *   audit-000001.jsonl          audit-000002.jsonl
 *   1 file-begun                4001 file-begun  (prev = hash of 4000)
 *   2 gateway-started           4002 change
 *   …                           …   ◀── append
 *   4000 change
 * </pre>
 *
 * <p>At the start only the last file's end is looked at. A line that a crash left unfinished is cut off, and that is
 * noted. Where the end does not fit otherwise (somebody edited it, or the disk did), nothing is deleted: the log goes
 * on in another file whose first lines say so, and the verifier will always find the place.
 *
 * <p>Threads: one at a time.
 */
final class AuditLog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AuditLog.class);

    private final AuditFiles files;
    private final AuditConfig config;
    private final Clock clock;
    private final List<AuditEvent> found = new ArrayList<>();
    private long number;
    private long length;
    private ChainHead head;
    private @Nullable FileChannel channel;
    private @Nullable Object fileKey;

    private AuditLog(AuditFiles files, AuditConfig config, Clock clock, long number, long length, ChainHead head) {
        this.files = files;
        this.config = config;
        this.clock = clock;
        this.number = number;
        this.length = length;
        this.head = head;
    }

    /**
     * Opens the log where it ended, or a new one. Nothing is written but that an unfinished line is cut off.
     *
     * @param directory made where it is not there
     * @param clock for the times of the log's own lines
     * @throws IOException if it cannot be used; the message says what to do
     */
    static AuditLog open(Path directory, AuditConfig config, Clock clock) throws IOException {
        try {
            AuditFiles files = new AuditFiles(AuditFiles.make(directory));
            SortedMap<Long, Path> present = files.list();
            if (present.isEmpty()) {
                return new AuditLog(files, config, clock, 1, 0, ChainHead.NONE);
            }
            long last = present.lastKey();
            ChainTail tail = ChainTail.of(files.path(last));
            ChainHead head = tail.head().orElseGet(() -> ChainHead.NONE);
            if (tail.head().isEmpty() && present.headMap(last).size() > 0) {
                // A crash right after a file was begun: the chain's end is in the one before.
                ChainTail before = ChainTail.of(files.path(present.headMap(last).lastKey()));
                head = before.head().orElse(ChainHead.NONE);
            }
            String misfit = tail.misfit();
            AuditLog opened = misfit == null
                    ? new AuditLog(files, config, clock, last, tail.length(), head)
                    : new AuditLog(files, config, clock, last + 1, 0, head);
            opened.recover(tail, files.path(last));
            return opened;
        } catch (IOException e) {
            throw new IOException(sentence(directory, e), e);
        }
    }

    private void recover(ChainTail tail, Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (tail.misfit() != null) {
            log.error(
                    "{} does not fit from {} on: it was edited or damaged. It stays as it is, the log goes on in {};"
                            + " see scripts/audit-verify",
                    file,
                    tail.misfit(),
                    files.path(number));
            found.add(AuditEvent.of(clock.instant(), Kind.CHAIN_BROKEN)
                    .with("file", name)
                    .with("from", String.valueOf(tail.misfit())));
        } else if (tail.unfinished() > 0) {
            channel().truncate(length);
            channel().force(true);
            log.warn("{}: {} bytes of an unfinished line dropped", file, tail.unfinished());
            found.add(AuditEvent.of(clock.instant(), Kind.RECOVERED)
                    .with("file", name)
                    .with("dropped_bytes", tail.unfinished()));
        }
    }

    /** Where the chain stands. */
    ChainHead head() {
        return head;
    }

    /**
     * Writes one line for each event, in one go.
     *
     * @throws IOException if they are not on the disk; none of them counts then. The message says what to do
     */
    void append(List<AuditEvent> events) throws IOException {
        try {
            if (length >= config.fileSize()) {
                finishFile();
            }
            List<AuditEvent> all = new ArrayList<>();
            if (length == 0) {
                all.add(fileBegun());
            }
            all.addAll(found);
            all.addAll(events);
            write(all);
        } catch (IOException e) {
            takeBack(e);
            throw new IOException(sentence(files.path(number), e), e);
        } catch (RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            takeBack(e);
            throw e;
        }
        found.clear();
    }

    private void write(List<AuditEvent> events) throws IOException {
        StringBuilder text = new StringBuilder();
        ChainHead after = head;
        for (AuditEvent event : events) {
            String line = AuditLine.write(after, event.fields());
            text.append(line);
            after = AuditLine.headOf(line);
        }
        write(StandardCharsets.US_ASCII.encode(text.toString()));
        boolean isFirst = length == 0;
        length += text.length();
        head = after;
        if (isFirst) {
            log.info("audit log: {} begins, head {}", files.path(number), head);
            deleteOld();
        }
    }

    private AuditEvent fileBegun() throws IOException {
        SortedMap<Long, Path> present = files.list();
        present.put(number, files.path(number));
        List<Long> kept = List.copyOf(present.keySet());
        long oldest = kept.get(Math.max(0, kept.size() - config.filesKept()));
        return AuditEvent.of(clock.instant(), Kind.FILE_BEGUN)
                .with("file", number)
                .with("oldest_file", oldest);
    }

    private void write(ByteBuffer lines) throws IOException {
        FileChannel to = channel();
        requireSameFile();
        long position = length;
        while (lines.hasRemaining()) {
            position += to.write(lines, position);
        }
        to.force(false);
    }

    private FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            Path path = files.path(number);
            if (fileKey != null) {
                requireSameFile();
            }
            open = files.open(number);
            channel = open;
            fileKey = key(path);
            // What an attempt left that failed and could not be taken back then.
            open.truncate(length);
        }
        return open;
    }

    /** Lines in a file that has lost its name would be lost with the process. */
    private void requireSameFile() throws IOException {
        Path path = files.path(number);
        if (!Files.exists(path) || !key(path).equals(fileKey)) {
            throw new IOException("it was moved, deleted or replaced while the gateway ran; put it back, or restart");
        }
    }

    private static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private void takeBack(Throwable because) {
        FileChannel failed = channel;
        channel = null;
        if (failed != null) {
            try (failed) {
                failed.truncate(length);
            } catch (IOException e) {
                because.addSuppressed(e); // the next attempt opens the file anew, and cuts it
            }
        }
    }

    private void finishFile() throws IOException {
        log.info("audit log: {} ends, head {}", files.path(number), head);
        closeChannel();
        number++;
        length = 0;
        fileKey = null;
    }

    private void deleteOld() {
        try {
            List<Path> present = List.copyOf(files.list().values());
            for (Path old : present.subList(0, Math.max(0, present.size() - config.filesKept()))) {
                Files.delete(old);
                log.info("audit log: {} deleted, as {} files are kept", old, config.filesKept());
            }
        } catch (IOException e) {
            log.warn("audit log: an old file could not be deleted; the next one tries again", e);
        }
    }

    private void closeChannel() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    private static String sentence(Path path, IOException e) {
        return "the audit log " + path + " cannot be written (" + why(e)
                + "); make room on its disk, or let the gateway's user write there";
    }

    /** What a {@link FileSystemException} says is often the file's name alone. */
    private static String why(IOException e) {
        if (e instanceof FileSystemException about) {
            String reason = about.getReason();
            return reason == null ? e.getClass().getSimpleName() : reason;
        }
        return String.valueOf(e.getMessage());
    }

    @Override
    public void close() throws IOException {
        closeChannel();
    }
}
