package io.rollcall.server.registry;

import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.store.InMemoryStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Registrations, leader reports, removals and reads of many threads at once, through the real writer: there is an order
 * in which {@link RegistryModel} answers the same (B1, L2, and what was told is there to be read). By stress, as the
 * writer's thread is its own.
 *
 * <p>Shown to find: a registry that decides on the caller's thread, and a writer that replies before it publishes.
 */
@Tag("lincheck")
@Param(name = "node", gen = IntGen.class, conf = "1:2")
@Param(name = "incarnation", gen = IntGen.class, conf = "0:3")
@Param(name = "term", gen = IntGen.class, conf = "0:2")
public class RegistryLincheckTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final RegistryWriter writer = new RegistryWriter(
            new InMemoryStore(new SecureRandom()),
            AuditSink.NONE,
            List.of(),
            new StoreHealth(Clock.systemUTC(), System::nanoTime));

    private final NamespaceRegistry alpha =
            new NamespaceRegistry(ALPHA, NamespaceState.empty(Instant.EPOCH), writer::wake);

    @BeforeAll
    static void startWriting() {
        writer.start();
    }

    @AfterAll
    static void stopWriting() {
        writer.close();
    }

    @Operation
    public String register(@Param(name = "node") int node, @Param(name = "incarnation") int incarnation) {
        NodeDetails details = new NodeDetails("10.0.0." + node, 5000, List.of(), Map.of());
        try {
            RegisterNode.Registration registration = ask(
                    new RegisterNode(NodeId.of(node), details, incarnation, 0, Registrations.UNBOUNDED, Instant.EPOCH));
            return (registration.isNew() ? "registered" : "updated")
                    + (registration.isFounder() ? ", found" : ", join");
        } catch (CompletionException e) {
            return ((RefusedException) e.getCause()).refusal().name();
        }
    }

    @Operation
    public String remove(@Param(name = "node") int node, @Param(name = "incarnation") int incarnation) {
        return ask(new RemoveNode(NodeId.of(node), incarnation, false, Instant.EPOCH))
                        .found()
                ? "removed"
                : "not_found";
    }

    @Operation
    public String report(
            @Param(name = "node") int reporter,
            @Param(name = "incarnation") int incarnation,
            @Param(name = "node") int leader,
            @Param(name = "term") int term) {
        return ask(new ReportLeader(NodeId.of(reporter), incarnation, NodeId.of(leader), term, Instant.EPOCH))
                        .accepted()
                ? "accepted"
                : "failed";
    }

    @Operation
    public String read() {
        return RegistryView.of(alpha.state());
    }

    private <R> R ask(Command<R> command) {
        return alpha.submit(command).join();
    }

    @Test
    void b1_l2_whateverIsAskedAtOnce_isAnsweredAsInSomeOrder() {
        new StressOptions()
                .sequentialSpecification(OneByOne.class)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(1)
                .iterations(25)
                .invocationsPerIteration(250)
                .check(RegistryLincheckTest.class);
    }

    /** The same for one thread. */
    public static class OneByOne {
        private final RegistryModel model = new RegistryModel();

        public String register(int node, int incarnation) {
            return model.register(node, 5000, incarnation, 0, 0);
        }

        public String remove(int node, int incarnation) {
            return model.remove(node, incarnation, false);
        }

        public String report(int reporter, int incarnation, int leader, int term) {
            return model.report(reporter, incarnation, leader, term);
        }

        public String read() {
            return model.view();
        }
    }
}
