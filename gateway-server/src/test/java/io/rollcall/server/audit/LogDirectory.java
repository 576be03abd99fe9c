package io.rollcall.server.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.AuditEnd;
import io.rollcall.server.testing.CompressedText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The files of a log under test: opened, read and tampered with. */
final class LogDirectory {
    static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    static final Settings ROOMY = TestSettings.INITIAL
            .with(Setting.AUDIT_FILE_SIZE, 64L << 20)
            .with(Setting.AUDIT_MAX_SIZE, (long) (2L << 30));
    private static final ObjectMapper JSON = new ObjectMapper();

    final Path path;

    LogDirectory(Path path) {
        this.path = path;
    }

    AuditLog open() throws IOException {
        return open(ROOMY);
    }

    AuditLog open(Settings config) throws IOException {
        return AuditLog.open(path, config, new TestClock(NOON), Optional.empty());
    }

    /** Opens it with what a store has kept of its end, and goes on to keep. */
    AuditLog open(AuditEnd kept) throws IOException {
        return AuditLog.open(path, ROOMY, new TestClock(NOON), Optional.of(kept));
    }

    /** Appends one line for each word, each in a flush of its own, and closes. */
    ChainHead write(Settings config, String... words) throws IOException {
        try (AuditLog log = open(config)) {
            for (String word : words) {
                log.append(List.of(event(word)));
            }
            return log.head();
        }
    }

    static AuditEvent event(String word) {
        return AuditEvent.of(NOON, Kind.CHANGE).with("word", word);
    }

    static AuditEvent event(String namespace, String word) {
        return AuditEvent.of(NOON, Kind.CHANGE).in(new NamespaceName(namespace)).with("word", word);
    }

    Path file(long number) {
        return new AuditFiles(path).path(number);
    }

    List<Path> files() throws IOException {
        return List.copyOf(new AuditFiles(path).list().values());
    }

    List<String> lines(long number) throws IOException {
        return Files.readAllLines(file(number), StandardCharsets.US_ASCII);
    }

    /** All lines of the files that are not sorted. */
    List<JsonNode> all() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        for (Path file : files()) {
            all.addAll(read(file));
        }
        return all;
    }

    private static List<JsonNode> read(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : CompressedText.lines(file)) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    KeptFiles kept() {
        return new KeptFiles(path);
    }

    /** The lines of one record, without those that begin its files. */
    List<JsonNode> record(String name) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (Path file : kept().of(name).values()) {
            List<JsonNode> all = read(file);
            lines.addAll(all.subList(1, all.size()));
        }
        return lines;
    }

    /** The numbers of all lines, sorted or not, in their order; one that is there twice stands twice. */
    List<Long> numbers() throws IOException {
        List<JsonNode> everywhere = new ArrayList<>(all());
        for (String name : kept().list().keySet()) {
            everywhere.addAll(record(name));
        }
        return everywhere.stream()
                .map(line -> line.get("seq").asLong())
                .sorted()
                .toList();
    }

    List<String> events() throws IOException {
        return all().stream().map(line -> line.path("event").asText()).toList();
    }

    /** The words of the lines that have one. */
    List<String> words() throws IOException {
        return all().stream()
                .map(line -> line.path("word").asText())
                .filter(word -> !word.isEmpty())
                .toList();
    }

    void rewrite(long number, List<String> lines) throws IOException {
        Files.writeString(file(number), String.join("\n", lines) + "\n");
    }

    /** What the verifier finds, as {@code file:line: what}; "fits" if nothing. */
    String verify() throws IOException {
        return verify(null);
    }

    String verify(@Nullable ChainHead head) throws IOException {
        return new ChainVerifier(path, head)
                .verify()
                .map(misfit -> path.relativize(Path.of(misfit.where())) + ": " + misfit.what())
                .orElse("fits");
    }
}
