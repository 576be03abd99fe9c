package io.rollcall.server.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.liveness.Leases;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.DecidedNamespace;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.grpc.RegistryMessages;
import io.rollcall.server.testing.TestTicker;
import io.rollcall.v1.WatchChange;
import io.rollcall.v1.WatchChanges;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Kept encodings of changes.
 *
 * <p>Planted bugs: the encoding is found by its place alone; it is kept for ever.
 */
class ChangeMessagesTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");

    private final TestTicker ticker = new TestTicker();
    private final TestClock clock = new TestClock(Instant.parse("2026-11-01T12:00:00.250Z"));
    private final Leases leases = new Leases(ticker);
    private final RegistryMessages messages = new RegistryMessages(leases, clock);
    private final ChangeMessages changes = new ChangeMessages(messages, ticker::nanos);
    private final DecidedNamespace alpha = new DecidedNamespace();

    private LogEntry entry(int node) {
        return new LogEntry(
                new Change.NodeChanged(alpha.state().node(NodeId.of(node)).orElseThrow(), Optional.empty()), 1);
    }

    private static WatchChange parsed(byte[] bytes) throws InvalidProtocolBufferException {
        return WatchChanges.parseFrom(bytes).getChanges(0);
    }

    @Test
    void aChange_isEncodedOnce_andIsItsOwn() throws InvalidProtocolBufferException {
        alpha.register(1, 11);
        LogEntry first = entry(1);
        alpha.register(1, 12);
        LogEntry second = new LogEntry(first.change(), 2);
        LogEntry other = entry(1);
        byte[] bytes = changes.encoded(ALPHA, first);
        assertThat(changes.encoded(ALPHA, first)).isSameAs(bytes);
        assertThat(changes.encoded(ALPHA, second)).isNotSameAs(bytes);
        for (LogEntry entry : List.of(first, other, first)) {
            assertThat(parsed(changes.encoded(ALPHA, entry))).isEqualTo(messages.change(ALPHA, entry.change()));
        }
    }

    @Test
    void lastSeen_isRenewedAfterHalfASecond() throws InvalidProtocolBufferException {
        alpha.register(1, 11);
        leases.begin(ALPHA, alpha.state(), List.of());
        LogEntry entry = entry(1);
        byte[] bytes = changes.encoded(ALPHA, entry);
        advance(Duration.ofMillis(499));
        leases.beat(ALPHA, NodeId.of(1), 11).join();
        assertThat(changes.encoded(ALPHA, entry)).isSameAs(bytes);
        advance(Duration.ofMillis(1));
        WatchChange renewed = parsed(changes.encoded(ALPHA, entry));
        assertThat(renewed).isEqualTo(messages.change(ALPHA, entry.change()));
        assertThat(renewed.getNode().getLastSeen())
                .isGreaterThan(parsed(bytes).getNode().getLastSeen());
    }

    private void advance(Duration by) {
        ticker.advance(by);
        clock.advance(by);
    }
}
