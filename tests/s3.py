"""A real S3 server for tests: SeaweedFS, which checks signatures."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ID, SECRET = "courseway", "a secret of the tests"
IDENTITIES = '{"identities":[{"name":"tests","credentials":[{"accessKey":"%s","secretKey":"%s"}],"actions":["Admin","Read","Write","List","Tagging"]}]}'


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_s3(folder: Path) -> Iterator[str]:
    """Run a server on a folder; gives its endpoint. The bucket `courseway` is there."""
    (folder / "s3.json").write_text(IDENTITIES % (ID, SECRET))
    ports = {name: _port() for name in ("master", "volume", "filer", "s3")}
    grpc = {f"-{name}.port.grpc={_port()}" for name in ports}
    command = [
        str(Path(sys.executable).parent / "weed"), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", "-filer",
        *(f"-{name}.port={port}" for name, port in ports.items()), *sorted(grpc), f"-s3.config={folder / 's3.json'}",
        "-master.electionTimeout=1s", "-master.heartbeatInterval=100ms", "-master.resumeState=false", "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64", "-volume.max=20",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_until_it_stores(f"http://127.0.0.1:{ports['s3']}", server, folder / "log")
        yield f"http://127.0.0.1:{ports['s3']}"
    finally:
        server.kill()
        server.wait()


def _wait_until_it_stores(endpoint: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Ready means that a signed PUT works, not that a port is open."""
    client = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id=ID, aws_secret_access_key=SECRET, region_name="us-east-1",
        config=Config(retries={"max_attempts": 0}, connect_timeout=1, read_timeout=5),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            client.create_bucket(Bucket="courseway")
            client.put_object(Bucket="courseway", Key="ready", Body=b"x")
        except (BotoCoreError, ClientError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text(errors="replace")[-3000:])


def s3_address(endpoint: str, secret: str = SECRET, prefix: str = "") -> str:
    """The address of the bucket, as STORAGE_URL has it."""
    return f"s3://{ID}:{secret.replace(' ', '%20')}@courseway/{prefix}?endpoint={endpoint}&region=us-east-1"
