package io.rollcall.server.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The files of the records: the lines of closed files, sorted by namespace.
 *
 * <pre>
 *   audit/audit-000004.jsonl             the log's current file
 *   audit/kept/alpha/000001.jsonl        alpha's lines of file 1
 *   audit/kept/alpha/000003.jsonl        file 2 had none
 *   audit/kept/gateway/000001.jsonl      lines of no namespace
 *   audit/kept/beta/emptied              all of beta's lines are deleted; says what the next one follows
 * </pre>
 *
 * Threads: any; only one at a time may change them.
 */
final class KeptFiles {
    static final String DIRECTORY = "kept";
    /** The record of lines without a namespace; no namespace may have this name. */
    static final String GATEWAY = "gateway";

    private static final Pattern NAME = Pattern.compile("(\\d{6,12})\\.jsonl");
    private static final Pattern RECORD = Pattern.compile("[a-z0-9-]{1,63}");
    private static final String EMPTIED = "emptied";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;

    /** @param log the log's own directory */
    KeptFiles(Path log) {
        this.directory = log.resolve(DIRECTORY);
    }

    Path directory() {
        return directory;
    }

    Path record(String record) {
        return directory.resolve(record);
    }

    Path path(String record, long number) {
        return record(record).resolve(String.format(Locale.ROOT, "%06d.jsonl", number));
    }

    /** A file that is being written; it is renamed once it is complete. */
    Path unfinished(String record, long number) {
        Path path = path(record, number);
        return path.resolveSibling(path.getFileName() + ".unfinished");
    }

    /** The files of one record, by number. */
    SortedMap<Long, Path> of(String record) throws IOException {
        return AuditFiles.numbered(record(record), NAME);
    }

    /** The files of all records that have any, by record. */
    SortedMap<String, SortedMap<Long, Path>> list() throws IOException {
        SortedMap<String, SortedMap<Long, Path>> found = new TreeMap<>();
        for (Path entry : AuditFiles.entries(directory)) {
            String name = String.valueOf(entry.getFileName());
            SortedMap<Long, Path> files = RECORD.matcher(name).matches() ? of(name) : new TreeMap<>();
            if (!files.isEmpty()) {
                found.put(name, files);
            }
        }
        return found;
    }

    /** The names of all records, including those whose lines are all deleted. */
    SortedSet<String> names() throws IOException {
        SortedSet<String> names = new TreeSet<>(list().keySet());
        for (Path entry : AuditFiles.entries(directory)) {
            if (Files.exists(entry.resolve(EMPTIED))) {
                names.add(String.valueOf(entry.getFileName()));
            }
        }
        return names;
    }

    /**
     * What is kept of a record in the files before this one, read from these files; empty if there never were any.
     *
     * @throws IOException if its oldest or newest file cannot be read, or is not a record's file
     */
    Optional<RecordState> state(String record, long before) throws IOException {
        SortedMap<Long, Path> files = of(record).headMap(before);
        if (files.isEmpty()) {
            return emptied(record);
        }
        KeptHeader oldest = header(path(record, files.firstKey()));
        Path newest = path(record, files.lastKey());
        KeptLine last = KeptLine.read(lastLine(newest))
                .orElseThrow(() -> new IOException(newest + " does not end with a line of a record"));
        return Optional.of(new RecordState(
                record,
                files.firstKey(),
                oldest.afterLine(),
                oldest.afterLink(),
                files.lastKey(),
                last.line().seq(),
                last.link()));
    }

    private Optional<RecordState> emptied(String record) throws IOException {
        Path file = record(record).resolve(EMPTIED);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        KeptHeader end = header(file);
        return Optional.of(new RecordState(
                record,
                end.file() + 1,
                end.afterLine(),
                end.afterLink(),
                end.file(),
                end.afterLine(),
                end.afterLink()));
    }

    /** Stores the end of a record whose lines are all about to be deleted. It counts once no file is left. */
    void writeEmptied(RecordState state) throws IOException {
        Path file = record(state.name()).resolve(EMPTIED);
        Path unfinished = file.resolveSibling(EMPTIED + ".unfinished");
        Files.deleteIfExists(unfinished);
        AuditFiles.append(
                unfinished,
                new KeptHeader(state.name(), state.toFile(), state.lastLine(), state.lastLink())
                        .write()
                        .getBytes(StandardCharsets.US_ASCII));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        AuditFiles.force(record(state.name()));
    }

    static KeptHeader header(Path file) throws IOException {
        try (LineReader lines = new LineReader(file)) {
            return lines.next()
                    .flatMap(KeptHeader::read)
                    .orElseThrow(() -> new IOException(file + " does not begin as a file of a record"));
        }
    }

    /** The head of the log after the last line of a file. */
    static ChainHead lastHead(Path file) throws IOException {
        return KeptLine.read(lastLine(file))
                .map(last -> last.line().head())
                .orElseThrow(() -> new IOException(file + " does not end with a line of a record"));
    }

    /** When the last line of a file was written. */
    static Instant lastTime(Path file) throws IOException {
        return time(lastLine(file));
    }

    /** When a line was written. */
    static Instant time(String line) throws IOException {
        try {
            return Instant.parse(JSON.readTree(line).path("time").asText());
        } catch (DateTimeParseException e) {
            throw new IOException("a line of the log has no time: " + AuditEvent.cut(line), e);
        }
    }

    private static String lastLine(Path file) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
            long size = access.length();
            byte[] bytes = new byte[(int) Math.min(size, ChainTail.WINDOW)];
            access.seek(size - bytes.length);
            access.readFully(bytes);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            int end = text.lastIndexOf('\n');
            return end < 0 ? "" : text.substring(text.lastIndexOf('\n', end - 1) + 1, end);
        }
    }

    /** Deletes files of a record, the oldest first, so that the rest has no gap if this is interrupted. */
    void delete(SortedMap<Long, Path> files) throws IOException {
        for (Path file : files.values()) {
            Files.deleteIfExists(file);
        }
    }
}
