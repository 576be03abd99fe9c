"""Each cause of a failure: the message names cause, target and file, and tells an outage from what must be mended."""

import shutil
import socket
import threading
import time
import unittest

from harness import Files, Gateway, eventually
from rollcall import GatewayClient, GatewayError, SessionListener, SessionState


class FaultTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = Files()
        cls.addClassCleanup(cls.files.remove)
        cls.others = Files()
        cls.addClassCleanup(cls.others.remove)
        cls.gateway = Gateway(cls.files)
        cls.addClassCleanup(cls.gateway.kill)

    def setUp(self):
        self.directory = self.files.copy_of_node(1, self.id().rpartition(".")[2])

    def fails(self, is_transient, *words, target=None, server_name=None):
        target = target or self.gateway.target
        with GatewayClient(target, self.directory, server_name=server_name, timeout=4) as client:
            begun = time.monotonic()
            with self.assertRaises(GatewayError) as raised:
                client.register("10.0.0.1", 5000, patience=1 if is_transient else 60)
            self.assertLess(time.monotonic() - begun, 20)
        for word in (target, *words):
            self.assertIn(word, str(raised.exception))
        self.assertIs(is_transient, raised.exception.is_transient, str(raised.exception))
        return raised.exception

    def test_the_gateway_is_of_another_ca(self):
        shutil.copy(self.others.certs / "gateway" / "ca.pem", self.directory / "ca.pem")
        self.fails(False, "shows a certificate of CA '", f"{self.directory / 'ca.pem'} does not hold that CA")

    def test_the_gateway_has_another_name(self):
        self.fails(False, "certificate for another name than gateway.example", server_name="gateway.example")

    def test_the_nodes_certificate_is_of_another_ca(self):
        for name in ("cert.pem", "key.pem", "token.jwt"):
            shutil.copy(self.others.node(1) / name, self.directory / name)
        self.fails(False, f"refuses {self.directory / 'cert.pem'}")

    def test_the_port_is_the_consoles(self):
        self.fails(False, f"this is the console; nodes connect to {self.gateway.target}", target=f"localhost:{self.gateway.console_port}")

    def test_the_port_is_not_tls(self):
        with _Plain(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
            self.fails(False, "does not speak TLS", target=f"localhost:{port}")

    def test_nothing_listens(self):
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            self.fails(True, "nothing listens", target=f"127.0.0.1:{held.getsockname()[1]}")

    def test_the_name_is_not_known(self):
        self.fails(True, "nowhere.invalid", target="nowhere.invalid:8090")

    def test_the_token_is_another_nodes(self):
        shutil.copy(self.files.node(2) / "token.jwt", self.directory / "token.jwt")
        self.assertEqual("UNAUTHENTICATED", self.fails(False, "token").code)

    def test_a_node_id_that_is_not_the_certificates(self):
        with GatewayClient(self.gateway.target, self.directory) as client:
            with self.assertRaisesRegex(GatewayError, "PERMISSION_DENIED"):
                client.remove(2)

    def test_a_bad_field_is_named(self):
        with GatewayClient(self.gateway.target, self.directory) as client:
            with self.assertRaisesRegex(GatewayError, "INVALID_ARGUMENT.*port"):
                client.register("10.0.0.1", 70000, patience=30)

    def test_a_fault_while_registered_is_told_once_and_mended_by_new_files(self):
        told = []

        class Listener(SessionListener):
            def connection_lost(self, why):
                told.append(str(why))

            def connection_back(self):
                told.append("back")

        with Gateway(self.files, "--heartbeat-interval", "200ms") as gateway:
            port = gateway.port
            with GatewayClient(gateway.target, self.directory, timeout=4) as client:
                session = client.register("10.0.0.1", 5000, listener=Listener())
                good = (self.directory / "token.jwt").read_bytes()
                shutil.copy(self.files.node(2) / "token.jwt", self.directory / "token.jwt")
                gateway.kill()
                with Gateway(self.files, "--heartbeat-interval", "200ms", port=port):
                    eventually(lambda: told and "UNAUTHENTICATED" in told[-1], "the fault is told")
                    count = len(told)
                    time.sleep(2)
                    self.assertEqual(count, len(told), told)
                    (self.directory / "token.jwt").write_bytes(good)
                    eventually(lambda: session.disconnected_since is None, "the session goes on", 5)
                    eventually(lambda: session.state is SessionState.REGISTERED, "the node is registered", 5)


class _Plain:
    """A server that answers whatever it hears with these bytes."""

    def __init__(self, answer):
        self._answer = answer

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return self._listener.getsockname()[1]

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                connection.sendall(self._answer)

    def __exit__(self, *_):
        self._listener.close()


if __name__ == "__main__":
    unittest.main()
