package io.rollcall.pem;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Planted bugs: the file's order kept; an issuer known by its name alone. */
class OwnChainTest {
    private static Minted root;
    private static Minted middle;
    private static Minted leaf;

    @BeforeAll
    static void mint() throws Exception {
        root = Minted.selfSigned("CN=root", "EC");
        middle = root.issue("CN=middle", "EC");
        leaf = middle.issue("CN=leaf", "RSA");
    }

    private static List<X509Certificate> certificates(Minted... minted) {
        return Arrays.stream(minted).map(Minted::certificate).toList();
    }

    private static OwnChain chain(Minted... found) {
        return OwnChain.of(certificates(found), leaf.keys().getPrivate()).orElseThrow();
    }

    @Test
    void anyOrder_becomesThePath_andDoublesAreLeftAside() {
        assertThat(chain(leaf, middle, root)).isEqualTo(new OwnChain(certificates(leaf, middle, root), List.of()));
        assertThat(chain(root, leaf, middle).path()).isEqualTo(certificates(leaf, middle, root));
        assertThat(chain(middle, root, leaf, root, leaf))
                .isEqualTo(new OwnChain(certificates(leaf, middle, root), certificates(root, leaf)));
        assertThat(chain(leaf).path()).isEqualTo(certificates(leaf));
    }

    @Test
    void strangersAndNamesakes_areLeftAside() throws Exception {
        Minted namesake = Minted.selfSigned("CN=middle", "EC");
        Minted stranger = Minted.selfSigned("CN=x", "RSA");
        assertThat(chain(namesake, leaf, stranger, middle))
                .isEqualTo(new OwnChain(certificates(leaf, middle), certificates(namesake, stranger)));
    }

    @Test
    void twoCasThatSignedEachOther_areNoLoop() throws Exception {
        Minted other = Minted.selfSigned("CN=other", "EC");
        Minted crossed = other.crossSigned(root);
        Minted back = root.crossSigned(other);
        assertThat(chain(leaf, middle, crossed, back, root).path())
                .startsWith(leaf.certificate(), middle.certificate());
    }

    @Test
    void aKeyOfNoneOfThem_hasNoChain() throws Exception {
        var another = Minted.selfSigned("CN=leaf", "RSA").keys().getPrivate();
        assertThat(OwnChain.of(certificates(leaf, middle), another)).isEmpty();
    }
}
