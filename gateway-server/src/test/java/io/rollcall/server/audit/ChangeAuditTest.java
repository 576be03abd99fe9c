package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Registrations;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.testing.ForgetfulStore;
import io.rollcall.server.testing.ForwardingStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each change is on record before it happens, and none happens without. The registry is real, and so are the files. */
class ChangeAuditTest extends AuditTrailFixture {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NamespaceName BETA = new NamespaceName("beta");

    private final ForgetfulStore kept = new ForgetfulStore();
    private final List<List<String>> onRecordAtCommit = new ArrayList<>();
    private Registry registry;

    @BeforeEach
    void begin() throws Exception {
        ChangeAudit record = new ChangeAudit(trail, limiter, clock);
        registry = Registry.open(new Looking(), record, List.of(ALPHA, BETA), List.of(record), clock, System::nanoTime);
    }

    @AfterEach
    void end() throws Exception {
        registry.close();
    }

    /** Looks at what the log's files hold when a batch is about to be committed. */
    private final class Looking extends ForwardingStore {
        Looking() {
            super(kept);
        }

        @Override
        public void commit(List<NamespaceChanges> batch) throws IOException {
            onRecordAtCommit.add(directory.events());
            kept.commit(batch);
        }
    }

    private List<JsonNode> lines(String event) throws IOException {
        return directory.all().stream()
                .filter(line -> line.get("event").asText().equals(event))
                .toList();
    }

    private static void assertRefused(Refusal expected, Runnable change) {
        assertThatThrownBy(change::run).cause().isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(
                        refused.refusal())
                .isEqualTo(expected));
    }

    @Test
    void aChange_isOnRecord_beforeItIsCommitted_withWhoAskedAndWhatChanged() throws Exception {
        Registrations.register(registry.of(ALPHA), NODE_1, 1, 11);
        assertThat(onRecordAtCommit).hasSize(1);
        assertThat(onRecordAtCommit.get(0)).endsWith("change");
        JsonNode line = lines("change").get(0);
        assertThat(line.get("namespace").asText()).isEqualTo("alpha");
        assertThat(line.get("caller").asText()).isEqualTo("spiffe://example.org/ns/alpha/node/1");
        assertThat(line.get("from").asText()).isEqualTo("127.0.0.1:4711");
        assertThat(line.get("serial").asText()).isEqualTo("c0ffee");
        assertThat(line.get("token").asText()).isEqualTo("token-1");
        assertThat(line.get("method").asText()).isEqualTo("RegisterNode");
        assertThat(line.get("outcome").asText()).isEqualTo("accepted");
        assertThat(line.get("asked").get("incarnation").asLong()).isEqualTo(11);
        assertThat(line.get("changes").toString())
                .isEqualTo("[{\"revision\":1,\"epoch\":1,\"node\":1,\"incarnation\":11,\"status\":\"active\","
                        + "\"address\":\"10.0.0.1:5000\"},"
                        + "{\"revision\":2,\"epoch\":1,\"founder\":1,\"confirmed\":false},"
                        + "{\"revision\":3,\"epoch\":1,\"term\":0,\"leader\":1,\"leader_incarnation\":11}]");
    }

    @Test
    void whatChangesNothing_hasNoLine() throws Exception {
        Registrations.register(registry.of(ALPHA), NODE_1, 1, 11);
        Registrations.register(registry.of(ALPHA), NODE_1, 1, 11);
        Registrations.remove(registry.of(ALPHA), 7);
        trail.flush();
        assertThat(lines("change")).hasSize(1);
    }

    @Test
    void aRefusedReport_isARefusal_andAConflictingOneAChangeThatWasRefused() throws Exception {
        Registrations.register(registry.of(ALPHA), NODE_1, 1, 11);
        Registrations.register(registry.of(ALPHA), NODE_1, 2, 22);
        assertThat(Registrations.report(registry.of(ALPHA), 1, 11, 7)).isTrue();
        assertThat(Registrations.report(registry.of(ALPHA), 1, 11, 6)).isFalse();
        assertThat(Registrations.report(registry.of(ALPHA), 2, 22, 7)).isFalse();
        trail.flush();
        assertThat(lines("refusal")).singleElement().satisfies(line -> {
            assertThat(line.get("method").asText()).isEqualTo("UpdateLeader");
            assertThat(line.get("message").asText()).isEqualTo("term: 6 (expected: > 7, led by node 1)");
            assertThat(line.get("asked").get("term").asInt()).isEqualTo(6);
        });
        JsonNode conflict = lines("change").get(3);
        assertThat(conflict.get("outcome").asText()).isEqualTo("refused");
        assertThat(conflict.get("changes").get(0).get("conflict_with").asInt()).isEqualTo(2);
    }

    @Test
    void whileTheLogCannotBeWritten_changesAreRefused_neverCommitted_neverSeen_andReadsGoOn() throws Exception {
        Registrations.register(registry.of(ALPHA), NODE_1, 1, 11);
        Path file = directory.file(1);
        Files.move(file, temp.resolve("away"));
        assertRefused(Refusal.AUDIT_UNAVAILABLE, () -> Registrations.register(registry.of(ALPHA), NODE_1, 2, 22));
        assertRefused(Refusal.AUDIT_UNAVAILABLE, () -> Registrations.register(registry.of(BETA), NODE_1, 1, 11));
        assertThat(kept.batches()).hasSize(1);
        assertThat(registry.of(ALPHA).state().liveCount()).isEqualTo(1);
        assertThat(registry.of(BETA).state().revision()).isZero();
        // What changes nothing needs no line.
        assertThat(Registrations.register(registry.of(ALPHA), NODE_1, 1, 11)).isTrue();
        assertThat(Registrations.report(registry.of(ALPHA), 3, 33, 1)).isFalse();
        assertThat(registry.storeHealth().failure())
                .hasValueSatisfying(failure -> assertThat(failure.why()).contains("audit log", "make room"));

        Files.move(temp.resolve("away"), file);
        await().until(() -> registry.storeHealth().isWritable()); // the writer finds out by itself
        assertThat(Registrations.register(registry.of(ALPHA), NODE_1, 2, 22)).isFalse();
        assertThat(lines("change")).hasSize(2);
        assertThat(lines("resumed")).hasSize(1);
        assertThat(directory.verify()).isEqualTo("fits");
    }

    private static void assertAboveRate(Runnable change) {
        assertRefused(Refusal.RATE_EXCEEDED, change);
    }

    /** Otherwise one member fills the disk with lines that tell nothing new. */
    @Test
    void aboveItsRate_aNodeThatRegistersTheSameAgain_isAddedUp_andAnythingElseIsRefused() throws Exception {
        Registrations.register(registry.of(ALPHA), NODE_1, 1, 11);
        assertAboveRate(() -> Registrations.registerAboveRate(registry.of(ALPHA), NODE_1, 2, 21)); // it is new
        // It founds, leads, and is alone: each of its registrations changes more than the incarnation.
        assertAboveRate(() -> Registrations.registerAboveRate(registry.of(ALPHA), NODE_1, 1, 12));
        Registrations.register(registry.of(ALPHA), NODE_1, 2, 21);
        int lines = lines("change").size();
        for (long incarnation = 22; incarnation <= 1_021; incarnation++) {
            assertThat(Registrations.registerAboveRate(registry.of(ALPHA), NODE_1, 2, incarnation))
                    .isFalse();
        }
        assertThat(lines("change")).as("the first has a line of its own").hasSize(lines + 1);
        assertThat(lines("summed-up")).isEmpty();
        long revision = registry.of(ALPHA).state().revision();
        trail.close(); // tells the rest
        assertThat(lines("summed-up")).singleElement().satisfies(line -> {
            assertThat(line.get("namespace").asText()).isEqualTo("alpha");
            assertThat(line.get("caller").asText()).isEqualTo("spiffe://example.org/ns/alpha/node/1");
            assertThat(line.get("node").asInt()).isEqualTo(2);
            assertThat(line.get("more").asInt()).isEqualTo(999);
            assertThat(line.get("last_incarnation").asLong()).isEqualTo(1_021);
            assertThat(line.get("first_revision").asLong()).isEqualTo(revision - 998);
            assertThat(line.get("last_revision").asLong()).isEqualTo(revision);
            assertThat(line.get("message").asText())
                    .isEqualTo("999 registrations of node 2, nothing changed but the incarnation");
        });
    }

    @Test
    void whatIsAddedUp_failsClosedToo_andIsNotCountedWhereItIsNotCommitted() throws Exception {
        Registrations.register(registry.of(ALPHA), NODE_1, 1, 11);
        Registrations.register(registry.of(ALPHA), NODE_1, 2, 21);
        Registrations.registerAboveRate(registry.of(ALPHA), NODE_1, 2, 22);
        kept.fail(true);
        assertRefused(
                Refusal.STORE_UNAVAILABLE, () -> Registrations.registerAboveRate(registry.of(ALPHA), NODE_1, 2, 23));
        kept.fail(false);
        Files.move(directory.file(1), temp.resolve("away"));
        assertRefused(Refusal.AUDIT_UNAVAILABLE, () -> Registrations.register(registry.of(BETA), NODE_1, 1, 11));
        assertRefused(
                Refusal.AUDIT_UNAVAILABLE, () -> Registrations.registerAboveRate(registry.of(ALPHA), NODE_1, 2, 24));
        Files.move(temp.resolve("away"), directory.file(1));
        await().until(() -> registry.storeHealth().isWritable());
        Registrations.registerAboveRate(registry.of(ALPHA), NODE_1, 2, 25);
        trail.close();
        assertThat(lines("summed-up")).singleElement().satisfies(line -> {
            assertThat(line.get("more").asInt()).isEqualTo(1);
            assertThat(line.get("last_incarnation").asLong()).isEqualTo(25);
        });
    }

    @Test
    void aChangeThatCouldNotBeCommitted_isFollowedByALineThatSaysSo() throws Exception {
        Registrations.register(registry.of(ALPHA), NODE_1, 1, 11);
        kept.fail(true);
        assertRefused(Refusal.STORE_UNAVAILABLE, () -> Registrations.register(registry.of(ALPHA), NODE_1, 2, 22));
        long intended = lines("change").get(1).get("seq").asLong();
        trail.flush();
        assertThat(lines("not-committed")).singleElement().satisfies(line -> {
            assertThat(line.get("namespace").asText()).isEqualTo("alpha");
            assertThat(line.get("first_line").asLong()).isEqualTo(intended);
            assertThat(line.get("last_line").asLong()).isEqualTo(intended);
        });
        // The store is known to fail: what is refused now was never about to happen.
        assertRefused(Refusal.STORE_UNAVAILABLE, () -> Registrations.register(registry.of(ALPHA), NODE_1, 2, 22));
        assertThat(lines("change")).hasSize(2);
        kept.fail(false);
        Registrations.register(registry.of(ALPHA), NODE_1, 2, 22);
        assertThat(lines("change")).hasSize(3);
        assertThat(lines("not-committed")).hasSize(1);
    }

    @Test
    void eachNamespace_isOpenedAtItsRevision_beforeItsFirstChange() throws Exception {
        Registrations.register(registry.of(ALPHA), NODE_1, 1, 11);
        assertThat(directory.events()).containsExactly("file-begun", "namespace-opened", "namespace-opened", "change");
        assertThat(lines("namespace-opened").get(0).get("revision").asLong()).isZero();
    }

    @Test
    void eachOfManyNamespaces_isOpened_beforeAnyChange() throws Exception {
        List<NamespaceName> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(new NamespaceName("tenant-" + i));
        }
        LogDirectory other = new LogDirectory(temp.resolve("other"));
        try (AuditTrail ofMany = open(other, limiter)) {
            ChangeAudit record = new ChangeAudit(ofMany, limiter, clock);
            try (Registry crowded =
                    Registry.open(new ForgetfulStore(), record, many, List.of(record), clock, System::nanoTime)) {
                Registrations.register(crowded.of(many.get(1_999)), NODE_1, 1, 11);
            }
        }
        assertThat(other.events().subList(1, 2_001)).containsOnly("namespace-opened");
        assertThat(other.events().get(2_001)).isEqualTo("change");
    }

    @Test
    void i1_aLineNamesOneNamespace_andNothingOfAnother() throws Exception {
        CallIdentity other = new CallIdentity(
                new Caller.NodeCaller(BETA, NodeId.of(9)), "spiffe://example.org/ns/beta/node/9", "", "", "");
        Registrations.register(registry.of(ALPHA), NODE_1, 1, 11);
        Registrations.register(registry.of(BETA), other, 9, 99);
        for (JsonNode line : lines("change")) {
            boolean isAlphas = line.get("namespace").asText().equals("alpha");
            assertThat(line.toString()).doesNotContain(isAlphas ? "beta" : "alpha", isAlphas ? "10.0.0.9" : "10.0.0.1");
        }
        assertThat(lines("change")).hasSize(2);
    }
}
