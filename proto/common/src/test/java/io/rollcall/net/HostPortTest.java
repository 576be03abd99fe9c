package io.rollcall.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hosts and ports as people and machines write them.
 *
 * <p>Planted bugs: the last of two equal runs of zeros shortened; one zero shortened; brackets left out of the text; brackets
 * around a name accepted; a zone accepted on every address.
 */
class HostPortTest {
    private static final int DEFAULT = 8090;

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "10.0.0.7, 10.0.0.7:8090",
        "10.0.0.7:1, 10.0.0.7:1",
        "gateway.example, gateway.example:8090",
        "Gateway_1.example.:65535, Gateway_1.example.:65535",
        "[fd00::7], [fd00::7]:8090",
        "[fd00::7]:5000, [fd00::7]:5000",
        "[::1]:9000, [::1]:9000",
        "[::], [::]:8090",
        "[FD00:0:0:0:0:0:0:7], [fd00::7]:8090",
        "[fd00:0000::0007], [fd00::7]:8090",
        "[2001:db8:0:0:1:0:0:1], [2001:db8::1:0:0:1]:8090",
        "[2001:0:0:1:0:0:0:1], [2001:0:0:1::1]:8090",
        "[2001:db8:0:1:1:1:1:1], [2001:db8:0:1:1:1:1:1]:8090",
        "[1::], [1::]:8090",
        "[::ffff:10.0.0.7], 10.0.0.7:8090",
        "[64:ff9b::10.0.0.7], [64:ff9b::a00:7]:8090",
        "[fe80::1%eth0]:8090, [fe80::1%eth0]:8090",
    })
    void anAddress_isReadAndWrittenInOneForm(String text, String written) {
        HostPort read = HostPort.parse(text, DEFAULT);

        assertThat(read).hasToString(written);
        assertThat(HostPort.parse(written, 1)).as("read again").isEqualTo(read);
        assertThat(new HostPort(read.host(), read.port()))
                .as("without brackets")
                .isEqualTo(read);
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "\"\", an IP address or a host name",
                "\" \", an IP address or a host name",
                "\":8090\", an IP address or a host name",
                "a b, an IP address or a host name",
                "https//x, an IP address or a host name",
                "-x, an IP address or a host name",
                "[], an IP address or a host name",
                "[10.0.0.7]:8090, an IP address or a host name",
                "[gateway.example], an IP address or a host name",
                "[g::1], an IP address or a host name",
                "[.::1], an IP address or a host name",
                "[fd00:::7], an IP address or a host name",
                "[fd00::7::1], an IP address or a host name",
                "[1:2:3:4:5:6:7], an IP address or a host name",
                "[1:2:3:4:5:6:7:8:9], an IP address or a host name",
                "[12345::], an IP address or a host name",
                "[fe80::1%e/0], an IP address or a host name",
                "[fe80::1%], an IP address or a host name",
                "[fd00::7%eth0], \"no zone, but on a link-local address, fe80::/10\"",
                "::1, an IPv6 address in brackets",
                "fd00::7:5000, an IPv6 address in brackets",
                "[fd00::7, host:port",
                "fd00::7], an IPv6 address in brackets",
                "[fd00::7]5000, host:port",
                "[fd00::7]:, host:port",
                "localhost:, host:port",
                "localhost:port, host:port",
                "localhost:-1, host:port",
                "localhost:+80, host:port",
                "localhost:\u0661, host:port",
                "localhost:123456, host:port",
            })
    void whatIsNone_isRefused_sayingWhatWasExpected(String text, String expected) {
        assertThatThrownBy(() -> HostPort.parse(text, DEFAULT))
                .isInstanceOfSatisfying(BadAddressException.class, bad -> assertThat(bad.expected())
                        .isEqualTo(expected))
                .hasMessageEndingWith("' (expected: " + expected + ")");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:0", "[::1]:65536", "localhost:99999"})
    void aPortOutOfRange_isRefused(String text) {
        assertThatThrownBy(() -> HostPort.parse(text, DEFAULT))
                .hasMessage("'" + text + "' (expected: a port in 1..65535)");
    }

    @ParameterizedTest
    @CsvSource({"fd00::7, fd00::7", "[FD00:0::7], fd00::7", "10.0.0.7, 10.0.0.7", "node-7, node-7"})
    void aHostAlone_isReadWithAndWithoutBrackets(String text, String host) {
        assertThat(Host.canonical(text)).isEqualTo(host);
    }

    @Test
    void aSocketsAddress_isWrittenWithItsZone_andWithoutALookUp() throws Exception {
        byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();
        assertThat(HostPort.text(new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, 3), 5000)))
                .isEqualTo("[fe80::1%3]:5000");
        assertThat(HostPort.text(new InetSocketAddress(InetAddress.getByName("::1"), 4711)))
                .isEqualTo("[::1]:4711");
        assertThat(HostPort.text(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 1)))
                .isEqualTo("127.0.0.1:1");
        assertThat(HostPort.text(InetSocketAddress.createUnresolved("gateway.example", 1)))
                .isEmpty();
    }
}
