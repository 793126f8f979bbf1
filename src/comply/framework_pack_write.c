/* SPDX-License-Identifier: Apache-2.0 */
/* Writes what framework_pack.c reads; apart from it, for the build's own tool, which has no pack yet. */
#include "codec/node_json.h"
#include "comply/framework_pack.h"

void cm_frameworks_pack_write(struct cm_buf *buf, struct cm_sv source, const struct cm_node *root)
{
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(8));
        cm_node_write_json(&text, root);
        cm_buf_put_bytes(buf, cm_sv_base_name(source));
        cm_buf_put_bytes(buf, cm_buf_sv(&text));
}
