/** Reads and writes hosts and ports, with the JDK alone: the gateway, its console and its client share it. */
@NullMarked
package io.rollcall.net;

import org.jspecify.annotations.NullMarked;
