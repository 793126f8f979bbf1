#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a docker-save archive of a small image: save_archive.py FILE NAME:TAG [LAYERS]

Prints the image id and the diff ids of its layers, one a line.
"""
import hashlib, io, json, sys, tarfile


def add(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def main():
    path, name = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    layers = []
    for i in range(count):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            add(tar, "file-%d" % i, (b"%s layer %d\n" % (name.encode(), i)) * 20000)
        layers.append(out.getvalue())
    diff_ids = ["sha256:" + hashlib.sha256(l).hexdigest() for l in layers]
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                         "rootfs": {"type": "layers", "diff_ids": diff_ids},
                         "history": [{"created_by": "COPY"} for _ in layers]}).encode()
    image_id = hashlib.sha256(config).hexdigest()
    names = ["%d.tar" % i for i in range(count)]
    manifest = [{"Config": image_id + ".json", "RepoTags": [name], "Layers": names}]
    with tarfile.open(path, "w") as tar:
        add(tar, image_id + ".json", config)
        for file, data in zip(names, layers):
            add(tar, file, data)
        add(tar, "manifest.json", json.dumps(manifest).encode())
    print("sha256:" + image_id)
    print("\n".join(diff_ids))


main()
