package io.rollcall.server.testing;

import java.math.BigInteger;
import java.security.Principal;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;

/** A certificate that is sent as other bytes than it is made of. */
public final class MangledCertificate extends X509Certificate {
    private static final long serialVersionUID = 1;

    private final X509Certificate original;
    private final byte[] sent;

    private MangledCertificate(X509Certificate original, byte[] sent) {
        this.original = original;
        this.sent = sent;
    }

    /** Nothing that is a certificate at all. */
    public static MangledCertificate garbage(X509Certificate original) {
        return new MangledCertificate(original, new byte[] {0x30, 3, 1, 2, 3});
    }

    /**
     * Its key can still be found, but a critical extension is none: basicConstraints, a SET where a SEQUENCE should be.
     */
    public static MangledCertificate withABrokenExtension(X509Certificate original)
            throws CertificateEncodingException {
        byte[] sent = original.getEncoded();
        byte[] extension = {0x55, 0x1D, 0x13, 1, 1, (byte) 0xFF, 4, 2, 0x30, 0};
        for (int at = 0; at + extension.length <= sent.length; at++) {
            if (java.util.Arrays.equals(sent, at, at + extension.length, extension, 0, extension.length)) {
                sent[at + 8] = 0x31;
                return new MangledCertificate(original, sent);
            }
        }
        throw new AssertionError("no basicConstraints in it");
    }

    @Override
    public byte[] getEncoded() {
        return sent.clone();
    }

    @Override
    public void checkValidity() {}

    @Override
    public void checkValidity(Date date) {}

    @Override
    public int getVersion() {
        return original.getVersion();
    }

    @Override
    public BigInteger getSerialNumber() {
        return original.getSerialNumber();
    }

    @Override
    @SuppressWarnings("deprecation") // abstract all the same
    public Principal getIssuerDN() {
        return original.getIssuerDN();
    }

    @Override
    @SuppressWarnings("deprecation") // abstract all the same
    public Principal getSubjectDN() {
        return original.getSubjectDN();
    }

    @Override
    public Date getNotBefore() {
        return original.getNotBefore();
    }

    @Override
    public Date getNotAfter() {
        return original.getNotAfter();
    }

    @Override
    public byte[] getTBSCertificate() throws CertificateEncodingException {
        return original.getTBSCertificate();
    }

    @Override
    public byte[] getSignature() {
        return original.getSignature();
    }

    @Override
    public String getSigAlgName() {
        return original.getSigAlgName();
    }

    @Override
    public String getSigAlgOID() {
        return original.getSigAlgOID();
    }

    @Override
    public byte[] getSigAlgParams() {
        return original.getSigAlgParams();
    }

    @Override
    public boolean[] getIssuerUniqueID() {
        return original.getIssuerUniqueID();
    }

    @Override
    public boolean[] getSubjectUniqueID() {
        return original.getSubjectUniqueID();
    }

    @Override
    public boolean[] getKeyUsage() {
        return original.getKeyUsage();
    }

    @Override
    public int getBasicConstraints() {
        return original.getBasicConstraints();
    }

    @Override
    public void verify(PublicKey key) {}

    @Override
    public void verify(PublicKey key, String provider) {}

    @Override
    public String toString() {
        return "mangled " + original.getSubjectX500Principal();
    }

    @Override
    public PublicKey getPublicKey() {
        return original.getPublicKey();
    }

    @Override
    public boolean hasUnsupportedCriticalExtension() {
        return original.hasUnsupportedCriticalExtension();
    }

    @Override
    public Set<String> getCriticalExtensionOIDs() {
        return original.getCriticalExtensionOIDs();
    }

    @Override
    public Set<String> getNonCriticalExtensionOIDs() {
        return original.getNonCriticalExtensionOIDs();
    }

    @Override
    public byte[] getExtensionValue(String oid) {
        return original.getExtensionValue(oid);
    }
}
