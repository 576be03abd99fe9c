package io.rollcall.server.liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.liveness.Lease.Beat;
import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long TIMEOUT = 10 * SECOND;
    private static final Session NODE_1 = new Session(NodeId.of(1), new Incarnation(11, false));

    private final Lease lease = new Lease(NODE_1, 0);

    @Test
    void t1_aLease_doesNotEnd_beforeItsLastBeatPlusTheTimeout() {
        assertThat(lease.beat(5 * SECOND)).isEqualTo(Beat.COUNTS);
        assertThat(endsAt(lease, 15 * SECOND)).isFalse();
        assertThat(endsAt(lease, 15 * SECOND + 4)).isTrue();
    }

    @Test
    void t2_anEndedLease_isNeverAcknowledgedAgain() {
        assertThat(endsAt(lease, 11 * SECOND)).isTrue();
        assertThat(lease.beat(11 * SECOND)).isEqualTo(Beat.TOO_LATE);
        assertThat(lease.await(12 * SECOND).join()).isFalse();
        lease.unseal();
        assertThat(lease.beat(12 * SECOND)).isEqualTo(Beat.TOO_LATE);
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
        assertThat(late.beat(nearTheEnd + 2 * SECOND)).isEqualTo(Beat.COUNTS);
        assertThat(late.silence(nearTheEnd + 5 * SECOND)).isBetween(3 * SECOND, 3 * SECOND + 4);
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

    /** After a restart a suspected node has a new lease, which nobody beat yet. */
    @Test
    void t1_aNewLease_isNoSignOfLife() {
        assertThat(new Lease(NODE_1, 5 * SECOND + 1).wasHeardSinceSuspected()).isFalse();
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

    @Test
    void d2_aSealedLease_thatIsUnsealed_runsOn_fromTheLatestBeatThatWaited() {
        assertThat(lease.sealIf(beat -> true)).isTrue();
        assertThat(lease.beat(11 * SECOND)).isEqualTo(Beat.WAITS);
        CompletableFuture<Boolean> first = lease.await(12 * SECOND);
        CompletableFuture<Boolean> second = lease.await(11 * SECOND);
        assertThat(first).isNotDone();
        assertThat(lease.silence(12 * SECOND)).as("it does not count yet").isEqualTo(12 * SECOND);
        lease.unseal();
        assertThat(first.join()).isTrue();
        assertThat(second.join()).isTrue();
        assertThat(lease.isRunning()).isTrue();
        assertThat(lease.silence(12 * SECOND)).isZero();
        lease.unseal();
        assertThat(lease.await(13 * SECOND).join()).isTrue();
    }

    @Test
    void d2_aSealedLease_thatIsUnsealed_whileNobodyWaited_runsOn_fromItsLastBeat() {
        lease.beat(5 * SECOND);
        assertThat(lease.sealIf(beat -> true)).isTrue();
        lease.unseal();
        assertThat(lease.isRunning()).isTrue();
        assertThat(lease.lastBeat()).isEqualTo(5 * SECOND);
    }

    @Test
    void t2_aSealedLease_thatEnds_tellsWhoWaited_once() {
        assertThat(lease.isRunning()).isTrue();
        assertThat(lease.sealIf(beat -> true)).isTrue();
        assertThat(lease.isRunning()).isFalse();
        assertThat(lease.sealIf(beat -> true)).as("it is sealed already").isFalse();
        CompletableFuture<Boolean> waiting = lease.await(11 * SECOND);
        lease.end(12 * SECOND);
        lease.unseal();
        assertThat(waiting.join()).isFalse();
        assertThat(lease.hasEnded()).isTrue();
        assertThat(lease.isSealed()).isFalse();
        assertThat(lease.isRunning()).isFalse();
        assertThat(lease.endedAt()).isEqualTo(12 * SECOND);
    }

    /** A client may send one heartbeat after the other and give each up, while a disk hangs. */
    @Test
    void whoWaitsForOneSeal_costsBoundedMemory_theOldestIsRefused() {
        lease.sealIf(beat -> true);
        CompletableFuture<Boolean> oldest = lease.await(1);
        List<CompletableFuture<Boolean>> rest = new ArrayList<>();
        for (int i = 0; i < Lease.MOST_WAITING; i++) {
            rest.add(lease.await(2));
        }
        assertThatThrownBy(oldest::join).hasCauseInstanceOf(RefusedException.class);
        assertThat(rest).noneMatch(CompletableFuture::isDone);
        lease.unseal();
        assertThat(rest).allMatch(CompletableFuture::join);
    }

    private static boolean endsAt(Lease lease, long now) {
        boolean isSealed = lease.sealIf(beat -> now - beat > TIMEOUT);
        if (isSealed) {
            lease.end(now);
        }
        return isSealed;
    }
}
