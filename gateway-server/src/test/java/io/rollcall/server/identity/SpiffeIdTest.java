package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.identity.Caller.NodeCaller;
import io.rollcall.server.identity.Caller.OperatorCaller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");

    @Test
    void aNodesId_isRead() {
        SpiffeId id = SpiffeId.parse("spiffe://example.org/ns/alpha/node/3");

        assertThat(id.trustDomain()).isEqualTo("example.org");
        assertThat(id.caller()).isEqualTo(new NodeCaller(ALPHA, NodeId.of(3)));
        assertThat(id).hasToString("spiffe://example.org/ns/alpha/node/3");
    }

    @Test
    void anOperatorsId_isRead() {
        SpiffeId id = SpiffeId.parse("spiffe://example.org/ns/alpha/operator/Ada.L-1_x");

        assertThat(id.caller()).isEqualTo(new OperatorCaller(ALPHA, "Ada.L-1_x"));
        assertThat(id).hasToString("spiffe://example.org/ns/alpha/operator/Ada.L-1_x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "spiffe://example.org",
                "spiffe://example.org/ns/alpha/node",
                "spiffe://example.org/ns/alpha/node/",
                "spiffe://example.org/ns/alpha/node/3/",
                "spiffe://example.org/ns/alpha/node/3/4",
                "spiffe://example.org/ns/alpha/node/3\n",
                "spiffe://example.org//ns/alpha/node/3",
                "spiffe://example.org/ns/alpha//node/3",
                "SPIFFE://example.org/ns/alpha/node/3",
                "spiffe://Example.org/ns/alpha/node/3",
                "https://example.org/ns/alpha/node/3",
                "spiffe://example.org:443/ns/alpha/node/3",
                "spiffe://user@example.org/ns/alpha/node/3",
                "spiffe://example.org/ns/alpha/node/3?x=1",
                "spiffe://example.org/ns/alpha/node/3#x",
                "spiffe://example.org/ns/alpha/operator/a%64min",
                "spiffe://example.org/ns/alph%61/node/3",
                "spiffe://example.org/ns/alpha/operator/a:b",
                "spiffe://example.org/ns/alpha/operator/a;b",
                "spiffe://example.org/ns/alpha/operator/a@b",
                "spiffe://example.org/ns/alpha/operator/..",
                "spiffe://example.org/ns/alpha/operator/.",
                "spiffe://example.org/ns/../node/3",
                "spiffe://../ns/alpha/node/3",
                "spiffe:///ns/alpha/node/3",
                "spiffe://example.org/ns/Alpha/node/3",
                "spiffe://example.org/ns/-alpha/node/3",
                "spiffe://example.org/ns/gateway/node/3",
                "spiffe://example.org/ns/alpha/node/0",
                "spiffe://example.org/ns/alpha/node/-3",
                "spiffe://example.org/ns/alpha/node/03",
                "spiffe://example.org/ns/alpha/node/2147483648",
                "spiffe://example.org/ns/alpha/node/three",
                "spiffe://example.org/ns/alpha/pod/3",
                "spiffe://example.org/ns/alpha/operator/ädmin",
            })
    void anyOtherSpelling_isRefused(String uri) {
        assertThatThrownBy(() -> SpiffeId.parse(uri)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anEndlessId_isRefused() {
        String uri = "spiffe://example.org/ns/alpha/operator/" + "a".repeat(2048);

        assertThatThrownBy(() -> SpiffeId.parse(uri)).isInstanceOf(IllegalArgumentException.class);
    }
}
