/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks at hand: those that are built into the program (packed from checks/ by
 * tools/pack_checks.c) and those of files that the user gave. Checks are read when the first
 * document of a kind that they are about comes: a Dockerfile does not wait for hundreds of checks
 * of Kubernetes. Format of the pack: docs/formats/check-file.md, "Pack".
 */
#pragma once

#include "check/run.h"

struct cm_check_library;

struct cm_check_library_options {
        struct cm_check_settings settings;
        const struct cm_sv *wanted; /* ids; none: all that are not optional */
        size_t wanted_count;
        struct cm_sv profile; /* name, or "": chooses checks and sets parameters */
        bool only_policies;   /* of checks only those that policies of Kubernetes were made into */
        bool all;             /* optional ones too */
};

/* `options` is borrowed. Errors: CM_E_INTERNAL (the built-in pack is damaged). */
CM_MUST_CHECK int cm_check_library_new(struct cm_arena *arena,
                                       const struct cm_check_library_options *options,
                                       struct cm_check_library **ret, struct cm_err *err);
/*
 * Adds the checks and profiles of a YAML text (several documents); one with a known id takes its
 * place. Policies of Kubernetes, and objects that they may need, are kept for
 * cm_check_library_close().
 */
CM_MUST_CHECK int cm_check_library_add(struct cm_check_library *library, struct cm_sv source,
                                       struct cm_sv text, struct cm_err *err);
/* After the last text: makes checks of the policies (policy_load.h). Errors: as policy_load.h. */
CM_MUST_CHECK int cm_check_library_close(struct cm_check_library *library, struct cm_err *err);
struct cm_check_provider *cm_check_library_provider(struct cm_check_library *library);

/* Asks the questions without rules that the profile or the wanted ids choose. Errors: the sink's. */
CM_MUST_CHECK int cm_check_library_ask(struct cm_check_library *library, struct cm_check_sink *sink,
                                       struct cm_err *err);

/* All checks, by id; for `coaming checks`. With their tests. */
CM_MUST_CHECK int cm_check_library_all(struct cm_check_library *library,
                                       const struct cm_check *const **ret, size_t *ret_count,
                                       struct cm_err *err);

/* A built-in check as it is defined, without its tests: JSON; "" for one of a file. */
struct cm_sv cm_check_library_definition(const struct cm_check_library *library, struct cm_sv id);
/* The digest of all checks and frameworks that are built in: "sha256:<hex>". */
struct cm_sv cm_check_library_digest(void);

/* All profiles, in the order of the pack: trees as profile_select.h describes them. */
CM_MUST_CHECK int cm_check_library_profiles(struct cm_check_library *library,
                                            const struct cm_node *const **ret, size_t *ret_count,
                                            struct cm_err *err);

/* Writing the pack of built-in checks; see tools/pack_checks.c. */
struct cm_check_pack {
        size_t count;
        struct cm_buf index;
        struct cm_buf bodies;
        struct cm_buf tests;
};
void cm_check_pack_init(struct cm_check_pack *pack);
void cm_check_pack_fini(struct cm_check_pack *pack);
/* `root` is the tree of its file. */
void cm_check_pack_write(struct cm_check_pack *pack, const struct cm_check *check,
                         const struct cm_node *root);
void cm_check_pack_write_profile(struct cm_check_pack *pack, const struct cm_node *root);
void cm_check_pack_finish(const struct cm_check_pack *pack, struct cm_buf *out);
