package io.rollcall.server.identity;

import java.math.BigInteger;
import java.security.cert.X509Extension;
import java.util.Arrays;
import java.util.Optional;

/** Decodes extensions of certificates and revocation lists that the JDK returns only as DER (X.690 §8.7). */
final class Extensions {
    static final String CRL_NUMBER = "2.5.29.20"; // RFC 5280 §5.2.3
    static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28"; // RFC 5280 §5.2.5
    static final String NAME_CONSTRAINTS = "2.5.29.30"; // RFC 5280 §4.2.1.10

    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;

    private Extensions() {}

    /**
     * Returns the value of an extension, without the enclosing octet string; empty: it is absent.
     *
     * @throws IllegalArgumentException if it is damaged
     */
    static Optional<byte[]> value(X509Extension holder, String oid) {
        return Optional.ofNullable(holder.getExtensionValue(oid)).map(wrapped -> content(wrapped, OCTET_STRING));
    }

    /**
     * Returns the list's number among its issuer's lists; empty: it has none.
     *
     * @throws IllegalArgumentException if it is damaged
     */
    static Optional<BigInteger> number(X509Extension list) {
        return value(list, CRL_NUMBER).map(der -> new BigInteger(content(der, INTEGER)));
    }

    /** Returns the content of the one value that these bytes encode. */
    private static byte[] content(byte[] der, int tag) {
        int extra = der.length < 2 || der[1] >= 0 ? 0 : der[1] & 0x7F;
        int begin = 2 + extra;
        if (der.length <= begin || der[0] != tag || extra > 3) {
            throw new IllegalArgumentException("an extension is damaged");
        }
        int length = extra == 0 ? der[1] : 0;
        for (int i = 0; i < extra; i++) {
            length = (length << 8) | (der[2 + i] & 0xFF);
        }
        if (begin + length != der.length) {
            throw new IllegalArgumentException("an extension is damaged");
        }
        return Arrays.copyOfRange(der, begin, der.length);
    }
}
