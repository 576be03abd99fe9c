package io.rollcall.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A demo node as a process of its own, that can be killed and started again. One thread, and a shutdown hook. */
final class NodeProcess {

    private static final List<String> SMALL =
            List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private final String namespace;
    private final int id;
    private final List<String> command;
    private volatile @Nullable Process process;

    NodeProcess(String namespace, int id, List<String> targets, Path certs, Path ca) {
        this.namespace = namespace;
        this.id = id;
        this.command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SMALL);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), DemoNode.class.getName()));
        command.addAll(List.of("--target", String.join(",", targets)));
        command.addAll(List.of("--certs", directory(certs, namespace, id).toString(), "--ca", ca.toString()));
        command.addAll(List.of("--port", Integer.toString(5000 + id), "--stop-with-stdin"));
    }

    static Path directory(Path certs, String namespace, int id) {
        return certs.resolve(namespace).resolve("node-" + id);
    }

    String namespace() {
        return namespace;
    }

    int id() {
        return id;
    }

    void start() {
        try {
            process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start node " + id + " of " + namespace, e);
        }
    }

    /** As a power cut does: it says goodbye to nobody. */
    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            process = null;
        }
    }

    void askToLeave() {
        Process running = process;
        if (running != null) {
            try {
                running.getOutputStream().close();
            } catch (IOException e) {
                System.err.println(this + " cannot be asked to leave: " + e.getMessage());
            }
        }
    }

    void awaitEnd() {
        Process running = process;
        if (running == null) {
            return;
        }
        try {
            if (!running.waitFor(5, TimeUnit.SECONDS)) {
                running.destroyForcibly();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    boolean isRunning() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** With what code it ended by itself; empty where it runs or was killed. */
    OptionalInt exitCode() {
        Process running = process;
        return running == null || running.isAlive() ? OptionalInt.empty() : OptionalInt.of(running.exitValue());
    }

    @Override
    public String toString() {
        return namespace + ": node " + id;
    }
}
