/**
 * The client library: how a node joins a gateway and stays.
 *
 * <pre>
 *   GatewayClient ──► RetryingCalls ──► ChannelPool ──► ServerChannel (one address) ──► gateway
 *        │              │            └─ Dialer: TLS from PEM files, replaced when they change
 *        │              └─ BearerToken: the token file, read again when it changes
 *        └─ register ──► NodeSession ──► SessionLoop (one thread: beat, register again, end)
 * </pre>
 */
@NullMarked
package io.rollcall.client;

import org.jspecify.annotations.NullMarked;
