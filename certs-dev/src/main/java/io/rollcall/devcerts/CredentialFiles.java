package io.rollcall.devcerts;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.jspecify.annotations.Nullable;

/** {@code cert.pem} and {@code key.pem} of one directory: kept while valid, otherwise replaced. */
final class CredentialFiles {
    /** Certificates that expire within this time are renewed. */
    static final Duration MARGIN = Duration.ofDays(1);

    private final Folder folder;
    private final String certificate;
    private final String key;

    CredentialFiles(Folder folder, String prefix) {
        this.folder = folder;
        this.certificate = prefix + "cert.pem";
        this.key = prefix + "key.pem";
    }

    Credential load() {
        return read(folder.need(certificate), folder.need(key));
    }

    Credential renew(CertificateSpec spec, CertificateIssuer issuer, Clock clock) {
        Credential present = present();
        if (present != null && serves(present, spec, issuer, clock)) {
            return present;
        }
        Credential fresh = issuer.certificate(spec);
        write(fresh);
        return fresh;
    }

    /** Writes the key first, so that a certificate always has its key. */
    void write(Credential credential) {
        folder.hide(key, credential.keyPem());
        folder.publish(certificate, credential.certificatePem());
    }

    /** Reads the credential; null if a file is missing. */
    @Nullable
    Credential present() {
        String certificateText = folder.read(certificate);
        String keyText = folder.read(key);
        return certificateText == null || keyText == null ? null : read(certificateText, keyText);
    }

    /**
     * Returns whether the private key matches the certificate; it does not after a run interrupted between the two
     * files.
     */
    static boolean matches(Credential credential) {
        return Keys.publicOf((ECPrivateKey) credential.key())
                .equals(credential.certificate().getPublicKey());
    }

    static boolean lasts(Instant end, Clock clock) {
        return end.isAfter(clock.instant().plus(MARGIN));
    }

    private static boolean serves(Credential present, CertificateSpec spec, CertificateIssuer issuer, Clock clock) {
        X509Certificate certificate = present.certificate();
        return lasts(certificate.getNotAfter().toInstant(), clock)
                && matches(present)
                && isSignedBy(issuer.authority(), certificate)
                && hasNames(spec, certificate);
    }

    private static boolean isSignedBy(X509Certificate authority, X509Certificate certificate) {
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false; // does not verify
        }
    }

    private static boolean hasNames(CertificateSpec spec, X509Certificate certificate) {
        try {
            byte[] expected = CertificateSigner.names(spec).getEncoded(ASN1Encoding.DER);
            byte[] found = certificate.getExtensionValue(Extension.subjectAlternativeName.getId());
            return Arrays.equals(found, new DEROctetString(expected).getEncoded());
        } catch (IOException e) {
            throw new IllegalStateException("Names that have no encoding", e);
        }
    }

    private Credential read(String certificateText, String keyText) {
        String reading = key;
        try {
            ECPrivateKey privateKey = Pem.key(keyText);
            reading = certificate;
            return new Credential(privateKey, Pem.certificate(certificateText));
        } catch (GeneralSecurityException e) {
            throw new DevCertsException(
                    folder.path(reading) + " is damaged (" + e.getMessage() + "): delete it and run again", e);
        }
    }
}
