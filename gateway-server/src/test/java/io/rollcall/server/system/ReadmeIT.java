package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README.md shows how a node joins: that very text compiles, runs and registers. */
class ReadmeIT {
    private static final Path README = Path.of("../README.md");
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?public class (\\w+).*?)```", Pattern.DOTALL);

    @Test
    void theSnippet_joins(@TempDir Path dir) throws Exception {
        Matcher snippet = SNIPPET.matcher(Files.readString(README));
        assertThat(snippet.find()).as("a java class in README.md").isTrue();
        Path source = Files.writeString(dir.resolve(snippet.group(2) + ".java"), snippet.group(1));
        String classPath = Path.of("../gateway-client/target/classes") + ":"
                + Path.of("../gateway-client/demo/target/lib").toAbsolutePath().normalize() + "/*";
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        dir.toString(),
                        source.toString());
        assertThat(compiled).as("compiles").isZero();

        try (GatewayProcess gateway = GatewayProcess.start(dir);
                ChildProcess node = ChildProcess.java(
                        dir + ":" + classPath,
                        snippet.group(2),
                        List.of(
                                gateway.target(),
                                gateway.certs()
                                        .namespace("alpha")
                                        .nodeDirectory(1)
                                        .toString()))) {
            node.awaitLine("node 1 founds the cluster");
            assertThat(node.terminate()).isNotEqualTo(1);
        }
    }
}
