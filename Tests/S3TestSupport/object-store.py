#!/usr/bin/python3
"""OpenStack Swift with its S3 interface, for tests: all of its servers in one process, on ports of the loopback.

Prints a line when it listens: the port of the S3 interface, the port where it is behind TLS, and the file of the
authority that signed the certificate there, which everybody may read. Standard input is the leash: when whoever holds
its other end lets go of it, however that comes about, the servers end and their folder is removed.

Lines on the leash impose faults on the port behind TLS; the other port has none. Each is answered with a line:
"done", the number of requests there so far, and how many of them met a fault.

  none              whatever was wrong is over
  unavailable       every request is answered with 503
  hang              connections are taken, and nothing is answered until it is over
  slow SECONDS      every request is answered that much later
  refuse            connections are refused, and those that are open are cut
  corrupt N [TEXT]  in the next N objects read whose path holds TEXT one bit is another
  count             nothing; it is only answered

usage: object-store.py USER SECRET
"""

import os
import shutil
import ssl
import subprocess
import sys
import tempfile

import eventlet

eventlet.monkey_patch()

# What these servers keep need not survive anything.
os.fsync = os.fdatasync = lambda descriptor: None

from eventlet import event, greenio, wsgi
from eventlet.green import socket
from swift.common import utils
from swift.common.ring import RingBuilder
from swift.common.wsgi import loadapp

SERVERS = ("account", "container", "object")

STORAGE = """
[DEFAULT]
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
log_address = /dev/null
[pipeline:main]
pipeline = {server}-server
[app:{server}-server]
use = egg:swift#{server}
"""

PROXY = """
[DEFAULT]
swift_dir = {folder}
log_address = /dev/null
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats bulk s3api tempauth copy slo dlo versioned_writes proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
storage_domain = localhost
check_bucket_owner = false
s3_acl = false
min_segment_size = 1048576
[filter:tempauth]
use = egg:swift#tempauth
user_{user} = {secret} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
minimum_segment_size = 1
[filter:dlo]
use = egg:swift#dlo
[filter:versioned_writes]
use = egg:swift#versioned_writes
"""


def make_folder():
    """A folder on a file system that keeps extended attributes, where Swift keeps what it knows of an object."""
    for place in ("/tmp", "/var/tmp"):
        folder = tempfile.mkdtemp(prefix="parlor-objects-", dir=place)
        try:
            os.setxattr(folder, "user.probe", b"1")
            return folder
        except OSError:
            os.rmdir(folder)
    sys.exit("neither /tmp nor /var/tmp keeps extended attributes")


def write(folder, name, text, **values):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text.format(folder=folder, **values))
    return path


def make_ring(folder, server, port):
    builder = RingBuilder(part_power=2, replicas=1, min_part_hours=0)
    builder.add_dev({"region": 1, "zone": 1, "weight": 1, "ip": "127.0.0.1", "port": port, "device": "device"})
    builder.rebalance(seed=1)
    builder.get_ring().save(os.path.join(folder, server + ".ring.gz"))


class Cache:
    """What the servers keep in memcached elsewhere; the S3 interface does not work without it."""

    def __init__(self):
        self.values = {}

    def get(self, key, **_):
        return self.values.get(key)

    def set(self, key, value, **_):
        self.values[key] = value

    def delete(self, key, **_):
        self.values.pop(key, None)


def with_cache(app):
    cache = Cache()

    def call(environment, start_response):
        environment["swift.cache"] = cache
        return app(environment, start_response)

    return call


class Faults:
    """What is wrong with the server at the moment, seen from the port behind TLS."""

    def __init__(self, app):
        self.app = app
        self.kind = "none"
        self.delay = 0.0
        self.corruptions = 0
        self.text = ""
        self.requests = 0
        self.met = 0
        self.over = event.Event()

    def impose(self, kind, first="0", text=""):
        self.kind = kind
        self.delay = float(first) if kind == "slow" else 0.0
        self.corruptions = int(first) if kind == "corrupt" else 0
        self.text = text
        self.over.send()
        self.over = event.Event()

    def wait_while_hanging(self):
        while self.kind == "hang":
            self.over.wait()

    def __call__(self, environment, start_response):
        self.requests += 1
        if self.kind in ("unavailable", "hang", "slow"):
            self.met += 1
        self.wait_while_hanging()
        if self.kind == "unavailable":
            body = b"<Error><Code>ServiceUnavailable</Code><Message>Please try again.</Message></Error>"
            start_response("503 Service Unavailable", [("Content-Length", str(len(body)))])
            return [body]
        if self.kind == "slow":
            eventlet.sleep(self.delay)
        path = environment["PATH_INFO"]
        host = environment.get("HTTP_HOST", "localhost")
        is_object = len(path.strip("/").split("/")) > 1 or not host.startswith("localhost")
        if environment["REQUEST_METHOD"] == "GET" and is_object and self.corruptions > 0 and self.text in path:
            return self.corrupted(environment, start_response)
        return self.app(environment, start_response)

    def corrupted(self, environment, start_response):
        answers = []

        def answer(status, headers, problem=None):
            answers.append(status)
            return start_response(status, headers, problem)

        for piece in self.app(environment, answer):
            if piece and answers and answers[0].startswith("20") and self.corruptions > 0:
                self.corruptions -= 1
                self.met += 1
                answers.clear()
                middle = len(piece) // 2
                piece = piece[:middle] + bytes([piece[middle] ^ 1]) + piece[middle + 1 :]
            yield piece


class SecurePort:
    """The port behind TLS: whether it listens is a fault too, so it is kept when nobody listens there."""

    family = socket.AF_INET

    def __init__(self, identity, app):
        self.faults = Faults(app)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*identity)
        self.place = self.bound(0)
        self.number = self.place.getsockname()[1]
        self.connections = set()
        self.open()

    @staticmethod
    def bound(number):
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(("127.0.0.1", number))
        return made

    def open(self):
        self.listener = self.bound(self.number)
        self.listener.listen(128)
        self.server = serve(self, self.faults, capitalize_response_headers=False)

    def close(self):
        """What the server calls when it ends; the place is kept."""

    def refuse(self):
        for connection in list(self.connections):
            greenio.shutdown_safe(connection)
        self.listener.close()
        self.listener = None
        self.server.kill()

    def accept(self):
        while True:
            connection, address = self.listener.accept()
            self.faults.wait_while_hanging()
            try:
                # The handshake is part of the first reading, so that nobody holds up those who come later.
                connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            except OSError:
                continue
            self.connections = {known for known in self.connections if known.fileno() >= 0} | {connection}
            return connection, address

    def getsockname(self):
        return self.place.getsockname()

    def obey(self, line):
        words = line.split()
        if words[0] != "count":
            self.faults.impose(*words)
            if self.listener and words[0] == "refuse":
                self.refuse()
            elif not self.listener and words[0] != "refuse":
                self.open()
        return f"done {self.faults.requests} {self.faults.met}"


def make_identity(folder):
    """A certificate for localhost and what is below it, with its key, and the authority that signed it."""
    files = {name: os.path.join(folder, name) for name in ("authority.pem", "authority.key", "own.pem", "own.key")}
    request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split()
    request += ["-subj", "/CN=tests"]
    authority = request + ["-keyout", files["authority.key"], "-out", files["authority.pem"]]
    own = request + ["-CA", files["authority.pem"], "-CAkey", files["authority.key"]]
    own += ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=DNS:localhost,DNS:*.localhost"]
    own += ["-keyout", files["own.key"], "-out", files["own.pem"]]
    for command in (authority, own):
        subprocess.run(command, check=True, capture_output=True)
    os.remove(files["authority.key"])
    # Whoever asks over TLS may run as another user.
    os.chmod(folder, 0o711)
    os.chmod(files["authority.pem"], 0o644)
    return (files["own.pem"], files["own.key"]), files["authority.pem"]


def serve(listener, app, **options):
    quiet = open(os.devnull, "w")
    return eventlet.spawn(wsgi.server, listener, app, log=quiet, debug=False, **options)


def run(folder, user, secret):
    os.umask(0o077)
    identity, authority = make_identity(folder)
    os.makedirs(os.path.join(folder, "devices", "device"))
    write(folder, "swift.conf", "[swift-hash]\nswift_hash_path_prefix = parlor\n")
    utils.set_swift_dir(folder)
    listeners = {server: eventlet.listen(("127.0.0.1", 0)) for server in SERVERS}
    for server, listener in listeners.items():
        make_ring(folder, server, listener.getsockname()[1])
    for server, listener in listeners.items():
        serve(listener, loadapp(write(folder, server + "-server.conf", STORAGE, server=server)))
    proxy = loadapp(write(folder, "proxy-server.conf", PROXY, user=user.replace(":", "_"), secret=secret))
    proxy = with_cache(proxy)
    listener = eventlet.listen(("127.0.0.1", 0))
    serve(listener, proxy, capitalize_response_headers=False)
    secure = SecurePort(identity, proxy)
    print("listening", listener.getsockname()[1], secure.number, authority, flush=True)
    # What Python complains of later nobody reads, and a full pipe would halt it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    for line in greenio.GreenPipe(0, "r"):
        print(secure.obey(line), flush=True)


if __name__ == "__main__":
    made = make_folder()
    try:
        run(made, sys.argv[1], sys.argv[2])
    finally:
        shutil.rmtree(made, ignore_errors=True)
    os._exit(0)
