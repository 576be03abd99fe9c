package io.rollcall.server.system;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Class-data sharing for the gateways that the system tests start: some ninety, each a third cheaper. The archive is made
 * by {@code scripts/lib.sh}, at the first start after a build, and used by the scripts too.
 */
final class SharedClasses {
    private static final Path LIBRARY =
            Path.of("../scripts/lib.sh").toAbsolutePath().normalize();
    private static final Path CERTS = Path.of("target/class-archive-certs").toAbsolutePath();

    /** One a line, after a line that begins so; what comes before is for people. */
    private static final String OPTIONS = "options:";

    private static final List<String> USUAL = make();

    private SharedClasses() {}

    /** Of a JVM with the gateway's class path; none where no archive could be made, and the output says why. */
    static List<String> options() {
        return USUAL;
    }

    private static List<String> make() {
        DevCerts certs = DevCerts.in(CERTS);
        certs.issue(List.of(NodeRange.parse("alpha:1-1")));
        return make(LIBRARY, Path.of(System.getProperty("java.home")), certs.configuration());
    }

    /** @param library {@code lib.sh} in the root whose gateway is meant */
    static List<String> make(Path library, Path javaHome, Path configuration) {
        String script = "set -euo pipefail; source \"$1\"; make_shared_classes \"$2\"; use_shared_classes; "
                + "printf '%s\\n' " + OPTIONS + " \"${SHARED_CLASSES[@]}\"";
        ProcessBuilder builder = new ProcessBuilder(
                        "bash", "-c", script, "bash", library.toString(), configuration.toString())
                .redirectErrorStream(true);
        builder.environment().merge("PATH", javaHome.resolve("bin").toString(), (path, own) -> own + ":" + path);
        try {
            Process process = builder.start();
            List<String> said = process.inputReader().lines().toList();
            int exit = process.waitFor();
            int options = said.indexOf(OPTIONS);
            if (exit != 0 || options < 0) {
                System.out.println(
                        "gateways start without shared classes, since lib.sh ended with " + exit + ": " + said);
                return List.of();
            }
            said.subList(0, options).forEach(System.out::println);
            return said.subList(options + 1, said.size()).stream()
                    .filter(option -> !option.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
