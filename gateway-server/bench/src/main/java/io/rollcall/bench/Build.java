package io.rollcall.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A build of the gateway.
 *
 * @param name for the tables
 * @param classPath of its jars
 * @param options of its JVM
 */
record Build(String name, String classPath, List<String> options) {
    /** The one that the benchmarks were built with. */
    static final Build THIS = new Build("gateway", System.getProperty("java.class.path"), List.of());

    /**
     * Returns the build of another checkout, to compare with.
     *
     * @throws IOException if it is not built
     */
    static Build at(Path checkout) throws IOException {
        Path target = checkout.resolve("gateway-server/target");
        Path jar = target.resolve("rollcall-gateway-server.jar");
        if (!Files.exists(jar)) {
            throw new IOException("there is no " + jar + "; build the gateway there first");
        }
        return new Build("baseline", jar + ":" + target.resolve("lib") + "/*", List.of());
    }

    /**
     * Returns this build in its checkout, as {@code scripts/run} starts it: with the archive of classes, if there is one.
     *
     * @throws IOException if it is not built
     */
    static Build withArchive(Path checkout) throws IOException {
        Build there = at(checkout);
        try (Stream<Path> files = Files.list(checkout.resolve("gateway-server/target"))) {
            List<String> options = files.filter(file -> file.toString().endsWith(".jsa"))
                    .map(archive -> "-XX:SharedArchiveFile=" + archive)
                    .toList();
            return new Build(THIS.name(), there.classPath(), options);
        }
    }

    /** Returns options of its gateway, with which nodes may change as often as they can. */
    List<String> unlimitedChanges() throws IOException {
        List<String> options = new ArrayList<>(List.of("--quota-changes", "10000000"));
        if (knows("--quota-member-changes")) {
            options.addAll(List.of("--quota-member-changes", "10000000"));
        }
        return options;
    }

    /** Whether its gateway knows an option; an older build may lack it, and what it sets. */
    private boolean knows(String option) throws IOException {
        Process help = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        "io.rollcall.server.Main",
                        "--help")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream printed = help.getInputStream()) {
            return new String(printed.readAllBytes(), StandardCharsets.UTF_8).contains(option);
        }
    }
}
