package io.rollcall.server.system;

import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.NodeRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;

/** The files of a gateway for alpha and beta, alpha's with a revocation list; written anew while the gateway runs. */
final class Tenancy {
    static final String EMPTY_KEY_SET = "{\"keys\":[]}\n";

    final DevCerts certs;
    final DevNamespace alpha;
    final DevNamespace beta;
    /** The configuration; its namespaces are alpha and beta, in this order. */
    final Path yaml;

    final Path bundle;
    final Path crl;
    final Path jwks;

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
        Files.writeString(crl, alpha.issuer().revocationList());
        Files.writeString(
                yaml,
                Files.readString(certs.configuration()).replace("  alpha:\n", "  alpha:\n    crl: alpha/crl.pem\n"));
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

    /** A configuration without alpha. */
    String withoutAlpha() throws IOException {
        String text = Files.readString(yaml);
        return text.substring(0, text.indexOf("  alpha:\n")) + text.substring(text.indexOf("  beta:\n"));
    }

    /** A CA of alpha's that has vouched for nobody yet. */
    static CertificateIssuer newAuthority() {
        return CertificateIssuer.selfSigned(CertificateSpec.authority("alpha"), Clock.systemUTC());
    }
}
