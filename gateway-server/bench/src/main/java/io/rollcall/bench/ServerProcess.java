package io.rollcall.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * A server that is measured, in a process of its own: a gateway with development certificates, the {@link
 * CeilingServer}, or another one to compare with. Those in Java get the same JVM options. Closing it ends the process,
 * by its pid.
 */
final class ServerProcess implements AutoCloseable {
    private static final long CLOCK_TICKS = 100; // USER_HZ is 100 on Linux, regardless of the kernel's tick rate

    /** The names of the JIT compiler's threads; Linux keeps 15 characters. */
    private static final Pattern COMPILER = Pattern.compile("C[12] CompilerThre");

    private final Process process;
    private final int port;
    private final Duration untilReady;

    /** Waits until a server is ready, and tells its port. */
    private interface Readiness {
        int await(Process process) throws IOException;
    }

    private ServerProcess(List<String> command, Readiness readiness) throws IOException {
        long start = System.nanoTime();
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        port = readiness.await(process);
        untilReady = Duration.ofNanos(System.nanoTime() - start);
    }

    private static ServerProcess java(String ready, Build build, String main, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(build.options());
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.add("-XX:-UseDynamicNumberOfCompilerThreads"); // what a thread took is not known once it has ended
        command.addAll(List.of("-cp", build.classPath(), main));
        command.addAll(arguments);
        return new ServerProcess(command, started -> awaitReady(started, ready));
    }

    /**
     * Starts this build's gateway.
     *
     * @param options in addition to the directories of its certificates and files
     */
    static ServerProcess gateway(Path certs, Path dataDir, List<String> options) throws IOException {
        return gateway(Build.THIS, certs, dataDir, options);
    }

    /** Starts a build's gateway. */
    static ServerProcess gateway(Build build, Path certs, Path dataDir, List<String> options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "--config",
                certs.resolve("gateway.yaml").toString(),
                "--data-dir",
                dataDir.toString(),
                "--port",
                "0",
                "--console-port",
                "0",
                "--log-level",
                "warn"));
        arguments.addAll(options);
        return java("Gateway ready: nodes localhost:", build, "io.rollcall.server.Main", arguments);
    }

    /**
     * Starts a ceiling.
     *
     * @param replyBytes the length of its unary replies
     */
    static ServerProcess ceiling(Path certs, int replyBytes) throws IOException {
        return java(
                CeilingServer.READY,
                Build.THIS,
                CeilingServer.class.getName(),
                List.of(certs.toString(), Integer.toString(replyBytes)));
    }

    /**
     * Starts any other server.
     *
     * @param port on which it accepts connections once it is ready
     */
    static ServerProcess of(List<String> command, int port) throws IOException {
        return new ServerProcess(command, started -> awaitPort(started, port));
    }

    private static int awaitPort(Process process, int port) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (process.isAlive() && System.nanoTime() < end) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.getPort();
            } catch (ConnectException notYet) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
        throw new IOException("the server did not start (see above)");
    }

    private static int awaitReady(Process process, String ready) throws IOException {
        BufferedReader output = process.inputReader(); // kept open: the process must not write to a closed pipe
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(ready)) {
                return Integer.parseInt(line.substring(ready.length()).replaceFirst(",.*", ""));
            }
        }
        throw new IOException("the server did not start (see above)");
    }

    int port() {
        return port;
    }

    /** Returns the time from the start of its JVM to its ready line. */
    Duration untilReady() {
        return untilReady;
    }

    /** Returns the processor time of all its threads, in microseconds; resolution 10 ms. */
    long cpuMicros() throws IOException {
        return cpuMicros(proc());
    }

    /** Returns the part of that time that its JVM's compiler took; 0: it has none. */
    long compilerMicros() throws IOException {
        long micros = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(proc().resolve("task"))) {
            for (Path thread : threads) {
                try {
                    if (COMPILER.matcher(Files.readString(thread.resolve("comm")))
                            .lookingAt()) {
                        micros += cpuMicros(thread);
                    }
                } catch (IOException ended) {
                    // It is no compiler's: those stay.
                }
            }
        }
        return micros;
    }

    private Path proc() {
        return Path.of("/proc/" + process.pid());
    }

    /** @param directory of a process or a thread */
    private static long cpuMicros(Path directory) throws IOException {
        String stat = Files.readString(directory.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1_000_000 / CLOCK_TICKS;
    }

    /** Returns its resident memory, in bytes. */
    long residentBytes() throws IOException {
        for (String line : Files.readAllLines(proc().resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("no VmRSS of process " + process.pid());
    }

    /** Returns the bytes of its heap that are in use after full collections. */
    long liveHeapBytes() throws IOException {
        // What has a finalizer, such as a closed connection's TLS engine, goes with the collection after that.
        jcmd("GC.run");
        jcmd("GC.run");
        return jcmd("GC.class_histogram")
                .lines()
                .filter(line -> line.startsWith("Total"))
                .map(line -> line.trim().split("\\s+", -1))
                .mapToLong(fields -> Long.parseLong(fields[2]))
                .findFirst()
                .orElseThrow(() -> new IOException("jcmd gave no histogram (see above)"));
    }

    /** Returns what jcmd prints, once it has ended. */
    private String jcmd(String command) throws IOException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream printed = jcmd.getInputStream()) {
            return new String(printed.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** Ends the process as a crash does (kill -9), and waits for its end. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the server did not end within a minute");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
