package io.rollcall.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.adminui.ConsoleBackend.Severity;
import io.rollcall.server.liveness.MassSilence;
import io.rollcall.server.registry.NamespaceState;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttentionRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    @Test
    void t5_manySilentAtOnce_areShown_withWhatTheGatewayDoes_andWhatToDo() {
        assertThat(AttentionRules.of(NamespaceState.empty(NOW), Optional.of(new MassSilence(NOW, 12, 40, 9))))
                .singleElement()
                .satisfies(attention -> {
                    assertThat(attention.severity()).isEqualTo(Severity.PROBLEM);
                    assertThat(attention.what()).isEqualTo("12 of 40 nodes fell silent at once");
                    assertThat(attention.since()).isEqualTo(NOW);
                    assertThat(attention.toString()).contains("9 are waiting").contains("look at the network");
                });
    }

    @Test
    void aQuietNamespace_needsNoAttention() {
        assertThat(AttentionRules.of(NamespaceState.empty(NOW), Optional.empty()))
                .isEmpty();
    }
}
