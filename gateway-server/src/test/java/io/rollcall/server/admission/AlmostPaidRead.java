package io.rollcall.server.admission;

import io.github.bucket4j.TimeMeter;
import io.grpc.Context;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.failure.RefusedException;
import java.util.Random;

/** A read that may look at so many nodes more before it costs a second one, for tests of other packages. */
public final class AlmostPaidRead {
    private final Rates rates = new Rates(
            TestSettings.INITIAL.with(Setting.QUOTA_READS, 1),
            new TimeMeter() {
                @Override
                public long currentTimeNanos() {
                    return 0;
                }

                @Override
                public boolean isWallClockBased() {
                    return false;
                }
            },
            new Random(1));
    private final ReadCost cost = new ReadCost(rates);

    public AlmostPaidRead(int nodesLeft) {
        cost.lookedAt(ReadCost.NODES_OF_ONE_READ - nodesLeft);
    }

    /** In which the read is served. */
    public Context context() {
        return Context.current().withValue(ReadCost.KEY, cost);
    }

    /** Whether a second read was charged. Ask once. */
    public boolean costsMore() {
        for (int left = 0; left < Rates.BURST_SECONDS; left++) {
            try {
                rates.admitRead();
            } catch (RefusedException charged) {
                return true;
            }
        }
        return false;
    }
}
