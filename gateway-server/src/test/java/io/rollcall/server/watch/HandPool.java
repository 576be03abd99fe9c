package io.rollcall.server.watch;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/** Runs its tasks when the test says so. */
final class HandPool implements Executor {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
        waiting.add(task);
    }

    int waiting() {
        return waiting.size();
    }

    void runAll() {
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            task.run();
        }
    }
}
