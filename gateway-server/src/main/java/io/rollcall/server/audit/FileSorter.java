package io.rollcall.server.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.rollcall.server.namespace.NamespaceName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Copies the lines of a closed file to the records of their namespaces, compressed, and checks them: a file that does not fit is
 * not sorted, so that the evidence is kept.
 *
 * <p>Can be repeated after an interruption at any point: each file of a record is written under another name, forced to
 * the disk, and renamed. Uses {@value #BUFFERED} bytes of memory, however many records there are. Threads: one.
 */
final class FileSorter {
    private static final int BUFFERED = 8 << 20;
    private static final JsonFactory JSON = new JsonFactory();

    private final AuditFiles files;
    private final KeptFiles kept;
    private final Consumer<SortingStep> passed;

    /** @param passed called after each step, for tests that end there */
    FileSorter(AuditFiles files, KeptFiles kept, Consumer<SortingStep> passed) {
        this.files = files;
        this.kept = kept;
        this.passed = passed;
    }

    /**
     * The result of sorting a file.
     *
     * @param end the last head of the chain in it
     * @param records the records that received lines, with what is kept of each now
     */
    record Sorted(ChainHead end, List<RecordState> records) {
        Sorted {
            records = List.copyOf(records);
        }
    }

    /** A file that is not as it was written. */
    static final class MisfitException extends Exception {
        private static final long serialVersionUID = 1;

        MisfitException(String where, String what) {
            super(new Misfit(where, what).toString());
        }
    }

    /** One record's lines of the file that is being sorted. */
    private static final class Part {
        private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
        private RecordState state;
        private boolean isBegun;

        Part(RecordState state) {
            this.state = state;
        }
    }

    /**
     * Sorts the file with this number, and leaves the file itself unchanged.
     *
     * @param before the head that it must follow; null: not known
     * @throws MisfitException if a line does not fit; then no line was sorted
     * @throws IOException if it cannot be read, or the records cannot be written
     */
    Sorted sort(long number, @Nullable ChainHead before) throws IOException, MisfitException {
        Map<String, Part> parts = new TreeMap<>();
        try {
            ChainHead end = read(number, before, parts);
            requireFollowed(number, end);
            for (Part part : parts.values()) {
                flush(part, number);
            }
            passed.accept(SortingStep.WRITTEN);
            rename(parts.keySet(), number);
            passed.accept(SortingStep.RENAMED);
            return new Sorted(
                    end, parts.values().stream().map(part -> part.state).toList());
        } catch (MisfitException e) {
            for (String record : parts.keySet()) {
                Files.deleteIfExists(kept.unfinished(record, number));
            }
            throw e;
        }
    }

    private ChainHead read(long number, @Nullable ChainHead before, Map<String, Part> parts)
            throws IOException, MisfitException {
        ChainHead head = before;
        int waiting = 0;
        try (LineReader lines = new LineReader(files.path(number))) {
            for (String text = lines.next().orElse(null);
                    text != null;
                    text = lines.next().orElse(null)) {
                AuditLine line = AuditLine.read(text).orElse(null);
                if (line == null || !line.isWhole() || !lines.isFinished()) {
                    throw new MisfitException(lines.where(), "is not as it was written");
                }
                if (head != null && !head.isBefore(line)) {
                    throw new MisfitException(
                            lines.where(), "line " + line.seq() + " does not follow on line " + head.seq());
                }
                head = line.head();
                waiting += add(text, line, number, parts);
                if (waiting > BUFFERED) {
                    for (Part part : parts.values()) {
                        flush(part, number);
                    }
                    waiting = 0;
                }
            }
        }
        if (head == null || parts.isEmpty()) {
            throw new MisfitException(files.path(number).toString(), "holds no line");
        }
        return head;
    }

    /** Checks that the next file continues from the last line of this one. */
    private void requireFollowed(long number, ChainHead end) throws IOException, MisfitException {
        Path next = files.path(number + 1);
        if (!Files.exists(next)) {
            return;
        }
        try (LineReader lines = new LineReader(next)) {
            AuditLine first = lines.next().flatMap(AuditLine::read).orElse(null);
            if (first != null && !end.isBefore(first)) {
                throw new MisfitException(
                        files.path(number) + ":end",
                        "ends with line " + end.seq() + ", but the next file follows on line " + (first.seq() - 1));
            }
        }
    }

    private int add(String text, AuditLine line, long number, Map<String, Part> parts) throws IOException {
        String record = recordOf(text);
        Part part = parts.get(record);
        if (part == null) {
            part = new Part(begin(record, number));
            parts.put(record, part);
        }
        RecordState before = part.state;
        String link = KeptLine.link(before.lastLink(), line.hash());
        part.state = new RecordState(
                record, before.fromFile(), before.afterLine(), before.afterLink(), number, line.seq(), link);
        byte[] bytes = KeptLine.write(text, link).getBytes(StandardCharsets.ISO_8859_1);
        if (part.waiting.size() == 0 && !part.isBegun) {
            part.waiting.writeBytes(new KeptHeader(record, number, before.lastLine(), before.lastLink())
                    .write()
                    .getBytes(StandardCharsets.US_ASCII));
        }
        part.waiting.writeBytes(bytes);
        return bytes.length;
    }

    /**
     * Returns the record as it was before this file. If all earlier lines are deleted, it continues from where it
     * ended.
     */
    private RecordState begin(String record, long number) throws IOException {
        RecordState before = kept.state(record, number).orElse(null);
        if (before != null && !before.isEmpty()) {
            return before;
        }
        long line = before == null ? 0 : before.lastLine();
        String link = before == null ? KeptLine.NO_LINK : before.lastLink();
        return new RecordState(record, number, line, link, number - 1, line, link);
    }

    private void flush(Part part, long number) throws IOException {
        String record = part.state.name();
        Path unfinished = kept.unfinished(record, number);
        if (!part.isBegun) {
            AuditFiles.make(kept.directory());
            AuditFiles.make(kept.record(record));
            Files.deleteIfExists(unfinished); // left by an interrupted attempt
            part.isBegun = true;
        }
        AuditFiles.append(unfinished, compressed(part.waiting));
        part.waiting.reset();
    }

    /** Returns a whole gzip member: a file may have several (RFC 1952 §2.2). */
    private static byte[] compressed(ByteArrayOutputStream text) throws IOException {
        ByteArrayOutputStream member = new ByteArrayOutputStream(text.size() / 4 + 64);
        try (GZIPOutputStream gzip = new FastGzip(member)) {
            text.writeTo(gzip);
        }
        return member.toByteArray();
    }

    /** Half of the default level's CPU time for a tenth more bytes: lines repeat their field names. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    private void rename(Iterable<String> records, long number) throws IOException {
        for (String record : records) {
            // As an earlier version left it when it died right after this.
            Files.deleteIfExists(kept.uncompressed(record, number));
            // Replaces the same file if the gateway died right after this.
            Files.move(kept.unfinished(record, number), kept.path(record, number), StandardCopyOption.ATOMIC_MOVE);
            AuditFiles.force(kept.record(record));
        }
        AuditFiles.force(kept.directory());
        AuditFiles.force(files.directory());
    }

    /** Returns the record of a line: that of the namespace that it names, or the gateway's. */
    static String recordOf(String line) throws IOException {
        try (JsonParser json = JSON.createParser(line)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals("namespace") && value == JsonToken.VALUE_STRING) {
                    return named(json.getText());
                }
                json.skipChildren();
            }
        }
        return KeptFiles.GATEWAY;
    }

    private static String named(String namespace) {
        try {
            return new NamespaceName(namespace).value();
        } catch (IllegalArgumentException e) {
            return KeptFiles.GATEWAY; // the record of lines without a namespace
        }
    }
}
