package io.rollcall.server.registry.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import io.rollcall.server.registry.DecidedNamespace;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeMap;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is encoded again. That it is right: {@link NodeListsTest}. */
class EncodedLeafTest {
    private final List<Integer> encoded = new ArrayList<>();
    private final DecidedNamespace alpha = new DecidedNamespace();

    private final EncodedLeaf.Source source = new EncodedLeaf.Source() {
        @Override
        public MessageLite withoutLastSeen(Node node) {
            encoded.add(node.id().value());
            return RegistryMessages.withoutLastSeen(node);
        }

        @Override
        public double lastSeen(Node node) {
            return 0;
        }
    };

    private NodeMap.Leaf leaf() {
        return alpha.state().nodes().leaves().iterator().next();
    }

    @Test
    void aNode_isEncodedOnceForEachOfItsChanges() {
        alpha.register(1, 11);
        alpha.register(2, 22);
        alpha.register(4, 44);
        EncodedLeaf first = EncodedLeaf.of(leaf(), null, 0, source);
        assertThat(encoded).containsExactly(1, 2, 4);

        encoded.clear();
        alpha.register(2, 23);
        alpha.register(3, 33);
        EncodedLeaf second = EncodedLeaf.of(leaf(), first, 0, source);
        assertThat(encoded).containsExactly(2, 3);

        encoded.clear();
        second.refreshed(1, source);
        assertThat(encoded).isEmpty();
    }
}
