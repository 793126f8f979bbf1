/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the reader (db.c, db_decode.c) and the writer (build_write.c) of the advisory database
 * agree on. The description for people is docs/formats/advisory-db.md.
 */
#pragma once

#include "base/macros.h"

#define CM_DB_MAGIC "COAMINGDB"

enum {
        CM_DB_FORMAT = 1,
        CM_DB_KEY_BYTES_MAX = 511 /* LMDB's own limit */
};

/* First byte of every key. */
enum cm_db_key {
        CM_DB_KEY_ADVISORIES = 'A', /* all advisory records, one after another */
        CM_DB_KEY_OFFSETS = 'B',    /* le32 offset of each record in 'A', one more for the end */
        CM_DB_KEY_CVE = 'C',        /* + CVE id */
        CM_DB_KEY_EOL = 'E',        /* + product NUL cycle */
        CM_DB_KEY_ID = 'I',         /* + id or alias */
        CM_DB_KEY_INFO = 'M',
        CM_DB_KEY_SPACES = 'N',
        CM_DB_KEY_PACKAGE = 'P', /* + space NUL name */
        CM_DB_KEY_SOURCES = 'S',
        CM_DB_KEY_STRINGS = 'T' /* varint length and bytes; a reference is an offset in here */
};

/* Parts of a statement that are present. */
enum {
        CM_DB_STMT_VERSIONS = 1 << 0,
        CM_DB_STMT_MODULE = 1 << 1,
        CM_DB_STMT_ARCH = 1 << 2,
        CM_DB_STMT_NPM_RANGE = 1 << 3,
        CM_DB_STMT_NOTE = 1 << 4
};

/* Bounds of a range that are present. */
enum {
        CM_DB_RANGE_INTRODUCED = 1 << 0,
        CM_DB_RANGE_FIXED = 1 << 1,
        CM_DB_RANGE_LAST_AFFECTED = 1 << 2
};

enum cm_db_url {
        CM_DB_URL_NONE,
        CM_DB_URL_WHOLE,
        CM_DB_URL_PREFIX /* the advisory's id follows */
};

/* Bits of a CVE record. */
enum {
        CM_DB_CVE_EPSS = 1 << 0,
        CM_DB_CVE_KEV = 1 << 1,
        CM_DB_CVE_RANSOMWARE = 1 << 2,
        CM_DB_CVE_CVSS = 1 << 3
};

/* EPSS numbers are stored as integers of this scale: their sources give at most 9 decimals. */
#define CM_DB_EPSS_SCALE 1000000000U
