package io.rollcall.client;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;

/** Sends the token file's content with each call. The token appears in no message, log line or {@code toString}. */
final class BearerToken extends CallCredentials {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    /** RFC 6750 §2.1. */
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private final Reloading<Header> header;

    /** @throws CredentialsException if the file holds no token */
    BearerToken(Path file) {
        this.header = new Reloading<>(List.of(file), () -> read(file));
    }

    private static Header read(Path file) {
        String token = new String(CredentialFile.read(file), StandardCharsets.US_ASCII).strip();
        if (!FORM.matcher(token).matches()) {
            throw new CredentialsException(file + " holds no token (expected: one line, a signed JWT)");
        }
        return new Header("Bearer " + token);
    }

    @Override
    public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
        if (call.getSecurityLevel() != SecurityLevel.PRIVACY_AND_INTEGRITY) {
            applier.fail(Status.UNAUTHENTICATED.withDescription("a token is never sent in the clear"));
            return;
        }
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, header.get().value);
        applier.apply(headers);
    }

    /** Not a record, whose {@code toString} would print the token. */
    private static final class Header {
        private final String value;

        private Header(String value) {
            this.value = value;
        }
    }
}
