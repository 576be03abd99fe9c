package io.rollcall.server.transport;

import io.rollcall.server.config.ConnectionConfig;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the endpoint listens and with what it shows itself.
 *
 * @param host name or address of the interface to listen on
 * @param port 0 takes any free one
 * @param certificate PEM file with the server's certificate and, after it, what leads to its CA
 * @param privateKey PEM file with its key, without password: RSA or EC
 * @param connections what they may cost
 * @param drain how long open calls may go on once the endpoint closes
 */
public record EndpointSettings(
        String host, int port, Path certificate, Path privateKey, ConnectionConfig connections, Duration drain) {}
