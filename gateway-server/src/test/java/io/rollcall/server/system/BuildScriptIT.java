package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the scripts say while they build, into a file: in a root of its own, with a module that needs no plugin. Seen red
 * with a Maven that resets a terminal's colours at its end, and with the same words for the first build and the later.
 */
class BuildScriptIT {
    private static final Path LIBRARY =
            Path.of("../scripts/lib.sh").toAbsolutePath().normalize();
    private static final String POM = """
            <project>
              <modelVersion>4.0.0</modelVersion>
              <groupId>io.rollcall.test</groupId>
              <artifactId>%s</artifactId>
              <version>1</version>
              <packaging>pom</packaging>
              %s
            </project>
            """;

    @TempDir
    private Path root;

    @BeforeEach
    void aModule() throws IOException {
        Files.createDirectories(root.resolve("scripts"));
        Files.createDirectories(root.resolve(".mvn"));
        Files.createDirectories(root.resolve("thing/src"));
        Files.copy(LIBRARY, root.resolve("scripts/lib.sh"));
        Files.writeString(root.resolve("pom.xml"), POM.formatted("all", "<modules><module>thing</module></modules>"));
        Files.writeString(root.resolve("thing/pom.xml"), POM.formatted("thing", ""));
    }

    private String build() throws Exception {
        File said = root.resolve("said").toFile();
        int exit = new ProcessBuilder("bash", "-c", "set -euo pipefail; source scripts/lib.sh; build thing")
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said)
                .start()
                .waitFor();
        String text = Files.readString(said.toPath());
        assertThat(exit).as(text).isZero();
        return text;
    }

    @Test
    void theFirstBuild_saysThatItTakesLonger_andNeitherPrintsEscapeCodes() throws Exception {
        assertThat(build())
                .isEqualTo("==> building thing: the first time this takes some minutes (Maven fetches what it needs,"
                        + " and compiles)\n");
        Files.createFile(root.resolve("thing/src/changed"));
        assertThat(build()).isEqualTo("==> building thing: what has changed\n");
    }
}
