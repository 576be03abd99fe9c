package io.rollcall.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs the real gateway in a separate process, with development certificates. Closing it ends the process, by its pid.
 */
final class GatewayRun implements AutoCloseable {
    private static final String READY = "Gateway ready: nodes localhost:";
    private static final long CLOCK_TICKS = 100; // USER_HZ is 100 on Linux, regardless of the kernel's tick rate

    private final Process process;
    private final int port;
    private final Duration untilReady;

    /** @param options in addition to the directories of its certificates and files */
    GatewayRun(Path certs, Path dataDir, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                "io.rollcall.server.Main",
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
        command.addAll(options);
        long start = System.nanoTime();
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        port = awaitReady();
        untilReady = Duration.ofNanos(System.nanoTime() - start);
    }

    private int awaitReady() throws IOException {
        BufferedReader output = process.inputReader(); // kept open: the process must not write to a closed pipe
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(READY)) {
                return Integer.parseInt(line.substring(READY.length(), line.indexOf(',')));
            }
        }
        throw new IOException("the gateway did not start (see above)");
    }

    int port() {
        return port;
    }

    /** Returns the time from the start of its JVM to its ready line. */
    Duration untilReady() {
        return untilReady;
    }

    /** Returns the processor time of all its threads, in microseconds. */
    long cpuMicros() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1_000_000 / CLOCK_TICKS;
    }

    /** Returns its resident memory, in bytes. */
    long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("no VmRSS of process " + process.pid());
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the gateway did not end within a minute");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
