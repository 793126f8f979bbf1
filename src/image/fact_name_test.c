/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of the names in image/fact.h. */
#include <stdio.h>

#include "image/fact.h"
#include "tests/harness.h"

static const struct {
        const char *path;
        uint32_t kinds; /* of a file */
        const char *word;
} cases[] = {
        { "", 0, "" },
        { "bin/bash", CM_FACT_TOOL, "shell" },
        { "usr/bin/gcc-12", CM_FACT_TOOL, "compiler" },
        { "usr/bin/gcc-12.2.0", CM_FACT_TOOL, "compiler" },
        { "usr/local/bin/kubectl", CM_FACT_TOOL, "container tool" },
        { "usr/bin/g++", CM_FACT_TOOL, "compiler" },
        { "opt/bin/bash", 0, "" },
        { "usr/bin/bashful", 0, "" },
        { "usr/bin/12", 0, "" },
        { "root/.ssh/id_rsa", CM_FACT_CREDENTIAL, "ssh private key" },
        { "id_rsa", CM_FACT_CREDENTIAL, "ssh private key" },
        { "root/.ssh/id_rsa.pub", 0, "" },
        { "home/a/.aws/credentials", CM_FACT_CREDENTIAL, "cloud credentials" },
        { "home/a/x.aws/credentials", 0, "" },
        { "app/credentials", 0, "" },
        { "app/.env", CM_FACT_CREDENTIAL, "environment file" },
        { "app/.env.example", 0, "" },
        { "app/node_modules/x/.env", 0, "" },
        { "app/k.p12", 0, "" }, /* too short for a name with that end */
        { "app/key.p12", CM_FACT_CREDENTIAL, "key store" },
        { "etc/ssh/ssh_host_ed25519_key", CM_FACT_CREDENTIAL, "ssh host key" },
        { "etc/ssh/ssh_host_ed25519_key.pub", 0, "" },
        { "app/.git/HEAD", CM_FACT_REPOSITORY, "git" },
        { ".git/HEAD", CM_FACT_REPOSITORY, "git" },
        { "app/x.git/HEAD", 0, "" },
        { "var/lib/apt/lists/x_Packages", CM_FACT_CACHE, "apt" },
        { "var/lib/apt/lists/lock", 0, "" },
        { "root/.cache/pip/http/a", CM_FACT_CACHE, "pip" },
        { ".npm/_cacache/a", CM_FACT_CACHE, "npm" },
        { "x.npm/_cacache/a", 0, "" },
        { "run/docker.sock", CM_FACT_SOCKET | CM_FACT_EXECUTABLE, "" },
        { "tmp/a", CM_FACT_EXECUTABLE, "" },
        { "tmpa", 0, "" },
        { "etc/shadow", CM_FACT_SYSTEM, "" },
        { "etc/sudoers.d/x", CM_FACT_SYSTEM, "" },
        { "etc/passwd-", 0, "" },
        { "root/.rhosts", CM_FACT_SYSTEM, "" },
};

CM_TEST(names_say_what_files_are)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_sv path = cm_sv_from_cstr(cases[i].path);
                uint32_t kinds = cm_fact_kinds_of_name(path, CM_TAR_FILE);
                if (kinds != cases[i].kinds)
                        printf("%s: %x\n", cases[i].path, kinds);
                CM_CHECK_INT(kinds, cases[i].kinds);
                CM_CHECK_INT(cm_fact_kinds_of_name(path, CM_TAR_DIR), 0);
                const char *word = cm_fact_word((enum cm_fact_kind)kinds, path);
                CM_CHECK(strcmp(word, cases[i].word) == 0);
        }
}

CM_TEST(links_are_tools_and_nothing_else)
{
        CM_CHECK_INT(cm_fact_kinds_of_name(CM_SV("bin/sh"), CM_TAR_SYMLINK), CM_FACT_TOOL);
        CM_CHECK_INT(cm_fact_kinds_of_name(CM_SV("root/.ssh/id_rsa"), CM_TAR_SYMLINK), 0);
        CM_CHECK_INT(cm_fact_kinds_of_name(CM_SV("run/docker.sock"), CM_TAR_SYMLINK),
                     CM_FACT_SOCKET);
}
