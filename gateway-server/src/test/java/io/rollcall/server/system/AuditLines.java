package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rollcall.server.testing.CompressedText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
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

    /** Those that are not sorted yet, in the order of their numbers. */
    List<Path> files() {
        return jsonl(directory);
    }

    /** The files with the sorted lines of a namespace, or of the gateway, in the order of their numbers. */
    List<Path> kept(String record) {
        return jsonl(directory.resolve("kept").resolve(record));
    }

    private List<Path> everything() {
        List<Path> all = new ArrayList<>(files());
        for (Path record : entries(directory.resolve("kept"))) {
            all.addAll(jsonl(record));
        }
        return all;
    }

    private static List<Path> jsonl(Path directory) {
        return entries(directory).stream()
                .filter(file ->
                        file.toString().endsWith(".jsonl") || file.toString().endsWith(".jsonl.gz"))
                .toList();
    }

    private static List<Path> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything in the files, the line that is being written included; some twice, while a file is being sorted. */
    String text() {
        return String.join("", texts());
    }

    /** The same file by file, so that nothing stands behind a line that is being written. */
    private List<String> texts() {
        while (true) {
            List<String> texts = new ArrayList<>();
            try {
                for (Path file : everything()) {
                    texts.add(CompressedText.read(file));
                }
                return texts;
            } catch (NoSuchFileException e) {
                // It has just been sorted, or deleted; its lines are elsewhere now.
                assertThat(directory).isDirectory();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The finished lines, each once, in the order of their numbers. */
    List<JsonNode> all() {
        SortedMap<Long, JsonNode> lines = new TreeMap<>();
        List<String> written = texts().stream()
                .flatMap(text -> Stream.of(text.split("(?<=\n)")))
                .toList();
        for (String line : written) {
            if (line.endsWith("\n")) {
                try {
                    JsonNode read = JSON.readTree(line);
                    if (read.has("seq")) {
                        lines.put(read.get("seq").asLong(), read);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException("not JSON: " + line, e);
                }
            }
        }
        return List.copyOf(lines.values());
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
