#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A registry that misbehaves on demand: odd_registry.py PORT FOLDER TAGS LOG

FOLDER holds blobs as files "sha256-<hex>", TAGS is what registry_push.py printed. The repository's
name says how it behaves: good, busy (429 with Retry-After, then 503, then well), short (a body
breaks off once and continues by range), norange (the same, but ranges are ignored), always-short,
redirect (blobs at another origin, which writes down the Authorization header it gets), loop
(redirects for ever), announce (a wrong Docker-Content-Digest), tampered (a flipped byte in layers),
huge (a manifest without end), auth (basic credentials for manifests, blobs elsewhere).
"""
import http.server, os, re, sys

PORT, FOLDER, TAGS, LOG = sys.argv[1:5]
tags = {line.split()[0]: line.split()[1] for line in open(TAGS)}
counts = {}


def blob(digest):
    path = os.path.join(FOLDER, digest.replace(":", "-"))
    return open(path, "rb").read() if os.path.exists(path) else None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def send(self, status, data=b"", headers=None, length=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        if length is not None and length != len(data):
            self.close_connection = True

    def count(self, what):
        counts[what] = counts.get(what, 0) + 1
        return counts[what]

    def manifest(self, how, selector):
        if how == "busy":
            n = self.count("busy")
            if n == 1:
                return self.send(429, b"{}", {"Retry-After": "1"})
            if n == 2:
                return self.send(503)
        if how == "huge":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            for _ in range(1 << 12):
                self.wfile.write(b" " * (1 << 16))
            return None
        if how == "auth" and self.headers.get("Authorization") is None:
            return self.send(401, b"", {"WWW-Authenticate": 'Basic realm="x"'})
        data = blob(tags.get(selector, selector))
        if data is None:
            return self.send(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown \\u001b[31m"}]}')
        kind = re.search(rb'"mediaType": "([^"]*)"', data)
        headers = {"Content-Type": kind.group(1).decode() if kind else "application/json"}
        if how == "announce":
            headers["Docker-Content-Digest"] = "sha256:" + "0" * 64
        return self.send(200, data, headers)

    def part(self, data, how):
        asked = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and how != "norange":
            start = int(asked.group(1))
            rest = data[start:]
            return self.send(206, rest,
                             {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"})
        if how == "always-short" or not asked:
            return self.send(200, data[:len(data) // 2], length=len(data))
        return self.send(200, data)

    def layer(self, how, digest):
        data = blob(digest)
        if data is None:
            return self.send(404)
        is_layer = data[:2] == b"\x1f\x8b"
        if how in ("redirect", "auth"):
            return self.send(307, b"", {"Location": f"http://localhost:{PORT}/other/{digest}"})
        if how == "loop":
            return self.send(302, b"", {"Location": self.path + "?again"})
        if is_layer and how == "tampered":
            data = data[:1000] + bytes([data[1000] ^ 1]) + data[1001:]
        if is_layer and how in ("short", "norange"):
            return self.part(data, how)
        if is_layer and how == "always-short":
            return self.send(200, data[:100], length=len(data))
        return self.send(200, data)

    def do_GET(self):
        with open(LOG, "a") as log:
            log.write(f"{self.path} host={self.headers.get('Host')} "
                      f"authorization={self.headers.get('Authorization')}\n")
        path = self.path.split("?")[0]
        other = re.match(r"/other/(sha256:[0-9a-f]{64})$", path)
        if other:
            return self.send(200, blob(other.group(1)))
        found = re.match(r"/v2/([a-z-]+)/(manifests|blobs)/(.*)$", path)
        if not found:
            return self.send(404)
        how, kind, name = found.groups()
        return self.manifest(how, name) if kind == "manifests" else self.layer(how, name)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(PORT)), Handler).serve_forever()
