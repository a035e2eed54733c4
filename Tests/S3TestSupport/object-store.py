#!/usr/bin/python3
"""OpenStack Swift with its S3 interface, for tests: all of its servers in one process, on ports of the loopback.

Prints the port of the S3 interface when it listens. Standard input is the leash: when whoever holds its other end
lets go of it, however that comes about, the servers end and their folder is removed.

usage: object-store.py USER SECRET
"""

import os
import shutil
import sys
import tempfile

import eventlet

eventlet.monkey_patch()

# What these servers keep need not survive anything.
os.fsync = os.fdatasync = lambda descriptor: None

from eventlet import greenio, wsgi
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


def serve(listener, app, **options):
    quiet = open(os.devnull, "w")
    return eventlet.spawn(wsgi.server, listener, app, log=quiet, debug=False, **options)


def run(folder, user, secret):
    os.makedirs(os.path.join(folder, "devices", "device"))
    write(folder, "swift.conf", "[swift-hash]\nswift_hash_path_prefix = parlor\n")
    utils.set_swift_dir(folder)
    listeners = {server: eventlet.listen(("127.0.0.1", 0)) for server in SERVERS}
    for server, listener in listeners.items():
        make_ring(folder, server, listener.getsockname()[1])
    for server, listener in listeners.items():
        serve(listener, loadapp(write(folder, server + "-server.conf", STORAGE, server=server)))
    proxy = loadapp(write(folder, "proxy-server.conf", PROXY, user=user.replace(":", "_"), secret=secret))
    listener = eventlet.listen(("127.0.0.1", 0))
    serve(listener, with_cache(proxy), capitalize_response_headers=False)
    print(listener.getsockname()[1], flush=True)
    leash = greenio.GreenPipe(0, "rb")
    while leash.read(1):
        pass


if __name__ == "__main__":
    made = make_folder()
    try:
        run(made, sys.argv[1], sys.argv[2])
    finally:
        shutil.rmtree(made, ignore_errors=True)
    os._exit(0)
