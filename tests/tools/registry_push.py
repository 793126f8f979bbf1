#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes small images and pushes them to a registry: registry_push.py BASE REPOSITORY [USER:PASSWORD]

Tags: one (a docker manifest), oci (an OCI manifest), multi (an index of amd64, arm64/v8 and an
attestation), list (docker's form of that), nested (an index that holds that index), bad-config
(layers and diff ids differ in number), and without a registry old (schema 1). Prints "TAG DIGEST LAYER-DIGEST..." per tag. With the base "-" nothing is pushed
and blobs are written as files below the folder REPOSITORY.
"""
import base64, gzip, hashlib, io, json, os, sys, tarfile, urllib.request

DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
OCI = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OLD = "application/vnd.docker.distribution.manifest.v1+json"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def layer(number, size=300000):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo("file-%s" % number)
        # Bytes that do not compress, so that a layer is larger than one read.
        data = b"".join(hashlib.sha256(b"%s %d" % (str(number).encode(), i)).digest()
                        for i in range(size // 32))
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    tar = out.getvalue()
    return gzip.compress(tar, 1, mtime=0), digest(tar)


class Store:
    def __init__(self, base, repository, user):
        self.base, self.repository, self.user = base, repository, user
        self.blobs = {}

    def call(self, method, url, data=None, kind=None):
        request = urllib.request.Request(url, data=data, method=method)
        if self.user:
            request.add_header("Authorization",
                               "Basic " + base64.b64encode(self.user.encode()).decode())
        request.add_header("Content-Type", kind or "application/octet-stream")
        return urllib.request.urlopen(request)

    def blob(self, data):
        name = digest(data)
        self.blobs[name] = data
        if self.base != "-":
            start = self.call("POST", f"{self.base}/v2/{self.repository}/blobs/uploads/", b"")
            where = start.headers["Location"]
            where += ("&" if "?" in where else "?") + "digest=" + name
            self.call("PUT", where, data)
        return name

    def manifest(self, doc, kind, tag=None):
        data = json.dumps(doc).encode()
        name = digest(data)
        self.blobs[name] = data
        if self.base != "-":
            self.call("PUT", f"{self.base}/v2/{self.repository}/manifests/{tag or name}", data, kind)
        return {"mediaType": kind, "digest": name, "size": len(data)}


def image(store, arch, layers, kind=OCI, tag=None, variant=None, drop_diff_ids=0):
    config = {"architecture": arch, "os": "linux", "config": {},
              "rootfs": {"type": "layers", "diff_ids": [d for _, d in layers][drop_diff_ids:]},
              "history": [{"created_by": "COPY file-%d" % i} for i in range(len(layers))]}
    if variant:
        config["variant"] = variant
    data = json.dumps(config).encode()
    doc = {"schemaVersion": 2, "mediaType": kind,
           "config": {"mediaType": DOCKER_CONFIG, "digest": store.blob(data), "size": len(data)},
           "layers": [{"mediaType": DOCKER_LAYER, "digest": store.blob(blob), "size": len(blob)}
                      for blob, _ in layers]}
    return store.manifest(doc, kind, tag), [l["digest"] for l in doc["layers"]]


def main():
    base, repository = sys.argv[1:3]
    store = Store(base, repository, sys.argv[3] if len(sys.argv) > 3 else None)
    base_layers = [layer(i) for i in range(3)]
    made = {}
    made["one"] = image(store, "amd64", base_layers, DOCKER, "one")
    made["oci"] = image(store, "amd64", base_layers[:2], OCI, "oci")
    made["bad-config"] = image(store, "amd64", base_layers, DOCKER, "bad-config", drop_diff_ids=1)
    amd, amd_layers = image(store, "amd64", base_layers)
    arm, arm_layers = image(store, "arm64", [layer("arm")], variant="v8")
    proof = {"schemaVersion": 2, "mediaType": OCI,
             "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                        "digest": store.blob(b"{}"), "size": 2}, "layers": []}
    proof = store.manifest(proof, OCI)
    amd["platform"] = {"os": "linux", "architecture": "amd64"}
    arm["platform"] = {"os": "linux", "architecture": "arm64", "variant": "v8"}
    proof["platform"] = {"os": "unknown", "architecture": "unknown"}
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [arm, amd, proof]}
    made["multi"] = (store.manifest(index, OCI_INDEX, "multi"), amd_layers)
    docker_list = {"schemaVersion": 2, "mediaType": LIST, "manifests": [arm, amd]}
    made["list"] = (store.manifest(docker_list, LIST, "list"), amd_layers)
    inner = store.manifest(index, OCI_INDEX)
    outer = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [inner]}
    made["nested"] = (store.manifest(outer, OCI_INDEX, "nested"), amd_layers)
    if base == "-":
        old = {"schemaVersion": 1, "name": repository, "tag": "old", "architecture": "amd64",
               "fsLayers": [], "history": []}
        made["old"] = (store.manifest(old, OLD), [])
        folder = repository
        os.makedirs(folder, exist_ok=True)
        for name, data in store.blobs.items():
            with open(os.path.join(folder, name.replace(":", "-")), "wb") as f:
                f.write(data)
    for tag, (descriptor, layers) in made.items():
        print(tag, descriptor["digest"], *layers)


main()
