package io.rollcall.adminui;

import io.rollcall.net.HostPort;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A gateway that obeys its test: nothing happens in it unless told, and it tells its listeners at once. */
final class FakeBackend implements ConsoleBackend {

    private final TreeMap<String, NamespaceDetail> namespaces = new TreeMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private volatile List<Attention> attention = List.of();
    volatile boolean isLive = true;
    volatile boolean isReady = true;
    private final Instant startedAt = Instant.now().minusSeconds(3_725);

    @Override
    public GatewayView gateway() {
        return new GatewayView(
                "0.1.0-test", "localhost:8090", startedAt, Duration.between(startedAt, Instant.now()), attention);
    }

    @Override
    public synchronized List<NamespaceSummary> namespaces() {
        return namespaces.values().stream().map(NamespaceDetail::summary).toList();
    }

    @Override
    public synchronized Optional<NamespaceDetail> namespace(String name) {
        return Optional.ofNullable(namespaces.get(name));
    }

    @Override
    public String metrics() {
        return "nodes 3\n";
    }

    @Override
    public boolean isLive() {
        return isLive;
    }

    @Override
    public boolean isReady() {
        return isReady;
    }

    @Override
    public Subscription onChange(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    int listeners() {
        return listeners.size();
    }

    /** A namespace of these nodes, whose leader is the one that says it is. */
    void found(String name, long term, List<NodeView> nodes, Attention... attention) {
        put(name, 1, term, nodes, List.of(attention));
    }

    /** Of the gateway as a whole. */
    void needsAttention(Attention... about) {
        attention = List.of(about);
        listeners.forEach(listener -> listener.accept(GATEWAY));
    }

    void change(String name, UnaryOperator<List<NodeView>> change) {
        NamespaceDetail before = namespace(name).orElseThrow();
        NamespaceSummary summary = before.summary();
        put(name, summary.revision() + 1, summary.term(), change.apply(before.nodes()), summary.attention());
    }

    void join(String name, NodeView node) {
        change(name, nodes -> {
            List<NodeView> more = new ArrayList<>(nodes);
            more.add(node);
            return more;
        });
    }

    void forget(String name) {
        synchronized (this) {
            namespaces.remove(name);
        }
        listeners.forEach(listener -> listener.accept(name));
    }

    private void put(String name, long revision, long term, List<NodeView> nodes, List<Attention> attention) {
        Optional<LeaderView> leader = nodes.stream()
                .filter(NodeView::leader)
                .findFirst()
                .map(node -> new LeaderView(
                        node.id(),
                        HostPort.text(node.host(), node.port()),
                        Instant.now().minusSeconds(200)));
        NamespaceSummary summary = new NamespaceSummary(
                name,
                revision,
                1,
                leader.isPresent() ? BootstrapPhase.CONFIRMED : BootstrapPhase.GRANTED,
                leader,
                term,
                count(nodes, NodeState.ACTIVE),
                count(nodes, NodeState.SUSPECTED),
                count(nodes, NodeState.FAILED),
                attention);
        synchronized (this) {
            namespaces.put(name, new NamespaceDetail(summary, nodes, Duration.ofSeconds(5), Duration.ofSeconds(15)));
        }
        listeners.forEach(listener -> listener.accept(name));
    }

    private static int count(Collection<NodeView> nodes, NodeState state) {
        return (int) nodes.stream().filter(node -> node.state() == state).count();
    }

    static NodeView node(int id) {
        return node(id, NodeState.ACTIVE, Duration.ofMillis(400L * id % 4_900), Map.of("zone", "north"));
    }

    static NodeView leader(int id) {
        NodeView node = node(id);
        return new NodeView(
                id,
                node.host(),
                node.port(),
                node.state(),
                true,
                true,
                node.capabilities(),
                node.metadata(),
                node.joinedAt(),
                node.lastSeen(),
                node.silence(),
                node.revision());
    }

    static NodeView node(int id, NodeState state, Duration silence, Map<String, String> metadata) {
        return new NodeView(
                id,
                "10.0.0." + id,
                50_051,
                state,
                false,
                false,
                List.of("voter", "storage"),
                metadata,
                Instant.now().minusSeconds(4_000),
                Instant.now().minus(silence),
                silence,
                id);
    }
}
