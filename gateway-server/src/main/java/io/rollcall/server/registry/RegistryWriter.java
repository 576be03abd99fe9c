package io.rollcall.server.registry;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.registry.NamespaceRegistry.Pending;
import io.rollcall.server.registry.RegistryStore.NamespaceChanges;
import io.rollcall.server.watchdog.CheckIn;
import io.rollcall.server.watchdog.OutOfMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single thread that executes commands. It takes namespaces with waiting commands in turns, decides a few commands
 * of each on a working state, writes all changes to the audit log, commits them in one batch, and only then publishes
 * them.
 *
 * <p>Commands that arrive during a commit wait for the next batch, so batches grow with the store's latency and one
 * slow disk flush serves many commands. A failed commit discards the working states, which readers never saw.
 */
final class RegistryWriter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RegistryWriter.class);

    /** Commands of one namespace in one batch: a busy tenant gets no more until the others have had their turn. */
    private static final int TURN = 64;

    private static final int NAMESPACES_PER_BATCH = 64;
    private static final long IDLE_MILLIS = 200;
    private static final String DISK = "the store's or the audit log's disk";
    private static final Duration LAST_BATCHES = Duration.ofSeconds(10);

    private final RegistryStore store;
    private final AuditSink audit;
    private final List<RegistryListener> listeners;
    private final StoreHealth health;
    private final BlockingQueue<NamespaceRegistry> ready = new LinkedBlockingQueue<>();
    private final CheckIn checkIn = new CheckIn("registry-writer");
    private final Thread thread = new Thread(this::run, checkIn.name());
    private volatile boolean isClosed;
    /** The thread takes nothing from the queue any more; callers that add to it then empty it. */
    private volatile boolean isOver;

    RegistryWriter(RegistryStore store, AuditSink audit, List<RegistryListener> listeners, StoreHealth health) {
        this.store = store;
        this.audit = audit;
        this.listeners = List.copyOf(listeners);
        this.health = health;
    }

    StoreHealth health() {
        return health;
    }

    /** Returns the check-in of its thread. */
    CheckIn checkIn() {
        return checkIn;
    }

    void start() {
        thread.start();
    }

    void wake(NamespaceRegistry namespace) {
        ready.add(namespace);
        if (isOver) {
            refuseRest();
        }
    }

    private void run() {
        while (!isClosed || !ready.isEmpty()) {
            checkIn.here();
            try {
                NamespaceRegistry first = ready.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    List<NamespaceRegistry> turn = new ArrayList<>();
                    turn.add(first);
                    ready.drainTo(turn, NAMESPACES_PER_BATCH - 1);
                    write(turn);
                } else if (!health.isWritable()) {
                    CheckIn.whileWaitingFor(DISK, this::probe);
                }
            } catch (InterruptedException e) {
                log.warn("the registry's writer was interrupted; it finishes what is waiting");
                isClosed = true;
            }
        }
        isOver = true;
        refuseRest();
    }

    private void write(List<NamespaceRegistry> turn) {
        List<Work> batch = turn.stream().map(Work::new).toList();
        try {
            decideCommitAndApply(batch);
        } catch (RefusedException refused) {
            batch.forEach(work -> work.fail(refused));
        } catch (RuntimeException | Error defect) {
            OutOfMemory.endProcessIf(defect);
            // Any other defect: this thread is shared, and the callers must get an answer.
            log.error("a batch failed; the next one follows", defect);
            batch.forEach(work -> work.fail(defect));
        } finally {
            turn.forEach(NamespaceRegistry::decided);
        }
    }

    private void decideCommitAndApply(List<Work> batch) {
        List<NamespaceChanges> changes = new ArrayList<>(batch.size());
        List<CommandOutcome> outcomes = new ArrayList<>();
        for (Work work : batch) {
            work.decide(TURN);
            outcomes.addAll(work.outcomes);
            if (!work.entries.isEmpty()) {
                changes.add(new NamespaceChanges(work.namespace.name(), work.entries, work.working));
            }
        }
        if (!changes.isEmpty()) {
            CheckIn.whileWaitingFor(DISK, () -> commit(outcomes, changes));
        }
        batch.forEach(work -> work.apply(listeners));
        batch.forEach(work -> work.objections.forEach(audit::refused));
        batch.forEach(Work::reply);
    }

    private void commit(List<CommandOutcome> outcomes, List<NamespaceChanges> changes) {
        health.begins();
        try {
            if (health.failure().isPresent()) {
                store.probe(); // record nothing that cannot be committed
            }
            record(outcomes);
            commit(changes);
            health.succeeded();
        } catch (RefusedException e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            health.failed(e);
            throw Refusal.STORE_UNAVAILABLE.because("the change could not be made durable; try again");
        }
    }

    private void record(List<CommandOutcome> outcomes) {
        try {
            audit.intend(outcomes);
        } catch (IOException | RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            health.failed(e);
            throw Refusal.AUDIT_UNAVAILABLE.because("the change could not be put on record; try again");
        }
    }

    private void commit(List<NamespaceChanges> changes) throws IOException {
        try {
            store.commit(changes);
        } catch (IOException | RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            audit.retract();
            throw e;
        }
    }

    /** Without writes in progress, nothing else would detect that the store works again. */
    private void probe() {
        health.begins();
        try {
            audit.probe();
            store.probe();
            health.succeeded();
        } catch (IOException | RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            health.failed(e);
        }
    }

    private void refuseRest() {
        for (NamespaceRegistry namespace = ready.poll(); namespace != null; namespace = ready.poll()) {
            for (Pending<?> pending : namespace.take(Integer.MAX_VALUE)) {
                pending.reply().completeExceptionally(Refusal.SHUTTING_DOWN.because("the gateway is shutting down"));
            }
        }
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            thread.join(LAST_BATCHES.toMillis());
            if (thread.isAlive()) {
                log.error("the store did not finish within {}; what waits for it is not committed", LAST_BATCHES);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The part of a batch that concerns one namespace. */
    private static final class Work {
        private final NamespaceRegistry namespace;
        private final List<LogEntry> entries = new ArrayList<>();
        private final List<Runnable> replies = new ArrayList<>();
        private final List<CommandOutcome> outcomes = new ArrayList<>();
        private final List<CommandOutcome> objections = new ArrayList<>();
        private Collection<Pending<?>> commands = List.of();
        private NamespaceState working;

        Work(NamespaceRegistry namespace) {
            this.namespace = namespace;
            this.working = namespace.state();
        }

        void decide(int most) {
            commands = namespace.take(most);
            commands.forEach(this::decide);
        }

        private <R> void decide(Pending<R> pending) {
            Draft draft = new Draft(working);
            try {
                R reply = pending.command().decide(draft);
                working = draft.state();
                entries.addAll(draft.entries());
                note(pending.identity(), pending.command(), reply, draft.entries());
                replies.add(() -> pending.reply().complete(reply));
            } catch (RuntimeException | Error e) {
                OutOfMemory.endProcessIf(e);
                // Refused, or a defect: either way the draft is discarded and the caller gets the error.
                replies.add(() -> pending.reply().completeExceptionally(e));
            }
        }

        private <R> void note(CallIdentity identity, Command<R> command, R reply, List<LogEntry> done) {
            Optional<String> objection = command.objection(reply);
            if (!done.isEmpty() || objection.isPresent()) {
                (done.isEmpty() ? objections : outcomes)
                        .add(new CommandOutcome(
                                namespace.name(),
                                identity,
                                command.name(),
                                command.asked(),
                                done,
                                objection,
                                command.isAddedUp(reply)));
            }
        }

        void apply(List<RegistryListener> listeners) {
            namespace.publish(working);
            if (!entries.isEmpty()) {
                listeners.forEach(this::tell);
            }
        }

        private void tell(RegistryListener listener) {
            try {
                listener.committed(namespace.name(), working, entries);
            } catch (RuntimeException | Error e) {
                OutOfMemory.endProcessIf(e);
                // The commit stands, so the callers must still get their replies.
                log.error("a listener failed on {}", namespace.name(), e);
            }
        }

        void reply() {
            replies.forEach(Runnable::run);
        }

        /** Fails the commands that have no answer yet. */
        void fail(Throwable why) {
            commands.forEach(pending -> pending.reply().completeExceptionally(why));
        }
    }
}
