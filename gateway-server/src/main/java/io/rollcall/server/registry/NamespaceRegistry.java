package io.rollcall.server.registry;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.namespace.NamespaceName;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The registry of one namespace: its state for readers, and the queue of commands for the writer.
 *
 * <p>Two namespaces and three nodes, as {@link NamespaceState} shows them:
 *
 * <pre>
 *   alpha   state: revision 7, nodes 1 → active, 2 → failed       waiting: [register 2]
 *   beta    state: revision 1, nodes 9 → active                   waiting: []
 * </pre>
 *
 * <p>Threads: any thread reads {@link #state()} and {@link #submit submits}; only the writer takes from the queue and
 * {@link #publish publishes}. Readers never wait, and see only committed state (D2).
 */
public final class NamespaceRegistry {
    /** Limit of a namespace's waiting commands: while the disk hangs, callers leave but their commands stay. */
    static final long MOST_WAITING_BYTES = 32 << 20;

    private static final int PENDING_BYTES = 256;
    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(10);

    private final NamespaceName name;
    private final Consumer<NamespaceRegistry> wake;
    private final ConcurrentLinkedQueue<Pending<?>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicBoolean isReady = new AtomicBoolean();
    /** Whether the writer has taken commands that it has not answered yet. */
    private volatile boolean isDeciding;

    private volatile NamespaceState state;

    NamespaceRegistry(NamespaceName name, NamespaceState state, Consumer<NamespaceRegistry> wake) {
        this.name = name;
        this.state = state;
        this.wake = wake;
    }

    /** A waiting command with its caller and its future reply. */
    record Pending<R>(CallIdentity identity, Command<R> command, CompletableFuture<R> reply) {
        int heldBytes() {
            return PENDING_BYTES + command.heldBytes();
        }
    }

    public NamespaceName name() {
        return name;
    }

    /** Returns the committed state: a consistent snapshot. */
    public NamespaceState state() {
        return state;
    }

    /** {@link #submit(CallIdentity, Command) Submits} a command of the gateway itself. */
    public <R> CompletableFuture<R> submit(Command<R> command) {
        return submit(CallIdentity.GATEWAY, command);
    }

    /**
     * Hands a command to the writer, unless it repeats what is committed and changes nothing, and none waits that may
     * change it.
     *
     * @param identity the caller, for the audit log; permissions are already checked
     * @return completes on the writer's thread once the change is durable and visible, or exceptionally with a
     *     {@link io.rollcall.server.failure.RefusedException}; already complete if nothing is to be changed
     */
    public <R> CompletableFuture<R> submit(CallIdentity identity, Command<R> command) {
        Optional<R> known = isDeciding || !waiting.isEmpty() ? Optional.empty() : repeated(command, state);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        CompletableFuture<R> reply = new CompletableFuture<>();
        Pending<R> pending = new Pending<>(identity, command, reply);
        int bytes = pending.heldBytes();
        if (waitingBytes.addAndGet(bytes) > MOST_WAITING_BYTES && !identity.equals(CallIdentity.GATEWAY)) {
            waitingBytes.addAndGet(-bytes);
            return CompletableFuture.failedFuture(Refusal.RATE_EXCEEDED
                    .because("changes: more of this namespace wait to be decided than may; try again later")
                    .retryAfter(RETRY_WHEN_FULL));
        }
        waiting.add(pending);
        wakeOnce();
        return reply;
    }

    /** Returns the reply to a command that changes nothing; the writer decides any other, and refuses what is refused. */
    private static <R> Optional<R> repeated(Command<R> command, NamespaceState committed) {
        if (!command.isRepeatedIn(committed)) {
            return Optional.empty();
        }
        Draft draft = new Draft(committed);
        try {
            return Optional.of(command.decide(draft))
                    .filter(reply -> draft.entries().isEmpty());
        } catch (RefusedException e) {
            return Optional.empty();
        }
    }

    /** Takes up to {@code most} commands, and requests another turn if more are waiting. */
    ArrayDeque<Pending<?>> take(int most) {
        isReady.set(false);
        isDeciding = true; // before the queue is shorter: at no moment does a command look decided that is not
        ArrayDeque<Pending<?>> taken = new ArrayDeque<>();
        for (Pending<?> next = waiting.poll(); next != null; next = waiting.poll()) {
            taken.add(next);
            waitingBytes.addAndGet(-next.heldBytes());
            if (taken.size() == most) {
                break;
            }
        }
        if (!waiting.isEmpty()) {
            wakeOnce();
        }
        return taken;
    }

    /** Called when all that was taken has its answer. */
    void decided() {
        isDeciding = false;
    }

    void publish(NamespaceState committed) {
        state = committed;
    }

    private void wakeOnce() {
        if (isReady.compareAndSet(false, true)) {
            wake.accept(this);
        }
    }
}
