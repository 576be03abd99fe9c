package io.rollcall.server.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long TIMEOUT = 10 * SECOND;
    private static final Session NODE_1 = new Session(NodeId.of(1), new Incarnation(11, false));

    private final Lease lease = new Lease(NODE_1, 0);

    @Test
    void t1_aLease_doesNotEnd_beforeItsLastBeatPlusTheTimeout() {
        assertThat(lease.beat(5 * SECOND)).isTrue();
        assertThat(endsAt(lease, 15 * SECOND)).isFalse();
        assertThat(endsAt(lease, 15 * SECOND + 4)).isTrue();
    }

    @Test
    void t2_anEndedLease_isNeverAcknowledgedAgain() {
        assertThat(endsAt(lease, 11 * SECOND)).isTrue();
        assertThat(lease.beat(11 * SECOND)).isFalse();
        assertThat(lease.beat(12 * SECOND)).isFalse();
        assertThat(lease.hasEnded()).isTrue();
        assertThat(lease.silence(12 * SECOND)).isEqualTo(12 * SECOND);
    }

    @Test
    void ofTwoBeats_theLaterCounts_inWhicheverOrderTheyArrive() {
        lease.beat(8 * SECOND);
        lease.beat(3 * SECOND);
        assertThat(lease.silence(9 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void theMonotonicClock_mayBeNegative_andRunOver() {
        long nearTheEnd = Long.MAX_VALUE - SECOND;
        Lease late = new Lease(NODE_1, nearTheEnd);
        assertThat(late.beat(nearTheEnd + 2 * SECOND)).isTrue();
        assertThat(late.silence(nearTheEnd + 5 * SECOND)).isBetween(3 * SECOND, 3 * SECOND + 2);
        assertThat(endsAt(late, nearTheEnd + 13 * SECOND)).isTrue();
    }

    @Test
    void t1_aSuspicion_isTakenBackByABeat_andByNothingElse() {
        lease.beat(5 * SECOND);
        assertThat(lease.suspectIf(beat -> beat == 4 * SECOND)).isFalse();
        assertThat(lease.suspectIf(beat -> beat == 5 * SECOND)).isTrue();
        assertThat(lease.wasHeardSinceSuspected()).isFalse();
        lease.beat(6 * SECOND);
        assertThat(lease.wasHeardSinceSuspected()).isTrue();
    }

    @Test
    void aBrokenStream_isForgotten_onceTheSessionIsHeardAgain() {
        lease.beat(5 * SECOND);
        lease.streamBroke(5 * SECOND, 7 * SECOND);
        assertThat(lease.brokenStream()).isEqualTo(new Lease.BrokenStream(5 * SECOND, 7 * SECOND));
        lease.beat(8 * SECOND);
        assertThat(lease.brokenStream()).isNull();
    }

    /** A client that lost its connection is often back before the gateway learns that the old one is gone. */
    @Test
    void aStreamThatBreaks_afterTheSessionWasHeardElsewhere_isNoEvent() {
        lease.beat(5 * SECOND);
        lease.beat(6 * SECOND);
        lease.streamBroke(5 * SECOND, 7 * SECOND);
        assertThat(lease.brokenStream()).isNull();
    }

    @Test
    void ofTwoBrokenStreams_theOneThatWasHeardLast_counts_inWhicheverOrderTheyBreak() {
        lease.beat(5 * SECOND);
        lease.beat(6 * SECOND);
        lease.streamBroke(6 * SECOND, 7 * SECOND);
        lease.streamBroke(5 * SECOND, 8 * SECOND);
        assertThat(lease.brokenStream()).isEqualTo(new Lease.BrokenStream(6 * SECOND, 7 * SECOND));
    }

    private static boolean endsAt(Lease lease, long now) {
        return lease.endIf(beat -> now - beat > TIMEOUT);
    }
}
