package io.rollcall.server.registry.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.registry.NodeDetails;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The address under which a node registers. Planted bugs: kept as it was sent; whatever has a colon taken for an
 * address.
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

    private static void assertRefused(String ipAddress, String message) {
        assertThatThrownBy(() -> details(ipAddress))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.BAD_FIELD))
                .hasMessage(message);
    }
}
