package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.namespace.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The persistent map of nodes, beside a map of the JDK.
 *
 * <p>Planted bugs: a leaf that is split loses its last node; what was derived from a leaf is lost with a change; a
 * change writes into the shared leaf.
 */
class NodeMapTest {
    private static Node node(int id, long revision) {
        return new Node(
                DecidedNamespace.session(id, id),
                new NodeDetails("10.0.0.1", 5000, List.of(), Map.of()),
                NodeStatus.ACTIVE,
                Instant.EPOCH,
                1,
                Instant.EPOCH,
                revision);
    }

    /** A map, and what it must hold for ever. */
    private record Version(NodeMap map, List<Node> nodes) {
        void check() {
            assertThat(map.values()).containsExactlyElementsOf(nodes);
            assertThat(map.size()).isEqualTo(nodes.size());
            assertThat(map.values().size()).isEqualTo(nodes.size());
            assertThat(map.isEmpty()).isEqualTo(nodes.isEmpty());
            assertThat(map.leaves()).allSatisfy(leaf -> assertThat(leaf.size()).isBetween(1, NodeMap.Leaf.MOST));
        }
    }

    @Test
    void holdsWhatATreeMapHolds_andNoVersionEverChanges() {
        Random random = new Random(7);
        TreeMap<Integer, Node> model = new TreeMap<>();
        NodeMap map = NodeMap.empty();
        List<Version> versions = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int id = 1 + random.nextInt(step < 10_000 ? 1_000 : 200);
            boolean isRemoved = random.nextInt(step < 10_000 ? 4 : 2) == 0;
            if (isRemoved) {
                model.remove(id);
                map = map.minus(NodeId.of(id));
            } else {
                Node node = node(id, step + 1);
                model.put(id, node);
                map = map.plus(node);
            }
            assertThat(map.get(NodeId.of(id))).isSameAs(model.get(id));
            if (step % 500 == 0) {
                versions.add(new Version(map, List.copyOf(model.values())));
                assertThat(map.after(id))
                        .containsExactlyElementsOf(model.tailMap(id, false).values());
            }
        }
        versions.forEach(Version::check);
    }

    @Test
    void idsGivenInOrder_fillTheLeaves() {
        NodeMap map = NodeMap.empty();
        for (int id = 1; id <= 10 * NodeMap.Leaf.MOST; id++) {
            map = map.plus(node(id, id));
        }
        assertThat(map.leaves()).hasSize(10);
    }

    @Test
    void mapsOfTheSameNodes_areEqual_howeverTheyCameAbout() {
        NodeMap up = NodeMap.empty();
        NodeMap down = NodeMap.empty();
        for (int id = 1; id <= 200; id++) {
            up = up.plus(node(id, 1));
            down = down.plus(node(201 - id, 1));
        }
        assertThat(up).isEqualTo(down).hasSameHashCodeAs(down);
        assertThat(up.plus(node(7, 2))).isNotEqualTo(down);
        assertThat(up.minus(NodeId.of(7))).isNotEqualTo(down);
    }

    @Test
    void whatWasDerivedFromALeaf_isThereForTheLeafThatReplacesIt_andForNoOther() {
        NodeMap before = NodeMap.empty();
        for (int id = 1; id <= 3 * NodeMap.Leaf.MOST; id++) {
            before = before.plus(node(id, id));
        }
        before.leaves()
                .forEach(leaf ->
                        leaf.<String>derived(none -> "from " + leaf.get(0).id()));
        NodeMap after = before.plus(node(70, 1_000));
        List<String> found = new ArrayList<>();
        after.leaves()
                .forEach(leaf -> leaf.<String>derived(kept -> {
                    found.add(kept);
                    return kept;
                }));
        assertThat(found).containsExactly("from 1", "from 65", "from 129");
    }

    @Test
    void theFirstAfterAnId_isFoundWhetherOrNotThatIdIsThere() {
        NodeMap map = NodeMap.empty().plus(node(2, 1)).plus(node(4, 2));
        NodeMap.Leaf leaf = map.leaves().iterator().next();
        assertThat(List.of(
                        leaf.firstAfter(0),
                        leaf.firstAfter(1),
                        leaf.firstAfter(2),
                        leaf.firstAfter(3),
                        leaf.firstAfter(4)))
                .containsExactly(0, 0, 1, 1, 2);
    }
}
