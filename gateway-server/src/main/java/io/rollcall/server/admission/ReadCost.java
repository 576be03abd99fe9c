package io.rollcall.server.admission;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * Counts how many of its namespace's reads a call costs: one for each started {@value #NODES_OF_ONE_READ} nodes that
 * were examined or {@value #BYTES_OF_ONE_READ} bytes that were sent, whichever is more. One was charged when the call
 * was admitted; the others are charged as the work is done, and the next reads wait for them. Thread-safe.
 */
public final class ReadCost {
    static final int NODES_OF_ONE_READ = 1_000;

    /** A large list is as much work as many small ones, so it counts as many. */
    static final int BYTES_OF_ONE_READ = 64 << 10;

    /** The cost of a call that no rate counts. */
    public static final ReadCost FREE = new ReadCost(null);

    static final Context.Key<ReadCost> KEY = Context.keyWithDefault("rollcall-read-cost", FREE);

    private final @Nullable Rates rates;
    private long nodes;
    private long bytes;
    private long paid = 1;

    /** @param rates those that admitted the call, which may have been replaced since; null: none did */
    ReadCost(@Nullable Rates rates) {
        this.rates = rates;
    }

    /** The cost of the call that this thread is serving. */
    public static ReadCost current() {
        return KEY.get();
    }

    /** Charges for nodes that were examined, whether they matched the request or not. */
    public void lookedAt(int count) {
        charge(count, 0);
    }

    void sent(int count) {
        charge(0, count);
    }

    private void charge(int moreNodes, int moreBytes) {
        if (rates == null) {
            return;
        }
        long due;
        synchronized (this) {
            nodes += moreNodes;
            bytes += moreBytes;
            long cost = Math.max(started(nodes, NODES_OF_ONE_READ), started(bytes, BYTES_OF_ONE_READ));
            due = Math.max(0, cost - paid);
            paid += due;
        }
        if (due > 0) {
            rates.chargeReads(due);
        }
    }

    private static long started(long count, int each) {
        return (count + each - 1) / each;
    }
}
