package io.rollcall.server.liveness;

import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * T2 with threads: whatever heartbeats, sweep and writer do to one lease at once, there is an order in which the plain
 * lease below answers the same. The interleavings of short scenarios are tried one by one.
 *
 * <p>Shown to find: a beat that writes without compare-and-set, an expiry that does, an expiry that lost to another end
 * and says that the lease runs.
 */
@Tag("lincheck")
@Param(name = "late", gen = IntGen.class, conf = "0:9")
@Param(name = "now", gen = IntGen.class, conf = "0:9")
public class LeaseLincheckTest {
    private static final int TIMEOUT = 4;

    private final Lease lease = new Lease(new Session(NodeId.of(1), new Incarnation(11, false)), 0);

    @Operation
    public boolean beat(@Param(name = "late") int time) {
        return lease.beat(nanos(time));
    }

    @Operation
    public boolean endIfSilent(@Param(name = "now") int time) {
        return lease.endIf(beat -> nanos(time) - beat > nanos(TIMEOUT));
    }

    @Operation
    public void end(@Param(name = "now") int time) {
        lease.end(nanos(time));
    }

    @Operation
    public boolean hasEnded() {
        return lease.hasEnded();
    }

    /** A lease knows even nanoseconds only. */
    private static long nanos(int time) {
        return 2L * time;
    }

    @Test
    void t2_ofALateHeartbeatAndAnExpiry_exactlyOneWins() {
        new ModelCheckingOptions()
                .sequentialSpecification(PlainLease.class)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(2)
                .iterations(20)
                .invocationsPerIteration(500)
                .check(LeaseLincheckTest.class);
    }

    /** The same for one thread, in two fields. */
    public static class PlainLease {
        private int lastBeat;
        private boolean hasEnded;

        public boolean beat(int time) {
            lastBeat = hasEnded ? lastBeat : Math.max(lastBeat, time);
            return !hasEnded;
        }

        public boolean endIfSilent(int time) {
            hasEnded |= time - lastBeat > TIMEOUT;
            return hasEnded;
        }

        public void end(int time) {
            hasEnded = true;
        }

        public boolean hasEnded() {
            return hasEnded;
        }
    }
}
