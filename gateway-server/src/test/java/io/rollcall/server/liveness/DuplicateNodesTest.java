package io.rollcall.server.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeDetails;
import io.rollcall.server.registry.NodeStatus;
import io.rollcall.server.registry.SessionEnd;
import io.rollcall.server.testing.TestTicker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Planted bugs: each beat of one displaced session counted, not the first alone; late beats not heard; evidence of any
 * age.
 */
class DuplicateNodesTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NamespaceName BETA = new NamespaceName("beta");
    private static final Instant AT = Instant.parse("2026-11-01T12:00:00Z");
    private static final String HERE = "10.0.0.7";
    private static final String THERE = "10.0.0.8";

    private final TestTicker ticker = new TestTicker();
    private final List<Optional<NamespaceName>> told = new ArrayList<>();
    private final Alarms alarms = new Alarms(Clock.systemUTC(), told::add);
    private final DuplicateNodes duplicates = new DuplicateNodes(alarms, Duration.ofSeconds(30), ticker);
    private long incarnation = 1;

    private void register(int node, String host) {
        Node now = new Node(
                new Session(NodeId.of(node), new Incarnation(++incarnation, false)),
                new NodeDetails(host, 5000, List.of(), Map.of()),
                NodeStatus.ACTIVE,
                AT,
                1,
                AT,
                incarnation);
        SessionEnd displaced = new SessionEnd(new Incarnation(incarnation - 1, false), SessionEnd.Reason.REPLACED);
        duplicates.committed(
                ALPHA,
                NamespaceState.empty(AT),
                List.of(new LogEntry(new Change.NodeChanged(now, Optional.of(displaced)), 1)));
    }

    private void displacedSessionBeats(int node) {
        duplicates.heardAfterReplacement(ALPHA, NodeId.of(node));
    }

    private List<String> raised() {
        duplicates.look();
        return alarms.all().stream().map(Alarm::what).toList();
    }

    private void fight(int node, int rounds, Duration pause) {
        for (int i = 0; i < rounds; i++) {
            register(node, HERE);
            ticker.advance(pause);
            displacedSessionBeats(node);
            displacedSessionBeats(node);
        }
    }

    @Test
    void sessionsThatStillBeat_displacedAgainAndAgain_raiseOneAlarm_thatGoesOnUntilItIsQuiet() {
        fight(7, 2, Duration.ofSeconds(20));
        assertThat(raised()).isEmpty();
        fight(7, 1, Duration.ofSeconds(20));
        assertThat(raised()).containsExactly("two processes register in turns as node 7 (10.0.0.7:5000)");
        fight(7, 5, Duration.ofSeconds(20));
        assertThat(raised()).hasSize(1);
        assertThat(told).containsExactly(Optional.of(ALPHA));
        assertThat(alarms.about(Optional.of(BETA))).isEmpty();

        ticker.advance(Duration.ofSeconds(120));
        assertThat(raised()).hasSize(1);
        ticker.advance(Duration.ofSeconds(1));
        assertThat(raised()).isEmpty();
    }

    @Test
    void aNodeThatRestarts_againAndAgain_raisesNone() {
        for (int i = 0; i < 50; i++) {
            register(7, HERE);
            ticker.advance(Duration.ofMillis(500));
            assertThat(raised()).isEmpty();
        }
    }

    @Test
    void aNodeThatMovesOn_eachTimeToAnotherAddress_raisesNone() {
        for (int i = 0; i < 50; i++) {
            register(7, "10.0.1." + i);
            register(7, "10.0.1." + i);
        }
        assertThat(raised()).isEmpty();
    }

    /** Clients of the older service have no incarnation, so their heartbeats do not tell them apart. */
    @Test
    void twoAddresses_inTurns_raiseIt_alsoWithoutHeartbeats() {
        register(7, HERE);
        register(7, THERE);
        register(7, HERE);
        register(7, THERE);
        assertThat(raised()).isEmpty();
        register(7, HERE);
        assertThat(raised())
                .containsExactly("two processes register in turns as node 7 (10.0.0.7:5000 and 10.0.0.8:5000)");
    }

    @Test
    void oneProcessLeftOver_thatBeatsOnAndOn_raisesNone() {
        register(7, HERE);
        for (int i = 0; i < 50; i++) {
            displacedSessionBeats(7);
        }
        assertThat(raised()).isEmpty();
    }

    @Test
    void evidenceFarBetween_raisesNone() {
        fight(7, 10, Duration.ofSeconds(61));
        assertThat(raised()).isEmpty();
    }

    /** Two minutes, when nodes are to beat every 30 s. */
    @Test
    void evidenceWithinTheWindow_raisesIt_toTheLastNanosecond() {
        fight(7, 3, Duration.ofSeconds(60));
        assertThat(raised()).hasSize(1);
    }

    @Test
    void aDisplacedSession_thatBeatsAWindowLater_isEvidenceStill_thoughThereWereLooksMeanwhile() {
        ticker.advance(Duration.ofMinutes(10));
        displaceAndBeatAfter(Duration.ofSeconds(120));
        displaceAndBeatAfter(Duration.ofSeconds(60));
        displaceAndBeatAfter(Duration.ofSeconds(60));
        assertThat(raised()).hasSize(1);
    }

    @Test
    void aDisplacedSession_thatBeatsLaterThanThat_isNone() {
        ticker.advance(Duration.ofMinutes(10));
        displaceAndBeatAfter(Duration.ofSeconds(121));
        displaceAndBeatAfter(Duration.ofSeconds(10));
        displaceAndBeatAfter(Duration.ofSeconds(10));
        assertThat(raised()).isEmpty();
    }

    private void displaceAndBeatAfter(Duration time) {
        register(7, HERE);
        ticker.advance(time);
        assertThat(raised()).isEmpty();
        displacedSessionBeats(7);
    }

    @Test
    void ofMany_fiveAreNamed() {
        for (int node = 1; node <= 5; node++) {
            fight(node, 3, Duration.ofSeconds(1));
        }
        assertThat(raised()).singleElement().asString().endsWith("5 (10.0.0.7:5000)");
        for (int node = 6; node <= 7; node++) {
            fight(node, 3, Duration.ofSeconds(1));
        }
        assertThat(raised()).singleElement().asString().endsWith("5 (10.0.0.7:5000) and 2 more");
    }

    @Test
    void aNamespaceThatIsServedNoMore_hasNone() {
        fight(7, 3, Duration.ofSeconds(1));
        assertThat(raised()).hasSize(1);
        duplicates.end(ALPHA);
        assertThat(raised()).isEmpty();
    }

    @Test
    void asManyNodesAsAreWatched_areAllWatched() {
        for (int node = 1; node <= DuplicateNodes.MOST_NODES; node++) {
            register(node, HERE);
        }
        displacedSessionBeats(1);
        fight(1, 2, Duration.ofSeconds(1));
        assertThat(raised()).hasSize(1);
    }

    /** Those that changed last are watched. */
    @Test
    void moreNodesThanAreWatched_costNoMore_andFightsAreSeen() {
        for (int node = 1; node <= 3 * DuplicateNodes.MOST_NODES; node++) {
            register(node, HERE);
        }
        displacedSessionBeats(1); // no longer watched
        fight(1, 3, Duration.ofSeconds(1));
        assertThat(raised()).hasSize(1);
    }
}
