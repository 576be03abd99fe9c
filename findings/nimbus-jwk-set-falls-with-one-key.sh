#!/usr/bin/env bash
# nimbus-jose-jwt 10.10, JWKSet.parse.
#
# Guess: a key that the library does not know is left out and the others are used, as RFC 7517 §5 asks of readers.
# Seen: that holds for an unknown key type alone. One key with an unknown curve, with "use" and "key_ops" that do not go
# together, or without "kty" makes the whole set unreadable. An issuer that adds one such key locks out all its callers,
# and a key that was withdrawn in the same change stays in force where readers keep the last good set.
# Way out: parse "keys" one by one with JWK.parse, and leave out what fails.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
maven_jars com.nimbusds:nimbus-jose-jwt:10.10

cat >Seen.java <<'END'
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.text.ParseException;

public class Seen {
    public static void main(String[] args) throws Exception {
        String good = new ECKeyGenerator(Curve.P_256).keyID("good").generate().toPublicJWK().toJSONString();
        tell(good, "unknown kty", "{'kty':'AKP','kid':'odd','alg':'ML-DSA-44','pub':'AAAA'}");
        tell(good, "unknown crv", "{'kty':'EC','kid':'odd','crv':'brainpoolP256r1','x':'AAAA','y':'AAAA'}");
        tell(good, "use and key_ops", "{'kty':'RSA','kid':'odd','n':'AQAB','e':'AQAB','use':'enc','key_ops':['verify']}");
        tell(good, "no kty", "{'kid':'odd'}");
    }

    private static void tell(String good, String what, String odd) {
        try {
            int keys = JWKSet.parse("{\"keys\":[" + good + "," + odd.replace('\'', '"') + "]}").getKeys().size();
            System.out.println(what + ": " + keys + " of 2 keys");
        } catch (ParseException e) {
            System.out.println(what + ": no keys, " + e.getMessage());
        }
    }
}
END
expect "$(java -cp 'lib/*' Seen.java)" <<'END'
unknown kty: 1 of 2 keys
unknown crv: no keys, Invalid JWK at position 1: Unknown / unsupported curve: brainpoolP256r1
use and key_ops: no keys, Invalid JWK at position 1: The key use "use" and key options "key_ops" parameters are not consistent, see RFC 7517, section 4.3
no kty: no keys, Invalid JWK at position 1: Missing key type "kty" parameter
END
