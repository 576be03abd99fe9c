"""Builds the package with the messages of gateway.proto, which protoc generates.

protoc is Debian's ``protobuf-compiler``; ``descriptor.proto``, which gateway.proto imports, is in ``libprotobuf-dev``
there. If that package is missing, grpcio-tools' own protoc and copy are used where grpcio-tools is installed.
"""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
PROTO_DIRECTORIES = (HERE / "proto", HERE.parent.parent / "proto" / "src" / "main" / "proto")
PROTOS = ("rollcall/v1/gateway.proto",)
OWN_PROTOS = ("rollcall/v1/refusal.proto",)
INCLUDES = (Path("/usr/include"), Path("/usr/local/include"))


class BuildWithMessages(build_py):
    """Generates the messages beside the copied modules."""

    def run(self) -> None:
        super().run()
        out = Path(self.build_lib)
        (out / "rollcall" / "v1").mkdir(parents=True, exist_ok=True)
        source = next((d for d in PROTO_DIRECTORIES if (d / PROTOS[0]).exists()), None)
        if source is None:
            sys.exit(f"no {PROTOS[0]} (expected: in one of {', '.join(map(str, PROTO_DIRECTORIES))})")
        own = HERE / "src"
        command, include = compiler()
        arguments = [f"-I{source}", f"-I{own}", *include, f"--python_out={out}", f"--pyi_out={out}"]
        subprocess.run([*command, *arguments, *PROTOS, *OWN_PROTOS], check=True)


def compiler() -> tuple:
    """Returns protoc, and where descriptor.proto is."""
    for directory in INCLUDES:
        if shutil.which("protoc") and (directory / "google" / "protobuf" / "descriptor.proto").exists():
            return ["protoc"], [f"-I{directory}"]
    tools = importlib.util.find_spec("grpc_tools")
    if tools and tools.origin:
        return [sys.executable, "-m", "grpc_tools.protoc"], [f"-I{Path(tools.origin).parent / '_proto'}"]
    sys.exit(
        "no protoc with google/protobuf/descriptor.proto (expected: Debian's protobuf-compiler and libprotobuf-dev,"
        " or Python's grpcio-tools)"
    )


setup(cmdclass={"build_py": BuildWithMessages})
