/* SPDX-License-Identifier: Apache-2.0 */
/* The pack of checks as constant data of the program; see check/library.c. */
__asm__(".pushsection .rodata\n"
        ".global cm_checks_pack_begin\n"
        ".global cm_checks_pack_end\n"
        "cm_checks_pack_begin:\n"
        ".incbin \"" CHECKS_PACK "\"\n"
        "cm_checks_pack_end:\n"
        ".byte 0\n"
        ".popsection\n");
