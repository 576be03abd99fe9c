package io.rollcall.server.testing;

import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;

/** The ways in which one namespace's files are found bad. */
public enum BadFile {
    ENDED_CA("expired on 2001-01-01") {
        @Override
        public void in(Path bundle, Path crl, Path jwks) throws IOException {
            Files.writeString(bundle, endedAuthority());
        }
    },
    EMPTY_BUNDLE("ca.pem holds no certificate") {
        @Override
        public void in(Path bundle, Path crl, Path jwks) throws IOException {
            Files.writeString(bundle, "");
        }
    },
    HALF_A_BUNDLE("trust bundle of ") {
        @Override
        public void in(Path bundle, Path crl, Path jwks) throws IOException {
            halve(bundle);
        }
    },
    MISSING_BUNDLE("ca.pem cannot be read (NoSuchFileException)") {
        @Override
        public void in(Path bundle, Path crl, Path jwks) throws IOException {
            Files.delete(bundle);
        }
    },
    UNREADABLE_BUNDLE("ca.pem cannot be read (NotARegularFile)") {
        @Override
        public void in(Path bundle, Path crl, Path jwks) throws IOException {
            Files.delete(bundle);
            Files.createDirectory(bundle);
        }
    },
    HALF_A_KEY_SET("jwks.json: not a JWK set (RFC 7517 §5): expected JSON") {
        @Override
        public void in(Path bundle, Path crl, Path jwks) throws IOException {
            halve(jwks);
        }
    },
    EMPTY_KEY_FILE("jwks.json: not a JWK set") {
        @Override
        public void in(Path bundle, Path crl, Path jwks) throws IOException {
            Files.writeString(jwks, "");
        }
    },
    STRANGE_KEY_SET("jwks.json: not a JWK set (RFC 7517 §5): expected an object with a list 'keys'") {
        @Override
        public void in(Path bundle, Path crl, Path jwks) throws IOException {
            Files.writeString(jwks, "{\"keys\": {\"kty\": [\"EC\"]}}");
        }
    },
    NESTED_KEY_SET("jwks.json: not a JWK set") {
        @Override
        public void in(Path bundle, Path crl, Path jwks) throws IOException {
            Files.writeString(jwks, "{\"keys\":" + "[".repeat(1_000_000));
        }
    },
    MISSING_KEY_SET("jwks.json cannot be read (NoSuchFileException)") {
        @Override
        public void in(Path bundle, Path crl, Path jwks) throws IOException {
            Files.delete(jwks);
        }
    },
    HALF_A_REVOCATION_LIST("revocation list of ") {
        @Override
        public void in(Path bundle, Path crl, Path jwks) throws IOException {
            halve(crl);
        }
    },
    FOREIGN_REVOCATION_LIST("is signed by no CA of the trust bundle") {
        @Override
        public void in(Path bundle, Path crl, Path jwks) throws IOException {
            CertificateIssuer foreign =
                    CertificateIssuer.selfSigned(CertificateSpec.authority("foreign"), Clock.systemUTC());
            Files.writeString(crl, foreign.revocationList());
        }
    };

    private final String complaint;

    BadFile(String complaint) {
        this.complaint = complaint;
    }

    /** Makes the files of a namespace bad, each of which was good. */
    public abstract void in(Path bundle, Path crl, Path jwks) throws IOException;

    /** Part of what the alarm says. */
    public String complaint() {
        return complaint;
    }

    /** A name for a namespace with such a file. */
    public String namespace() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A CA that ended long ago, in PEM. */
    public static String endedAuthority() {
        CertificateSpec ended = CertificateSpec.authority("ended")
                .validity(Instant.parse("2000-01-01T00:00:00Z"), Instant.parse("2001-01-01T00:00:00Z"));
        return CertificateIssuer.selfSigned(ended, Clock.systemUTC())
                .credential()
                .certificatePem();
    }

    private static void halve(Path file) throws IOException {
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, whole.length() / 2));
    }
}
