package io.rollcall.server.alarm;

import io.rollcall.server.namespace.NamespaceName;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that whoever runs the gateway must know of, for as long as it lasts.
 *
 * @param what the fact, in one sentence without a full stop
 * @param consequence what the gateway does because of it
 * @param remedy what to do; may name files, never a secret
 */
public record Alarm(Subject subject, String what, String consequence, String remedy, Instant since) {

    /** What an alarm is about: there is at most one of each at a time. Empty: the gateway as a whole. */
    public record Subject(Matter matter, Optional<NamespaceName> namespace) {
        public static Subject of(Matter matter) {
            return new Subject(matter, Optional.empty());
        }

        public static Subject of(Matter matter, NamespaceName namespace) {
            return new Subject(matter, Optional.of(namespace));
        }
    }

    /** The closed list of matters. */
    public enum Matter {
        /** The configuration file. */
        CONFIGURATION,
        /** The gateway's own certificate and key, as new files have them. */
        CERTIFICATE,
        /** The gateway's own certificate, which is in force but has ended. */
        CERTIFICATE_ENDED,
        /** A namespace's trust bundle, revocation lists and token keys, as new files have them. */
        MEMBERSHIP,
        /** A namespace's token keys behind an https address. */
        TOKEN_KEYS,
        /** A namespace's revocation lists, which are in force but out of date. */
        REVOCATION_LIST,
        /** The audit log, which cannot be written. */
        AUDIT_LOG,
        /** Memory outside the heap, which is exhausted. */
        DIRECT_MEMORY,
        /** The options that the JVM was started with. */
        JVM_OPTIONS,
        /** A thread that all calls share, which has ended or stands still. */
        SHARED_THREAD
    }
}
