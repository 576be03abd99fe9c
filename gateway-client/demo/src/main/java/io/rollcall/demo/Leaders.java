package io.rollcall.demo;

import io.rollcall.client.GatewayClient;
import io.rollcall.client.GatewayException;
import io.rollcall.client.Node;
import io.rollcall.client.NodeCredentials;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Asks who leads each namespace, with the credentials of its first node, and registers nobody. */
final class Leaders implements AutoCloseable {

    private final Map<String, GatewayClient> clients = new LinkedHashMap<>();

    Leaders(List<String> targets, Path certs, Path ca, List<String> namespaces) {
        for (String namespace : namespaces) {
            Path first = NodeProcess.directory(certs, namespace, 1);
            clients.put(
                    namespace,
                    GatewayClient.builder()
                            .targets(targets)
                            .credentials(NodeCredentials.fromDirectory(first, ca))
                            .build());
        }
    }

    /** Empty where nobody leads, or the gateway does not say. */
    OptionalInt of(String namespace) {
        GatewayClient client = clients.get(namespace);
        if (client == null) {
            return OptionalInt.empty();
        }
        try {
            Optional<Node> leader = client.leader().leader();
            return leader.isPresent() ? OptionalInt.of(leader.get().id()) : OptionalInt.empty();
        } catch (GatewayException e) {
            System.out.println(namespace + ": nobody says who leads: " + e.getMessage());
            return OptionalInt.empty();
        }
    }

    @Override
    public void close() {
        clients.values().forEach(GatewayClient::close);
    }
}
