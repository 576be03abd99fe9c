package io.rollcall.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.adminui.ConsoleBackend.Attention;
import io.rollcall.adminui.ConsoleBackend.Severity;
import io.rollcall.server.liveness.MassSilence;
import io.rollcall.server.registry.DecidedNamespace;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.StoreHealth;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttentionRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    @Test
    void t5_manySilentAtOnce_areShown_withWhatTheGatewayDoes_andWhatToDo() {
        assertThat(AttentionRules.of(
                        NamespaceState.empty(NOW),
                        Optional.of(new MassSilence(NOW, 12, 40, 9)),
                        Optional.empty(),
                        List.of()))
                .singleElement()
                .satisfies(attention -> {
                    assertThat(attention.severity()).isEqualTo(Severity.PROBLEM);
                    assertThat(attention.what()).isEqualTo("12 of 40 nodes fell silent at once");
                    assertThat(attention.since()).isEqualTo(NOW);
                    assertThat(attention.toString()).contains("9 are waiting").contains("look at the network");
                });
    }

    @Test
    void d3_aStoreThatCannotBeWritten_isShown_withWhatToDo() {
        StoreHealth.Failure full = new StoreHealth.Failure(NOW, "no room on the disk; make room there");
        assertThat(AttentionRules.of(NamespaceState.empty(NOW), Optional.empty(), Optional.of(full), List.of()))
                .singleElement()
                .satisfies(attention -> {
                    assertThat(attention.what()).isEqualTo("changes cannot be stored");
                    assertThat(attention.since()).isEqualTo(NOW);
                    assertThat(attention.toString()).contains("make room there");
                });
    }

    @Test
    void b4_aFounderLostBeforeAnybodyLed_isShown() {
        DecidedNamespace alpha = new DecidedNamespace();
        alpha.register(1, 11);
        alpha.register(2, 22);
        assertThat(shown(alpha)).isEmpty();
        alpha.expire(1);
        assertThat(shown(alpha))
                .containsExactly("the founder was lost before anybody reported a leader", "1 node failed");
        alpha.report(2, 22, 2, 1);
        assertThat(shown(alpha)).containsExactly("1 node failed");
    }

    @Test
    void l2_aSecondClaimantOfATerm_isShown() {
        DecidedNamespace alpha = new DecidedNamespace();
        alpha.register(1, 11);
        alpha.register(2, 22);
        alpha.report(1, 11, 1, 7);
        alpha.report(2, 22, 2, 7);
        assertThat(shown(alpha)).containsExactly("node 2 was reported as a second leader of term 7");
    }

    @Test
    void l3_aTermWithoutALeader_isShown() {
        DecidedNamespace alpha = new DecidedNamespace();
        alpha.register(1, 11);
        alpha.register(2, 22);
        alpha.report(1, 11, 1, 7);
        alpha.expire(1);
        assertThat(shown(alpha)).containsExactly("no leader since term 7", "1 node failed");
    }

    private static List<String> shown(DecidedNamespace namespace) {
        return AttentionRules.of(namespace.state(), Optional.empty(), Optional.empty(), List.of()).stream()
                .map(Attention::what)
                .toList();
    }

    @Test
    void aQuietNamespace_needsNoAttention() {
        assertThat(AttentionRules.of(NamespaceState.empty(NOW), Optional.empty(), Optional.empty(), List.of()))
                .isEmpty();
    }
}
