package io.rollcall.adminui;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what it was told, in words; it can be told to fail, and then records no action. */
final class RememberingAudit implements ConsoleAudit {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile boolean fails;

    void fail(boolean now) {
        fails = now;
    }

    List<String> told() {
        return told;
    }

    @Override
    public void signedIn(String user, String address) {
        told.add("signed in: " + user + " from " + address);
    }

    @Override
    public void signedOut(String user, String address) {
        told.add("signed out: " + user + " from " + address);
    }

    @Override
    public void signInRefused(String user, String address, Refused reason) {
        told.add("sign-in refused: " + user + " from " + address + ": " + reason);
    }

    @Override
    public void act(String user, String address, String action) throws IOException {
        if (fails) {
            throw new IOException("no room");
        }
        told.add("acts: " + user + " from " + address + ": " + action);
    }

    @Override
    public void actionRefused(String user, String address, String action, Refused reason) {
        told.add("action refused: " + user + " from " + address + ": " + action + ": " + reason);
    }
}
