package io.rollcall.server.system;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.server.CrashingGateway;
import io.rollcall.server.FaultyGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The packaged gateway, started with development certificates, on free ports. */
final class GatewayProcess implements AutoCloseable {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    /** For tests that ask for more than a tenant usually may. */
    static final String[] UNHURRIED = {
        "--quota-changes", "1000000", "--quota-reads", "1000000", "--quota-member-changes", "1000000"
    };

    private static final String ANY_PORT = "0";
    static final String MAIN = "io.rollcall.server.Main";

    /** What {@code scripts/run} starts a gateway with. */
    private static final List<String> AS_SHIPPED = Stream.concat(
                    SharedClasses.options().stream(), Stream.of("-XX:+ExitOnOutOfMemoryError"))
            .toList();

    private static final String CLASS_PATH =
            TARGET.resolve("rollcall-gateway-server.jar") + ":" + TARGET.resolve("lib") + "/*";
    private static final List<NodeRange> USUAL = List.of(NodeRange.parse("alpha:1-5"), NodeRange.parse("beta:1-5"));
    private static final Pattern READY = Pattern.compile("Gateway ready: nodes (\\S+:(\\d+)), console (\\S+)");

    private final ChildProcess process;
    private final DevCerts certs;
    private final Path dataDir;
    private final String target;
    private final int port;
    private final String console;

    private GatewayProcess(ChildProcess process, DevCerts certs, Path dataDir) {
        this.process = process;
        this.certs = certs;
        this.dataDir = dataDir;
        Matcher ready = READY.matcher(awaitReady(process));
        if (!ready.matches()) {
            throw new AssertionError("not as the contract says: " + process.lines());
        }
        this.target = ready.group(1);
        this.port = Integer.parseInt(ready.group(2));
        this.console = ready.group(3);
    }

    /** One that does not become ready is ended: it must not outlive its test. */
    private static String awaitReady(ChildProcess process) {
        try {
            return process.awaitLine("Gateway ready:");
        } catch (RuntimeException | Error e) {
            process.close();
            throw e;
        }
    }

    /** Starts it in {@code dir}, with certificates for alpha:1-5 and beta:1-5, and waits until it is ready. */
    static GatewayProcess start(Path dir, String... options) throws IOException {
        return start(dir, USUAL, Map.of(), options);
    }

    /** As {@link #start(Path, String...)}, where another one was before. */
    static GatewayProcess startAt(String port, Path dir, String... options) throws IOException {
        return start(dir, USUAL, MAIN, port, Map.of(), options);
    }

    /** The same with certificates for these nodes. */
    static GatewayProcess start(Path dir, List<NodeRange> nodes, String... options) throws IOException {
        return start(dir, nodes, Map.of(), options);
    }

    /** As {@link #start(Path, String...)}, with these variables in its environment. */
    static GatewayProcess start(Path dir, Map<String, String> environment, String... options) throws IOException {
        return start(dir, USUAL, environment, options);
    }

    /** As {@link #start(Path, String...)}, a gateway that ends itself in the middle of a commit. */
    static GatewayProcess startCrashing(Path dir, CrashingGateway.Point at, int commit) throws IOException {
        return start(
                dir,
                USUAL,
                "io.rollcall.server.CrashingGateway",
                ANY_PORT,
                Map.of(CrashingGateway.CRASH_AT, at + ":" + commit),
                UNHURRIED);
    }

    /** As {@link #start(Path, String...)}, over a store that fails as the files in {@code faults} say. */
    static GatewayProcess startFaulty(Path dir, Path faults, String... options) throws IOException {
        return start(
                dir,
                USUAL,
                "io.rollcall.server.FaultyGateway",
                ANY_PORT,
                Map.of(FaultyGateway.FAULTS, faults.toString()),
                options);
    }

    /** Starts it and ends it without warning after that time, ready or not. */
    static void startAndKill(Path dir, Duration after) throws IOException, InterruptedException {
        DevCerts certs = DevCerts.in(dir.resolve("certs"));
        certs.issue(USUAL);
        try (ChildProcess process = run(MAIN, AS_SHIPPED, arguments(dir, certs, ANY_PORT), Map.of())) {
            Thread.sleep(after.toMillis());
            process.kill();
            process.exitCode();
        }
    }

    /** As {@link #start(Path, String...)}, with these options of the JVM, and no others but the size of the heap. */
    static GatewayProcess startJvm(Path dir, List<String> jvm, String... options) throws IOException {
        return start(dir, USUAL, MAIN, ANY_PORT, jvm, Map.of(), options);
    }

    /** As {@link #startJvm}, a gateway that fails when told to. */
    static GatewayProcess startFailing(Path dir, List<String> jvm, Map<String, String> how, String... options)
            throws IOException {
        return start(dir, USUAL, "io.rollcall.server.FailingGateway", ANY_PORT, jvm, how, options);
    }

    private static GatewayProcess start(
            Path dir, List<NodeRange> nodes, Map<String, String> environment, String... options) throws IOException {
        return start(dir, nodes, MAIN, ANY_PORT, environment, options);
    }

    private static GatewayProcess start(
            Path dir,
            List<NodeRange> nodes,
            String main,
            String port,
            Map<String, String> environment,
            String... options)
            throws IOException {
        return start(dir, nodes, main, port, AS_SHIPPED, environment, options);
    }

    private static GatewayProcess start(
            Path dir,
            List<NodeRange> nodes,
            String main,
            String port,
            List<String> jvm,
            Map<String, String> environment,
            String... options)
            throws IOException {
        DevCerts certs = DevCerts.in(dir.resolve("certs"));
        certs.issue(nodes);
        List<String> arguments = arguments(dir, certs, port, options);
        return new GatewayProcess(run(main, jvm, arguments, environment), certs, dir.resolve("data"));
    }

    private static List<String> arguments(Path dir, DevCerts certs, String port, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "--config",
                certs.configuration().toString(),
                "--data-dir",
                dir.resolve("data").toString(),
                "--port",
                port,
                "--console-port",
                "0"));
        arguments.addAll(List.of(options));
        return arguments;
    }

    /** Copies the store of the gateway in {@code dir}, as {@code scripts/backup} does. */
    static void backup(Path dir, Path copy) throws InterruptedException {
        try (ChildProcess backup = ChildProcess.java(
                CLASS_PATH,
                "io.rollcall.server.store.Backup",
                List.of(dir.resolve("data").toString(), copy.toString()))) {
            if (backup.exitCode() != 0) {
                throw new AssertionError("no backup: " + backup.lines());
            }
        }
    }

    /** As {@link #start(Path, String...)}, begun by another command, such as nohup. */
    static GatewayProcess startBy(List<String> command, Path dir, String... options) throws IOException {
        DevCerts certs = DevCerts.in(dir.resolve("certs"));
        certs.issue(USUAL);
        List<String> arguments = arguments(dir, certs, ANY_PORT, options);
        return new GatewayProcess(runBy(command, MAIN, arguments, Map.of()), certs, dir.resolve("data"));
    }

    /** Starts this main, or the gateway's, by another command and with just these arguments, ready or not. */
    static ChildProcess runBy(
            List<String> command, String main, List<String> arguments, Map<String, String> environment) {
        return runBy(command, AS_SHIPPED, main, arguments, environment);
    }

    private static ChildProcess runBy(
            List<String> command,
            List<String> jvm,
            String main,
            List<String> arguments,
            Map<String, String> environment) {
        // The tests' own classes come last, and only to a main that is theirs.
        String tests = main.equals(MAIN) ? "" : ":" + TARGET.resolve("test-classes");
        return ChildProcess.java(command, jvm, CLASS_PATH + tests, main, arguments, environment);
    }

    /** Starts the gateway with just these arguments, ready or not. */
    static ChildProcess run(List<String> arguments) {
        return run(MAIN, AS_SHIPPED, arguments, Map.of());
    }

    /** As {@link #run(List)}, with these options of the JVM beside the size of the heap. */
    static ChildProcess runJvm(List<String> jvm, List<String> arguments) {
        return run(MAIN, jvm, arguments, Map.of());
    }

    /** Starts another of the gateway's programs, such as {@code store.Backup}. */
    static ChildProcess tool(String main, List<String> jvm, List<String> arguments) {
        return runBy(List.of(), jvm, "io.rollcall.server." + main, arguments, Map.of());
    }

    /** As {@link #run(List)}, as a user who owns nothing; needs root. */
    static ChildProcess runAsNobody(List<String> arguments) {
        return ChildProcess.java(
                List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
                CLASS_PATH,
                MAIN,
                arguments,
                Map.of());
    }

    private static ChildProcess run(
            String main, List<String> jvm, List<String> arguments, Map<String, String> environment) {
        return runBy(List.of(), jvm, main, arguments, environment);
    }

    DevCerts certs() {
        return certs;
    }

    int port() {
        return port;
    }

    /** Where nodes connect. */
    String target() {
        return target;
    }

    /** The console's address. */
    String console() {
        return console;
    }

    String consolePassword() throws IOException {
        return Files.readString(dataDir.resolve("console-admin-password")).strip();
    }

    Path dataDir() {
        return dataDir;
    }

    ChildProcess process() {
        return process;
    }

    /** Starts a demo node in a process of its own. */
    ChildProcess demoNode(String namespace, int id) {
        Path demo = Path.of("../gateway-client/demo/target").toAbsolutePath().normalize();
        return ChildProcess.java(
                demo.resolve("rollcall-demo.jar") + ":" + demo.resolve("lib") + "/*",
                "io.rollcall.demo.DemoNode",
                List.of(
                        "--target",
                        target(),
                        "--certs",
                        certs.namespace(namespace).nodeDirectory(id).toString(),
                        "--ca",
                        certs.dir().resolve("gateway/ca.pem").toString(),
                        "--port",
                        Integer.toString(7000 + id)));
    }

    /** Starts {@code scripts/rollcall} with these arguments, as that node or {@code operator-admin}. */
    ChildProcess commandLine(Path credentials, String... arguments) {
        Path cli = Path.of("../gateway-client/cli/target").toAbsolutePath().normalize();
        return ChildProcess.java(
                List.of(),
                cli.resolve("rollcall-cli.jar") + ":" + cli.resolve("lib") + "/*",
                "io.rollcall.cli.Main",
                List.of(arguments),
                Map.of("ROLLCALL_TARGET", target(), "ROLLCALL_CREDENTIALS", credentials.toString()));
    }

    @Override
    public void close() {
        process.close();
    }
}
