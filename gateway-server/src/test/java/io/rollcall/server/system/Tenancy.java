package io.rollcall.server.system;

import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.NodeRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of a gateway for alpha and beta, alpha's with a revocation list; written anew while the gateway runs. */
final class Tenancy {
    static final String EMPTY_KEY_SET = "{\"keys\":[]}\n";

    /** Keys by which no token is checked here: on a curve, of a kind and for a use that are strange. */
    static final String OTHER_KINDS = """
            {"kty":"EC","kid":"future","crv":"P-1024","x":"AAAA","y":"AAAA"},
            {"kty":"AKP","kid":"post-quantum","alg":"ML-DSA-44","pub":"AAAA"},
            {"kty":"RSA","use":"x509-svid","n":"AAAA","e":"AQAB"}""";

    final DevCerts certs;
    final DevNamespace alpha;
    final DevNamespace beta;
    /** The configuration; its namespaces are alpha and beta, in this order. */
    final Path yaml;

    final Path bundle;
    final Path crl;
    final Path jwks;
    final Path betaBundle;
    /** The gateway's own. */
    final Path certificate;

    final Path key;
    private final Map<Path, String> good = new LinkedHashMap<>();

    Tenancy(Path dir) throws IOException {
        certs = DevCerts.in(dir.resolve("certs"));
        certs.issue(NodeRange.parse("alpha:1-5"), NodeRange.parse("beta:1-5"));
        alpha = certs.namespace("alpha");
        beta = certs.namespace("beta");
        Path files = certs.dir();
        yaml = files.resolve("own.yaml");
        bundle = files.resolve("alpha/ca.pem");
        crl = files.resolve("alpha/crl.pem");
        jwks = files.resolve("alpha/jwks.json");
        betaBundle = files.resolve("beta/ca.pem");
        certificate = files.resolve("gateway/cert.pem");
        key = files.resolve("gateway/key.pem");
        Files.writeString(crl, alpha.issuer().revocationList());
        Files.writeString(
                yaml,
                Files.readString(certs.configuration()).replace("  alpha:\n", "  alpha:\n    crl: alpha/crl.pem\n"));
        for (Path file : List.of(yaml, bundle, crl, jwks, betaBundle, certificate, key)) {
            good.put(file, Files.readString(file));
        }
    }

    /** @param keys in JSON */
    static String keySet(String... keys) {
        return "{\"keys\":[" + String.join(",", keys) + "]}\n";
    }

    /** What a file held at first. */
    String good(Path file) {
        return good.get(file);
    }

    /** All files as they were at first. */
    void putBack() throws IOException {
        for (Map.Entry<Path, String> file : good.entrySet()) {
            write(file.getKey(), file.getValue());
        }
    }

    /** Starts the gateway in the directory that these files are in. */
    GatewayProcess start(Path dir, String... options) throws IOException {
        String[] all = new String[options.length + 2];
        all[0] = "--config";
        all[1] = yaml.toString();
        System.arraycopy(options, 0, all, 2, options.length);
        return GatewayProcess.start(dir, all);
    }

    /** As careful people write: beside, and then in its place. */
    static void write(Path file, String content) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(beside, content);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Gives the gateway another certificate with its key. */
    void renew(Credential renewed) throws IOException {
        write(key, renewed.keyPem());
        write(certificate, renewed.certificatePem());
    }

    /** The configuration with this among alpha's settings. */
    String withAlphas(String setting) {
        return good(yaml).replace("  alpha:\n", "  alpha:\n    " + setting + "\n");
    }

    /** A configuration without alpha. */
    String withoutAlpha() throws IOException {
        String text = Files.readString(yaml);
        return text.substring(0, text.indexOf("  alpha:\n")) + text.substring(text.indexOf("  beta:\n"));
    }

    /** A CA of alpha's that has vouched for nobody yet. */
    static CertificateIssuer newAuthority() {
        return newAuthority("alpha");
    }

    /** One of another's, or of somebody's who is no tenant. */
    static CertificateIssuer newAuthority(String name) {
        return CertificateIssuer.selfSigned(CertificateSpec.authority(name), Clock.systemUTC());
    }
}
