package io.rollcall.server.system;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged gateway, started with development certificates, on free ports. */
final class GatewayProcess implements AutoCloseable {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final List<NodeRange> USUAL = List.of(NodeRange.parse("alpha:1-5"), NodeRange.parse("beta:1-5"));
    private static final Pattern READY = Pattern.compile("Gateway ready: nodes localhost:(\\d+), console (\\S+)");

    private final ChildProcess process;
    private final DevCerts certs;
    private final Path dataDir;
    private final int port;
    private final String console;

    private GatewayProcess(ChildProcess process, DevCerts certs, Path dataDir) {
        this.process = process;
        this.certs = certs;
        this.dataDir = dataDir;
        Matcher ready = READY.matcher(process.awaitLine("Gateway ready:"));
        if (!ready.matches()) {
            throw new AssertionError("not as the contract says: " + process.lines());
        }
        this.port = Integer.parseInt(ready.group(1));
        this.console = ready.group(2);
    }

    /** Starts it in {@code dir}, with certificates for alpha:1-5 and beta:1-5, and waits until it is ready. */
    static GatewayProcess start(Path dir, String... options) throws IOException {
        return start(dir, USUAL, Map.of(), options);
    }

    /** The same with certificates for these nodes. */
    static GatewayProcess start(Path dir, List<NodeRange> nodes, String... options) throws IOException {
        return start(dir, nodes, Map.of(), options);
    }

    /** As {@link #start(Path, String...)}, with these variables in its environment. */
    static GatewayProcess start(Path dir, Map<String, String> environment, String... options) throws IOException {
        return start(dir, USUAL, environment, options);
    }

    private static GatewayProcess start(
            Path dir, List<NodeRange> nodes, Map<String, String> environment, String... options) throws IOException {
        DevCerts certs = DevCerts.in(dir.resolve("certs"));
        certs.issue(nodes);
        Path dataDir = Files.createDirectories(dir.resolve("data"));
        List<String> arguments = new ArrayList<>(List.of(
                "--config",
                certs.configuration().toString(),
                "--data-dir",
                dataDir.toString(),
                "--port",
                "0",
                "--console-port",
                "0"));
        arguments.addAll(List.of(options));
        return new GatewayProcess(run(arguments, environment), certs, dataDir);
    }

    /** Starts the gateway with just these arguments, ready or not. */
    static ChildProcess run(List<String> arguments) {
        return run(arguments, Map.of());
    }

    private static ChildProcess run(List<String> arguments, Map<String, String> environment) {
        String classPath = TARGET.resolve("rollcall-gateway-server.jar") + ":" + TARGET.resolve("lib") + "/*";
        return ChildProcess.java(classPath, "io.rollcall.server.Main", arguments, environment);
    }

    DevCerts certs() {
        return certs;
    }

    int port() {
        return port;
    }

    /** Where nodes connect. */
    String target() {
        return "localhost:" + port;
    }

    /** The console's address. */
    String console() {
        return console;
    }

    String consolePassword() throws IOException {
        return Files.readString(dataDir.resolve("console-admin-password")).strip();
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

    @Override
    public void close() {
        process.close();
    }
}
