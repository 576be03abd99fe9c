package io.rollcall.server.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.testing.TestTicker;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a watcher is sent, by a history, a pool and a time that the test drives by hand. */
class FeedTest {
    private static final int HELD = 16;
    /** About what one of the changes here costs. */
    private static final int SMALL_CHANGE = 256 + 56 + 8;

    private static final long HELD_BYTES = Long.MAX_VALUE;
    private static final int MOST = 3;
    private static final Duration IDLE = Duration.ofSeconds(15);
    private static final String REGISTRY = "registry-1";

    private final HandPool pool = new HandPool();
    private final TestTicker ticker = new TestTicker();
    private final Feed feed = new Feed(HELD, HELD_BYTES, namespace -> MOST, IDLE, pool, ticker::nanos);
    private final HandWrittenNamespace alpha = new HandWrittenNamespace(feed);

    private Subscription watch(ResumePoint from, RecordingSink sink) {
        Subscription subscription = feed.subscribe(HandWrittenNamespace.NAME, from, sink);
        subscription.wake();
        pool.runAll();
        return subscription;
    }

    private RecordingSink watch(ResumePoint from) {
        RecordingSink sink = new RecordingSink();
        watch(from, sink);
        return sink;
    }

    private ResumePoint after(long revision) {
        return ResumePoint.resume(revision, REGISTRY, alpha.revision(), REGISTRY);
    }

    private static List<Long> range(long after, long to) {
        return LongStream.rangeClosed(after + 1, to).boxed().toList();
    }

    /** The ring has wrapped three times; who resumes at any revision has the rest, or is told that it has not. */
    @Test
    void w1_resumingAtEveryRevision_givesExactlyTheRest_orSaysWhichAreNotHeld() {
        long last = 50;
        alpha.change((int) last);
        for (long seen = 0; seen <= last; seen++) {
            RecordingSink sink = new RecordingSink();
            Subscription subscription = watch(after(seen), sink);
            if (seen < last - HELD) {
                assertThat(sink.words)
                        .containsExactly(
                                "resync at 50: the changes after revision " + seen + " are not held any more",
                                "snapshot at 50: 3 nodes, part",
                                "snapshot at 50: 3 nodes, part",
                                "snapshot at 50: 1 nodes, complete");
            } else {
                assertThat(sink.revisions).isEqualTo(range(seen, last));
            }
            subscription.end();
        }
    }

    /** The store holds the latest changes, so that a restart costs nobody a snapshot. */
    @Test
    void w1_afterARestart_whoResumes_hasTheRest_ofWhatIsStillKnown() {
        alpha.change(8);
        Feed restarted = new Feed(HELD, HELD_BYTES, namespace -> MOST, IDLE, pool, ticker::nanos);
        alpha.beginIn(restarted, 5);
        for (long seen = 0; seen <= 8; seen++) {
            RecordingSink sink = new RecordingSink();
            Subscription subscription = restarted.subscribe(HandWrittenNamespace.NAME, after(seen), sink);
            subscription.wake();
            pool.runAll();
            if (seen < 3) {
                assertThat(sink.words.get(0))
                        .isEqualTo("resync at 8: the changes after revision " + seen + " are not held any more");
            } else {
                assertThat(sink.revisions).isEqualTo(range(seen, 8));
            }
            subscription.end();
        }
    }

    /** The pool's thread would end by it, and the stream stand still for ever. */
    @Test
    void anError_endsTheStreamItBefell_withAWord() {
        RecordingSink broken = new RecordingSink();
        broken.failure = new StackOverflowError("in a test");
        RecordingSink starved = new RecordingSink();
        starved.failure = new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory");
        RecordingSink well = new RecordingSink();
        alpha.change(1);
        watch(after(0), broken);
        watch(after(0), starved);
        watch(after(0), well);

        assertThat(broken.words).singleElement().asString().contains("INTERNAL");
        assertThat(starved.words).singleElement().asString().contains("OUT_OF_MEMORY");
        assertThat(well.words).containsExactly("changes to 1");
        assertThat(watch(after(1)).words).as("it makes room").hasSize(1);
    }

    @Test
    void whoIsWokenAgain_beforeItWasServed_isServedOnce_byOneTask() {
        RecordingSink sink = new RecordingSink();
        Subscription subscription = feed.subscribe(HandWrittenNamespace.NAME, ResumePoint.snapshot(), sink);
        subscription.wake();
        subscription.wake();
        assertThat(pool.waiting()).isEqualTo(1);
        pool.runAll();
        subscription.wake();
        assertThat(pool.waiting()).as("and again later").isEqualTo(1);
        pool.runAll();
        assertThat(sink.words).hasSize(1);
    }

    @Test
    void w1_whoResumesAndMissedNothing_isToldSoAtOnce() {
        alpha.change(5);
        assertThat(watch(after(5)).words).containsExactly("progress to 5");
    }

    @Test
    void w1_aRevisionThatHasNotBeen_isAnsweredByResyncAndSnapshot() {
        alpha.change(2);
        assertThat(watch(after(3)).words)
                .containsExactly("resync at 2: revision 3 has not been yet", "snapshot at 2: 2 nodes, complete");
    }

    @Test
    void w1_aRevisionOfAnotherRegistry_isAnsweredByResyncAndSnapshot() {
        alpha.change(2);
        assertThat(watch(ResumePoint.resume(1, "registry-0", 2, REGISTRY)).words)
                .containsExactly("resync at 2: the registry is another one since", "snapshot at 2: 2 nodes, complete");
    }

    @Test
    void w1_anEmptyNamespace_hasACompleteSnapshot_andThenItsFirstChange() {
        RecordingSink sink = watch(ResumePoint.snapshot());
        alpha.change(1);
        pool.runAll();
        assertThat(sink.words).containsExactly("snapshot at 0: 0 nodes, complete", "changes to 1");
    }

    @Test
    void w1_whatHappensDuringASnapshot_comesAfterIt() {
        alpha.change(7);
        RecordingSink sink = new RecordingSink();
        sink.room = 1;
        Subscription subscription = watch(ResumePoint.snapshot(), sink);
        alpha.change(3);
        pool.runAll();
        sink.room = 100;
        subscription.wake();
        pool.runAll();
        assertThat(sink.words)
                .containsExactly(
                        "snapshot at 7: 3 nodes, part",
                        "snapshot at 7: 3 nodes, part",
                        "snapshot at 7: 1 nodes, complete",
                        "changes to 10");
        assertThat(sink.revisions).isEqualTo(range(7, 10));
    }

    @Test
    void w1_whoseCursorFellOutOfTheHistory_isToldToResync_andGoesOnFromThere() {
        RecordingSink sink = new RecordingSink();
        Subscription subscription = watch(ResumePoint.snapshot(), sink);
        alpha.change(2);
        pool.runAll();
        sink.room = 0;
        alpha.change(HELD + 1);
        pool.runAll();
        sink.room = 100;
        subscription.wake();
        pool.runAll();
        alpha.change(1);
        pool.runAll();
        assertThat(sink.words)
                .containsExactly(
                        "snapshot at 0: 0 nodes, complete",
                        "changes to 2",
                        "resync at 19: the changes after revision 2 are not held any more",
                        "snapshot at 19: 3 nodes, part",
                        "snapshot at 19: 3 nodes, part",
                        "snapshot at 19: 1 nodes, complete",
                        "changes to 20");
    }

    /** Room for the fixed cost of four changes: bytes bound the history before its count does. */
    @Test
    void w1_theHistory_isBoundedByItsSize_theOldestGoFirst() {
        Feed small = new Feed(HELD, 4L * SMALL_CHANGE, namespace -> MOST, IDLE, pool, ticker::nanos);
        HandWrittenNamespace beta = new HandWrittenNamespace(small);
        beta.change(10);
        for (long seen = 0; seen <= 10; seen++) {
            RecordingSink sink = new RecordingSink();
            Subscription subscription = small.subscribe(
                    HandWrittenNamespace.NAME, ResumePoint.resume(seen, REGISTRY, beta.revision(), REGISTRY), sink);
            subscription.wake();
            pool.runAll();
            if (seen < 6) {
                assertThat(sink.words.get(0)).startsWith("resync at 10");
            } else {
                assertThat(sink.revisions).isEqualTo(range(seen, 10));
            }
            subscription.end();
        }
    }

    /** One change may be larger than all that is held: then nothing is, and whoever lacks it resyncs. */
    @Test
    void w1_aChangeLargerThanTheHistory_isNotHeld_andNobodySkipsIt() {
        Feed tiny = new Feed(HELD, 1, namespace -> MOST, IDLE, pool, ticker::nanos);
        HandWrittenNamespace beta = new HandWrittenNamespace(tiny);
        RecordingSink sink = new RecordingSink();
        tiny.subscribe(HandWrittenNamespace.NAME, ResumePoint.snapshot(), sink).wake();
        pool.runAll();
        beta.change(1);
        pool.runAll();
        assertThat(sink.words)
                .containsExactly(
                        "snapshot at 0: 0 nodes, complete",
                        "resync at 1: the changes after revision 0 are not held any more",
                        "snapshot at 1: 1 nodes, complete");
    }

    /** Else it would keep a state that nobody else has, for as long as its client likes. */
    @Test
    void w2_whoStallsInASnapshot_keepsNoStateThatTheHistoryHasMovedPast() {
        alpha.change(7);
        RecordingSink sink = new RecordingSink();
        sink.room = 1;
        Subscription subscription = watch(ResumePoint.snapshot(), sink);
        assertThat(subscription.holdsState()).isTrue();
        alpha.change(HELD);
        pool.runAll();
        assertThat(subscription.holdsState()).isTrue();
        alpha.change(1);
        pool.runAll();
        assertThat(subscription.holdsState()).isFalse();
        sink.room = 100;
        subscription.wake();
        pool.runAll();
        assertThat(sink.words)
                .containsExactly(
                        "snapshot at 7: 3 nodes, part",
                        "resync at 24: the changes after revision 7 are not held any more",
                        "snapshot at 24: 3 nodes, part",
                        "snapshot at 24: 3 nodes, part",
                        "snapshot at 24: 1 nodes, complete");
    }

    @Test
    void w1_revisionsThatTheFeedWasNotToldOf_areNotSkippedSilently() {
        alpha.change(2);
        RecordingSink sink = watch(after(2));
        alpha.lose().change(1);
        pool.runAll();
        assertThat(sink.words)
                .containsExactly(
                        "progress to 2",
                        "resync at 4: the changes after revision 2 are not held any more",
                        "snapshot at 4: 3 nodes, complete");
    }

    /** B5 reads them: each message states the epoch of its own last revision, not of what came later. */
    @Test
    void w1_epochs_areThoseOfTheirRevision_alsoInsideABatch() {
        RecordingSink sink = watch(ResumePoint.snapshot());
        alpha.node(1)
                .node(2)
                .node(3)
                .node(4)
                .node(5)
                .raiseEpoch()
                .node(6)
                .node(7)
                .node(1)
                .commit();
        pool.runAll();
        assertThat(sink.words)
                .containsExactly("snapshot at 0: 0 nodes, complete", "changes to 4", "changes to 8", "changes to 9");
        assertThat(sink.epochs).containsExactly(1L, 1L, 2L, 2L);
    }

    @Test
    void w2_whoIsNotReady_isSentNothing_andQueuesNothing() {
        RecordingSink slow = new RecordingSink();
        watch(ResumePoint.snapshot(), slow);
        slow.room = 0;
        RecordingSink quick = watch(ResumePoint.snapshot());
        for (int i = 0; i < 1000; i++) {
            alpha.change(1);
            assertThat(pool.waiting()).isEqualTo(1);
            pool.runAll();
        }
        assertThat(slow.words).hasSize(1);
        assertThat(quick.revisions).isEqualTo(range(0, 1000));
    }

    @Test
    void w2_theWriter_leavesOneTaskForThePool_howeverManyWatchAndHoweverMuchChanges() {
        List<RecordingSink> sinks =
                List.of(watch(ResumePoint.snapshot()), watch(ResumePoint.snapshot()), watch(ResumePoint.snapshot()));
        alpha.change(10);
        assertThat(pool.waiting()).isEqualTo(1);
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.words).hasSize(1));
        pool.runAll();
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.revisions).isEqualTo(range(0, 10)));
    }

    /** More than one of the pool's tasks serves. */
    @Test
    void w1_manyWatchers_allHearOfAChange() {
        Feed wide = new Feed(HELD, HELD_BYTES, namespace -> 1_000, IDLE, pool, ticker::nanos);
        HandWrittenNamespace beta = new HandWrittenNamespace(wide);
        List<RecordingSink> sinks = watchers(wide, 100);
        beta.change(1);
        pool.runAll();
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.revisions).containsExactly(1L));
    }

    @Test
    void aStreamThatCannotEvenBeEnded_leavesTheOthersServed() {
        Feed wide = new Feed(HELD, HELD_BYTES, namespace -> 1_000, IDLE, pool, ticker::nanos);
        HandWrittenNamespace beta = new HandWrittenNamespace(wide);
        List<RecordingSink> sinks = watchers(wide, 20);
        RecordingSink broken = sinks.get(0);
        broken.failure = new StackOverflowError("in a test");
        broken.isClosed = true;
        beta.change(1);
        pool.runAll();
        assertThat(broken.words).hasSize(1);
        assertThat(sinks.subList(1, sinks.size()))
                .allSatisfy(sink -> assertThat(sink.revisions).containsExactly(1L));
    }

    private List<RecordingSink> watchers(Feed of, int count) {
        List<RecordingSink> sinks =
                Stream.generate(RecordingSink::new).limit(count).toList();
        sinks.forEach(sink -> of.subscribe(HandWrittenNamespace.NAME, ResumePoint.snapshot(), sink)
                .wake());
        pool.runAll();
        return sinks;
    }

    @Test
    void idleWatchers_hearOfProgress_onceAnIdleSpan() {
        RecordingSink sink = watch(ResumePoint.snapshot());
        for (int seconds = 1; seconds <= 45; seconds++) {
            ticker.advance(Duration.ofSeconds(1));
            feed.markProgress();
            pool.runAll();
        }
        assertThat(sink.words)
                .containsExactly("snapshot at 0: 0 nodes, complete", "progress to 0", "progress to 0", "progress to 0");
    }

    @Test
    void oneWatcherTooMany_isRefused_untilAnotherHasGone() {
        Subscription first = watch(ResumePoint.snapshot(), new RecordingSink());
        watch(ResumePoint.snapshot());
        watch(ResumePoint.snapshot());
        assertThatThrownBy(() -> watch(ResumePoint.snapshot()))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.TOO_MANY_WATCHERS));
        first.end();
        assertThat(watch(ResumePoint.snapshot()).words).hasSize(1);
    }

    @Test
    void whoHasGone_isSentNothingMore() {
        RecordingSink sink = new RecordingSink();
        Subscription subscription = watch(ResumePoint.snapshot(), sink);
        subscription.end();
        alpha.change(1);
        subscription.wake();
        pool.runAll();
        assertThat(sink.words).hasSize(1);
    }

    /** W1: a watcher who stays on a history that nobody writes any more would hear nothing for ever. */
    @Test
    void w1_aNamespaceThatIsServedNoMore_endsItsStreams_andServedAgain_takesOthers() {
        RecordingSink sink = watch(ResumePoint.snapshot());
        feed.end(HandWrittenNamespace.NAME);
        pool.runAll();
        assertThat(sink.words).endsWith("refused CREDENTIAL_WITHDRAWN");
        assertThatThrownBy(() -> watch(ResumePoint.snapshot()))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.NOT_PERMITTED));
        HandWrittenNamespace again = new HandWrittenNamespace(feed);
        assertThat(again.revision()).isZero();
        assertThat(watch(ResumePoint.snapshot()).words).hasSize(1);
    }

    @Test
    void closing_endsTheStreams_once_andTakesNoMore() {
        RecordingSink sink = new RecordingSink();
        Subscription subscription = watch(ResumePoint.snapshot(), sink);
        feed.close();
        pool.runAll();
        subscription.wake();
        pool.runAll();
        assertThat(sink.words).containsExactly("snapshot at 0: 0 nodes, complete", "refused SHUTTING_DOWN");
        assertThatThrownBy(() -> watch(ResumePoint.snapshot()))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.SHUTTING_DOWN));
    }
}
