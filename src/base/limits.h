/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every limit on foreign input, in one place, with unit and reason. A refusal names the constant's
 * lower-case form ("limit tar_path_bytes_max"), so that a user finds it here and in docs/limits.md.
 */
#pragma once

#include "base/macros.h"

/* Paths: Linux PATH_MAX; longer ones cannot be created by any engine. */
#define CM_TAR_PATH_BYTES_MAX ((size_t)4096)
/* One pax extended header record block; real ones are below 64 KiB (long xattrs). */
#define CM_TAR_PAX_BYTES_MAX CM_MIB(1)
/* Entries of one layer: 3 million is the largest seen in the wild (grype issue 1509). */
#define CM_TAR_ENTRIES_MAX ((uint64_t)20000000)
/* Layers of one image: overlayfs and engines stop at 127; archives may list empty ones. */
#define CM_IMAGE_LAYERS_MAX ((size_t)1024)
/* Manifest, index and config documents; distribution registries refuse manifests over 4 MiB. */
#define CM_IMAGE_JSON_BYTES_MAX CM_MIB(8)
#define CM_JSON_DEPTH_MAX       64
/* An image config that checks look at; it travels in one frame with what else is said of the image. */
#define CM_IMAGE_CONFIG_BYTES_MAX CM_MIB(4)
#define CM_JSON_BYTES_MAX         CM_MIB(256)
/* Uncompressed bytes of one layer and of one image: more is taken for a decompression bomb. */
#define CM_LAYER_BYTES_MAX ((uint64_t)256 << 30)
#define CM_IMAGE_BYTES_MAX ((uint64_t)1 << 40)
/* Output/input ratio after the first 64 MiB; deflate's own ceiling is 1032, real layers stay < 100. */
#define CM_INFLATE_RATIO_MAX ((uint64_t)500)
/* Files captured whole for a cataloger; all captures of one worker together. */
#define CM_CAPTURE_BYTES_MAX       CM_MIB(256)
#define CM_CAPTURE_TOTAL_BYTES_MAX CM_MIB(384)
/* Memory of one cataloger run on one file. */
#define CM_CATALOGER_ARENA_BYTES_MAX CM_MIB(512)
/* Archives within archives (jar in jar). */
#define CM_ARCHIVE_DEPTH_MAX 8
/* Entries of one zip and its total inflated bytes that are looked at. */
#define CM_ZIP_ENTRIES_MAX ((size_t)1000000)
/* Packages of one target. */
#define CM_PACKAGES_MAX ((size_t)2000000)
/* What one layer, or one directory, says about its files (image/record.h). */
#define CM_LAYER_RECORDS_BYTES_MAX CM_MIB(512)
/* Facts that checks ask about files (image/fact.h): of one kind in one layer, and in one list of the
 * document; owners and users that are told apart in one layer; files of one owner that are told. */
#define CM_IMAGE_FACTS_MAX          ((size_t)2000)
#define CM_IMAGE_OWNERS_MAX         ((size_t)4096)
#define CM_IMAGE_FILES_OF_OWNER_MAX 16
#define CM_IMAGE_ACCOUNT_BYTES_MAX  CM_MIB(1)
/* Blocks of the layer cache that are open at once; engines stop at 127 layers, more are read anew. */
#define CM_LAYER_CACHE_OPEN_MAX 256
/* One IPC frame. */
#define CM_FRAME_BYTES_MAX CM_MIB(16)
/* Folders that one rpm package owns: bounds memory, 16 bytes each; packages have at most one per file. */
#define CM_RPM_FILES_MAX ((size_t)1000000)
/* Package names and versions; longer ones are malformed in every ecosystem. */
#define CM_NAME_BYTES_MAX    ((size_t)1024)
#define CM_VERSION_BYTES_MAX ((size_t)512)
/* Advisory feeds: one document (the Debian tracker's JSON is about 60 MB), members and total bytes
 * of one container (npm's archive of OSV records has 200,000 members and 1.5 GB). */
#define CM_FEED_DOCUMENT_BYTES_MAX  CM_MIB(256)
#define CM_FEED_MEMBERS_MAX         ((uint64_t)2000000)
#define CM_FEED_TOTAL_BYTES_MAX     ((uint64_t)16 << 30)
#define CM_FEED_DIRECTORY_DEPTH_MAX 32
/* Memory for the tree of one document, and for everything a database build collects. */
#define CM_FEED_ARENA_BYTES_MAX CM_MIB(1024)
#define CM_DB_BUILD_BYTES_MAX   CM_MIB(8192)
/* Rejected records that are listed per source; all are counted. */
#define CM_DB_REJECTS_LISTED_MAX ((uint64_t)1000)
/* Text that a database keeps of a title; the first line, cut at a character. */
#define CM_ADVISORY_TITLE_BYTES_MAX ((size_t)160)
/* YAML: aliases ("*x") and what they repeat; a bomb of nine lines expands to 10^9 nodes. */
#define CM_YAML_ALIASES_MAX ((size_t)0)
#define CM_YAML_NODES_MAX   ((size_t)4000000)
/* YAML: brackets, commas, colons, anchors and the like on one line, in one bracket or in one key:
 * libfyaml may have to hold 350 bytes for each. JSON documents are not bound by it. */
#define CM_YAML_LINE_TOKENS_MAX ((size_t)250000)
/* A database that is unpacked from a .zst file, and the window its decoder allows (2^27 bytes). */
#define CM_DB_UNPACKED_BYTES_MAX ((uint64_t)1 << 30)
#define CM_DB_WINDOW_LOG_MAX     27
/* A config.json with credentials, or what a credential helper prints. */
#define CM_CREDENTIALS_BYTES_MAX CM_MIB(1)
/* A kubeconfig; with embedded certificates a cluster has about 6 KB. */
#define CM_KUBECONFIG_BYTES_MAX CM_MIB(4)
/* Pages of one list of a cluster (500 objects each), and bytes of one page: pods have 5 to 30 KB. */
#define CM_CLUSTER_PAGES_MAX      2000
#define CM_CLUSTER_PAGE_BYTES_MAX CM_MIB(64)
/* A registry's or engine's answer that is no blob: error documents, tokens, inspect output. */
#define CM_FETCH_ANSWER_BYTES_MAX CM_MIB(8)
/* Blobs on their way at once; more wait. */
#define CM_FETCH_STREAMS_MAX 16
/* Redirects of one request; browsers stop at 20, registries need one or two. */
#define CM_FETCH_REDIRECTS_MAX 10
/* Manifests that an index names; the largest seen (all platforms and their attestations) has 40. */
#define CM_IMAGE_INDEX_MAX ((size_t)10000)
/* A PEM file or the system's bundle of authorities (220 KB on Debian 12). */
#define CM_CERTIFICATES_BYTES_MAX CM_MIB(2)
/* CEL: one expression; nesting of its text and of its loops; what a program may hold. Policies seen in
 * the wild stay below 4 KiB and four nested loops. */
#define CM_CEL_TEXT_BYTES_MAX CM_KIB(64)
#define CM_CEL_DEPTH_MAX      250
#define CM_CEL_LOOPS_MAX      16
/* Operators or selections in a row (a + b + c, a.b.c): each is a level of the tree. */
#define CM_CEL_CHAIN_MAX 1000
/* Arguments of one call; variables of loops and bindings at once; parts of a dotted name. */
#define CM_CEL_ARGUMENTS_MAX  1000
#define CM_CEL_LOCALS_MAX     1000
#define CM_CEL_NAME_PARTS_MAX 16
/* Steps and scratch memory of one evaluation, when the caller does not say otherwise. */
#define CM_CEL_COST_DEFAULT  ((uint64_t)10000000)
#define CM_CEL_BYTES_DEFAULT CM_MIB(64)
/* Results of one run of checks: 10,000 objects and 200 checks fit. */
#define CM_CHECK_RESULTS_MAX ((size_t)4000000)
/* Memory of the checker: what one document and its results take; what all checks take. */
#define CM_CHECK_ARENA_BYTES_MAX CM_MIB(2048)
/* Fixes of one text: failures, all of a document compared with all; bytes of the text; bytes that
 * edits read, since each reads the document that it changes: a minute or two. */
#define CM_CHECK_FIXES_MAX          ((size_t)20000)
#define CM_CHECK_FIX_BYTES_MAX      CM_MIB(4)
#define CM_CHECK_FIX_WORK_BYTES_MAX CM_MIB(1024)
/* What the checker keeps of all documents of a run, to join them: bytes; 1,000,000 objects fit. */
#define CM_CHECK_JOIN_BYTES_MAX CM_MIB(256)
/* Documents that checks look at (codec/node.h): nesting, nodes and bytes of one text; one document
 * stream of a whole cluster is the largest seen. */
#define CM_NODE_DEPTH_MAX ((size_t)200)
#define CM_NODE_COUNT_MAX ((size_t)8000000)
#define CM_NODE_BYTES_MAX CM_MIB(128)
/* Resources and functions of one serverless template; CloudFormation takes 500. */
#define CM_SERVERLESS_RESOURCES_MAX ((size_t)2000)
/* Nodes and bytes of text that functions and variables of one serverless template expand to. */
#define CM_SERVERLESS_MADE_MAX ((size_t)16000000)
/* Packages of functions: items of one list in the document that is made of one, a member that may be
 * a key or a symbolic link, and what all of these may inflate to together. */
#define CM_PACKAGE_LIST_MAX         ((size_t)1000)
#define CM_PACKAGE_MEMBER_BYTES_MAX CM_KIB(64)
#define CM_PACKAGE_READ_BYTES_MAX   CM_MIB(32)
/* One compiled time zone (the largest, with all transitions to 2037, has 3.6 KB), and how many one
 * evaluation context keeps; the IANA database has 600 names. */
#define CM_ZONE_BYTES_MAX CM_KIB(16)
#define CM_ZONES_MAX      ((size_t)1000)
/* Regular expressions of policies (cel/regex.h): the pattern, nesting, groups, instructions after
 * repeats are written out (RE2 stops at a similar size), the entries of a pattern's own transition
 * table, and the working memory of one search. */
#define CM_REGEX_PATTERN_BYTES_MAX CM_KIB(16)
#define CM_REGEX_DEPTH_MAX         ((size_t)250)
#define CM_REGEX_HEIGHT_MAX        1000
#define CM_REGEX_GROUPS_MAX        ((size_t)100)
#define CM_REGEX_PROGRAM_MAX       ((size_t)16384)
#define CM_REGEX_TABLE_ENTRIES_MAX ((size_t)1024)
#define CM_REGEX_SCRATCH_BYTES_MAX CM_MIB(32)
/* A Dockerfile (the largest seen has 90 KB) and its instructions; words of all shell commands in it
 * and text that variables expand to ("ENV A=$A$A" doubles with each line). */
#define CM_DOCKERFILE_BYTES_MAX        CM_MIB(1)
#define CM_DOCKERFILE_INSTRUCTIONS_MAX ((size_t)20000)
#define CM_SHELL_WORDS_MAX             ((size_t)200000)
#define CM_DOCKERFILE_EXPANDED_MAX     CM_MIB(8)
/* Steps (characters times pattern length) of all ${x#p}, ${x%p} and ${x/p/r} of a Dockerfile: 0.2 s. */
#define CM_DOCKERFILE_PATTERN_WORK_MAX ((size_t)50000000)
/* Subshells, substitutions and ${x:-${y}} within each other. */
#define CM_SHELL_DEPTH_MAX 50
/* What the services of one Compose file are made into, after "extends" and aliases multiplied it (a
 * service takes about 200 values), and how many services extend each other in a row. */
#define CM_COMPOSE_NODES_MAX   ((size_t)2000000)
#define CM_COMPOSE_EXTENDS_MAX 50
/* An evidence archive: all documents of an audit and what was said of them. */
#define CM_EVIDENCE_BYTES_MAX CM_MIB(1024)
/* Facts of a host: one file (dpkg's status is the largest, 5 MB), all files together, names of one
 * directory, nesting and number of included files, and entries of lists that are given out. */
#define CM_HOST_FILE_BYTES_MAX  CM_MIB(32)
#define CM_HOST_TOTAL_BYTES_MAX CM_MIB(256)
#define CM_HOST_NAMES_MAX       ((size_t)20000)
#define CM_HOST_INCLUDES_MAX    16
#define CM_HOST_INCLUDED_MAX    ((size_t)500)
#define CM_HOST_LISTED_MAX      ((size_t)1000)
/* The walk over a host's file system: files, depth, milliseconds. */
#define CM_HOST_WALK_FILES_MAX ((size_t)2000000)
#define CM_HOST_WALK_DEPTH_MAX 100
#define CM_HOST_WALK_MS_MAX    1500
/* Rules of the agent (rule/): one file and one condition after lists are put in (the largest public
 * rule has 6 KB); nesting, which is Falco's own limit; items of all files; what they compile to. */
#define CM_RULE_FILE_BYTES_MAX      CM_MIB(8)
#define CM_RULE_CONDITION_BYTES_MAX CM_MIB(1)
#define CM_RULE_DEPTH_MAX           1000
#define CM_RULE_ITEMS_MAX           ((size_t)50000)
#define CM_RULE_NODES_MAX           ((size_t)500000)
#define CM_RULE_ARENA_BYTES_MAX     CM_MIB(512)
/* Warnings that are kept; all are counted. */
#define CM_RULE_DIAGNOSTICS_MAX ((size_t)1000)
/* One alert, and what the fields of one event may take while rules look at it. */
#define CM_RULE_OUTPUT_BYTES_MAX  CM_KIB(256)
#define CM_RULE_SCRATCH_BYTES_MAX CM_MIB(16)
/* A capture of events, inflated, and the state of processes that it describes. */
#define CM_CAPTURE_EVENTS_BYTES_MAX CM_MIB(1024)
#define CM_CAPTURE_STATE_BYTES_MAX  CM_MIB(2048)
/* Ancestors of a process that proc.aname and its like look at. */
#define CM_RULE_ANCESTORS_MAX 100
