"""What needs no gateway: addresses, their order, and the files with credentials."""

import base64
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import Files
from rollcall import Credentials, CredentialsError, GatewayClient
from rollcall._connections import address, canonical, preference
from rollcall._credentials import Token


class AddressTest(unittest.TestCase):
    def test_addresses(self):
        self.assertEqual(("gateway.example", 8090), address("gateway.example"))
        self.assertEqual(("10.0.0.1", 9000), address("10.0.0.1:9000"))
        self.assertEqual(("::1", 9000), address("[::1]:9000"))
        self.assertEqual(("::1", 8090), address("[::1]"))

    def test_texts_that_are_none_are_refused(self):
        for text in ("", ":8090", "a:", "a:0", "a:65536", "a:b", "[::1]x", "a:+1"):
            with self.subTest(text), self.assertRaisesRegex(ValueError, "expected: host:port"):
                address(text)


class PreferenceTest(unittest.TestCase):
    TARGETS = ["a:1", "b:1", "c:1", "d:1"]

    def test_the_order_is_the_same_in_every_client(self):
        """The Java client's test has the same table."""
        targets = [canonical(text) for text in ("a.example", "b.example", "[fd00::7]:9000")]
        a, b, c = targets
        for node, expected in ((1, [b, a, c]), (2, [c, b, a]), (3, [a, c, b])):
            self.assertEqual(expected, preference(targets, f"spiffe://rollcall.dev/ns/alpha/node/{node}"))

    def test_nodes_spread_over_the_targets(self):
        first = [preference(self.TARGETS, f"node {number}")[0] for number in range(1000)]
        for target in self.TARGETS:
            self.assertGreater(first.count(target), 190, target)

    def test_the_nodes_of_a_lost_target_spread_over_the_others(self):
        second = [
            order[1] for number in range(1000) for order in [preference(self.TARGETS, f"node {number}")] if order[0] == "a:1"
        ]
        for target in self.TARGETS[1:]:
            self.assertGreater(second.count(target), len(second) * 0.2, target)

    def test_the_order_in_which_targets_are_given_does_not_matter(self):
        self.assertEqual(preference(self.TARGETS, "x"), preference(self.TARGETS[::-1], "x"))


class CredentialsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = Files()
        cls.addClassCleanup(cls.files.remove)

    def setUp(self):
        self.directory = self.files.copy_of_node(1, self.id().rpartition(".")[2])

    def client(self):
        return GatewayClient("localhost:1", self.directory)

    def refused(self, *words):
        with self.assertRaises(CredentialsError) as raised:
            self.client()
        for word in words:
            self.assertIn(word, str(raised.exception))

    def test_identity(self):
        with self.client() as client:
            self.assertEqual(("alpha", 1), (client.namespace, client.node_id))

    def test_development_directories_need_no_ca_of_their_own(self):
        with GatewayClient("localhost:1", self.files.node(2, "beta")) as client:
            self.assertEqual(("beta", 2), (client.namespace, client.node_id))

    def test_a_line_break_after_the_token_is_no_part_of_it(self):
        token = self.directory / "token.jwt"
        token.write_text(token.read_text().strip() + "\r\n")
        with self.client():
            pass

    def test_a_half_written_token_leaves_the_one_before(self):
        token = Token(self.directory / "token.jwt")
        before = token.header()
        (self.directory / "token.jwt").write_text(before[1][7:40])
        self.assertEqual(before, token.header())

    def test_a_token_that_has_ended_is_named(self):
        claims = base64.urlsafe_b64encode(b'{"exp": 1577923200}').decode().rstrip("=")
        (self.directory / "token.jwt").write_text(f"e30.{claims}.e30")
        self.refused("token.jwt ended at 2020-01-02 00:00:00 UTC", "write a new token")

    def test_a_missing_file_is_named(self):
        for name in ("cert.pem", "key.pem", "token.jwt"):
            with self.subTest(name):
                os.rename(self.directory / name, self.directory / "away")
                self.refused(str(self.directory / name), "No such file")
                os.rename(self.directory / "away", self.directory / name)

    def test_a_file_that_holds_something_else_is_named(self):
        for name, expected in (
            ("cert.pem", "no certificate"),
            ("ca.pem", "no certificate"),
            ("key.pem", "is not the key of"),
            ("token.jwt", "no token"),
        ):
            with self.subTest(name):
                kept = (self.directory / name).read_bytes()
                (self.directory / name).write_text("nothing of the kind")
                self.refused(str(self.directory / name), expected)
                (self.directory / name).write_bytes(kept)

    def test_the_key_of_another_certificate_is_refused(self):
        shutil.copy(self.files.node(2) / "key.pem", self.directory / "key.pem")
        self.refused("key.pem is not the key of")

    def test_a_certificate_that_has_ended_is_refused_before_anything_is_dialled(self):
        self.certificate("spiffe://rollcall.dev/ns/alpha/node/1", "20200102000000Z")
        self.refused("cert.pem ended at 2020-01-02 00:00:00 UTC", "write a new one")

    def test_a_certificate_without_a_spiffe_id_is_refused(self):
        self.certificate("https://node.example/", "20990101000000Z")
        self.refused("cert.pem names https://node.example/", "spiffe://DOMAIN/ns/NAMESPACE/node/ID")

    def certificate(self, uri, ends):
        """Signs a certificate for the node's key by itself, with an end of its own, which only "openssl ca" does."""
        work = Path(tempfile.mkdtemp(dir=self.files.directory))
        (work / "index.txt").touch()
        (work / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=own\n[own]\ndatabase={work}/index.txt\nnew_certs_dir={work}\nrand_serial=yes\n"
            f"default_md=sha256\npolicy=any\nx509_extensions=names\n[any]\ncommonName=supplied\n"
            f"[names]\nsubjectAltName=URI:{uri}\n"
        )
        key = str(self.directory / "key.pem")
        for command in (
            ["req", "-new", "-key", key, "-subj", "/CN=test", "-out", f"{work}/request.pem"],
            ["ca", "-batch", "-selfsign", "-config", f"{work}/ca.cnf", "-keyfile", key, "-in", f"{work}/request.pem"]
            + ["-startdate", "20200101000000Z", "-enddate", ends, "-notext", "-out", str(self.directory / "cert.pem")],
        ):
            subprocess.run(["openssl", *command], check=True, capture_output=True)

    def test_paths_may_be_given_one_by_one(self):
        files = Credentials(
            self.directory / "cert.pem",
            self.directory / "key.pem",
            Path(self.files.certs) / "gateway" / "ca.pem",
            self.directory / "token.jwt",
        )
        with GatewayClient(["localhost:1", "localhost:2"], files) as client:
            self.assertEqual(1, client.node_id)


if __name__ == "__main__":
    unittest.main()
