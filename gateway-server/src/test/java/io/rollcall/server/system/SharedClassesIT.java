package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gateways share their classes by an archive, and start without one just as well, and as quietly.
 *
 * <p>Planted bugs: the archive of a gateway that did not start; one that outlives a change of a jar; a JVM that says what
 * it thinks of its archive; an archive by another JDK.
 */
class SharedClassesIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final String FROM_THE_ARCHIVE = "source: shared objects file (top)";

    @TempDir
    private Path root;

    private Path target;
    private Path javaHome;

    /** A root whose JDK only says what it was told, and leaves what {@code -XX:ArchiveClassesAtExit} asks for. */
    @BeforeEach
    void aRoot() throws IOException {
        target = Files.createDirectories(root.resolve("gateway-server/target"));
        Files.createDirectories(target.resolve("lib"));
        Files.createFile(target.resolve("rollcall-gateway-server.jar"));
        Files.createFile(target.resolve("lib/one.jar"));
        Files.createDirectories(root.resolve("scripts"));
        Files.copy(Path.of("../scripts/lib.sh"), root.resolve("scripts/lib.sh"));
        javaHome = jdk("17");
    }

    private Path jdk(String version) throws IOException {
        Path home = Files.createDirectories(root.resolve("jdk-" + version));
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(home.resolve("release"), "JAVA_VERSION=" + version + "\n");
        Files.writeString(java, """
                #!/bin/sh
                trap 'echo classes >"${1#*=}"; exit' TERM EXIT
                CONFIG=$(echo "$*" | sed 's/.*--config \\([^ ]*\\).*/\\1/')
                cat "$CONFIG" || exit 2
                echo "Gateway ready: nodes localhost:1, console https://localhost:2"
                while sleep 0.05; do :; done
                """);
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        return home;
    }

    private List<String> make(String configuration) throws IOException {
        Path file = root.resolve("gateway.yaml");
        if (!configuration.isEmpty()) {
            Files.writeString(file, configuration);
        }
        return SharedClasses.make(root.resolve("scripts/lib.sh"), javaHome, file);
    }

    private List<String> archives() throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("classes-"))
                    .toList();
        }
    }

    @Test
    void theArchive_isMadeOnce_andAgainForOtherJars_orAnotherJdk() throws Exception {
        List<String> first = make("good\n");
        assertThat(archives()).hasSize(1).allMatch(name -> name.endsWith(".jsa"));
        assertThat(first)
                .contains("-XX:SharedArchiveFile=" + target.resolve(archives().get(0)));
        Path archive = target.resolve(archives().get(0));
        FileTime made = Files.getLastModifiedTime(archive);

        assertThat(make("good\n")).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(archive)).isEqualTo(made);

        Files.setLastModifiedTime(
                target.resolve("lib/one.jar"), FileTime.from(Instant.now().minusSeconds(1)));
        Files.setLastModifiedTime(archive, FileTime.from(Instant.now().minusSeconds(2)));
        assertThat(make("good\n")).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(archive)).isGreaterThan(made);

        javaHome = jdk("25");
        assertThat(make("good\n")).isNotEqualTo(first);
        assertThat(archives()).hasSize(1).doesNotContain(archive.getFileName().toString());
    }

    @Test
    void aGatewayThatDoesNotStart_leavesNoArchive() throws Exception {
        assertThat(make("")).as("options").isEmpty();
        assertThat(archives()).isEmpty();
    }

    @Test
    @Tag("quick")
    void theTestsGateways_takeTheirClassesFromIt(@TempDir Path dir) throws Exception {
        Path loaded = dir.resolve("loaded");
        List<String> jvm = new ArrayList<>(SharedClasses.options());
        jvm.add("-Xlog:class+load:file=" + loaded);
        try (GatewayProcess gateway = GatewayProcess.startJvm(dir, jvm)) {
            assertThat(gateway.process().terminate()).isZero();
        }
        assertThat(Files.readAllLines(loaded))
                .filteredOn(line -> line.contains(FROM_THE_ARCHIVE))
                .hasSizeGreaterThan(3_000);
    }

    /** Half of one is not among them: a JVM that maps it dies, so it is never seen under that name. */
    @ParameterizedTest
    @ValueSource(strings = {"missing", "empty", "noise", "of other jars"})
    void anArchiveThatDoesNotFit_isPassedOver_withoutAWord(String archive) throws Exception {
        Path file = root.resolve("archive");
        String jar = TARGET.resolve("rollcall-gateway-server.jar").toString();
        List<String> options = new ArrayList<>(SharedClasses.options());
        switch (archive) {
            case "empty" -> Files.createFile(file);
            case "noise" -> Files.writeString(file, "noise ".repeat(10_000));
            case "of other jars" -> {
                file = Path.of(options.get(1).substring("-XX:SharedArchiveFile=".length()));
                Path copy = root.resolve("rollcall-gateway-server.jar");
                Files.copy(Path.of(jar), copy, StandardCopyOption.REPLACE_EXISTING);
                jar = copy.toString();
            }
            default -> assertThat(file).doesNotExist();
        }
        options.set(1, "-XX:SharedArchiveFile=" + file);
        String classPath = jar + ":" + TARGET.resolve("lib") + "/*";
        try (ChildProcess process = ChildProcess.java(
                List.of(), options, classPath, GatewayProcess.MAIN, List.of("--version"), java.util.Map.of())) {
            assertThat(process.exitCode()).isZero();
            assertThat(process.lines()).hasSize(1);
        }
    }
}
