package io.rollcall.pem;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Reads PEM files as issuers write them (RFC 7468): skips text and blocks of other kinds. Blocks of the requested kind
 * must be intact. Any thread.
 */
public final class Pem {
    // The second is an older name (RFC 7468 §5.1); the third holds several certificates.
    private static final Set<String> CERTIFICATES = Set.of("CERTIFICATE", "X509 CERTIFICATE", "PKCS7");
    private static final Set<String> REVOCATION_LISTS = Set.of("X509 CRL", "CRL");
    private static final int DER_SEQUENCE = 0x30;

    private Pem() {}

    /** Reads all objects of one block. */
    private interface Decoder {
        Collection<?> decode(CertificateFactory factory, ByteArrayInputStream der) throws GeneralSecurityException;
    }

    /**
     * Returns all certificates, in the order of the file; at least one. PEM, or a single DER object.
     *
     * @throws PemException if there is none, or one cannot be read
     */
    public static List<X509Certificate> certificates(byte[] content) throws PemException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Object found : all(content, CERTIFICATES, "certificate", CertificateFactory::generateCertificates)) {
            certificates.add((X509Certificate) found);
        }
        if (certificates.isEmpty()) {
            throw new PemException("holds no certificate (expected PEM, 'BEGIN CERTIFICATE'"
                    + PemBlock.found(PemBlock.all(content)) + ")");
        }
        return List.copyOf(certificates);
    }

    /**
     * Returns all certificate revocation lists, in the order of the file; at least one. PEM, or a single DER object.
     *
     * @throws PemException if there is none, or one cannot be read
     */
    public static List<X509CRL> revocationLists(byte[] content) throws PemException {
        List<X509CRL> lists = new ArrayList<>();
        for (Object found : all(content, REVOCATION_LISTS, "revocation list", CertificateFactory::generateCRLs)) {
            lists.add((X509CRL) found);
        }
        if (lists.isEmpty()) {
            throw new PemException("holds no revocation list (expected 'BEGIN X509 CRL', or DER"
                    + PemBlock.found(PemBlock.all(content)) + ")");
        }
        return List.copyOf(lists);
    }

    /**
     * Returns the first private key without password: EC, RSA or Ed25519, in PKCS#8, SEC1 or PKCS#1.
     *
     * @throws PemException if there is none; the message does not quote the file
     */
    public static PrivateKey privateKey(byte[] content) throws PemException {
        return PrivateKeyBlock.read(PemBlock.all(content));
    }

    private static List<Object> all(byte[] content, Set<String> labels, String what, Decoder decoder)
            throws PemException {
        List<PemBlock> blocks = PemBlock.all(content);
        List<Object> found = new ArrayList<>();
        if (blocks.isEmpty() && content.length > 0 && content[0] == DER_SEQUENCE) {
            found.addAll(decode(content, "is damaged", decoder));
        }
        int number = 0;
        for (PemBlock block : blocks) {
            if (labels.contains(block.label())) {
                number++;
                String damaged = "is damaged: its " + what + " " + number + ", in line " + block.line();
                found.addAll(decode(block.der(), damaged, decoder));
            }
        }
        return found;
    }

    private static Collection<?> decode(byte[] der, String damaged, Decoder decoder) throws PemException {
        try {
            return decoder.decode(CertificateFactory.getInstance("X.509"), new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new PemException(damaged + ": " + e.getMessage(), e);
        }
    }
}
