"""A node's life with the real gateway: outages, restarts, other addresses, new credentials."""

import os
import shutil
import threading
import time
import unittest

from harness import Files, Gateway, Relay, eventually
from rollcall import GatewayClient, GatewayError, SessionListener, SessionState

INTERVAL = 0.5
SOON = 2 * INTERVAL + 2.0  # two heartbeat intervals, and what a busy machine takes


class Heard(SessionListener):
    def __init__(self):
        self.events = []

    def registered(self, registration):
        self.events.append("registered")

    def connection_lost(self, why):
        self.events.append(f"lost: {why}")

    def connection_back(self):
        self.events.append("back")

    def replaced(self):
        self.events.append("replaced")

    def removed(self):
        self.events.append("removed")


class GatewayCase(unittest.TestCase):
    OPTIONS = ("--heartbeat-interval", f"{INTERVAL * 1000:.0f}ms", "--node-timeout", "4s")

    @classmethod
    def setUpClass(cls):
        cls.files = Files()
        cls.addClassCleanup(cls.files.remove)

    def setUp(self):
        before = set(threading.enumerate())
        self.addCleanup(  # first, so that it runs last, when all clients are closed
            eventually,
            lambda: not [one for one in set(threading.enumerate()) - before if one.name.startswith("rollcall")],
            "no thread is left",
            5,
        )

    def start(self, *options, **where):
        gateway = Gateway(self.files, *self.OPTIONS, *options, **where)
        self.addCleanup(gateway.kill)
        return gateway

    def client(self, number, *targets):
        client = GatewayClient(list(targets), self.files.node(number))
        self.addCleanup(client.close)
        return client


class SessionTest(GatewayCase):
    def test_from_the_first_second_to_the_last(self):
        gateway = self.start()
        with self.client(1, gateway.target) as first, self.client(2, gateway.target) as second:
            one = first.register("10.0.0.1", 5000, ["raft"], {"zone": "a"})
            two = second.register("10.0.0.2", 5000)
            self.assertTrue(one.is_bootstrap)
            self.assertFalse(two.is_bootstrap)
            self.assertEqual([1], [node.id for node in two.members])
            self.assertEqual({"zone": "a"}, dict(two.members[0].metadata))
            report = one.report_leader(1, term=7)
            self.assertTrue(report.accepted, report)
            self.assertFalse(two.report_leader(2, term=6).accepted)
            self.assertEqual((1, 7), (second.leader().leader.id, second.leader().term))
            self.assertEqual([1, 2], [node.id for node in first.nodes()])
            self.assertEqual((2, 2, 1), (first.stats().total_nodes, first.stats().active_nodes, first.stats().leader_id))
            self.assertEqual("healthy", first.health().status)
            one.update(metadata={"zone": "b"}, capabilities=["raft", "gossip"])
            self.assertEqual({"zone": "b"}, dict(second.nodes()[0].metadata))
            time.sleep(5)  # longer than the node timeout: heartbeats keep both
            self.assertEqual(["active", "active"], [node.status for node in first.nodes()])
            one.close()
            self.assertEqual([2], [node.id for node in second.nodes()])

    def test_the_latest_registration_wins_and_the_displaced_session_ends(self):
        gateway = self.start()
        heard = Heard()
        old = self.client(1, gateway.target).register("10.0.0.1", 5000, listener=heard)
        new = self.client(1, gateway.target).register("10.0.0.9", 5000)
        eventually(lambda: old.state is SessionState.REPLACED, "the old session is over")
        self.assertEqual("replaced", heard.events[-1])
        time.sleep(2 * INTERVAL)
        self.assertIs(SessionState.REGISTERED, new.state)

    def test_a_removed_node_does_not_come_back(self):
        gateway = self.start()
        session = self.client(1, gateway.target).register("10.0.0.1", 5000)
        with GatewayClient(gateway.target, self.files.certs / "alpha" / "operator-admin") as operator:
            self.assertTrue(operator.remove(1))
            eventually(lambda: session.state is SessionState.REMOVED, "the session is over")
            self.assertEqual([], operator.nodes())

    def test_after_a_reset_a_session_registers_anew(self):
        gateway = self.start()
        session = self.client(1, gateway.target).register("10.0.0.1", 5000)
        self.assertTrue(session.report_leader(1, 1).accepted)
        with GatewayClient(gateway.target, self.files.certs / "alpha" / "operator-admin") as operator:
            with self.assertRaisesRegex(GatewayError, "FAILED_PRECONDITION"):
                operator.reset_bootstrap("a trial")
            epoch = operator.reset_bootstrap("a trial", force=True).epoch
        eventually(lambda: session.registration.at.epoch == epoch, "the new epoch", SOON)
        self.assertTrue(session.is_bootstrap)

    def test_a_gateway_that_is_killed_and_started_again_hears_no_new_registration(self):
        data = self.files.directory / "kept"
        gateway = self.start(data=data)
        heard = Heard()
        session = self.client(1, gateway.target).register("10.0.0.1", 5000, listener=heard)
        gateway.kill()
        eventually(lambda: session.disconnected_since, "the outage is noticed", 5)
        again = self.start(data=data, port=gateway.port)
        eventually(lambda: session.disconnected_since is None, "it is back", SOON)
        self.assertEqual(1, heard.events.count("registered"), heard.events)
        self.assertEqual("back", heard.events[-1])
        with self.client(2, again.target) as other:
            self.assertEqual(["active"], [node.status for node in other.nodes()])

    def test_a_gateway_that_forgot_everything_gets_a_new_registration(self):
        gateway = self.start("--store", "memory")
        heard = Heard()
        session = self.client(1, gateway.target).register("10.0.0.1", 5000, listener=heard)
        registry = session.registration.at.registry_id
        gateway.kill()
        self.start("--store", "memory", port=gateway.port)
        eventually(lambda: session.registration.at.registry_id != registry, "the node is registered anew", 10)
        self.assertEqual(2, heard.events.count("registered"), heard.events)

    def test_a_gateway_that_is_halted_for_a_while_keeps_the_node(self):
        gateway = self.start()
        heard = Heard()
        session = self.client(1, gateway.target).register("10.0.0.1", 5000, listener=heard)
        gateway.stop()
        time.sleep(6)
        gateway.go_on()
        eventually(lambda: session.disconnected_since is None, "it is back", SOON)
        self.assertIs(SessionState.REGISTERED, session.state)
        self.assertEqual(1, heard.events.count("registered"), heard.events)

    def test_a_node_moves_to_the_other_address(self):
        gateway = self.start()
        relays = [Relay(gateway.port), Relay(gateway.port)]
        for relay in relays:
            self.addCleanup(relay.close)
        heard = Heard()
        session = self.client(1, *(relay.target for relay in relays)).register("10.0.0.1", 5000, listener=heard)
        for _ in range(3):
            home, other = sorted(relays, key=lambda relay: -len(relay._pairs))
            before = other.accepted
            home.cut()
            eventually(lambda: other.accepted > before, "the other address is used", SOON)
            eventually(lambda: session.disconnected_since is None, "it is back", SOON)
            home.mend()
        self.assertEqual(1, heard.events.count("registered"), heard.events)

    def test_connections_that_the_gateway_ends_for_their_age_cost_no_heartbeat(self):
        gateway = self.start("--max-connection-age", "1s")
        heard = Heard()
        session = self.client(1, gateway.target).register("10.0.0.1", 5000, listener=heard)
        time.sleep(8)
        self.assertIs(SessionState.REGISTERED, session.state)
        self.assertEqual(["registered"], heard.events)

    def test_new_credentials_are_used_without_a_gap(self):
        gateway = self.start()
        directory = self.files.copy_of_node(3, "renewed")
        client = GatewayClient(gateway.target, directory)
        self.addCleanup(client.close)
        heard = Heard()
        session = client.register("10.0.0.3", 5000, listener=heard)
        first = (directory / "cert.pem").read_bytes()
        for name in ("cert.pem", "key.pem", "token.jwt"):
            (self.files.node(3) / name).unlink()
        self.files.issue()
        for name in ("key.pem", "cert.pem", "token.jwt"):
            shutil.copy(self.files.node(3) / name, directory / "new")
            os.replace(directory / "new", directory / name)
        self.assertNotEqual(first, (directory / "cert.pem").read_bytes())
        time.sleep(3 * INTERVAL)
        self.assertIs(SessionState.REGISTERED, session.state)
        self.assertEqual(["registered"], [event for event in heard.events if not event.startswith(("lost", "back"))])
        self.assertTrue(session.heartbeat())


class WatchTest(GatewayCase):
    def follow(self, client, changes):
        watch = client.watch()
        thread = threading.Thread(target=lambda: changes.extend(watch), name="rollcall-test-watch", daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(watch.close)
        return watch

    def test_a_watch_tells_each_change_once_also_across_a_restart(self):
        data = self.files.directory / "watched"
        gateway = self.start(data=data)
        changes = []
        watch = self.follow(self.client(5, gateway.target), changes)
        eventually(lambda: watch.view, "the snapshot")
        one = self.client(1, gateway.target).register("10.0.0.1", 5000)
        one.report_leader(1, 3)
        eventually(lambda: watch.view.leader_id == 1, "the leader")
        gateway.kill()
        eventually(lambda: watch.trouble, "the outage is noticed")
        self.assertEqual(1, watch.view.leader_id, "the last view stays")
        again = self.start(data=data, port=gateway.port)
        self.client(2, again.target).register("10.0.0.2", 5000)
        eventually(lambda: 2 in watch.view.nodes, "the node that joined after the restart")
        self.assertIsNone(watch.trouble)
        self.assertEqual(1, [change.kind for change in changes].count("snapshot"))
        revisions = [change.view.at.number for change in changes]
        self.assertEqual(list(range(revisions[0], revisions[0] + len(revisions))), revisions)
        self.assertLess(watch.view.age, 5)

    def test_a_watch_of_a_gateway_that_forgot_everything_takes_a_new_snapshot(self):
        gateway = self.start("--store", "memory")
        changes = []
        watch = self.follow(self.client(5, gateway.target), changes)
        self.client(1, gateway.target).register("10.0.0.1", 5000)
        eventually(lambda: watch.view and 1 in watch.view.nodes, "the node")
        registry = watch.view.at.registry_id
        gateway.kill()
        self.start("--store", "memory", port=gateway.port)
        eventually(lambda: watch.view.at.registry_id != registry, "the new registry", 20)
        self.assertEqual(2, [change.kind for change in changes].count("snapshot"))


if __name__ == "__main__":
    unittest.main()
