package io.rollcall.adminui.https;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who counts as one client. */
class ClientNetworkTest {

    @Test
    void networkOfOneCustomer_countsAsOne() {
        assertThat(ClientNetwork.of("2001:db8:1:2::1")).isEqualTo(ClientNetwork.of("2001:db8:1:2:ffff::6"));
        assertThat(ClientNetwork.of("2001:db8:1:2::1")).isNotEqualTo(ClientNetwork.of("2001:db8:1:3::1"));
        assertThat(ClientNetwork.of("192.0.2.1")).isNotEqualTo(ClientNetwork.of("192.0.2.2"));
    }

    @Test
    void linkLocalAddress_countsByItsNetwork_whateverInterfaceItCameBy() {
        assertThat(ClientNetwork.of("fe80::1%lo")).isEqualTo(ClientNetwork.of("fe80::2"));
    }
}
