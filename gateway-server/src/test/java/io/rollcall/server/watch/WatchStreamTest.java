package io.rollcall.server.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.server.liveness.Leases;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.LostBranches;
import io.rollcall.server.registry.Registrations;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.grpc.EncodedReply;
import io.rollcall.server.store.InMemoryStore;
import io.rollcall.server.testing.ManualCall;
import io.rollcall.server.testing.TestTicker;
import io.rollcall.v1.WatchNodesRequest;
import io.rollcall.v1.WatchNodesResponse;
import io.rollcall.v1.WatchNodesResponse.EventCase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stream of the one watcher that may be there, with a pool and a client that the test drives by hand. */
class WatchStreamTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final int SMALL_MESSAGE = 2 << 10;
    private static final int FULL_MESSAGE = 16 << 10;
    /** What a message holds beside its entries. */
    private static final int OTHERS = 128;

    private final HandPool pool = new HandPool();
    private final TestTicker ticker = new TestTicker();
    private final Leases leases = new Leases(ticker);
    private final Feed feed =
            new Feed(100, Long.MAX_VALUE, namespace -> 1, Duration.ofSeconds(15), pool, ticker::nanos);
    private final ManualCall<EncodedReply, WatchNodesResponse> client = new ManualCall<>(WatchStreamTest::parse);
    private Registry registry;
    private WatchService service;

    @BeforeEach
    void open() throws Exception {
        registry = Registry.open(
                new InMemoryStore(new SecureRandom()),
                List.of(ALPHA),
                List.of(leases, feed),
                Clock.systemUTC(),
                System::nanoTime);
        service = new WatchService(
                registry,
                feed,
                new LostBranches(new Alarms(Clock.systemUTC(), subject -> {}), ticker::nanos),
                leases,
                Clock.systemUTC(),
                ticker::nanos);
    }

    @AfterEach
    void close() {
        registry.close();
        assertThat(client.isCompleted)
                .as("a watcher's stream has no end of its own")
                .isFalse();
    }

    @Test
    void w1_whoHasSeenAll_isToldSo_alsoOfAnEmptyNamespace() {
        watch(after(0));
        assertThat(events()).containsExactly(EventCase.PROGRESS);
        assertThat(client.answers.get(0).getRevision()).isZero();
    }

    @Test
    void aRevisionBelowZero_isRefused_andTakesNobodysPlace() {
        assertThatThrownBy(() -> watch(after(-1)))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.BAD_FIELD))
                .hasMessage("after_revision: -1 (expected: 0 or more)");
        watch(everything());
        assertThat(events()).containsExactly(EventCase.SNAPSHOT);
    }

    @Test
    void w1_aRevisionOfALostBranch_isAnsweredByResyncAndSnapshot() {
        register(1, "");
        register(2, "");
        watch(after(1).setBranch(branch() + 1));
        assertThat(events()).containsExactly(EventCase.RESYNC, EventCase.SNAPSHOT);
        assertThat(client.answers.get(0).getResync().getReason())
                .isEqualTo("revision 1 is not on the branch that was told");
    }

    @Test
    void w1_branchesOfAnotherRegistry_sayNothing() {
        register(1, "");
        watch(after(1).setRegistryId("another").setBranch(branch()));
        assertThat(client.answers.get(0).getResync().getReason()).isEqualTo("the registry is another one since");
    }

    @Test
    void w1_eachMessage_namesTheBranchOfItsRevision_forResuming() {
        watch(everything());
        register(1, "");
        pool.runAll();
        assertThat(events()).containsExactly(EventCase.SNAPSHOT, EventCase.CHANGES);
        assertThat(client.answers).allSatisfy(answer -> {
            assertThat(answer.getBranch()).isEqualTo(branch());
            assertThat(answer.getRegistryId()).isEqualTo(registry.id());
        });
    }

    @Test
    void whoLeaves_makesRoom_howeverTheStreamEnds() {
        for (Runnable end : List.<Runnable>of(client::cancel, client::close)) {
            watch(everything());
            assertThatThrownBy(() -> watch(everything())).isInstanceOfSatisfying(RefusedException.class, refused -> {
                assertThat(refused.refusal()).isEqualTo(Refusal.TOO_MANY_WATCHERS);
                assertThat(refused.retryAfter()).isPositive();
            });
            end.run();
        }
        watch(everything());
    }

    @Test
    void w2_aClientThatDoesNotRead_isSentNothing_untilItDoes() {
        watch(everything());
        client.isReading = false;
        register(1, "");
        pool.runAll();
        assertThat(client.answers).hasSize(1);
        client.readAgain();
        pool.runAll();
        assertThat(events()).containsExactly(EventCase.SNAPSHOT, EventCase.CHANGES);
    }

    /** A watcher that does not read costs little: what it is sent first is small, and nothing is sent after it. */
    @Test
    void w2_messagesAreBounded_theFirstMoreThanTheOthers() {
        for (int node = 1; node <= 40; node++) {
            register(node, "x".repeat(900));
        }
        for (WatchNodesRequest.Builder request : List.of(everything(), after(0))) {
            client.answers.clear();
            watch(request);
            List<Integer> sizes = client.answers.stream()
                    .map(WatchNodesResponse::getSerializedSize)
                    .toList();
            assertThat(sizes.get(0)).isBetween(SMALL_MESSAGE / 2, SMALL_MESSAGE + OTHERS);
            assertThat(sizes.get(1)).isBetween(FULL_MESSAGE - SMALL_MESSAGE, FULL_MESSAGE + OTHERS);
            assertThat(sizes).hasSizeGreaterThan(3).allSatisfy(size -> assertThat(size)
                    .isLessThan(FULL_MESSAGE + OTHERS));
            client.cancel();
        }
    }

    @Test
    void w1_aChangeLargerThanAMessage_isSentAlone() {
        register(1, "x".repeat(3_000));
        register(2, "");
        watch(after(0));
        assertThat(client.answers.get(0).getRevision()).isEqualTo(1);
        assertThat(client.answers.get(0).getSerializedSize()).isGreaterThan(SMALL_MESSAGE);
        assertThat(client.answers.get(client.answers.size() - 1).getRevision())
                .isEqualTo(registry.of(ALPHA).state().revision());
    }

    @Test
    void theGatewaysEnd_isToldAsTheReason() {
        watch(everything());
        feed.close();
        pool.runAll();
        assertThat(client.failures)
                .singleElement()
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.SHUTTING_DOWN));
    }

    private static WatchNodesRequest.Builder everything() {
        return WatchNodesRequest.newBuilder();
    }

    private WatchNodesRequest.Builder after(long revision) {
        return WatchNodesRequest.newBuilder().setAfterRevision(revision).setRegistryId(registry.id());
    }

    private void watch(WatchNodesRequest.Builder request) {
        Caller caller = new Caller.OperatorCaller(ALPHA, "admin");
        Context.current()
                .withValue(CurrentCall.KEY, new CallIdentity(caller, "", "", "", ""))
                .run(() -> service.watchNodes(request.build(), client));
        pool.runAll();
    }

    private void register(int node, String note) {
        Registrations.register(registry.of(ALPHA), node, node, Map.of("note", note));
    }

    private long branch() {
        return registry.of(ALPHA).state().branch();
    }

    private List<EventCase> events() {
        return client.answers.stream().map(WatchNodesResponse::getEventCase).toList();
    }

    private static WatchNodesResponse parse(EncodedReply answer) {
        try {
            return WatchNodesResponse.parseFrom(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
