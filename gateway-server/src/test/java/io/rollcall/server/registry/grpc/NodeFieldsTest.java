package io.rollcall.server.registry.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.registry.NodeDetails;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What callers may write into fields, the address under which a node registers among them. Planted bugs: kept as it was
 * sent; whatever has a colon taken for an address.
 */
class NodeFieldsTest {
    private static NodeDetails details(String ipAddress) {
        return NodeFields.details(ipAddress, 5000, List.of(), Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.7, 10.0.0.7, 10.0.0.7:5000",
        "node-7.example, node-7.example, node-7.example:5000",
        "fd00::7, fd00::7, [fd00::7]:5000",
        "[fd00::7], fd00::7, [fd00::7]:5000",
        "[FD00:0:0::7], fd00::7, [fd00::7]:5000",
        "fe80::1%eth0, fe80::1%eth0, [fe80::1%eth0]:5000",
    })
    void anAddress_isKeptInItsOneForm_withoutBrackets(String ipAddress, String host, String address) {
        assertThat(details(ipAddress).host()).isEqualTo(host);
        assertThat(details(ipAddress).address()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":::::", "10.0.0.7:5000", "[10.0.0.7]", "[fd00::7]:5000", "a b", "<script>", "fd00::%"})
    void whatIsNone_isRefused_unquoted(String ipAddress) {
        assertRefused(ipAddress, "ip_address: (expected: an IP address or a host name)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd00::7%eth0", "[::1%lo]"})
    void aZone_isRefused_butOnALinkLocalAddress(String ipAddress) {
        assertRefused(ipAddress, "ip_address: (expected: no zone, but on a link-local address, fe80::/10)");
    }

    @Test
    void aNodeId_isPositive() {
        assertThat(NodeFields.nodeId("leader_id", 1).value()).isEqualTo(1);
        assertRefused(() -> NodeFields.nodeId("leader_id", 0), "leader_id: 0 (expected: 1..2147483647)");
    }

    @Test
    void aPort_isWithinItsRange() {
        assertThat(details(1, List.of(), Map.of()).port()).isEqualTo(1);
        assertThat(details(65_535, List.of(), Map.of()).port()).isEqualTo(65_535);
        assertRefused(() -> details(0, List.of(), Map.of()), "port: 0 (expected: 1..65535)");
        assertRefused(() -> details(65_536, List.of(), Map.of()), "port: 65536 (expected: 1..65535)");
    }

    @Test
    void capabilities_areSoManyAtTheMost_ofSoManyCharacters() {
        List<String> most = Collections.nCopies(64, "c".repeat(128));
        assertThat(details(5000, most, Map.of()).capabilities()).isEqualTo(most);
        assertRefused(
                () -> details(5000, Collections.nCopies(65, "raft"), Map.of()),
                "capabilities: 65 entries (expected: at most 64)");
        assertRefused(
                () -> details(5000, List.of("c".repeat(129)), Map.of()),
                "capabilities: 129 characters (expected: 1..128)");
        assertRefused(() -> details(5000, List.of(""), Map.of()), "capabilities: 0 characters (expected: 1..128)");
    }

    @Test
    void metadata_isSoMuchAtTheMost() {
        Map<String, String> longest = Map.of("k".repeat(128), "v".repeat(1024), "k", "");
        assertThat(metadata(longest)).isEqualTo(longest);
        assertThat(metadata(entries(64))).hasSize(64);
        assertRefused(() -> metadata(entries(65)), "metadata: 65 entries (expected: at most 64)");
        assertRefused(() -> metadata(Map.of("k".repeat(129), "")), "metadata keys: 129 characters (expected: 1..128)");
        assertRefused(() -> metadata(Map.of("", "v")), "metadata keys: 0 characters (expected: 1..128)");
        assertRefused(
                () -> metadata(Map.of("k", "v".repeat(1025))), "metadata values: 1025 characters (expected: 0..1024)");
    }

    @Test
    void metadata_isSoManyBytesInAll() {
        // 16 times 1024 bytes of key and value.
        Map<String, String> most = new HashMap<>();
        for (int i = 10; i < 26; i++) {
            most.put("" + i, "v".repeat(1022));
        }
        assertThat(metadata(most)).hasSize(16);
        most.put("10", "v".repeat(1021) + "\u00e9");
        assertRefused(() -> metadata(most), "metadata: 16385 bytes in all (expected: at most 16384)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\n", "\u202eb", "\ud800", "\ue000", "\u0378", "\u2028", "\u2029"})
    void whatCannotBeSeen_isRefused_whereverItIsWritten(String word) {
        String expected = ": a character that cannot be seen (expected: no control or formatting characters)";
        assertRefused(() -> details(5000, List.of(word), Map.of()), "capabilities" + expected);
        assertRefused(() -> metadata(Map.of(word, "")), "metadata keys" + expected);
        assertRefused(() -> metadata(Map.of("k", word)), "metadata values" + expected);
        assertRefused(() -> NodeFields.reason(word), "reason" + expected);
    }

    @Test
    void aReason_isGiven_andKeptAsItIs() {
        assertThat(NodeFields.reason("Umzug nach K\u00f6ln, 2 Uhr")).isEqualTo("Umzug nach K\u00f6ln, 2 Uhr");
        assertThat(NodeFields.reason("r".repeat(512))).hasSize(512);
        assertRefused(() -> NodeFields.reason(""), "reason: 0 characters (expected: 1..512)");
        assertRefused(() -> NodeFields.reason("r".repeat(513)), "reason: 513 characters (expected: 1..512)");
    }

    @Test
    void aQuery_namesSoManyCapabilitiesAtTheMost() {
        List<String> most = IntStream.range(0, 64).mapToObj(i -> "c" + i).toList();
        assertThat(NodeFields.query(List.of(), most, 0).capabilities()).containsExactlyInAnyOrderElementsOf(most);
        assertRefused(
                () -> NodeFields.query(List.of(), Collections.nCopies(65, "raft"), 0),
                "capabilities: 65 entries (expected: at most 64)");
    }

    @Test
    void aPage_isSoLargeAtTheMost_orAll() {
        assertThat(NodeFields.pageSize(0)).isEqualTo(Integer.MAX_VALUE);
        assertThat(NodeFields.pageSize(1)).isEqualTo(1);
        assertThat(NodeFields.pageSize(10_000)).isEqualTo(10_000);
        assertRefused(() -> NodeFields.pageSize(10_001), "page_size: 10001 (expected: 1..10000, or 0 for all)");
    }

    private static NodeDetails details(int port, List<String> capabilities, Map<String, String> metadata) {
        return NodeFields.details("10.0.0.7", port, capabilities, metadata);
    }

    private static Map<String, String> metadata(Map<String, String> metadata) {
        return details(5000, List.of(), metadata).metadata();
    }

    private static Map<String, String> entries(int count) {
        Map<String, String> entries = new HashMap<>();
        for (int i = 0; i < count; i++) {
            entries.put("key" + i, "");
        }
        return entries;
    }

    private static void assertRefused(String ipAddress, String message) {
        assertRefused(() -> details(ipAddress), message);
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.BAD_FIELD))
                .hasMessage(message);
    }
}
