package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.client.GatewayClient;
import io.rollcall.client.NodeCredentials;
import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevNamespace;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.util.List;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real process, its console and the Java client with files as issuers write them: an intermediate CA's certificates in
 * another order than TLS wants them, with the root, text, a byte order mark and CRLF; keys in their older form.
 *
 * <p>Planted bug: the chain sent in the order of the file.
 */
@Timeout(120)
class RealMaterialIT {
    @TempDir
    private Path dir;

    private Path write(String name, String content) throws Exception {
        return Files.writeString(dir.resolve(name), content, StandardCharsets.UTF_8);
    }

    private static String pem(KeyPair keys) throws Exception {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(keys);
        }
        assertThat(text.toString()).startsWith("-----BEGIN RSA PRIVATE KEY");
        return text.toString();
    }

    private static String disorder(CertificateIssuer root, Credential leaf, CertificateIssuer middle) {
        return ("\uFEFFsubject=Ü\n" + root.credential().certificatePem() + "\n" + leaf.certificatePem() + "issuer=\n"
                        + middle.credential().certificatePem()
                        + root.credential().certificatePem())
                .replace("\n", "\r\n");
    }

    @Test
    void gatewayConsoleAndClient_takeWhatIssuersWrite() throws Exception {
        Clock clock = Clock.systemUTC();
        Tenancy tenancy = new Tenancy(dir);
        CertificateIssuer root = CertificateIssuer.selfSigned(
                CertificateSpec.authority("x").subject("CN=root").asAuthority(1), clock);
        CertificateIssuer middle = CertificateIssuer.of(
                root.certificate(CertificateSpec.authority("x").subject("CN=middle")), clock);
        KeyPair serverKeys = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        Credential server =
                middle.certificate(CertificateSpec.server("CN=gateway").keys(serverKeys));
        KeyPair nodeKeys = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        DevNamespace alpha = tenancy.alpha;
        Credential node = middle.certificate(alpha.nodeSpec(1).keys(nodeKeys));
        // The members' CA is the same root; its bundle and list come with text and each other's blocks.
        String list = root.revocationList();
        write("certs/members.pem", "# CAs of alpha\n" + list + root.credential().certificatePem());
        Tenancy.write(tenancy.crl, "# none yet\n" + root.credential().certificatePem() + list);
        Tenancy.write(tenancy.yaml, tenancy.good(tenancy.yaml).replace("alpha/ca.pem", "members.pem"));
        Path own = write("gateway.pem", disorder(root, server, middle));
        Path ownKey = write(
                "gateway.key", "\uFEFFKey Attributes\r\n" + pem(serverKeys).replace("\n", "\r\n"));
        Path ca = write("root.pem", root.credential().certificatePem());
        Path cert = write("node.pem", disorder(root, node, middle));
        Path key = write("node.key", pem(nodeKeys));
        Path token = write("token.jwt", alpha.tokens().token(alpha.tokens().specFor(node.certificate())));

        try (GatewayProcess gateway = tenancy.start(dir, "--certificate", own.toString(), "--key", ownKey.toString());
                GatewayClient client = GatewayClient.builder()
                        .target("localhost:" + gateway.port())
                        .credentials(new NodeCredentials(cert, key, ca, token))
                        .build()) {
            assertThat(client.stats().total()).isZero();
            for (int port : List.of(
                    gateway.port(), java.net.URI.create(gateway.console()).getPort())) {
                String said = new TlsClient(port, "-tls1_3").showNothing("-CAfile", ca.toString());
                assertThat(said).contains("Verify return code: 0 (ok)");
                // Leaf, CA, root: each once, in this order.
                assertThat(said.lines().filter(line -> line.matches("\\s*\\d s:.*")))
                        .hasSize(3);
                assertThat(said).containsSubsequence("0 s:CN = gateway", "1 s:CN = middle", "2 s:CN = root");
            }
        }
    }
}
