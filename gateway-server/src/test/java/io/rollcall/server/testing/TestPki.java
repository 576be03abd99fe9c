package io.rollcall.server.testing;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.namespace.NamespaceName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** CAs, certificates and token keys of a few tenants, in files of one directory. */
public final class TestPki {
    public static final String TRUST_DOMAIN = "test.example";
    public static final String AUDIENCE = "rollcall-test";
    public static final Duration MAX_LIFETIME = Duration.ofHours(1);
    private static final AtomicLong SERIAL = new AtomicLong();

    private final Path directory;
    private final Instant now;
    private final Map<String, Tenant> tenants = new TreeMap<>();
    private final Identity serverCa;

    /** What a certificate says; change what a test is about. */
    public record Leaf(
            List<GeneralName> names,
            boolean ca,
            int keyUsage,
            List<KeyPurposeId> purposes,
            String subject,
            Duration validFor) {
        static Leaf of(String... uris) {
            return new Leaf(
                    Stream.of(uris)
                            .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
                            .toList(),
                    false,
                    KeyUsage.digitalSignature,
                    List.of(KeyPurposeId.id_kp_clientAuth),
                    "CN=member",
                    Duration.ofHours(12));
        }

        public Leaf withUris(String... uris) {
            return new Leaf(of(uris).names, ca, keyUsage, purposes, subject, validFor);
        }

        public Leaf alsoDns(String name) {
            List<GeneralName> more = new ArrayList<>(names);
            more.add(new GeneralName(GeneralName.dNSName, name));
            return new Leaf(more, ca, keyUsage, purposes, subject, validFor);
        }

        public Leaf asCa() {
            return new Leaf(names, true, keyUsage, purposes, subject, validFor);
        }

        /** 0: no such extension. */
        public Leaf withKeyUsage(int usage) {
            return new Leaf(names, ca, usage, purposes, subject, validFor);
        }

        public Leaf withPurposes(KeyPurposeId... only) {
            return new Leaf(names, ca, keyUsage, List.of(only), subject, validFor);
        }

        public Leaf withSubject(String other) {
            return new Leaf(names, ca, keyUsage, purposes, other, validFor);
        }

        public Leaf validFor(Duration duration) {
            return new Leaf(names, ca, keyUsage, purposes, subject, duration);
        }
    }

    /** A certificate and its key. */
    public record Identity(X509Certificate certificate, PrivateKey key, String spiffeId) {}

    public TestPki(Path directory, Instant now, String... namespaces) {
        this.directory = directory;
        this.now = now;
        this.serverCa = selfSigned("CN=server CA", now);
        for (String namespace : namespaces) {
            tenants.put(namespace, new Tenant(namespace));
        }
        Leaf localhost = Leaf.of().alsoDns("localhost").withPurposes(KeyPurposeId.id_kp_serverAuth);
        Identity server = issue(serverCa, localhost);
        write("server.pem", pem("CERTIFICATE", encoded(server.certificate)));
        write("server.key", pem("PRIVATE KEY", server.key.getEncoded()));
        write("server-ca.pem", pem("CERTIFICATE", encoded(serverCa.certificate)));
    }

    public Tenant tenant(String namespace) {
        return tenants.get(namespace);
    }

    public X509Certificate serverCa() {
        return serverCa.certificate;
    }

    public Path file(String name) {
        return directory.resolve(name);
    }

    public IdentityConfig config(NamespaceConfig... others) {
        List<NamespaceConfig> all = Stream.concat(
                        tenants.values().stream().map(tenant -> tenant.config(true)), Stream.of(others))
                .toList();
        return new IdentityConfig(false, TRUST_DOMAIN, AUDIENCE, MAX_LIFETIME, all);
    }

    public Path write(String name, String content) {
        try {
            return Files.writeString(file(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One namespace: its CA, its token keys, its members. */
    public final class Tenant {
        public final String name;
        public final Identity ca;
        public final ECKey ecKey;
        public final RSAKey rsaKey;

        Tenant(String name) {
            this.name = name;
            this.ca = selfSigned("CN=CA of " + name, now);
            try {
                this.ecKey = new ECKeyGenerator(Curve.P_256)
                        .keyID(name + "-ec")
                        .algorithm(JWSAlgorithm.ES256)
                        .generate();
                this.rsaKey = new RSAKeyGenerator(2048)
                        .keyID(name + "-rsa")
                        .algorithm(JWSAlgorithm.RS256)
                        .generate();
            } catch (com.nimbusds.jose.JOSEException e) {
                throw new IllegalStateException(e);
            }
            write(name + "-ca.pem", pem("CERTIFICATE", encoded(ca.certificate)));
            write(name + "-jwks.json", new JWKSet(List.of(ecKey, rsaKey)).toString(true));
        }

        public NamespaceConfig config(boolean requireBinding) {
            return new NamespaceConfig(
                    new NamespaceName(name),
                    file(name + "-ca.pem"),
                    file(name + "-jwks.json").toUri(),
                    issuer(),
                    requireBinding);
        }

        public String issuer() {
            return "https://tokens.example/" + name;
        }

        public Identity node(int id) {
            return issue(leaf -> leaf.withUris(uri(name, "node", Integer.toString(id))));
        }

        public Identity operator(String operator) {
            return issue(leaf -> leaf.withUris(uri(name, "operator", operator)));
        }

        /** A certificate by this tenant's CA that says whatever the test wants. */
        public Identity issue(UnaryOperator<Leaf> change) {
            return TestPki.this.issue(ca, change.apply(Leaf.of(uri(name, "node", "1"))));
        }

        /** A good token for the holder, to be signed or spoiled. */
        public TokenDraft token(Identity holder) {
            return new TokenDraft(this, holder, now);
        }
    }

    public static String uri(String namespace, String kind, String last) {
        return "spiffe://" + TRUST_DOMAIN + "/ns/" + namespace + "/" + kind + "/" + last;
    }

    public Identity issue(Identity issuer, Leaf leaf) {
        return sign(issuer.certificate.getSubjectX500Principal(), issuer.key, newKey(), leaf, now);
    }

    /** A self-signed CA with this subject. */
    public static Identity selfSigned(String subject, Instant now) {
        return selfSigned(subject, now, Duration.ofDays(1));
    }

    public static Identity selfSigned(String subject, Instant now, Duration validFor) {
        KeyPair key = newKey();
        Leaf leaf = Leaf.of().asCa().withKeyUsage(KeyUsage.keyCertSign).withPurposes();
        return sign(
                new X500Principal(subject),
                key.getPrivate(),
                key,
                leaf.withSubject(subject).validFor(validFor),
                now);
    }

    private static Identity sign(X500Principal issuer, PrivateKey signer, KeyPair key, Leaf leaf, Instant now) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(SERIAL.incrementAndGet()),
                    Date.from(now.minus(Duration.ofDays(2))),
                    Date.from(now.plus(leaf.validFor)),
                    new X500Principal(leaf.subject),
                    key.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(leaf.ca));
            if (leaf.keyUsage != 0) {
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(leaf.keyUsage));
            }
            if (!leaf.purposes.isEmpty()) {
                builder.addExtension(
                        Extension.extendedKeyUsage,
                        true,
                        new ExtendedKeyUsage(leaf.purposes.toArray(new KeyPurposeId[0])));
            }
            if (!leaf.names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(leaf.names.toArray(new GeneralName[0])));
            }
            X509Certificate certificate = new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
            String name =
                    leaf.names.isEmpty() ? "" : leaf.names.get(0).getName().toString();
            return new Identity(certificate, key.getPrivate(), name);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (java.security.cert.CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String pem(String what, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
    }
}
