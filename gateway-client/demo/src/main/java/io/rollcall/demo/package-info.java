/**
 * Demo nodes: each a process that registers, elects, fails and comes back.
 *
 * <pre>
 *   DemoFleet ── starts, kills, starts again ──► DemoNode (a process each) ──► NodeSession
 *       └─ Mayhem: whom and when                     └─ Election: who claims to lead, and when
 * </pre>
 */
@NullMarked
package io.rollcall.demo;

import org.jspecify.annotations.NullMarked;
