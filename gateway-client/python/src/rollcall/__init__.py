"""Client of a Rollcall gateway: register a node, keep it registered, find the others.

::

    from rollcall import GatewayClient

    with GatewayClient("gateway.example:8090", "/etc/node/rollcall") as client:
        with client.register("10.0.0.7", 5000, ["raft"]) as session:
            if session.is_bootstrap:
                ...  # found the cluster
            else:
                ...  # join session.members

Nodes written for the older client change one import: see :mod:`rollcall.older`.
"""

from ._credentials import Credentials
from ._errors import CredentialsError, GatewayError
from ._model import Health, Leadership, LeaderReport, Node, Registration, Revision, Stats
from ._session import NodeSession, SessionListener, SessionState
from ._watch import Change, ClusterView, ClusterWatch
from .client import GatewayClient

__all__ = [
    "Change",
    "ClusterView",
    "ClusterWatch",
    "Credentials",
    "CredentialsError",
    "GatewayClient",
    "GatewayError",
    "Health",
    "LeaderReport",
    "Leadership",
    "Node",
    "NodeSession",
    "Registration",
    "Revision",
    "SessionListener",
    "SessionState",
    "Stats",
]
