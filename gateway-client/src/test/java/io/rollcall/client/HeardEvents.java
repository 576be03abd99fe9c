package io.rollcall.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what it hears, in words. */
final class HeardEvents implements SessionListener {

    final List<String> words = new CopyOnWriteArrayList<>();

    @Override
    public void registered(Registration registration) {
        words.add("registered");
    }

    @Override
    public void outage(GatewayException why) {
        words.add("outage " + why.code());
    }

    @Override
    public void recovered() {
        words.add("recovered");
    }

    @Override
    public void replaced() {
        words.add("replaced");
    }

    @Override
    public void removed() {
        words.add("removed");
    }
}
