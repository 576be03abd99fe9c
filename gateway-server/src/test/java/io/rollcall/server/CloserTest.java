package io.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {
    private final List<String> closed = new ArrayList<>();
    private final Closer closer = new Closer();

    private AutoCloseable resource(String name) {
        return () -> closed.add(name);
    }

    private AutoCloseable failing(String name, Exception failure) {
        return () -> {
            closed.add(name);
            throw failure;
        };
    }

    private AutoCloseable breaking(String name, Error failure) {
        return () -> {
            closed.add(name);
            throw failure;
        };
    }

    @Test
    void whatWasOpenedLast_isClosedFirst() throws Exception {
        AutoCloseable store = resource("store");
        closer.register(resource("directory"));
        assertThat(closer.register(store)).isSameAs(store);
        closer.register(resource("port"));
        closer.close();
        assertThat(closed).containsExactly("port", "store", "directory");
    }

    @Test
    void closingAgain_closesNothing() throws Exception {
        closer.register(failing("port", new IOException("busy")));
        assertThatThrownBy(closer::close).hasMessage("busy");
        assertThatCode(closer::close).doesNotThrowAnyException();
        assertThat(closed).containsExactly("port");
    }

    @Test
    void oneThatCannotBeClosed_keepsNoOtherFromIt_andNoFailureIsLost() {
        IOException second = new IOException("second");
        Error third = new NoClassDefFoundError("third");
        closer.register(resource("directory"));
        closer.register(breaking("audit", third));
        closer.register(failing("store", second));
        closer.register(failing("port", new IllegalStateException("first")));
        assertThatThrownBy(closer::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("first")
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).containsExactly(second, third));
        assertThat(closed).containsExactly("port", "store", "audit", "directory");
    }

    @Test
    void anError_isThrownAsItIs() {
        Error error = new NoClassDefFoundError("x");
        closer.register(breaking("port", error));
        assertThatThrownBy(closer::close).isSameAs(error);
    }

    @Test
    void otherExceptions_areThrownAsTheCauseOfAnIoException() {
        Exception unusual = new InterruptedException("x");
        closer.register(failing("port", unusual));
        assertThatThrownBy(closer::close).isInstanceOf(IOException.class).hasCause(unusual);
    }

    @Test
    void afterAFailure_whatClosingThrowsIsSuppressedInIt() {
        IOException failure = new IOException("the port is taken");
        IllegalStateException onTheWay = new IllegalStateException("x");
        closer.register(resource("directory"));
        closer.register(failing("audit", onTheWay));
        closer.register(failing("port", failure));
        closer.closeAfter(failure);
        assertThat(closed).containsExactly("port", "audit", "directory");
        assertThat(failure.getSuppressed()).containsExactly(onTheWay);
    }
}
