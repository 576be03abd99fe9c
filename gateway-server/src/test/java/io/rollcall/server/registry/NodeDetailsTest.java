package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

    /** As of two requests: equal, and other objects. */
    private static NodeDetails received(String zone) {
        return new NodeDetails(
                new String("10.0.0.1"),
                5000,
                List.of(new String("raft")),
                Map.of(new String("zone"), new String(zone), new String("version"), new String("1.4.2")));
    }

    @Test
    void whatNodesHaveInCommon_isHeldOnce() {
        NodeDetails one = received("eu-1a");
        NodeDetails same = received("eu-1a");
        assertThat(same.capabilities()).isSameAs(one.capabilities());
        assertThat(same.metadata()).isSameAs(one.metadata());

        NodeDetails elsewhere = received("eu-1b");
        assertThat(elsewhere.metadata().get("version")).isSameAs(one.metadata().get("version"));
        assertThat(elsewhere.metadata()).containsEntry("zone", "eu-1b");
    }

    /** They would fill the memory of what is held once. */
    @Test
    void longTexts_andLargeMaps_areHeldByTheirNodes() {
        String note = "x".repeat(65);
        assertThat(received(note).metadata())
                .isEqualTo(received(note).metadata())
                .isNotSameAs(received(note).metadata());
        Map<String, String> large = IntStream.range(0, 17).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v"));
        assertThat(new NodeDetails("10.0.0.1", 5000, List.of(), large).metadata())
                .isNotSameAs(new NodeDetails("10.0.0.1", 5000, List.of(), large).metadata());
    }
}
