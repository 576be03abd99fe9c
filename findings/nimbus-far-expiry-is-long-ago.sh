#!/usr/bin/env bash
# nimbus-jose-jwt 10.10, JWTClaimsSet.parse: "exp" in seconds becomes a java.util.Date in milliseconds.
#
# Guess: an expiry that is too far away to be a date is refused, or held at the latest date there is.
# Seen: the milliseconds wrap around. 9e15 s ahead is still the far future, 1e16 s ahead is some 270 million years ago, and
# 1e30 s is one second before 1970. A token that "never expires" is told as expired. Fractions are cut: 1.9 s becomes 1 s,
# so a token ends up to a second before what it says.
# Way out: read the number from the payload's JSON before it becomes a date, where the difference matters.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
maven_jars com.nimbusds:nimbus-jose-jwt:10.10

cat >Seen.java <<'END'
import com.nimbusds.jwt.JWTClaimsSet;

public class Seen {
    public static void main(String[] args) throws Exception {
        for (String exp : new String[] {"1.9", "9000000000000000", "10000000000000000", "1e30"}) {
            long millis = JWTClaimsSet.parse("{\"exp\":" + exp + "}").getExpirationTime().getTime();
            System.out.println(exp + " s: " + millis + " ms, " + (millis < System.currentTimeMillis() ? "past" : "to come"));
        }
    }
}
END
expect "$(java -cp 'lib/*' Seen.java)" <<'END'
1.9 s: 1000 ms, past
9000000000000000 s: 9000000000000000000 ms, to come
10000000000000000 s: -8446744073709551616 ms, past
1e30 s: -1000 ms, past
END
