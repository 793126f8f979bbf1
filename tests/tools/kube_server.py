# SPDX-License-Identifier: Apache-2.0
"""A server that speaks the list API of Kubernetes from objects in memory, over TLS, and misbehaves on demand.

    pki = Pki(folder)                       authority, server and client certificates (openssl)
    server = KubeServer(pki, objects, **how)
    server.url, server.asked, server.stop()

how: token="..." (else client certificates count), forbidden={"secrets"}, page=N (objects of one page at
most), gone=N (so many times 410 for a second page), cut={"pods": N} (so many times the connection breaks
off), busy=N (429 first), absent={"plural"} (404), odd={"plural": bytes}, no_tables=True, second=True (403
for what is behind the first page of pods), versions={"plural": "v1beta1"}, prefix="/path", redirect="https://..."
(for everything), message="%s ... %s" (of what is forbidden)."""
import http.server
import json
import os
import ssl
import subprocess
import threading
import urllib.parse

GROUPS = {"": "nodes namespaces pods services serviceaccounts configmaps secrets resourcequotas limitranges",
          "apps": "deployments daemonsets statefulsets replicasets", "batch": "jobs cronjobs", "networking.k8s.io": "networkpolicies ingresses",
          "rbac.authorization.k8s.io": "roles rolebindings clusterroles clusterrolebindings",
          "admissionregistration.k8s.io": "validatingwebhookconfigurations mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings"}
KINDS = {"nodes": "Node", "namespaces": "Namespace", "pods": "Pod", "services": "Service", "serviceaccounts": "ServiceAccount", "configmaps": "ConfigMap", "secrets": "Secret",
         "resourcequotas": "ResourceQuota", "limitranges": "LimitRange", "deployments": "Deployment", "daemonsets": "DaemonSet", "statefulsets": "StatefulSet", "replicasets": "ReplicaSet",
         "jobs": "Job", "cronjobs": "CronJob", "networkpolicies": "NetworkPolicy", "ingresses": "Ingress", "roles": "Role", "rolebindings": "RoleBinding", "clusterroles": "ClusterRole",
         "clusterrolebindings": "ClusterRoleBinding", "validatingwebhookconfigurations": "ValidatingWebhookConfiguration", "mutatingwebhookconfigurations": "MutatingWebhookConfiguration",
         "validatingadmissionpolicies": "ValidatingAdmissionPolicy", "validatingadmissionpolicybindings": "ValidatingAdmissionPolicyBinding"}


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Pki:
    def __init__(self, folder):
        self.folder = folder
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test-ca", "-keyout", self.path("ca.key"), "-out", self.path("ca.crt"))
        self.make("server", "/CN=server", "subjectAltName=IP:127.0.0.1,DNS:kube.test")
        self.make("other", "/CN=other", "subjectAltName=DNS:other.test")
        self.make("client", "/O=viewers/CN=alice", "extendedKeyUsage=clientAuth")

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def make(self, name, subject, extension):
        with open(self.path(name + ".ext"), "w", encoding="ascii") as f:
            f.write(extension + "\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", subject, "-keyout", self.path(name + ".key"), "-out", self.path(name + ".csr"))
        openssl("x509", "-req", "-in", self.path(name + ".csr"), "-CA", self.path("ca.crt"), "-CAkey", self.path("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", self.path(name + ".ext"),
                "-out", self.path(name + ".crt"))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # headers and body in one packet: else each answer waits for an acknowledgement

    def answer(self, status, body, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def status(self, code, message):
        self.answer(code, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code})

    def is_known(self):
        how = self.server.how
        if how.get("token") or how.get("basic"):
            return self.headers.get("Authorization") == (how["basic"] if how.get("basic") else "Bearer " + how["token"])
        cert = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None
        return bool(cert) or how.get("open", False)

    def do_GET(self):
        how, counts = self.server.how, self.server.counts
        url = urllib.parse.urlsplit(self.path)
        self.server.asked.append((url.path, urllib.parse.parse_qs(url.query), dict(self.headers)))
        path = url.path[len(how.get("prefix", "")):]
        if not url.path.startswith(how.get("prefix", "")):
            return self.answer(404, b"404 page not found")
        if not self.is_known():
            return self.status(401, "Unauthorized")
        if how.get("redirect"):
            return self.answer(302, b"", {"Location": how["redirect"] + url.path})
        if path == "/version":
            return self.answer(200, how.get("version", {"major": "1", "minor": "32", "gitVersion": "v1.32.1"}))
        words = path.strip("/").split("/")
        group, version, plural = ("", words[1], words[2]) if words[0] == "api" else (words[1], words[2], words[3])
        if plural not in GROUPS.get(group, "").split() or plural in how.get("absent", ()) or version != how.get("versions", {}).get(plural, "v1"):
            return self.answer(404, b"404 page not found")
        if plural in how.get("forbidden", ()):
            return self.status(403, how.get("message", '%s is forbidden: User "alice" cannot list resource "%s"') % (plural, plural))
        counts[plural] = counts.get(plural, 0) + 1
        if plural in how.get("odd", {}):
            return self.answer(200, how["odd"][plural])
        if counts[plural] <= how.get("busy", {}).get(plural, 0):
            return self.answer(429, {"message": "later"}, {"Retry-After": "1"})
        if counts[plural] <= how.get("cut", {}).get(plural, 0):
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b'{"kind":')
            self.close_connection = True
            return None
        return self.list(plural, group, version, urllib.parse.parse_qs(url.query))

    def list(self, plural, group, version, query):
        how, counts = self.server.how, self.server.counts
        objects = self.server.objects.get(KINDS[plural], [])
        limit = int(query.get("limit", ["0"])[0])
        start = int(query.get("continue", ["0"])[0].lstrip("@"))
        if start > 0 and plural == "pods" and how.get("second"):
            return self.status(403, "not any more")
        if start > 0 and counts.get("gone", 0) < how.get("gone", 0):
            counts["gone"] = counts.get("gone", 0) + 1
            return self.status(410, "The provided continue parameter is too old")
        size = min(how.get("page", 500), limit) if limit else len(objects)
        part = objects[start:start + size]
        meta = {"resourceVersion": "1"}
        if start + size < len(objects):
            meta["continue"] = "@%d" % (start + size)
        if plural == "secrets" and "as=Table" in self.headers.get("Accept", "") and not how.get("no_tables"):
            rows = [{"cells": [o["metadata"]["name"], o.get("type", "Opaque"), len(o.get("data", {})), "1d"], "object": {"kind": "PartialObjectMetadata", "metadata": o["metadata"]}} for o in part]
            return self.answer(200, {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta, "columnDefinitions": [{"name": n} for n in ("Name", "Type", "Data", "Age")], "rows": rows})
        items = [{k: v for k, v in o.items() if k not in ("kind", "apiVersion")} for o in part]
        return self.answer(200, {"kind": KINDS[plural] + "List", "apiVersion": (group + "/" if group else "") + version, "metadata": meta, "items": items or None})

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # clients that hang up or do not trust the certificate are what some cases are about


class KubeServer:
    def __init__(self, pki, objects, certificate="server", plain=False, **how):
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.how, self.server.counts, self.server.asked = how, {}, []
        self.server.objects = {}
        for o in objects:
            self.server.objects.setdefault(o["kind"], []).append(o)
        if not plain:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pki.path(certificate + ".crt"), pki.path(certificate + ".key"))
            context.load_verify_locations(pki.path("ca.crt"))
            context.verify_mode = ssl.CERT_OPTIONAL
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.url = "%s://127.0.0.1:%d%s" % ("http" if plain else "https", self.port, how.get("prefix", ""))
        self.asked = self.server.asked
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
