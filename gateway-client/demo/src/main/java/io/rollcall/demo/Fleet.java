package io.rollcall.demo;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The processes, and when each is to start: at first one after the other, later some time after its death. Thread-safe.
 */
final class Fleet {

    private static final Duration STAGGER = Duration.ofMillis(300);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
    private static final Duration TICK = Duration.ofMillis(250);

    private final List<NodeProcess> nodes;
    private final Leaders leaders;
    private final Mayhem mayhem;
    private final boolean calm;
    /** By {@link System#nanoTime}. */
    private final Map<NodeProcess, Long> starts = new HashMap<>();

    private long nextKill;
    private boolean isStopped;

    Fleet(List<NodeProcess> nodes, Leaders leaders, Mayhem mayhem, boolean calm) {
        this.nodes = List.copyOf(nodes);
        this.leaders = leaders;
        this.mayhem = mayhem;
        this.calm = calm;
    }

    /** Goes on until the thread is interrupted. */
    void run() throws InterruptedException {
        plan();
        while (true) {
            tend();
            Thread.sleep(TICK.toMillis());
        }
    }

    private synchronized void plan() {
        long now = System.nanoTime();
        for (int i = 0; i < nodes.size(); i++) {
            starts.put(nodes.get(i), now + STAGGER.multipliedBy(i).toNanos());
        }
        nextKill = now + mayhem.pause().toNanos();
    }

    private synchronized void tend() {
        if (isStopped) {
            return; // who leaves now was asked to
        }
        nodes.forEach(this::tend);
        if (!calm && System.nanoTime() - nextKill >= 0) {
            killOne();
            nextKill = System.nanoTime() + mayhem.pause().toNanos();
        }
    }

    private void tend(NodeProcess node) {
        Long start = starts.get(node);
        if (start != null) {
            if (System.nanoTime() - start >= 0) {
                starts.remove(node);
                node.start();
                System.out.println(node + " started");
            }
            return;
        }
        OptionalInt code = node.exitCode();
        if (code.isPresent()) {
            System.out.println(node + " ended by itself with code " + code.getAsInt() + ", starts again in "
                    + AFTER_FAILURE.toSeconds() + " s");
            starts.put(node, System.nanoTime() + AFTER_FAILURE.toNanos());
        }
    }

    private void killOne() {
        List<NodeProcess> running =
                nodes.stream().filter(NodeProcess::isRunning).toList();
        mayhem.victim(running, leaders::of).ifPresent(victim -> {
            boolean led = leaders.of(victim.namespace()).equals(OptionalInt.of(victim.id()));
            Duration absence = mayhem.absence();
            victim.kill();
            starts.put(victim, System.nanoTime() + absence.toNanos());
            System.out.println(
                    victim + " killed" + (led ? " (it led)" : "") + ", starts again in " + absence.toSeconds() + " s");
        });
    }

    /** From a shutdown hook: asks all to leave, and waits a moment. */
    synchronized void stop() {
        isStopped = true;
        nodes.forEach(NodeProcess::askToLeave);
        nodes.forEach(NodeProcess::awaitEnd);
    }
}
