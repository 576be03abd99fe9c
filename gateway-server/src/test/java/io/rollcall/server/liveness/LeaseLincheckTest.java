package io.rollcall.server.liveness;

import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * T2 and D2 with threads: whatever heartbeats, sweep and writer do to one lease at once, there is an order in which the
 * plain lease below answers the same, also those heartbeats that had to wait. The interleavings of short scenarios are
 * tried one by one.
 *
 * <p>Shown to find: a beat that writes without compare-and-set; an unseal that tells nobody, or forgets when a heartbeat
 * that waits had come; a heartbeat that begins to wait after the outcome is known.
 */
@Tag("lincheck")
@Param(name = "late", gen = IntGen.class, conf = "0:9")
@Param(name = "now", gen = IntGen.class, conf = "0:9")
public class LeaseLincheckTest {
    private static final int TIMEOUT = 4;

    private final Lease lease = new Lease(new Session(NodeId.of(1), new Incarnation(11, false)), 0);
    private final Queue<CompletableFuture<Boolean>> asked = new ConcurrentLinkedQueue<>();

    @Operation
    public String beat(@Param(name = "late") int time) {
        return lease.beat(nanos(time)).name();
    }

    @Operation
    public void await(@Param(name = "late") int time) {
        asked.add(lease.await(nanos(time)));
    }

    @Operation
    public boolean sealIfSilent(@Param(name = "now") int time) {
        return lease.sealIf(beat -> nanos(time) - beat > nanos(TIMEOUT));
    }

    @Operation
    public void unseal() {
        lease.unseal();
    }

    @Operation
    public void end(@Param(name = "now") int time) {
        lease.end(nanos(time));
    }

    @Operation
    public long lastBeat() {
        return lease.lastBeat();
    }

    /** Once nothing is under way any more: nobody waits for a lease that is not sealed. */
    @Validate
    public void whoAskedIsTold() {
        for (CompletableFuture<Boolean> one : asked) {
            if (!one.isDone() && !lease.isSealed()) {
                throw new IllegalStateException("a heartbeat waits for ever");
            }
        }
    }

    /** A lease knows every fourth nanosecond only. */
    private static long nanos(int time) {
        return 4L * time;
    }

    @Test
    void t2_d2_ofALateHeartbeatAndAnExpiry_exactlyOneWins_andWhoWaitsIsToldWhich() {
        new ModelCheckingOptions()
                .sequentialSpecification(PlainLease.class)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(2)
                .iterations(25)
                .invocationsPerIteration(500)
                .check(LeaseLincheckTest.class);
    }

    /** The same for one thread, in plain fields. */
    public static class PlainLease {
        private int lastBeat;
        private int latestWaiting;
        private boolean isSealed;
        private boolean hasEnded;

        public String beat(int time) {
            if (hasEnded) {
                return "TOO_LATE";
            }
            if (isSealed) {
                return "WAITS";
            }
            lastBeat = Math.max(lastBeat, time);
            return "COUNTS";
        }

        public void await(int time) {
            if (beat(time).equals("WAITS")) {
                latestWaiting = Math.max(latestWaiting, time);
            }
        }

        public boolean sealIfSilent(int time) {
            boolean seals = !hasEnded && !isSealed && time - lastBeat > TIMEOUT;
            isSealed |= seals;
            return seals;
        }

        public void unseal() {
            if (isSealed) {
                lastBeat = Math.max(lastBeat, latestWaiting);
            }
            release();
        }

        public void end(int time) {
            hasEnded = true;
            release();
        }

        private void release() {
            isSealed = false;
            latestWaiting = 0;
        }

        public long lastBeat() {
            return nanos(lastBeat);
        }
    }
}
