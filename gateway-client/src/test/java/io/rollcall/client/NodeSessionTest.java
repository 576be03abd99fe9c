package io.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.rollcall.client.testing.FakeGateway;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A session against a fake gateway on a real socket, by hand-made time. */
class NodeSessionTest {

    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final NodeDescription NODE =
            NodeDescription.of("10.0.0.7", 5000).capabilities("raft").metadata(Map.of("zone", "a"));

    private final FakeGateway gateway = FakeGateway.start();
    private final GatewayClient client = gateway.client(7);
    private final HandTime time = new HandTime();
    private final HeardEvents heard = new HeardEvents();

    NodeSessionTest() {
        gateway.heartbeatInterval(INTERVAL);
    }

    @AfterEach
    void close() {
        gateway.recover();
        client.close();
        gateway.close();
    }

    private NodeSession register() {
        return register(NODE);
    }

    private NodeSession register(NodeDescription description) {
        return client.register(description, heard, Duration.ofSeconds(30), time, new Random(1));
    }

    @Test
    void session_thatRegisters_isListedAsItDescribedItself() {
        NodeSession session = register();

        assertThat(session.nodeId()).isEqualTo(7);
        assertThat(session.isBootstrap()).isTrue();
        assertThat(session.epoch()).isEqualTo(1);
        assertThat(session.members()).isEmpty();
        assertThat(session.state()).isEqualTo(SessionState.REGISTERED);
        assertThat(client.nodes().nodes()).singleElement().satisfies(node -> {
            assertThat(node.host()).isEqualTo("10.0.0.7");
            assertThat(node.port()).isEqualTo(5000);
            assertThat(node.capabilities()).containsExactly("raft");
            assertThat(node.metadata()).containsEntry("zone", "a");
            assertThat(node.status()).isEqualTo(NodeStatus.ACTIVE);
        });
        assertThat(gateway.incarnations(7)).doesNotContain(0L);
    }

    @Test
    void session_beats_withinATenthOfTheIntervalThatTheGatewayGave() {
        register();
        for (int beat = 1; beat <= 20; beat++) {
            assertThat(time.delay()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11));
            time.pass();
            assertThat(gateway.beats(7)).isEqualTo(beat);
        }
    }

    /** B1: a retry after a lost reply gets the same answer, so it must be the same registration. */
    @Test
    void registration_whoseReplyWasLost_isRepeatedWithTheSameIncarnation() {
        gateway.loseReplies(2);

        NodeSession session = register();

        assertThat(gateway.incarnations(7)).hasSize(3);
        assertThat(gateway.incarnations(7).stream().distinct()).hasSize(1);
        assertThat(session.isBootstrap()).isTrue();
        assertThat(time.sleeps()).hasSize(2);
    }

    @Test
    void session_whoseLeaseExpired_registersAnewWithAFreshIncarnation() {
        NodeSession session = register();
        gateway.expire(7);

        time.pass();

        assertThat(gateway.incarnations(7)).hasSize(2).doesNotHaveDuplicates();
        assertThat(session.registration().incarnation())
                .isEqualTo(gateway.incarnations(7).get(1));
        assertThat(session.state()).isEqualTo(SessionState.REGISTERED);
        assertThat(heard.words).containsExactly("registered", "registered");
        time.pass();
        assertThat(gateway.beats(7)).isEqualTo(1);
    }

    @Test
    void session_thatTheGatewayForgot_registersAnew() {
        register();
        gateway.forgetEverything();

        time.pass();

        assertThat(gateway.holds(7)).isTrue();
        assertThat(gateway.incarnations(7)).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void session_thatWasReplaced_endsAndDoesNotRegisterAgain() {
        NodeSession session = register();
        gateway.replace(7);

        time.pass();

        assertThat(session.state()).isEqualTo(SessionState.REPLACED);
        assertThat(heard.words).containsExactly("registered", "replaced");
        assertThat(time.isIdle()).isTrue();
        assertThat(gateway.incarnations(7)).hasSize(1);
        session.close();
        assertThat(gateway.holds(7)).as("the successor stays").isTrue();
    }

    @Test
    void session_thatWasRemoved_endsAndDoesNotRegisterAgain() {
        NodeSession session = register();
        gateway.remove(7);

        time.pass();

        assertThat(session.state()).isEqualTo(SessionState.REMOVED);
        assertThat(heard.words).containsExactly("registered", "removed");
        assertThat(time.isIdle()).isTrue();
        assertThat(gateway.incarnations(7)).hasSize(1);
    }

    /** B5, by the session's own heartbeat. */
    @Test
    void session_thatBeatsAndSeesAHigherEpoch_registersAnew() {
        NodeSession session = register();
        gateway.raiseEpoch();

        time.pass();

        assertThat(session.epoch()).isEqualTo(2);
        assertThat(gateway.incarnations(7)).hasSize(2).doesNotHaveDuplicates();
    }

    /** B5, by any other reply: the session does not wait for its next beat. */
    @Test
    void session_whoseClientSeesAHigherEpoch_looksIntoItAtOnce() {
        NodeSession session = register();
        gateway.raiseEpoch();

        client.nodes();

        assertThat(time.delay()).isZero();
        time.pass();
        assertThat(session.epoch()).isEqualTo(2);
    }

    @Test
    void session_thatCloses_leaves() {
        NodeSession session = register();

        session.close();
        session.close();

        assertThat(gateway.holds(7)).isFalse();
        assertThat(session.state()).isEqualTo(SessionState.CLOSED);
        assertThat(time.isIdle()).isTrue();
    }

    @Test
    void session_thatClosesWhileTheGatewayIsAway_doesNotThrow() {
        NodeSession session = register();
        gateway.fail();

        session.close();

        assertThat(session.state()).isEqualTo(SessionState.CLOSED);
    }

    @Test
    void session_thatAnInterruptedThreadCloses_leavesAndKeepsTheInterrupt() {
        NodeSession session = register();

        Thread.currentThread().interrupt();
        session.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(gateway.holds(7)).isFalse();
    }

    @Test
    void client_thatCloses_closesItsSessions() {
        NodeSession session = register();

        client.close();

        assertThat(session.state()).isEqualTo(SessionState.CLOSED);
        assertThat(gateway.holds(7)).isFalse();
    }

    @Test
    void session_inAnOutage_saysSinceWhen() {
        NodeSession session = register();
        assertThat(session.disconnectedSince()).isEmpty();
        Instant before = Instant.now();
        gateway.fail();
        time.pass();
        Optional<Instant> since = session.disconnectedSince();
        assertThat(since).hasValueSatisfying(at -> assertThat(at).isBetween(before, Instant.now()));
        time.pass();
        assertThat(session.disconnectedSince())
                .as("the beginning of the outage")
                .isEqualTo(since);
        gateway.recover();
        time.pass();
        assertThat(session.disconnectedSince()).isEmpty();
    }

    @Test
    void session_thatIsUpdated_keepsItsIncarnation_andRegistersSoTheNextTime() {
        NodeSession session = register();
        NodeDescription moved = NodeDescription.of("10.0.0.9", 9000).metadata(Map.of("zone", "b"));
        Registration updated = session.update(moved);
        assertThat(updated.incarnation()).isEqualTo(session.registration().incarnation());
        assertThat(client.nodes().find(7)).hasValueSatisfying(node -> {
            assertThat(node.port()).isEqualTo(9000);
            assertThat(node.metadata()).containsEntry("zone", "b");
        });
        gateway.expire(7);
        time.pass();
        assertThat(client.nodes().find(7)).map(Node::port).contains(9000);
        session.close();
        assertThatThrownBy(() -> session.update(moved)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void session_inAnOutage_triesMoreAndMoreSeldom_andIsToldOfItsBeginningAndEnd() {
        NodeSession session = register();
        gateway.fail();

        time.pass();
        assertThat(time.delay()).isLessThanOrEqualTo(Duration.ofMillis(250));
        for (int failure = 0; failure < 9; failure++) {
            time.pass();
        }
        assertThat(time.delay()).isBetween(INTERVAL.dividedBy(2), INTERVAL);
        gateway.recover();
        time.pass();

        assertThat(heard.words).containsExactly("registered", "outage UNAVAILABLE", "recovered");
        assertThat(gateway.beats(7)).isEqualTo(1);
        assertThat(session.state()).isEqualTo(SessionState.REGISTERED);
        assertThat(time.delay()).isGreaterThanOrEqualTo(Duration.ofSeconds(9));
        gateway.fail();
        time.pass();
        assertThat(time.delay()).as("the next outage begins anew").isLessThanOrEqualTo(Duration.ofMillis(250));
    }

    /** A token may be renewed: a refusal ends nothing. */
    @Test
    void session_thatIsRefusedWhileItRuns_tellsAndKeepsTrying() {
        register();
        gateway.refuse(Status.Code.UNAUTHENTICATED, "TOKEN_EXPIRED");
        time.pass();
        gateway.recover();
        long refused = time.nanoTime();
        while (gateway.beats(7) == 0) {
            time.pass();
        }

        assertThat(Duration.ofNanos(time.nanoTime() - refused)).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(6));
        assertThat(heard.words).containsExactly("registered", "outage UNAUTHENTICATED", "recovered");
        assertThat(gateway.beats(7)).isEqualTo(1);
    }

    @Test
    void session_thatRegistersAnewAndLosesTheReply_repeatsTheIncarnation() {
        NodeSession session = register();
        gateway.expire(7);
        gateway.loseRegistrationReplies(1);

        time.pass();
        assertThat(session.state()).isEqualTo(SessionState.REJOINING);
        time.pass();

        List<Long> tried = gateway.incarnations(7);
        assertThat(tried).hasSize(3);
        assertThat(tried.get(1)).isNotEqualTo(tried.get(0)).isEqualTo(tried.get(2));
        assertThat(session.state()).isEqualTo(SessionState.REGISTERED);
    }

    /** A registration arrived, its answer was lost, and somebody else registered since: who came later stays. */
    @Test
    void sessionInDoubt_thatFindsItselfReplaced_doesNotDisplaceItsSuccessor() {
        NodeSession session = register();
        gateway.forgetEverything();
        beatIsAnsweredButTheRegistrationIsLost();
        gateway.replace(7);

        time.pass();

        assertThat(session.state()).isEqualTo(SessionState.REPLACED);
        assertThat(heard.words).endsWith("replaced");
    }

    @Test
    void sessionInDoubt_thatFindsItselfExpired_takesAFreshIncarnation() {
        NodeSession session = register();
        gateway.forgetEverything();
        beatIsAnsweredButTheRegistrationIsLost();
        gateway.expire(7);

        time.pass();

        assertThat(session.state()).isEqualTo(SessionState.REGISTERED);
        List<Long> tried = gateway.incarnations(7);
        assertThat(tried).hasSize(4);
        assertThat(tried.get(1)).as("the retry repeats").isEqualTo(tried.get(2));
        assertThat(tried.get(3)).as("then anew").isNotIn(tried.get(0), tried.get(2));
    }

    private void beatIsAnsweredButTheRegistrationIsLost() {
        gateway.loseRegistrationReplies(1);
        time.pass();
        assertThat(gateway.incarnations(7)).hasSize(2);
    }

    @Test
    void registration_thatIsRefusedForGood_isNotRepeated() {
        for (Status.Code code : List.of(
                Status.Code.UNAUTHENTICATED,
                Status.Code.PERMISSION_DENIED,
                Status.Code.INVALID_ARGUMENT,
                Status.Code.FAILED_PRECONDITION)) {
            gateway.refuse(code, "SOME_REASON");

            assertThatThrownBy(this::register).isInstanceOfSatisfying(GatewayException.class, refused -> {
                assertThat(refused.code()).isEqualTo(code.name());
                assertThat(refused.reason()).contains("SOME_REASON");
                assertThat(refused)
                        .hasMessage("gateway " + gateway.target() + ": " + code
                                + " (SOME_REASON): the fake gateway says no");
            });
            assertThat(time.sleeps()).isEmpty();
        }
    }

    @Test
    void registration_whileTheGatewayStaysAway_isGivenUpAfterTheGivenPatience() {
        gateway.fail();

        assertThatThrownBy(this::register)
                .isInstanceOfSatisfying(
                        GatewayException.class, away -> assertThat(away.code()).isEqualTo("UNAVAILABLE"));

        Duration slept = time.sleeps().stream().reduce(Duration.ZERO, Duration::plus);
        assertThat(slept).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
        assertThat(time.sleeps()).allMatch(pause -> pause.compareTo(Duration.ofSeconds(5)) <= 0);
    }

    @Test
    void leaderReport_tellsWhatIsOnRecord_whetherAcceptedOrNot() {
        NodeSession session = register();

        assertThat(session.reportLeader(7, OptionalLong.of(3))).isEqualTo(new LeaderReport(true, 7, 3, ""));

        LeaderReport late = session.reportLeader(7, OptionalLong.of(2));
        assertThat(late.accepted()).isFalse();
        assertThat(late.term()).isEqualTo(3);
        assertThat(late.message()).contains("expected");
        assertThat(client.leader().leader())
                .hasValueSatisfying(node -> assertThat(node.id()).isEqualTo(7));
        assertThat(client.stats().leaderId()).isEqualTo(7);
    }

    /** B2, seen from the node: an in-memory gateway that restarts must not have a second cluster founded. */
    @Test
    void memberOfAFoundedCluster_thatRegistersAnew_isNeverToldToFoundOne() {
        NodeSession session = register();
        session.reportLeader(7, OptionalLong.of(1));
        gateway.forgetEverything();

        time.pass();

        assertThat(gateway.epochsClaimed(7)).containsExactly(0L, 1L);
        assertThat(session.isBootstrap()).isFalse();
    }

    @Test
    void memberOfAClusterThatWasReset_mayFoundTheNext() {
        NodeSession session = register(NODE.memberOfEpoch(1));
        assertThat(session.isBootstrap()).isFalse();
        gateway.reset();

        time.pass();

        assertThat(gateway.epochsClaimed(7)).containsExactly(1L, 0L);
        assertThat(session.isBootstrap()).isTrue();
        assertThat(session.epoch()).isEqualTo(2);
    }

    @Test
    void listener_thatThrows_doesNotStopTheSession() {
        SessionListener clumsy = new SessionListener() {
            @Override
            public void registered(Registration registration) {
                throw new IllegalStateException("clumsy");
            }
        };
        client.register(NODE, clumsy, Duration.ofSeconds(30), time, new Random(1));

        time.pass();

        assertThat(gateway.beats(7)).isEqualTo(1);
    }

    @Test
    void session_beatsOnOneStream() {
        register();
        for (int beat = 1; beat <= 5; beat++) {
            time.pass();
        }
        assertThat(gateway.beats(7)).isEqualTo(5);
        assertThat(gateway.streamsAskedFor()).isEqualTo(1);
        assertThat(gateway.openStreams()).isEqualTo(1);
    }

    @Test
    void session_thatCloses_leavesFirst_andThenItsStream() {
        NodeSession session = register();
        time.pass();
        session.close();
        assertThat(gateway.holds(7)).isFalse();
        await().until(() -> gateway.openStreams() == 0);
    }

    @Test
    void session_whoseStreamBreaks_beatsOnANewOne_soon_andNobodyIsTold() {
        register();
        time.pass();
        time.pass();
        gateway.breakStreams();
        await().until(() -> time.delay().compareTo(Duration.ofMillis(250)) <= 0);
        time.pass();
        assertThat(gateway.beats(7)).isEqualTo(3);
        assertThat(gateway.streamsAskedFor()).isEqualTo(2);
        assertThat(gateway.openStreams()).isEqualTo(1);
        assertThat(heard.words).containsExactly("registered");
        assertThat(time.delay()).isGreaterThanOrEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void heartbeat_whoseStreamFails_isRepeatedAsACall() {
        register();
        gateway.loseReplies(1);
        time.pass();
        assertThat(gateway.beats(7)).as("one of them unanswered").isEqualTo(2);
        assertThat(heard.words).containsExactly("registered");
        time.pass();
        assertThat(gateway.streamsAskedFor()).isEqualTo(2);
    }

    /** Older gateways stay in the field; they are asked for a stream again now and then, since they may be renewed. */
    @Test
    void session_withAnOlderGateway_beatsCallByCall() {
        gateway.serveStreams(false);
        register();
        for (int beat = 1; beat <= 1 + Heartbeats.CALLS_BEFORE_THE_NEXT_STREAM; beat++) {
            time.pass();
            assertThat(gateway.beats(7)).isEqualTo(beat);
            assertThat(gateway.streamsAskedFor()).isEqualTo(1);
        }
        gateway.serveStreams(true);
        time.pass();
        time.pass();
        assertThat(gateway.streamsAskedFor()).isEqualTo(2);
        assertThat(gateway.openStreams()).isEqualTo(1);
        assertThat(heard.words).containsExactly("registered");
    }

    @Test
    void session_whoseStreamsNeverLast_beatsCallByCall() {
        register();
        for (int broken = 1; broken <= Heartbeats.USELESS_STREAMS; broken++) {
            time.pass();
            assertThat(gateway.streamsAskedFor()).isEqualTo(broken);
            gateway.breakStreams();
            await().until(() -> time.delay().compareTo(Duration.ofSeconds(2)) < 0);
        }
        time.pass();
        time.pass();
        assertThat(gateway.beats(7)).isEqualTo(Heartbeats.USELESS_STREAMS + 2);
        assertThat(gateway.streamsAskedFor()).isEqualTo(Heartbeats.USELESS_STREAMS);
    }

    /** B5 and T2 come to a session on a stream as they do to its calls. */
    @Test
    void session_onAStream_thatIsToldOfItsEnd_registersAnew_andIsNotWokenByTheStreamsEnd() {
        register();
        time.pass();
        gateway.expire(7);
        time.pass();
        assertThat(gateway.incarnations(7)).hasSize(2).doesNotHaveDuplicates();
        await().until(() -> gateway.openStreams() == 0);
        assertThat(time.delay()).isGreaterThanOrEqualTo(Duration.ofSeconds(9));
        time.pass();
        assertThat(gateway.beats(7)).isEqualTo(2);
        assertThat(gateway.streamsAskedFor()).isEqualTo(2);
    }
}
