/* SPDX-License-Identifier: Apache-2.0 */
/* What the texts and the name of a Java archive say about it. Pure. */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_java_name {
        struct cm_sv group;
        struct cm_sv artifact;
        struct cm_sv version;
};

/* pom.properties: groupId, artifactId, version. */
struct cm_java_name cm_java_pom_properties(struct cm_sv text);
/*
 * MANIFEST.MF's main section. Group: Implementation-Vendor-Id, or Bundle-SymbolicName when it looks
 * like one; artifact: Implementation-Title, Bundle-SymbolicName's last part; version:
 * Implementation-Version, Bundle-Version, Specification-Version.
 * Spec: JAR File Specification "Name-Value pairs and Sections" (continuation lines).
 */
struct cm_java_name cm_java_manifest(struct cm_arena *arena, struct cm_sv text);
/* "lib/log4j-core-2.14.1.jar" -> log4j-core, 2.14.1. */
struct cm_java_name cm_java_file_name(struct cm_sv path);
