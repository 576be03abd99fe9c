package io.rollcall.server.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The audit log in a gateway's directory, as it stands in the files, whether the gateway runs or not. */
final class AuditLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;

    AuditLines(Path dataDir) {
        this.directory = dataDir.resolve("audit");
    }

    Path directory() {
        return directory;
    }

    /** In the order of their numbers. */
    List<Path> files() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything in the files, the line that is being written included. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (Path file : files()) {
            try {
                text.append(Files.readString(file, StandardCharsets.US_ASCII));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return text.toString();
    }

    /** The finished lines. */
    List<JsonNode> all() {
        String text = text();
        List<JsonNode> lines = new ArrayList<>();
        try {
            for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
                lines.add(JSON.readTree(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + text, e);
        }
        return lines;
    }

    List<JsonNode> of(String event) {
        return of(event, line -> true);
    }

    List<JsonNode> of(String event, Predicate<JsonNode> which) {
        return all().stream()
                .filter(line -> line.path("event").asText().equals(event))
                .filter(which)
                .toList();
    }

    /** Waits for such a line, and gives the first: what nobody waits for is written a moment later. */
    JsonNode await(String event, Predicate<JsonNode> which) {
        return Awaitility.await("a line of " + event)
                .until(() -> of(event, which), found -> !found.isEmpty())
                .get(0);
    }
}
