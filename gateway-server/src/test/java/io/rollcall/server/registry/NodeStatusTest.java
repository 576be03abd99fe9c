package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The words on the wire. */
class NodeStatusTest {
    @Test
    void eachStatus_hasItsWord() {
        assertThat(NodeStatus.words()).containsExactly("active", "suspected", "failed");
        for (NodeStatus status : NodeStatus.values()) {
            assertThat(NodeStatus.ofWord(status.word())).contains(status);
        }
        assertThat(NodeStatus.ofWord("gone")).isEmpty();
    }
}
