/**
 * The client library: how a node joins a gateway and stays.
 *
 * <pre>
 *   GatewayClient ──► RetryingCalls ──► ChannelPool ──► ServerChannel (one address) ──► gateway
 *        │              │            └─ Dialer: TLS from PEM files, made anew when they change
 *        │              └─ BearerToken: the token file, read anew when it changes
 *        └─ register ──► NodeSession ──► SessionLoop (one thread: beat, register anew, end)
 * </pre>
 */
@NullMarked
package io.rollcall.client;

import org.jspecify.annotations.NullMarked;
