package io.rollcall.server.testing;

import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.CertificateSpec.KeyUse;
import io.rollcall.devcerts.CertificateSpec.Purpose;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * The certificates that no handshake may get through with. Unless a case says otherwise, alpha's own CA has signed it,
 * so that nothing but the named fault keeps it out.
 *
 * <pre>
 *   leaf        what a member's own certificate must not be: a CA's, a server's, over …
 *   name        who it must not be: nobody, two, or one of whom there is another spelling
 *   chain       who must not vouch for it
 * </pre>
 */
public final class HostileCertificates {
    private static final int ID = 3;

    private final DevCerts certs;
    private final DevNamespace alpha;
    private final DevNamespace beta;
    private final Clock clock;
    private final Instant now;
    private final CertificateSpec good;
    private final String name;

    private HostileCertificates(DevCerts certs, Clock clock) {
        this.certs = certs;
        this.alpha = certs.namespace("alpha");
        this.beta = certs.namespace("beta");
        this.clock = clock;
        this.now = clock.instant();
        this.good = alpha.nodeSpec(ID);
        this.name = alpha.name().node(ID);
    }

    /**
     * A certificate with its fault.
     *
     * @param shown to the gateway, with the key that it belongs to
     */
    public record Case(String what, ShownChain shown) {
        @Override
        public String toString() {
            return what;
        }
    }

    /** All of them, against tenants alpha and beta. */
    public static List<Case> all(DevCerts certs, Clock clock) {
        HostileCertificates corpus = new HostileCertificates(certs, clock);
        return Stream.of(corpus.leaves(), corpus.names(), corpus.spellings(), corpus.chains())
                .flatMap(cases -> cases)
                .toList();
    }

    /** RSA keys of this length. */
    public static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }

    /** What all of them are but for their fault: a certificate that is let in when it is shown in the same way. */
    public static ShownChain faultless(DevCerts certs) {
        DevNamespace alpha = certs.namespace("alpha");
        return ShownChain.of(alpha.issuer().certificate(alpha.nodeSpec(ID)));
    }

    private Case byAlpha(String what, CertificateSpec spec) {
        return new Case(what, ShownChain.of(alpha.issuer().certificate(spec)));
    }

    private Case named(String what, String uri) {
        return byAlpha(what, good.withoutNames().uri(uri));
    }

    private Stream<Case> leaves() {
        Duration day = Duration.ofDays(1);
        return Stream.of(
                byAlpha("a CA", good.asAuthority(0)),
                byAlpha("it may sign certificates", good.keyUses(KeyUse.DIGITAL_SIGNATURE, KeyUse.KEY_CERT_SIGN)),
                byAlpha("it may sign revocation lists", good.keyUses(KeyUse.DIGITAL_SIGNATURE, KeyUse.CRL_SIGN)),
                byAlpha("no keyUsage", good.keyUses()),
                byAlpha("for key agreement only", good.keyUses(KeyUse.KEY_AGREEMENT)),
                byAlpha("for encryption only", good.keyUses(KeyUse.KEY_ENCIPHERMENT)),
                byAlpha("for servers only", good.purposes(Purpose.SERVER_AUTH)),
                byAlpha("expired", good.validity(now.minus(day), now.minusSeconds(1))),
                byAlpha("not yet valid", good.validity(now.plus(day), now.plus(day.multipliedBy(2)))),
                byAlpha("it ends before it begins", good.validity(now.plus(day), now.minus(day))));
    }

    private Stream<Case> names() {
        return Stream.of(
                byAlpha("no name", good.withoutNames()),
                byAlpha("a DNS name only", good.withoutNames().host("node-3.example")),
                byAlpha("a DNS name like a SPIFFE ID", good.withoutNames().host(name)),
                byAlpha("an address only", good.withoutNames().address("127.0.0.1")),
                byAlpha("two URIs", good.uri(beta.name().node(ID))),
                byAlpha(
                        "two URIs, the other first",
                        good.withoutNames().uri("https://x.example").uri(name)),
                byAlpha("the same URI twice", good.uri(name)),
                named("another trust domain", name.replace(DevCerts.TRUST_DOMAIN, "other.example")),
                named("a trust domain below", name.replace(DevCerts.TRUST_DOMAIN, "sub." + DevCerts.TRUST_DOMAIN)),
                named("a trust domain in capitals", name.replace(DevCerts.TRUST_DOMAIN, "ROLLCALL.DEV")),
                named("no trust domain", name.replace(DevCerts.TRUST_DOMAIN, "")),
                named("an unknown namespace", name.replace("alpha", "gamma")),
                named("the namespace 'gateway'", name.replace("alpha", "gateway")),
                named("another tenant's namespace", beta.name().node(ID)),
                named("node 0", alpha.name().node(0)),
                named("a negative node", alpha.name().node(-3)),
                named("a node with leading zeros", name.replace("/3", "/003")),
                named("a node with a sign", name.replace("/3", "/+3")),
                named("a node beyond 31 bits", name.replace("/3", "/2147483648")),
                named("a node that wraps around to 3", name.replace("/3", "/4294967299")),
                named("a node in hex", name.replace("/3", "/0x3")),
                named("an operator without a name", alpha.name().operator("")),
                named("an operator '..'", alpha.name().operator("..")),
                named("neither node nor operator", name.replace("/node/", "/root/")));
    }

    private Stream<Case> spellings() {
        return Stream.of(
                named("a namespace in capitals", name.replace("alpha", "ALPHA")),
                named("a percent-encoded letter", name.replace("alpha", "alph%61")),
                named("percent-encoded dots", name.replace("alpha", "beta/%2e%2e/alpha")),
                named("a percent-encoded slash", name.replace("/node/3", "%2fnode%2f3")),
                named("a percent-encoded digit", name.replace("/3", "/%33")),
                named("dots", name.replace("alpha", "beta/../alpha")),
                named("one dot", name.replace("/node/", "/./node/")),
                named("a double slash", name.replace("/node/", "//node/")),
                named("a double slash in front", name.replace("/ns/", "//ns/")),
                named("a trailing slash", name + "/"),
                named("more segments", name + "/node/4"),
                named("fewer segments", name.replace("/3", "")),
                named("a query", name + "?node=4"),
                named("a fragment", name + "#4"),
                named("an empty fragment", name + "#"),
                named("a port", name.replace("/ns/", ":8090/ns/")),
                named("a user", name.replace("spiffe://", "spiffe://root@")),
                named("parameters", name + ";x=1"),
                named("another scheme", name.replace("spiffe:", "https:")),
                named("a scheme in capitals", name.replace("spiffe:", "SPIFFE:")),
                named("no scheme", name.replace("spiffe:", "")),
                named("white space behind", name + " "),
                named("a line break behind", name + "\n"),
                named("a backslash", name.replace("/node/", "\\node/")),
                named("a NUL behind", name + "\0"),
                named("a NUL and another name", name + "\0" + beta.name().node(ID)),
                named("a NUL in the namespace", name.replace("alpha", "alpha\0beta")),
                // The bytes of a URI name go out as they are, whatever they mean.
                named("Arabic digits", name.replace("/3", "/" + utf8("\u0663"))),
                named("wide digits", name.replace("/3", "/" + utf8("\uFF13"))),
                named("a Cyrillic letter", name.replace("alpha", utf8("\u0430lpha"))),
                named("bytes that are no UTF-8", name.replace("alpha", "alph\u00FF\u00FE")),
                named("a very long name", alpha.name().operator("a".repeat(4_000))),
                named("an empty name", ""));
    }

    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private Stream<Case> chains() {
        CertificateSpec authority = CertificateSpec.authority("alpha");
        CertificateIssuer namesake = CertificateIssuer.selfSigned(authority, clock);
        CertificateIssuer below =
                CertificateIssuer.of(beta.issuer().certificate(CertificateSpec.authority("middle")), clock);
        Credential mine = alpha.issuer().certificate(good);
        CertificateIssuer member = CertificateIssuer.of(mine, clock);
        X509Certificate alphaCa = alpha.issuer().authority();
        X509Certificate betaCa = beta.issuer().authority();
        X509Certificate junk = namesake.authority();
        CertificateIssuer tooDeep =
                CertificateIssuer.of(alpha.issuer().certificate(CertificateSpec.authority("deep")), clock);
        CertificateIssuer weak = CertificateIssuer.of(
                alpha.issuer().certificate(CertificateSpec.authority("weak").signedBy("SHA1withECDSA")), clock);
        X509Certificate bulky = namesake.certificate(withManyNames(good)).certificate();
        return Stream.of(
                new Case(
                        "self-signed",
                        ShownChain.of(CertificateIssuer.selfSigned(good, clock).credential())),
                new Case("by a CA of the same name", ShownChain.of(namesake.certificate(good), junk)),
                new Case("by another tenant's CA", ShownChain.of(beta.issuer().certificate(good))),
                new Case(
                        "by another tenant's CA, shown along",
                        ShownChain.of(beta.issuer().certificate(good), betaCa)),
                new Case(
                        "by another tenant's CA, with mine shown along",
                        ShownChain.of(beta.issuer().certificate(good), alphaCa)),
                new Case(
                        "by a CA below another tenant's",
                        ShownChain.of(below.certificate(good), below.authority(), betaCa)),
                new Case(
                        "by the server's CA", ShownChain.of(certs.serverIssuer().certificate(good))),
                new Case("the server's own", ShownChain.of(certs.server())),
                new Case("by a member", ShownChain.of(member.certificate(alpha.nodeSpec(4)), mine.certificate())),
                new Case(
                        "by a member, its CA shown along",
                        ShownChain.of(member.certificate(alpha.nodeSpec(4)), mine.certificate(), alphaCa)),
                new Case("my CA itself", ShownChain.of(alpha.issuer().credential())),
                new Case(
                        "more strangers shown along than are looked at",
                        ShownChain.of(mine, Collections.nCopies(10, junk).toArray(X509Certificate[]::new))),
                new Case("my CA shown first", ShownChain.of(new Credential(mine.key(), alphaCa), mine.certificate())),
                new Case(
                        "below an intermediate CA that mine does not permit",
                        ShownChain.of(tooDeep.certificate(good), tooDeep.authority())),
                new Case("by a CA that was signed by SHA-1", ShownChain.of(weak.certificate(good), weak.authority())),
                byAlpha("signed by SHA-1", good.signedBy("SHA1withECDSA")),
                byAlpha("RSA of 1024 bits", good.keys(rsa(1024))),
                new Case("more than may be shown", ShownChain.of(mine, bulky)),
                byAlpha("larger than may be shown", withManyNames(good)));
    }

    /** Some 20 KiB; 16 may be shown. */
    private static CertificateSpec withManyNames(CertificateSpec spec) {
        CertificateSpec large = spec;
        for (int i = 0; i < 100; i++) {
            large = large.host("a".repeat(200) + i);
        }
        return large;
    }
}
