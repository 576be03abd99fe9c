package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.rollcall.client.GatewayClient;
import io.rollcall.client.Node;
import io.rollcall.client.NodeCredentials;
import io.rollcall.client.NodeDescription;
import io.rollcall.client.NodeSession;
import io.rollcall.devcerts.Member;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.RegisterNodeRequest;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway on IPv6 alone, and nodes there: brackets where a port follows, none where the address stands alone.
 *
 * <p>Planted bugs: no brackets in the ready line; none in the console's address.
 */
class Ipv6IT {
    @Test
    void eachAddress_canBeConnectedToAsItIsWritten(@TempDir Path dir) throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir, "--host", "[0:0::1]");
                GatewayClient client = GatewayClient.builder()
                        .target(gateway.target())
                        .credentials(NodeCredentials.fromDirectory(
                                gateway.certs().namespace("alpha").nodeDirectory(1)))
                        .deadline(Duration.ofSeconds(60))
                        .build();
                NodeSession session = client.register(NodeDescription.of("[0:0::1]", gateway.port()));
                MemberChannel older = member(gateway, 2)) {
            assertThat(gateway.target()).isEqualTo("[::1]:" + gateway.port());
            assertThat(gateway.console()).startsWith("https://[::1]:");
            assertThat(session.nodeId()).isEqualTo(1);

            register(older.channel(), "[FD00:0::7]");
            assertThat(client.nodes().nodes()).extracting(Node::host).containsExactly("::1", "fd00::7");
            assertThat(nodes(older.channel()))
                    .extracting(NodeInfo::getIpAddress)
                    .containsExactly("::1", "fd00::7");
            Node self = client.nodes().nodes().get(0);
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(self.host(), self.port()), 5_000);
            }
            assertRefused(older.channel(), "fd00::7%eth0", "no zone, but on a link-local address, fe80::/10");
            assertRefused(older.channel(), "fd00:::7", "an IP address or a host name");
            assertRefused(older.channel(), "10.0.0.7:5000", "an IP address or a host name");

            assertConsoleWorks(gateway);
            assertThat(new AuditLines(gateway.dataDir()).of("change"))
                    .filteredOn(line -> line.path("method").asText().equals("RegisterNode"))
                    .extracting(
                            line -> line.path("changes").path(0).path("address").asText())
                    .containsExactly("[::1]:" + gateway.port(), "[fd00::7]:5000");
            assertThat(new AuditLines(gateway.dataDir()).of("change"))
                    .allSatisfy(line -> assertThat(line.path("from").asText()).matches("\\[::1]:\\d+"));
        }
    }

    /** Its own name as a browser has it, which is also what it compares a form's origin with. */
    private static void assertConsoleWorks(GatewayProcess gateway) throws Exception {
        HttpRequest form = HttpRequest.newBuilder(URI.create(gateway.console() + "/signin"))
                .header("Origin", gateway.console())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("user=admin&password=wrong"))
                .build();
        assertThat(ConsoleHttp.client(gateway)
                        .send(form, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .as("the password is wrong, not the origin")
                .isEqualTo(401);
        ConsoleHttp console = new ConsoleHttp(gateway);
        assertThat(console.signIn("admin", gateway.consolePassword())).isEqualTo(303);
        assertThat(console.page("/")).contains(">" + gateway.target() + "<");
        assertThat(console.page("/namespaces/alpha")).contains("[fd00::7]:5000");
    }

    private static MemberChannel member(GatewayProcess gateway, int node) throws Exception {
        Member member = gateway.certs().namespace("alpha").node(node);
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private static void register(Channel channel, String ipAddress) {
        RegisterNodeRequest request = RegisterNodeRequest.newBuilder()
                .setNodeId(2)
                .setIpAddress(ipAddress)
                .setPort(5000)
                .build();
        call(channel, GatewayServiceGrpc.getRegisterNodeMethod(), request);
    }

    private static Iterable<NodeInfo> nodes(Channel channel) {
        return call(channel, GatewayServiceGrpc.getGetNodesMethod(), GetNodesRequest.getDefaultInstance())
                .getNodesList();
    }

    /** Under the bare name, as nodes in the field call. */
    private static <Q, A> A call(Channel channel, MethodDescriptor<Q, A> method, Q request) {
        MethodDescriptor<Q, A> bare = method.toBuilder()
                .setFullMethodName("GatewayService/" + method.getBareMethodName())
                .build();
        return ClientCalls.blockingUnaryCall(channel, bare, CallOptions.DEFAULT, request);
    }

    private static void assertRefused(Channel channel, String ipAddress, String expected) {
        assertThatThrownBy(() -> register(channel, ipAddress))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused -> assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
                .hasMessageEndingWith("ip_address: (expected: " + expected + ")");
    }
}
