package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** By which names an operator finds commands in the audit log, and what was asked. */
class CommandsOnRecordTest {
    private static final RefusedException ABOVE_RATE = Refusal.RATE_EXCEEDED.because("above its rate");

    @Test
    void aRegistration_tellsWhichSession_andWhichClusterItIsOf() {
        NodeDetails details = new NodeDetails("10.0.0.3", 5000, List.of(), Map.of("token", "secret"));
        RegisterNode registration =
                new RegisterNode(NodeId.of(3), details, 33, 2, Registrations.UNBOUNDED, DecidedNamespace.NOW);
        assertThat(registration.name()).isEqualTo("RegisterNode");
        assertThat(registration.asked()).isEqualTo(Map.of("node", 3, "incarnation", 33L, "member_of_epoch", 2L));
    }

    @Test
    void aRemoval_tellsWhichSession() {
        Command<?> removal = Registrations.removal(3, 33);
        assertThat(removal.name()).isEqualTo("RemoveNode");
        assertThat(removal.asked()).isEqualTo(Map.of("node", 3, "incarnation", 33L));
    }

    @Test
    void aReset_tellsOfWhatAndWhy() {
        ResetBootstrap reset = new ResetBootstrap(true, 4, "the disks are gone", DecidedNamespace.NOW);
        assertThat(reset.name()).isEqualTo("ResetBootstrap");
        assertThat(reset.asked()).isEqualTo(Map.of("force", true, "epoch", 4L, "because", "the disks are gone"));
    }

    @Test
    void aSweepOfTheLeases_isNamed() {
        assertThat(new SettleLeases(List.of(), DecidedNamespace.NOW).name()).isEqualTo("LeaseSweep");
    }

    @Test
    void aCommand_hasALineOfItsOwn_howeverItEnds() {
        ReportLeader report = new ReportLeader(NodeId.of(1), 11, NodeId.of(2), 7, DecidedNamespace.NOW);
        NamespaceState state = new DecidedNamespace().state();
        assertThat(report.isAddedUp(new ReportLeader.Report(true, "", state))).isFalse();
        assertThat(report.isAddedUp(new ReportLeader.Report(false, "no", state)))
                .isFalse();
    }

    @Test
    void aCommandAboveItsRate_isOnRecordAsItself_andAddedUpOnlyIfItIsLittle() {
        ReportLeader report = new ReportLeader(NodeId.of(1), 11, NodeId.of(2), 7, DecidedNamespace.NOW);
        Command<ReportLeader.Report> above =
                AboveRate.ifSo(Optional.of(ABOVE_RATE), report, ReportLeader.Report::accepted);
        assertThat(above).isInstanceOf(AboveRate.class);
        assertThat(above.name()).isEqualTo("UpdateLeader");
        assertThat(above.asked()).isEqualTo(Map.of("leader", 2, "incarnation", 11L, "term", 7L));
        NamespaceState state = new DecidedNamespace().state();
        ReportLeader.Report refused = new ReportLeader.Report(false, "no", state);
        ReportLeader.Report accepted = new ReportLeader.Report(true, "", state);
        assertThat(above.objection(refused)).contains("no");
        assertThat(above.objection(accepted)).isEmpty();
        assertThat(above.isAddedUp(refused)).isFalse();
        assertThat(above.isAddedUp(accepted)).isTrue();
    }
}
