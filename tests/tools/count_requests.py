#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A unix socket before another one: passes bytes on in both directions and writes the request lines of
what clients ask to a file. For requests without a body."""
import re
import socket
import sys
import threading

listen_at, server_at, log_at = sys.argv[1:]
log = open(log_at, "ab", buffering=0)


def pump(source, sink, note):
    tail = b""
    while True:
        try:
            data = source.recv(65536)
        except OSError:
            data = b""
        if note is not None:
            whole = tail + data
            end = whole.rfind(b"\r\n") + 2 if b"\r\n" in whole else 0
            for line in re.findall(rb"^[A-Z]+ \S+ HTTP/1\.[01]", whole[:end], re.M):
                note.write(line + b"\n")
            tail = whole[end:]
        if not data:
            break
        try:
            sink.sendall(data)
        except OSError:
            break
    for s in (source, sink):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


server = socket.socket(socket.AF_UNIX)
server.bind(listen_at)
server.listen(64)
while True:
    client, _ = server.accept()
    engine = socket.socket(socket.AF_UNIX)
    try:
        engine.connect(server_at)
    except OSError:  # as if nobody listened
        client.close()
        continue
    threading.Thread(target=pump, args=(client, engine, log), daemon=True).start()
    threading.Thread(target=pump, args=(engine, client, None), daemon=True).start()
