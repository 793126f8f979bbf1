/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters of events as people read them and rules compare them: the forms of Falco's evt.arg.X
 * ("/etc/passwd", "O_RDONLY|O_CLOEXEC", "<4t>10.0.0.1:1->10.0.0.2:80", "root") and evt.args
 * ("fd=3(<f>/etc/passwd) name=passwd(/etc/passwd) flags=1(O_RDONLY)").
 * Not for: escaping; texts of programs come out as they are.
 */
#pragma once

#include "base/buf.h"
#include "model/process.h"

/* The value: a number, a text. Nothing when the parameter is unset. */
void cm_event_put_value(struct cm_buf *out, const struct cm_event_context *c, size_t index);
/* What the value stands for, when that is another text: names of flags, of a user, a whole path. */
void cm_event_put_meaning(struct cm_buf *out, const struct cm_event_context *c, size_t index);
/* The meaning, or else the value: evt.arg.X. Returns false when the parameter is unset. */
bool cm_event_put_arg(struct cm_buf *out, const struct cm_event_context *c, size_t index);
/* All parameters of the table. */
void cm_event_put_args(struct cm_buf *out, const struct cm_event_context *c);

/* An absolute path without ".", ".." and doubled slashes: of `path` itself, or of `path` in `dir`. */
void cm_path_put_joined(struct cm_buf *out, struct cm_sv dir, struct cm_sv path);
/* The directory that a relative path of parameter `index` starts at: "" when it is not known. */
struct cm_sv cm_event_base_dir(const struct cm_event_context *c, size_t index);

/* "10.0.0.1", "fe80::1". */
void cm_address_put(struct cm_buf *out, const struct cm_address *address);
/* Names of bits, "CAP_CHOWN CAP_KILL". */
void cm_capabilities_put(struct cm_buf *out, uint64_t set);
/* "SUCCESS", or the name of an error ("ENOENT"; a number when it has none). */
void cm_errno_put(struct cm_buf *out, int64_t result);

struct cm_fd_type_info {
        char letter;
        const char *name;
};
/* Of CM_FD_TYPES; NULL for CM_FD_UNKNOWN. */
const struct cm_fd_type_info *cm_fd_type_info(enum cm_fd_type type);
const char *cm_l4_protocol_name(enum cm_l4_protocol protocol);

/* Both ends of a parameter of type SOCKTUPLE; false for other families than IPv4 and IPv6. */
bool cm_event_tuple(struct cm_sv bytes, struct cm_address *ret_source, uint16_t *ret_source_port,
                    struct cm_address *ret_dest, uint16_t *ret_dest_port);
