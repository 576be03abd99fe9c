package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.namespace.NamespaceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log's life with the gateway's: begun with it, and ended with it. */
class AuditTest {
    @TempDir
    private Path dataDir;

    private final TestClock clock = new TestClock(LogDirectory.NOON);
    private final Alarms alarms = new Alarms(clock, whose -> {});

    private Audit open() throws IOException {
        return Audit.open(dataDir, LogDirectory.ROOMY, clock, System::nanoTime, "1.2.3", alarms, Optional.empty());
    }

    @Test
    void startAndEnd_areOnRecord_andWhatWasNotedLast() throws Exception {
        LogDirectory directory = new LogDirectory(dataDir.resolve("audit"));
        try (Audit audit = open()) {
            assertThat(directory.events()).containsExactly("file-begun", "gateway-started");
            audit.reloads()
                    .taken(Subject.of(Matter.TRUST_POLICY, new NamespaceName("alpha")), Map.of("ca.pem", "c0ffee"));
            audit.reloads().refused(Subject.of(Matter.CERTIFICATE), "expired");
            audit.refusals().refused(Attributes.EMPTY, "a/b", Refusal.NOT_PERMITTED.because("no"));
            assertThat(audit.refusals(Refusal.NOT_PERMITTED)).isEqualTo(1);
        }
        assertThat(directory.events())
                .containsExactly(
                        "file-begun",
                        "gateway-started",
                        "configuration",
                        "configuration",
                        "refusal",
                        "gateway-stopped");
        assertThat(directory.all().get(1).get("version").asText()).isEqualTo("1.2.3");
        assertThat(directory.all().get(2).get("outcome").asText()).isEqualTo("accepted");
        assertThat(directory.all().get(2).get("namespace").asText()).isEqualTo("alpha");
        assertThat(directory.all().get(2).get("what").asText()).isEqualTo("trust_policy");
        assertThat(directory.all().get(2).at("/files/ca.pem").asText()).isEqualTo("c0ffee");
        assertThat(directory.all().get(3).has("namespace")).isFalse();
        assertThat(directory.all().get(3).get("reason").asText()).isEqualTo("BAD_MATERIAL");
        assertThat(directory.all().get(3).get("message").asText()).isEqualTo("expired");
        assertThat(directory.verify()).isEqualTo("fits");
    }

    @Test
    void aLogThatCannotBeWritten_isToldAtTheStart_andWhileItRuns() throws Exception {
        Path directory = dataDir.resolve("audit");
        Files.writeString(directory, "no directory");
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessage("the audit log " + directory + " cannot be written (NotDirectoryException);"
                        + " make room on its disk, or let the gateway's user write there");
        Files.delete(directory);
        try (Audit audit = open()) {
            assertThat(audit.isWritable()).isTrue();
            Path file = new LogDirectory(directory).file(1);
            Files.move(file, dataDir.resolve("away"));
            assertThatThrownBy(() -> audit.console().act("admin", "", "reset")).isInstanceOf(IOException.class);
            assertThat(audit.isWritable()).isFalse();
            assertThat(alarms.all()).extracting(Alarm::subject).containsExactly(Subject.of(Matter.AUDIT_LOG));
            Files.move(dataDir.resolve("away"), file);
            audit.console().act("admin", "", "reset");
            assertThat(audit.isWritable()).isTrue();
            assertThat(alarms.all()).isEmpty();
        }
    }
}
