package io.rollcall.bench;

import io.rollcall.server.store.SqliteLibrary;
import io.rollcall.server.transport.TlsLibrary;
import io.rollcall.server.watchdog.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs the benchmarks, or one of them, and prints their tables at the end. {@code scripts/bench} starts it. */
public final class Main {
    private static final int FAILED = 1;
    private static final int BAD_ARGUMENTS = 2;
    private static final String ALL = "all";

    private Main() {}

    /** A benchmark. */
    private interface Benchmark {
        Table measure() throws Exception;
    }

    /**
     * @param arguments this build's checkout, the directory of certificates for bench:1-1000 and quiet:1-1, one for the
     *     gateways' files, the benchmark to run or "all", and optionally a checkout with another build to compare with
     */
    public static void main(String[] arguments) {
        Program.run("bench: ", FAILED, () -> run(arguments));
    }

    private static void run(String[] arguments) throws Exception {
        if (arguments.length < 4) {
            Program.end(
                    "bench: expected this checkout, the directory of certificates, one for the gateways' files, and a benchmark",
                    BAD_ARGUMENTS);
        }
        Build baseline = arguments.length > 4 ? Build.at(Path.of(arguments[4])) : null;
        TlsLibrary.require();
        SqliteLibrary.require();
        Path checkout = Path.of(arguments[0]);
        Path certs = Path.of(arguments[1]);
        Path scratch = Files.createTempDirectory(Path.of(arguments[2]), "bench");
        Map<String, Benchmark> benchmarks = new LinkedHashMap<>();
        benchmarks.put("registrations", new Registrations(certs, scratch, baseline)::measure);
        benchmarks.put("heartbeats", new Heartbeats(certs, scratch, baseline)::measure);
        benchmarks.put("lists", new Lists(certs, scratch, baseline)::measure);
        benchmarks.put("watches", new Watches(certs, scratch, baseline)::measure);
        benchmarks.put("floods", new Floods(certs, scratch)::measure);
        benchmarks.put("memory", new Memory(certs, scratch)::measure);
        benchmarks.put("growth", new Growth(certs, scratch)::measure);
        benchmarks.put("starts", new Starts(certs, scratch)::measure);
        benchmarks.put("restarts", new Restarts(Build.withArchive(checkout), certs, scratch, baseline)::measure);
        if (!arguments[3].equals(ALL)) {
            benchmarks.keySet().retainAll(List.of(arguments[3]));
        }
        List<Table> tables = new ArrayList<>();
        try {
            for (Map.Entry<String, Benchmark> benchmark : benchmarks.entrySet()) {
                System.out.println(benchmark.getKey() + " ...");
                tables.add(benchmark.getValue().measure());
            }
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
