package io.rollcall.client;

import io.rollcall.v1.GetNodesResponse;
import java.util.List;
import java.util.Optional;

/** The nodes of the namespace whose lease has not expired, ordered by id, and the revision of the list. */
public record NodeList(List<Node> nodes, Revision at) {

    public NodeList {
        nodes = List.copyOf(nodes);
    }

    /** Returns the node with that id, if listed. */
    public Optional<Node> find(int id) {
        return nodes.stream().filter(node -> node.id() == id).findFirst();
    }

    static NodeList of(GetNodesResponse reply) {
        return new NodeList(Node.listOf(reply.getNodesList()), Revision.of(reply));
    }
}
