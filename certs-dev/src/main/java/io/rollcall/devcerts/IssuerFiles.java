package io.rollcall.devcerts;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The private issuers.
 *
 * <pre>
 * .issuer/lock
 * .issuer/gateway/cert.pem key.pem                   the CA of the server's certificate
 * .issuer/alpha/cert.pem key.pem token-key.pem       the CA and the token key of a namespace
 * </pre>
 */
final class IssuerFiles {
    static final String DIRECTORY = ".issuer";

    private final Folder folder;
    private final Clock clock;

    IssuerFiles(Folder folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** The namespaces there are, by name. */
    List<NamespaceName> namespaces() {
        return folder.directories(DIRECTORY).stream()
                .filter(name -> !name.equals(NamespaceName.RESERVED))
                .map(NamespaceName::new)
                .toList();
    }

    CertificateIssuer certificates(String name) {
        return CertificateIssuer.of(files(name).load(), clock);
    }

    /** Renews a CA. It keeps its key, so certificates stay valid while the new bundle is distributed. */
    CertificateIssuer renewCertificates(String name) {
        CredentialFiles files = files(name);
        Credential present = files.present();
        CertificateSpec spec = CertificateSpec.authority(name);
        if (present != null && CredentialFiles.matches(present)) {
            if (CredentialFiles.lasts(present.certificate().getNotAfter().toInstant(), clock)) {
                return CertificateIssuer.of(present, clock);
            }
            spec = spec.keys(new KeyPair(present.certificate().getPublicKey(), present.key()));
        }
        CertificateIssuer issuer = CertificateIssuer.selfSigned(spec, clock);
        files.write(issuer.credential());
        return issuer;
    }

    TokenIssuer tokens(NamespaceName namespace) {
        return TokenIssuer.of(namespace, tokenKey(namespace, folder.need(tokenFile(namespace))), clock);
    }

    TokenIssuer renewTokens(NamespaceName namespace) {
        @Nullable String text = folder.read(tokenFile(namespace));
        if (text == null) {
            text = Pem.of(Keys.generate().getPrivate());
            folder.hide(tokenFile(namespace), text);
        }
        return TokenIssuer.of(namespace, tokenKey(namespace, text), clock);
    }

    private ECPrivateKey tokenKey(NamespaceName namespace, String text) {
        try {
            return Pem.key(text);
        } catch (GeneralSecurityException e) {
            throw new DevCertsException(
                    folder.path(tokenFile(namespace)) + " is damaged (" + e.getMessage() + "): delete it and run again",
                    e);
        }
    }

    private CredentialFiles files(String name) {
        return new CredentialFiles(folder, DIRECTORY + "/" + name + "/");
    }

    private static String tokenFile(NamespaceName namespace) {
        return DIRECTORY + "/" + namespace + "/token-key.pem";
    }
}
