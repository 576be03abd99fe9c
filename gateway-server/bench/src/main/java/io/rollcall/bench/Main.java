package io.rollcall.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Runs the benchmarks one after the other and prints their tables at the end. {@code scripts/bench} starts it. */
public final class Main {
    private static final Duration MEASURED = Duration.ofSeconds(10);

    private Main() {}

    /** @param arguments the directory of certificates for bench:1-256, and one for the gateways' files */
    public static void main(String[] arguments) throws Exception {
        Path certs = Path.of(arguments[0]);
        Path scratch = Files.createTempDirectory(Path.of(arguments[1]), "bench");
        List<Table> tables = new ArrayList<>();
        try {
            System.out.println("registrations ...");
            tables.add(new Registrations(certs, scratch, MEASURED).measure());
            System.out.println("starts ...");
            tables.add(new Starts(certs, scratch).measure());
        } finally {
            delete(scratch);
        }
        System.out.println();
        tables.forEach(System.out::println);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(Main::deleteOne);
        }
    }

    private static void deleteOne(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
