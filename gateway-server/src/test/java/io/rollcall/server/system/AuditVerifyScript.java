package io.rollcall.server.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code scripts/audit-verify} as it is, with the jar under test. It runs in a root of its own, where that jar counts as
 * just built: a script that built while the tests run would exchange the jar under them.
 */
final class AuditVerifyScript {
    private static final Path SCRIPTS = Path.of("../scripts").toAbsolutePath().normalize();
    private static final Path TARGET = Path.of("target").toAbsolutePath();

    private final Path root;

    AuditVerifyScript(Path root) throws IOException {
        this.root = root;
        Path scripts = Files.createDirectories(root.resolve("scripts"));
        for (String name : List.of("audit-verify", "lib.sh")) {
            Files.copy(SCRIPTS.resolve(name), scripts.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createDirectories(root.resolve(".mvn"));
        Files.createFile(root.resolve("pom.xml"));
        Path module = Files.createDirectories(root.resolve("gateway-server"));
        Files.createDirectories(module.resolve("src"));
        Files.createFile(module.resolve("pom.xml"));
        Path target = Files.createDirectories(module.resolve("target"));
        String jar = "rollcall-gateway-server.jar";
        Files.createSymbolicLink(target.resolve(jar), TARGET.resolve(jar));
        Files.createSymbolicLink(target.resolve("lib"), TARGET.resolve("lib"));
        Files.writeString(target.resolve(".built"), "pom.xml\n"); // what it was built from
    }

    /** What a run said, on both streams, and how it ended. */
    record Verdict(int exit, String said) {
        /** The head that it found, as it takes one. */
        String head() {
            return said.substring(said.lastIndexOf(", head ") + ", head ".length())
                    .strip();
        }
    }

    Verdict run(Object... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(root.resolve("scripts/audit-verify").toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        return new Verdict(process.waitFor(), said);
    }
}
