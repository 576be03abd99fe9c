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
        TRUST_POLICY,
        /** CAs of a namespace's trust bundle, which is in force, that have ended. */
        CA_ENDED,
        /** All namespaces: none is served. */
        NOTHING_SERVED,
        /** A namespace's token keys behind an https address. */
        TOKEN_KEYS,
        /** Keys of a namespace's key set, which is in force, that cannot be used. */
        KEY_SET,
        /** A namespace's revocation lists, which are in force but out of date. */
        REVOCATION_LIST,
        /** The audit log, which cannot be written. */
        AUDIT_LOG,
        /** The audit log, of which a part is missing or was changed. */
        AUDIT_BROKEN,
        /** The audit log's closed files, which cannot be sorted. */
        AUDIT_SORTING,
        /** The record of one namespace, or the gateway's own, which takes more than its share of the audit log. */
        AUDIT_SHARE,
        /** A namespace's clients hold revisions that the registry does not have: it may have gone back in time. */
        WENT_BACK,
        /** The process's file descriptors, of which none is left. */
        OPEN_FILES,
        /** Nodes as which two processes register in turns. */
        DUPLICATE_NODE,
        /** Memory outside the heap, which is exhausted. */
        DIRECT_MEMORY,
        /** The options that the JVM was started with. */
        JVM_OPTIONS,
        /** A thread that all calls share, which has ended or stands still. */
        SHARED_THREAD
    }
}
