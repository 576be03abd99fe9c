package io.rollcall.server.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A JVM that a test started, and what it printed. Ended, by its own pid, when closed. */
final class ChildProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private ChildProcess(Process process) {
        this.process = process;
        reader = new Thread(this::readOn, "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts {@code main} with a class path as {@code java -cp} takes it. */
    static ChildProcess java(String classPath, String main, List<String> arguments) {
        return java(List.of(), classPath, main, arguments, Map.of());
    }

    /**
     * As {@link #java(String, String, List)}.
     *
     * @param before a command that starts the JVM; empty: none
     * @param environment what is added to it
     */
    static ChildProcess java(
            List<String> before,
            String classPath,
            String main,
            List<String> arguments,
            Map<String, String> environment) {
        return java(before, List.of("-XX:+ExitOnOutOfMemoryError"), classPath, main, arguments, environment);
    }

    /** As {@link #java(List, String, String, List, Map)}, with these options of the JVM beside the usual ones. */
    static ChildProcess java(
            List<String> before,
            List<String> jvm,
            String classPath,
            String main,
            List<String> arguments,
            Map<String, String> environment) {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            return new ChildProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readOn() {
        try (BufferedReader reader = process.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("(output ended: " + e.getMessage() + ")");
        }
    }

    /** Waits until it printed a line that begins so, and gives that line. */
    String awaitLine(String beginning) {
        Awaitility.await("a line beginning '" + beginning + "'")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                // Its last words may be read after its end: the reader's end comes behind them.
                .failFast("the process ended; it printed: " + lines, () -> !reader.isAlive() && find(beginning) == null)
                .until(() -> find(beginning) != null);
        return find(beginning);
    }

    private String find(String beginning) {
        return lines.stream()
                .filter(line -> line.startsWith(beginning))
                .findFirst()
                .orElse(null);
    }

    List<String> lines() {
        return lines;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Tells it to end (SIGTERM) and waits. Returns its exit code. */
    int terminate() throws IOException, InterruptedException {
        signal("-TERM"); // destroy() would also close the pipe, and its last words would be lost
        return exitCode();
    }

    /** Stops it (SIGSTOP) until {@link #resume}. */
    void stop() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Lets it go on (SIGCONT). */
    void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    /** Tells it to read its files again (SIGHUP). */
    void hangUp() throws IOException, InterruptedException {
        signal("-HUP");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new AssertionError("kill " + signal + " " + process.pid() + " ended with " + exit);
        }
    }

    /** Ends it without warning (SIGKILL). */
    void kill() {
        process.destroyForcibly();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("did not end within " + PATIENCE + "; it printed: " + lines);
        }
        reader.join(PATIENCE.toMillis()); // its last words may be on their way
        return process.exitValue();
    }

    /** Ends it, and waits until it holds nothing any more. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
