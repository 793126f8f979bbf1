#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Issues tokens that a real registry verifies: token_server.py PORT KEY CERT USER:PASSWORD LOG

Signs with openssl(1). Without or with other credentials it answers 401. Writes each query to LOG.
POST with grant_type=refresh_token takes the refresh token "refresh-me".
"""
import base64, http.server, json, subprocess, sys, time, urllib.parse

PORT, KEY, CERT, USER, LOG = sys.argv[1:6]


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def make_token(service, scope):
    der = subprocess.run(["openssl", "x509", "-in", CERT, "-outform", "DER"], check=True,
                         capture_output=True).stdout
    header = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(der).decode()]}
    access = []
    if scope:
        kind, name, actions = scope.split(":", 2)
        access = [{"type": kind, "name": name, "actions": actions.split(",")}]
    now = int(time.time())
    claims = {"iss": "test-issuer", "sub": "user", "aud": service, "exp": now + 300,
              "nbf": now - 10, "iat": now, "jti": str(now), "access": access}
    body = b64(json.dumps(header).encode()) + b"." + b64(json.dumps(claims).encode())
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", KEY], input=body, check=True,
                               capture_output=True).stdout
    return (body + b"." + b64(signature)).decode()


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, query, allowed, key):
        with open(LOG, "a") as log:
            log.write(f"{self.command} {urllib.parse.urlencode(query, doseq=True)}\n")
        if not allowed:
            self.send_error(401)
            return
        token = make_token(query.get("service", [""])[0], query.get("scope", [""])[0])
        data = json.dumps({key: token, "expires_in": 300}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        want = "Basic " + base64.b64encode(USER.encode()).decode()
        self.answer(query, self.headers.get("Authorization") == want, "token")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        query = urllib.parse.parse_qs(body)
        self.answer(query, query.get("refresh_token") == ["refresh-me"], "access_token")

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(PORT)), Handler).serve_forever()
