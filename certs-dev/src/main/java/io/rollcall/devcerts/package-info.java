/** A development CA: certificates and tokens for trying Rollcall on one machine. Never on the gateway's classpath. */
@NullMarked
package io.rollcall.devcerts;

import org.jspecify.annotations.NullMarked;
