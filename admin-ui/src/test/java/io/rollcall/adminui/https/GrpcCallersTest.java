package io.rollcall.adminui.https;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How a message travels in a trailer. */
class GrpcCallersTest {

    @Test
    void message_isPercentEncoded() {
        assertThat(GrpcCallers.percentEncoded("nodes connect to host:8090")).isEqualTo("nodes connect to host:8090");
        assertThat(GrpcCallers.percentEncoded("[fe80::1%lo]\r\nmü")).isEqualTo("[fe80::1%25lo]%0D%0Am%C3%BC");
    }
}
