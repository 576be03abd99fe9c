package io.rollcall.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** Runs a load until the server's JIT compiler has little left to do: what it takes is no cost of a call. */
final class WarmUp {
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final Duration MOST = Duration.ofSeconds(60);

    /** The most that the compiler may take of the server's processor time in the last step. */
    private static final double LITTLE = 0.1;

    private WarmUp() {}

    /** A load that can run for any time. */
    interface Running {
        void run(Duration time) throws IOException, InterruptedException;
    }

    /** Runs the load for at most a minute. */
    static void run(ServerProcess server, Running load) throws IOException, InterruptedException {
        run(server, load, MOST);
    }

    /** Runs the load for at most such a time, and says so if that was not enough. */
    static void run(ServerProcess server, Running load, Duration most) throws IOException, InterruptedException {
        double share = 1;
        for (Duration past = Duration.ZERO; past.compareTo(most) < 0; past = past.plus(STEP)) {
            share = compilerShare(server, load);
            if (share < LITTLE) {
                return;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "  the compiler still took %.0f %% of a server's CPU after %d s%n",
                share * 100,
                most.toSeconds());
    }

    /** Returns the part of the server's processor time that its compiler took while the load ran for one step. */
    private static double compilerShare(ServerProcess server, Running load) throws IOException, InterruptedException {
        long all = server.cpuMicros();
        long compiler = server.compilerMicros();
        load.run(STEP);
        all = server.cpuMicros() - all;
        compiler = server.compilerMicros() - compiler;
        return compiler / (double) Math.max(all, 1);
    }
}
