package io.rollcall.server.audit;

import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.config.FileFailure;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.registry.AuditEnd;
import io.rollcall.server.registry.AuditEnd.Lines;
import io.rollcall.server.watchdog.OutOfMemory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the hash-chained files. When {@link #append} returns, its lines are on the disk; those of {@link #write} are
 * there once the store has committed {@link #end}. When either throws, its lines are in no file, and the chain continues
 * from its previous end once there is room again.
 *
 * <pre>
 *   audit-000001.jsonl          audit-000002.jsonl
 *   1 file-begun                4001 file-begun  (prev = hash of 4000)
 *   2 gateway-started           4002 change
 *   …                           …   ◀── append
 *   4000 change
 * </pre>
 *
 * <p>The {@link RecordKeeper} sorts and then deletes closed files; this class only appends to the last one.
 *
 * <p>At the start, only the end of the last file is read. Lines that the store kept and the file lost in a crash of the
 * machine are written again ({@link LinesAfterCrash}). An unfinished line, left by a crash, is removed, and this is
 * recorded. If the end does not fit for another reason (it was edited or damaged), nothing is deleted: the log
 * continues in another file whose first lines say so, and the verifier always finds the place. The same happens when
 * the file is found shorter or longer than it was written, before or after a batch: a careless daily rotation that
 * truncates the file should not stop every tenant's changes, and the truncated lines are lost either way.
 *
 * <p>Threads: one at a time.
 */
final class AuditLog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AuditLog.class);

    private final AuditFiles files;
    private final Settings settings;
    private final Clock clock;
    private final List<AuditEvent> found = new ArrayList<>();
    private final UnforcedLines unforced = new UnforcedLines();
    /** Whether a store keeps them. */
    private boolean isKept;

    private volatile long number;
    private long length;
    private ChainHead head;
    /** The last line on the disk; the later ones are {@link #unforced}. */
    private ChainHead forcedHead;

    private @Nullable FileChannel channel;
    private @Nullable Object fileKey;
    /** Whether the file may hold bytes beyond its valid length, left by a failed attempt. */
    private boolean isTorn;

    private @Nullable String broken;

    private AuditLog(AuditFiles files, Settings settings, Clock clock, long number, long length, ChainHead head) {
        this.files = files;
        this.settings = settings;
        this.clock = clock;
        this.number = number;
        this.length = length;
        this.head = head;
        this.forcedHead = head;
    }

    /**
     * Opens the log at its end, or a new one. Writes nothing, except that it removes an unfinished line, and writes
     * again what is lost.
     *
     * @param directory created if it does not exist
     * @param clock for the times of the log's own lines
     * @param kept of the log's end, by a store that goes on to keep it; empty: there is none, and all is forced
     * @throws IOException if it cannot be used; the message says what to do
     */
    static AuditLog open(Path directory, Settings settings, Clock clock, Optional<AuditEnd> kept) throws IOException {
        AuditLog opened =
                open(directory, settings, clock, kept.map(AuditEnd::unforced).orElse(List.of()));
        opened.isKept = kept.isPresent();
        return opened;
    }

    private static AuditLog open(Path directory, Settings settings, Clock clock, List<Lines> kept) throws IOException {
        try {
            AuditFiles files = new AuditFiles(AuditFiles.make(directory));
            files.requireKnownNames();
            SortedMap<Long, Path> present = files.list();
            if (present.isEmpty()) {
                return withoutFiles(files, settings, clock);
            }
            long last = present.lastKey();
            int restored = LinesAfterCrash.restore(files, last, kept);
            ChainTail tail = ChainTail.of(files.path(last));
            ChainHead head = tail.head().orElseGet(() -> ChainHead.NONE);
            if (tail.head().isEmpty() && present.headMap(last).size() > 0) {
                // A crash right after a file was created: the chain's end is in the file before.
                ChainTail before = ChainTail.of(files.path(present.headMap(last).lastKey()));
                head = before.head().orElse(ChainHead.NONE);
            }
            String misfit = tail.misfit();
            if (misfit != null) {
                AuditFiles.force(files.path(last)); // the store keeps no lines of a file that is not the last
            }
            AuditLog opened = misfit == null
                    ? new AuditLog(files, settings, clock, last, tail.length(), head)
                    : new AuditLog(files, settings, clock, last + 1, 0, head);
            opened.fileKey = misfit == null ? key(files.path(last)) : null;
            opened.recover(tail, restored, files.path(last));
            return opened;
        } catch (IOException e) {
            throw new IOException(sentence(directory, e), e);
        }
    }

    /** Opens a new log, or one whose files were removed while their sorted lines still exist. */
    private static AuditLog withoutFiles(AuditFiles files, Settings settings, Clock clock) throws IOException {
        KeptFiles kept = new KeptFiles(files.directory());
        SortedMap<Long, Path> own = kept.of(KeptFiles.GATEWAY);
        if (own.isEmpty()) {
            return new AuditLog(files, settings, clock, 1, 0, ChainHead.NONE);
        }
        long missing = own.lastKey() + 1;
        AuditLog opened = new AuditLog(
                files,
                settings,
                clock,
                missing + 1,
                0,
                kept.end(kept.existing(KeptFiles.GATEWAY, own.lastKey())).head());
        opened.breaks(
                files.path(missing),
                "is missing",
                AuditEvent.of(clock.instant(), Kind.CHAIN_BROKEN)
                        .with("file", String.valueOf(files.path(missing).getFileName())));
        return opened;
    }

    private void recover(ChainTail tail, int restored, Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (restored > 0) {
            log.warn(
                    "{}: {} lines that a crash of the machine lost were written again, from the store", file, restored);
            found.add(AuditEvent.of(clock.instant(), Kind.RECOVERED)
                    .with("file", name)
                    .with("restored_lines", restored));
        }
        if (tail.misfit() != null) {
            breaks(
                    file,
                    "does not fit from " + tail.misfit() + " on: it was edited or damaged",
                    AuditEvent.of(clock.instant(), Kind.CHAIN_BROKEN)
                            .with("file", name)
                            .with("from", String.valueOf(tail.misfit())));
        } else if (tail.unfinished() > 0) {
            isTorn = true;
            channel().force(true);
            log.warn("{}: {} bytes of an unfinished line dropped", file, tail.unfinished());
            found.add(AuditEvent.of(clock.instant(), Kind.RECOVERED)
                    .with("file", name)
                    .with("dropped_bytes", tail.unfinished()));
        }
    }

    /** Reports a file that stays as it is, while the log continues in another. */
    private void breaks(Path file, String what, AuditEvent line) {
        String sentence = file + " " + what;
        log.error(
                "{}. It stays as it is, the log goes on in {}; see scripts/audit-verify", sentence, files.path(number));
        broken = sentence;
        found.add(line);
    }

    /** The head of the chain. */
    ChainHead head() {
        return head;
    }

    /** The last line on the disk. */
    ChainHead forcedHead() {
        return forcedHead;
    }

    /** The end of the log, for the store to keep. */
    AuditEnd end() {
        return new AuditEnd(head.toString(), unforced.batches());
    }

    /** The number of the current file; those before it are closed. Threads: any. */
    long number() {
        return number;
    }

    /** Describes the damage of the files that was found since the start; empty: none. */
    Optional<String> broken() {
        return Optional.ofNullable(broken);
    }

    /**
     * Writes one line for each event, in a single write, and forces the file to the disk.
     *
     * @throws IOException if they are not on the disk; then none of them counts. The message says what to do
     */
    void append(List<AuditEvent> events) throws IOException {
        append(events, true);
    }

    /**
     * As {@link #append}, but if a store keeps the log's end, its next commit of {@link #end}, or the next lines that
     * are forced, bring them to the disk. The first line of a file, and a large batch, are forced at once.
     */
    void write(List<AuditEvent> events) throws IOException {
        append(events, !isKept);
    }

    /** @throws IOException if what was written is not on the disk; it is written again before the next lines then */
    void force() throws IOException {
        if (!unforced.isEmpty()) {
            append(List.of(), true);
        }
    }

    private void append(List<AuditEvent> events, boolean isForced) throws IOException {
        try {
            leaveChangedFile(0);
            if (length >= settings.get(Setting.AUDIT_FILE_SIZE)) {
                finishFile();
            }
            write(events, isForced, true);
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

    private void write(List<AuditEvent> events, boolean isForced, boolean mayBeginAnother) throws IOException {
        List<AuditEvent> all = new ArrayList<>();
        boolean isFirst = length == 0;
        if (isFirst) {
            all.add(fileBegun());
        }
        all.addAll(found);
        all.addAll(events);
        StringBuilder text = new StringBuilder();
        ChainHead after = head;
        for (AuditEvent event : all) {
            String line = AuditLine.write(after, event.fields());
            text.append(line);
            after = AuditLine.headOf(line);
        }
        boolean forces = isForced || isFirst || !unforced.takes(text.length());
        write(text.toString(), forces);
        if (leaveChangedFile(text.length())) {
            // It was truncated just now: these lines are not where they should be.
            if (!mayBeginAnother) {
                throw new IOException("it is changed again and again by another program; find out by which");
            }
            write(events, isForced, false);
            return;
        }
        if (forces) {
            unforced.clear();
            forcedHead = after;
        } else {
            unforced.add(new Lines(number, length, text.toString()));
        }
        length += text.length();
        head = after;
        if (isFirst) {
            log.info("audit log: {} begins, head {}", files.path(number), head);
        }
    }

    /**
     * Continues in another file if this one does not have the length that was written to it.
     *
     * @param more bytes that were just written
     */
    private boolean leaveChangedFile(long more) throws IOException {
        if (length + more == 0) {
            return false; // nothing can be missing
        }
        long size = channel().size();
        requireSameFile();
        if (size == length + more) {
            return false;
        }
        Path file = files.path(number);
        AuditEvent line = AuditEvent.of(clock.instant(), Kind.CHAIN_BROKEN)
                .with("file", String.valueOf(file.getFileName()))
                .with("bytes_written", length + more)
                .with("bytes_found", size);
        channel().force(false); // the store keeps no lines of a file that is not the last
        closeChannel();
        String written = length + more + " bytes";
        beginAnother();
        breaks(file, "holds " + size + " bytes, but " + written + " were written; another program changed it", line);
        return true;
    }

    private void beginAnother() {
        long next = number + 1;
        number = next; // written by one thread at a time
        length = 0;
        fileKey = null;
        isTorn = false;
        unforced.clear();
    }

    private AuditEvent fileBegun() throws IOException {
        SortedMap<Long, Path> present = files.list();
        present.put(number, files.path(number));
        return AuditEvent.of(clock.instant(), Kind.FILE_BEGUN)
                .with("file", number)
                .with("oldest_file", present.firstKey());
    }

    private void write(String lines, boolean isForced) throws IOException {
        FileChannel to = channel();
        requireSameFile();
        UnforcedLines.write(to, lines);
        if (isForced) {
            to.force(false);
        }
    }

    private FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            if (fileKey == null) {
                open = files.create(number);
                fileKey = key(files.path(number));
            } else {
                requireSameFile();
                open = files.append(number);
            }
            channel = open;
            if (isTorn) {
                open.truncate(unforced.forcedLength(length)); // never lengthens it
                unforced.rewrite(open); // the disk may have lost them when it failed
                isTorn = false;
            }
        }
        return open;
    }

    /** Lines in an unlinked file would be lost with the process. */
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
            isTorn = true;
            try (failed) {
                failed.truncate(length);
                isTorn = !unforced.isEmpty();
            } catch (IOException e) {
                because.addSuppressed(e); // the next attempt opens the file again, and truncates it
            }
        }
    }

    private void finishFile() throws IOException {
        channel().force(false);
        log.info("audit log: {} ends, head {}", files.path(number), head);
        closeChannel();
        beginAnother();
    }

    private void closeChannel() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    private static String sentence(Path path, IOException e) {
        return "the audit log " + path + " "
                + FileFailure.sentence(
                        "cannot be written", e, "make room on its disk, or let the gateway's user write there");
    }

    @Override
    public void close() throws IOException {
        try {
            force();
        } finally {
            closeChannel();
        }
    }
}
