/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libfyaml 0.7.12 does not free 4 KiB of an iterator on some refused scalars
 * (fy_atom_iter_grow_chunk), and a parser that its own error broke cannot be freed at all
 * (codec/yaml_stream.h). Fuzz targets of YAML include this.
 */
#pragma once

const char *__lsan_default_suppressions(void);
__attribute__((weak)) const char *__lsan_default_suppressions(void)
{
        return "leak:fy_\nleak:cm_yaml_stream_";
}
