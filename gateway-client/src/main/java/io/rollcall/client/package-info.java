/** The client library: how a node joins a gateway and stays. */
@NullMarked
package io.rollcall.client;

import org.jspecify.annotations.NullMarked;
