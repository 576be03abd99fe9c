package io.rollcall.server.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the promises B1 to B6, L1 to L4 and T2 say of one namespace, told a second time: mutable, in plain maps, and
 * without a class of the server's. {@link RegistryModelTest} holds the two against each other.
 *
 * <p>Replies and {@link #view} are words, the same that {@link RegistryView} finds for the server's.
 */
final class RegistryModel {
    /** How many ended sessions of a node a registry must remember. */
    static final int REMEMBERED = 16;

    long epoch = 1;

    @Nullable
    Session founder;

    boolean isConfirmed;
    long term;
    int elected;

    @Nullable
    Session leader;

    @Nullable
    String conflict;

    final Map<Integer, Entry> entries = new TreeMap<>();

    /** The ended sessions by node, the newest last. */
    final Map<Integer, List<Session>> ended = new HashMap<>();

    /** A registration session; 0: the client chose no incarnation. Two with 0 are told apart by identity. */
    static final class Session {
        final int node;
        final long incarnation;

        Session(int node, long incarnation) {
            this.node = node;
            this.incarnation = incarnation;
        }

        @Override
        public String toString() {
            return node + (incarnation == 0 ? "/implicit" : "/" + incarnation);
        }
    }

    /** A node on view. */
    static final class Entry {
        final Session session;
        final long epoch;
        final long joinedAt;
        int port;
        String status = "active";
        long statusSince;

        Entry(Session session, long epoch, int port, long now) {
            this.session = session;
            this.epoch = epoch;
            this.port = port;
            this.joinedAt = now;
            this.statusSince = now;
        }

        boolean isLive() {
            return !status.equals("failed");
        }

        void becomes(String newStatus, long now) {
            if (!status.equals(newStatus)) {
                status = newStatus;
                statusSince = now;
            }
        }

        @Override
        public String toString() {
            return session + " " + status + "@" + statusSince + " port " + port + " epoch " + epoch + " joined@"
                    + joinedAt;
        }
    }

    @Nullable
    Entry live(int node) {
        Entry entry = entries.get(node);
        return entry != null && entry.isLive() ? entry : null;
    }

    String register(int node, int port, long incarnation, long memberOfEpoch, long now) {
        Entry present = live(node);
        if (present != null && present.session.incarnation == incarnation) {
            present.port = port;
            present.becomes("active", now);
            return "updated" + (memberOfEpoch == 0 && present.session == founder ? ", found" : ", join");
        }
        if (incarnation != 0 && endedOf(node).stream().anyMatch(session -> session.incarnation == incarnation)) {
            return "SESSION_ENDED";
        }
        Session session = new Session(node, incarnation);
        boolean isHolderLost = founder != null && !isLive(founder);
        if (present != null) {
            end(present.session);
        }
        boolean mayFound = !isConfirmed && (founder == null || founder.node == node || isHolderLost);
        boolean founds = memberOfEpoch == 0 && mayFound;
        if (founds) {
            epoch += founder == null ? 0 : 1;
            founder = session;
            leader = session;
        } else if (!isConfirmed && founder != null && founder.node != node) {
            isConfirmed = true;
        } else if (!isConfirmed && memberOfEpoch >= epoch) {
            isConfirmed = true;
            founder = null;
            epoch = memberOfEpoch;
        }
        entries.put(node, new Entry(session, epoch, port, now));
        return "registered" + (founds ? ", found" : ", join");
    }

    String remove(int node, long incarnation, boolean byOperator) {
        Entry entry = entries.get(node);
        boolean isMeant = entry != null
                && (byOperator
                        ? incarnation == 0 || entry.session.incarnation == incarnation
                        : entry.isLive() && entry.session.incarnation == incarnation);
        if (!isMeant) {
            return "not_found";
        }
        entries.remove(node);
        if (entry.isLive()) {
            end(entry.session);
        }
        return "removed";
    }

    String report(int reporter, long incarnation, int node, long claimed) {
        Entry by = live(reporter);
        Entry named = live(node);
        if (by == null || by.session.incarnation != incarnation || named == null) {
            return "failed";
        }
        if (by.epoch != epoch || named.epoch != epoch) {
            return "failed";
        }
        boolean isAccepted;
        if (claimed == 0) {
            isAccepted = term == 0;
        } else if (claimed == term && elected != node) {
            isAccepted = false;
            if (conflict == null || !conflict.startsWith(node + " ")) {
                conflict = node + " by " + reporter;
            }
        } else if (claimed == term) {
            isAccepted = leader == named.session || reporter == node;
        } else {
            isAccepted = claimed > term;
        }
        if (!isAccepted) {
            return "failed";
        }
        if (claimed != term) {
            conflict = null;
        }
        term = claimed;
        elected = claimed == 0 ? 0 : node;
        leader = named.session;
        isConfirmed = true;
        return "accepted";
    }

    String reset(boolean force, long expectedEpoch) {
        if (expectedEpoch != 0 && expectedEpoch != epoch) {
            return "EPOCH_PASSED";
        }
        if (!force && entries.values().stream().anyMatch(Entry::isLive)) {
            return "MEMBERS_LIVE";
        }
        List<Session> older = entries.values().stream()
                .filter(Entry::isLive)
                .map(entry -> entry.session)
                .filter(session -> session.incarnation == 0)
                .toList();
        for (Session session : older) {
            entries.remove(session.node);
            end(session);
        }
        epoch++;
        founder = null;
        isConfirmed = false;
        term = 0;
        elected = 0;
        leader = null;
        conflict = null;
        return "reset";
    }

    /** One verdict of a sweep. Returns whether it takes effect. */
    boolean settle(Session session, String kind, long now) {
        Entry entry = entries.get(session.node);
        if (entry == null || entry.session != session) {
            return false;
        }
        boolean fits =
                switch (kind) {
                    case "SUSPECT" -> entry.status.equals("active");
                    case "RECOVER" -> entry.status.equals("suspected");
                    case "EXPIRE" -> entry.isLive();
                    default -> !entry.isLive();
                };
        if (fits) {
            switch (kind) {
                case "SUSPECT" -> entry.becomes("suspected", now);
                case "RECOVER" -> entry.becomes("active", now);
                case "EXPIRE" -> {
                    entry.becomes("failed", now);
                    end(session);
                }
                default -> entries.remove(session.node);
            }
        }
        return fits;
    }

    List<Session> endedOf(int node) {
        return ended.computeIfAbsent(node, key -> new ArrayList<>());
    }

    private boolean isLive(Session session) {
        Entry entry = live(session.node);
        return entry != null && entry.session == session;
    }

    private void end(Session session) {
        List<Session> ofNode = endedOf(session.node);
        ofNode.add(session);
        if (ofNode.size() > REMEMBERED) {
            ofNode.remove(0);
        }
        if (leader == session) {
            leader = null;
        }
    }

    private long count(String status) {
        return entries.values().stream()
                .filter(entry -> entry.status.equals(status))
                .count();
    }

    String view() {
        return "epoch " + epoch + " founder " + founder + (isConfirmed ? " confirmed" : "") + "\nterm " + term
                + " elected " + elected + " leader " + leader + " conflict " + conflict + "\n"
                + entries.values().stream().map(Entry::toString).collect(Collectors.joining("\n"))
                + "\nsuspected " + count("suspected") + " failed " + count("failed");
    }
}
