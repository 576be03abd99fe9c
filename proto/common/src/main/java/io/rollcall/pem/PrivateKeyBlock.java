package io.rollcall.pem;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads a private key from a PEM block. The JDK reads only PKCS#8, so the two older forms, which cert-manager, step-ca
 * and openssl 1 write by default, are wrapped in it.
 *
 * <pre>
 *   PRIVATE KEY       PKCS#8 (RFC 5958)   as it is
 *   EC PRIVATE KEY    SEC1 (RFC 5915)     its curve inside, or in a separate block EC PARAMETERS
 *   RSA PRIVATE KEY   PKCS#1 (RFC 8017)
 * </pre>
 */
final class PrivateKeyBlock {
    private static final String PKCS8 = "PRIVATE KEY";
    private static final String SEC1 = "EC PRIVATE KEY";
    private static final String PKCS1 = "RSA PRIVATE KEY";
    private static final String CURVE = "EC PARAMETERS";
    private static final List<String> KINDS = List.of("EC", "RSA", "Ed25519");

    private static final byte[] VERSION_0 = {0};
    private static final byte[] EC_PUBLIC_KEY = {0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 2, 1}; // RFC 5480 §2.1.1
    private static final byte[] RSA_ENCRYPTION = { // RFC 8017 §A.1
        0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x0D, 1, 1, 1
    };

    private PrivateKeyBlock() {}

    static PrivateKey read(List<PemBlock> blocks) throws PemException {
        boolean isProtected = false;
        for (PemBlock block : blocks) {
            if (block.label().equals("ENCRYPTED PRIVATE KEY") || block.body().contains("Proc-Type: 4,ENCRYPTED")) {
                isProtected = true;
            } else if (List.of(PKCS8, SEC1, PKCS1).contains(block.label())) {
                return decode(block, blocks);
            }
        }
        throw new PemException(
                isProtected
                        ? "holds a private key with a password (expected one without;"
                                + " 'openssl pkey -in OLD -out NEW' takes it off)"
                        : "holds no private key (expected PEM, 'BEGIN PRIVATE KEY'" + PemBlock.found(blocks) + ")");
    }

    private static PrivateKey decode(PemBlock block, List<PemBlock> blocks) throws PemException {
        byte[] encoded = block.der();
        byte[] pkcs8 = encoded;
        try {
            pkcs8 = switch (block.label()) {
                case SEC1 -> wrap(EC_PUBLIC_KEY, curve(encoded, blocks), encoded);
                case PKCS1 -> wrap(RSA_ENCRYPTION, Der.of(Der.NULL), encoded);
                default -> encoded;
            };
            PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
            for (String kind : KINDS) {
                Optional<PrivateKey> key = keyOf(kind, spec);
                if (key.isPresent()) {
                    return key.get();
                }
            }
        } finally {
            Arrays.fill(encoded, (byte) 0);
            Arrays.fill(pkcs8, (byte) 0);
        }
        throw new PemException("holds no usable private key: the block '" + block.label() + "' in line " + block.line()
                + " is damaged, or of another kind (expected one of " + KINDS + ")");
    }

    /** PrivateKeyInfo, RFC 5208 §5. */
    private static byte[] wrap(byte[] algorithm, byte[] parameters, byte[] key) {
        return Der.of(
                Der.SEQUENCE,
                Der.of(Der.INTEGER, VERSION_0),
                Der.of(Der.SEQUENCE, Der.of(Der.OBJECT_IDENTIFIER, algorithm), parameters),
                Der.of(Der.OCTET_STRING, key));
    }

    /** Returns the curve in the key (its optional member [0]), else that of the block that openssl writes before it. */
    private static byte[] curve(byte[] sec1, List<PemBlock> blocks) throws PemException {
        Optional<byte[]> inside = Der.member(sec1, Der.CONTEXT_0);
        if (inside.isPresent()) {
            return inside.get();
        }
        for (PemBlock block : blocks) {
            if (block.label().equals(CURVE)) {
                return block.der();
            }
        }
        throw new PemException("holds an EC private key without its curve (expected a block '" + CURVE
                + "' beside it; 'openssl pkcs8 -topk8 -nocrypt' writes both)");
    }

    /** Decodes a key; empty for another kind: PKCS#8 names the kind, and each factory accepts only its own. */
    private static Optional<PrivateKey> keyOf(String kind, PKCS8EncodedKeySpec spec) {
        try {
            return Optional.of(KeyFactory.getInstance(kind).generatePrivate(spec));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }
}
