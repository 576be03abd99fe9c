package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two ways into the log, and what becomes of both while it cannot be written. */
class AuditTrailTest extends AuditTrailFixture {
    private static final AuditRateLimiter.Budget NONE = new AuditRateLimiter.Budget(0, 0);

    @BeforeEach
    void begin() throws Exception {
        trail.record(List.of(LogDirectory.event("first")));
    }

    private void takeTheFileAway() throws IOException {
        Files.move(directory.file(1), temp.resolve("away"));
    }

    private void putItBack() throws IOException {
        Files.move(temp.resolve("away"), directory.file(1));
    }

    @Test
    void whatIsRecorded_standsAfterWhatWasNotedBefore() throws Exception {
        trail.note(LogDirectory.event("noted"));
        ChainHead head = trail.record(List.of(LogDirectory.event("recorded")));
        assertThat(directory.words()).containsExactly("first", "noted", "recorded");
        assertThat(directory.verify(head)).isEqualTo("fits");
    }

    @Test
    void whatIsNoted_waitsForTheNextFlush() throws Exception {
        trail.note(LogDirectory.event("noted"));
        assertThat(directory.words()).containsExactly("first");
        trail.flush();
        assertThat(directory.words()).containsExactly("first", "noted");
    }

    @Test
    void whatIsRecordedWithACommit_isForcedByTheStore_orWithinASecond_orByOtherLines() throws Exception {
        trail.recordWithCommit(List.of(LogDirectory.event("a")));
        assertThat(trail.end().unforced()).hasSize(1);
        trail.force();
        assertThat(trail.end().unforced()).isEmpty();
        ChainHead head = trail.recordWithCommit(List.of(LogDirectory.event("b")));
        assertThat(trail.end().head()).isEqualTo(head.toString());
        trail.record(List.of(LogDirectory.event("c")));
        assertThat(trail.end().unforced()).isEmpty();
        assertThat(directory.words()).containsExactly("first", "a", "b", "c");
    }

    @Test
    void aForceThatFails_isTriedAgain_thoughNothingElseIsWritten() throws Exception {
        trail.recordWithCommit(List.of(LogDirectory.event("a")));
        takeTheFileAway();
        assertThatThrownBy(trail::force).isInstanceOf(IOException.class);
        assertThat(trail.isWritable()).isFalse();
        putItBack();
        trail.force();
        assertThat(trail.isWritable()).as("not yet tried again").isFalse();
        clock.advance(Duration.ofSeconds(1));
        trail.force();
        assertThat(trail.isWritable()).isTrue();
        assertThat(trail.end().unforced()).isEmpty();
    }

    @Test
    void afterAFailure_theFirstLinesAreForced() throws Exception {
        takeTheFileAway();
        assertThatThrownBy(() -> trail.recordWithCommit(List.of(LogDirectory.event("refused"))))
                .isInstanceOf(IOException.class);
        putItBack();
        trail.recordWithCommit(List.of(LogDirectory.event("a")));
        assertThat(trail.end().unforced()).isEmpty();
        trail.recordWithCommit(List.of(LogDirectory.event("b")));
        assertThat(trail.end().unforced()).hasSize(1);
    }

    @Test
    void whileItCannotBeWritten_recordsThrowAndAreInNoFile_andNotesAreWrittenLater() throws Exception {
        takeTheFileAway();
        trail.note(LogDirectory.event("noted"));
        assertThatThrownBy(() -> trail.record(List.of(LogDirectory.event("refused"))))
                .isInstanceOf(IOException.class);
        trail.note(LogDirectory.event("noted too"));
        assertThatThrownBy(trail::flush).isInstanceOf(IOException.class);
        assertThatThrownBy(trail::probe).isInstanceOf(IOException.class);
        putItBack();
        trail.probe();
        assertThat(directory.words()).containsExactly("first", "noted", "noted too");
        assertThat(directory.events()).containsSubsequence("change", "resumed", "change", "change");
        trail.record(List.of(LogDirectory.event("accepted")));
        assertThat(directory.words()).endsWith("accepted");
        assertThat(directory.events()).containsOnlyOnce("resumed");
        assertThat(directory.verify()).isEqualTo("fits");
    }

    @Test
    void notesThatFindNoPlace_areCounted_andTheCountIsWritten() throws Exception {
        for (int i = 0; i < AuditTrail.WAITING + 4_711; i++) {
            trail.note(LogDirectory.event("note"));
        }
        assertThat(trail.lost()).isEqualTo(4_711);
        trail.flush();
        assertThat(trail.lost()).isZero();
        assertThat(directory.all())
                .filteredOn(line -> line.get("event").asText().equals("lost"))
                .singleElement()
                .satisfies(line -> assertThat(line.get("events").asInt()).isEqualTo(4_711));
        trail.close();
        assertThat(directory.words()).hasSize(1 + AuditTrail.WAITING);
    }

    @Test
    void whatIsOwed_isWrittenFirst() throws Exception {
        takeTheFileAway();
        trail.note(LogDirectory.event("noted"));
        trail.owe(List.of(LogDirectory.event("owed")));
        putItBack();
        trail.record(List.of(LogDirectory.event("recorded")));
        assertThat(directory.words()).containsExactly("first", "owed", "noted", "recorded");
    }

    @Test
    void sums_areWrittenWithTheRest() throws Exception {
        AuditRateLimiter ownTime = new AuditRateLimiter(clock, new java.util.concurrent.atomic.AtomicLong()::get);
        assertThat(ownTime.admits(AuditEvent.Kind.REFUSAL, null, "X", NONE)).isFalse();
        AuditRateLimiter late = new AuditRateLimiter(clock, new SecondsLater()::next);
        assertThat(late.admits(AuditEvent.Kind.REFUSAL, null, "X", NONE)).isFalse();
        try (AuditTrail other = open(new LogDirectory(temp.resolve("other")), late)) {
            other.flush();
        }
        assertThat(new LogDirectory(temp.resolve("other")).events()).containsExactly("file-begun", "summed-up");
    }

    @Test
    void whileItCannotBeWritten_sumsGoOnCounting_andAreToldInFull_howeverFullTheQueue() throws Exception {
        SecondsLater time = new SecondsLater();
        AuditRateLimiter late = new AuditRateLimiter(clock, time::next);
        LogDirectory other = new LogDirectory(temp.resolve("other"));
        try (AuditTrail failing = open(other, late)) {
            failing.record(List.of(LogDirectory.event("first")));
            Files.move(other.file(1), temp.resolve("away"));
            for (int i = 0; i < AuditTrail.WAITING + 1; i++) {
                failing.note(LogDirectory.event("note"));
            }
            for (int outage = 0; outage < 3; outage++) {
                assertThatThrownBy(failing::flush).isInstanceOf(IOException.class);
                assertThat(late.admits(AuditEvent.Kind.REFUSAL, null, "X", NONE))
                        .isFalse();
            }
            Files.move(temp.resolve("away"), other.file(1));
        }
        assertThat(other.all())
                .filteredOn(line -> line.get("event").asText().equals("summed-up"))
                .singleElement()
                .satisfies(line -> assertThat(line.get("more").asInt()).isEqualTo(3));
        assertThat(other.verify()).isEqualTo("fits");
    }

    /** Two seconds pass between any two looks at it. */
    private static final class SecondsLater {
        private long nanos;

        long next() {
            nanos += 2_000_000_000L;
            return nanos;
        }
    }
}
