package io.rollcall.server.admission;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.Refusal;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The rates of one namespace, as token buckets with a burst of {@value #BURST_SECONDS} seconds' worth, as when a
 * cluster starts. Thread-safe, without a lock.
 */
final class Rates {
    static final int BURST_SECONDS = 5;

    private final Settings quotas;
    private final Bucket changes;
    private final Bucket reads;
    private final MemberRates members;
    private final RandomGenerator random;

    Rates(Settings quotas, TimeMeter time, RandomGenerator random) {
        this.quotas = quotas;
        this.changes = bucket(quotas.get(Setting.QUOTA_CHANGES), time);
        this.reads = bucket(quotas.get(Setting.QUOTA_READS), time);
        this.members = new MemberRates(quotas.get(Setting.QUOTA_MEMBER_CHANGES), time::currentTimeNanos);
        this.random = random;
    }

    private static Bucket bucket(int perSecond, TimeMeter time) {
        return Bucket.builder()
                .addLimit(limit ->
                        limit.capacity((long) perSecond * BURST_SECONDS).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .withCustomTimePrecision(time)
                .build();
    }

    Settings quotas() {
        return quotas;
    }

    /** @throws io.rollcall.server.failure.RefusedException if there have been too many */
    void admitChange() {
        admit(changes, "changes", quotas.get(Setting.QUOTA_CHANGES));
    }

    /** The rates of each member, within those of its namespace. */
    MemberRates members() {
        return members;
    }

    /** @throws io.rollcall.server.failure.RefusedException if there have been too many */
    void admitRead() {
        admit(reads, "reads", quotas.get(Setting.QUOTA_READS));
    }

    /** Charges the additional cost of a read afterwards; the next reads wait for it. */
    void chargeReads(long count) {
        var unused = reads.consumeIgnoringRateLimits(count);
    }

    private void admit(Bucket bucket, String what, int perSecond) {
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            // Spread over a second, or all refused callers would retry at once.
            Duration delay = Duration.ofNanos(probe.getNanosToWaitForRefill())
                    .plusMillis(random.nextInt((int) Duration.ofSeconds(1).toMillis()));
            throw Refusal.RATE_EXCEEDED
                    .because(what + ": more than " + perSecond + " a second of this namespace; try again later")
                    .retryAfter(delay);
        }
    }
}
