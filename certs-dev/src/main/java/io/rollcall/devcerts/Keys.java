package io.rollcall.devcerts;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPublicKeySpec;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** Creates EC keys on P-256, the only type used here. */
final class Keys {
    private static final X9ECParameters P256 = CustomNamedCurves.getByName("P-256");

    private Keys() {}

    static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK makes no P-256 keys", e);
        }
    }

    /** Computes the public key: the JDK's PKCS#8 files omit it, and no second copy that could differ is stored. */
    static ECPublicKey publicOf(ECPrivateKey key) {
        ECPoint point =
                new FixedPointCombMultiplier().multiply(P256.getG(), key.getS()).normalize();
        java.security.spec.ECPoint w = new java.security.spec.ECPoint(
                point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
        try {
            return (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(w, key.getParams()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK takes no P-256 keys", e);
        }
    }
}
