package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How much a node says about itself, for its quota and for memory. */
class NodeDetailsTest {
    private static final NodeDetails DETAILS =
            new NodeDetails("fd00::7", 5000, List.of("raft", "gossip", "€"), Map.of("zone", "a", "rack", "17"));

    @Test
    void hostCapabilitiesAndMetadata_countInBytes() {
        assertThat(DETAILS.metadataBytes()).isEqualTo(11);
        assertThat(DETAILS.bytes()).isEqualTo(7 + 13 + 11);
    }

    @Test
    void inMemory_eachWordCostsMoreThanItsText() {
        int words = 1 + 3 + 4;
        assertThat(DETAILS.heldBytes()).isEqualTo(DETAILS.bytes() + words * 56);
    }
}
