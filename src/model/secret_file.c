/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of files that hold credentials, see secret_file.h. This is asked for every entry of every
 * layer, so that the first test is one that hardly any path passes.
 */
#include "model/secret_file.h"

#include <pthread.h>
#include <string.h>

struct name_row {
        const char *name;
        const char *word;
};

/* Ends of paths; what has no '/' is a whole base name. */
static const struct name_row credentials[] = {
        { "id_rsa", "ssh private key" },
        { "id_dsa", "ssh private key" },
        { "id_ecdsa", "ssh private key" },
        { "id_ecdsa_sk", "ssh private key" },
        { "id_ed25519", "ssh private key" },
        { "id_ed25519_sk", "ssh private key" },
        { ".env", "environment file" },
        { ".env.local", "environment file" },
        { ".env.prod", "environment file" },
        { ".env.production", "environment file" },
        { ".env.staging", "environment file" },
        { ".netrc", "passwords of servers" },
        { "_netrc", "passwords of servers" },
        { ".pgpass", "database password" },
        { ".my.cnf", "database password" },
        { ".mylogin.cnf", "database password" },
        { ".git-credentials", "git credentials" },
        { ".htpasswd", "password file" },
        { ".pypirc", "package registry credentials" },
        { ".vault-token", "vault token" },
        { ".dockercfg", "registry credentials" },
        { ".s3cfg", "cloud credentials" },
        { ".boto", "cloud credentials" },
        { "terraform.tfstate", "terraform state" },
        { "application_default_credentials.json", "cloud credentials" },
        { ".bash_history", "shell history" },
        { ".ash_history", "shell history" },
        { ".zsh_history", "shell history" },
        { ".psql_history", "shell history" },
        { ".mysql_history", "shell history" },
        { ".python_history", "shell history" },
        { ".node_repl_history", "shell history" },
        { ".aws/credentials", "cloud credentials" },
        { ".azure/accessTokens.json", "cloud credentials" },
        { ".azure/msal_token_cache.json", "cloud credentials" },
        { ".config/gcloud/credentials.db", "cloud credentials" },
        { ".config/gh/hosts.yml", "git credentials" },
        { ".cargo/credentials", "package registry credentials" },
        { ".cargo/credentials.toml", "package registry credentials" },
        { ".composer/auth.json", "package registry credentials" },
        { ".gem/credentials", "package registry credentials" },
        { ".docker/config.json", "registry credentials" },
        { "containers/auth.json", "registry credentials" },
        { ".kube/config", "cluster credentials" },
        { "etc/kubernetes/admin.conf", "cluster credentials" },
        { ".terraform.d/credentials.tfrc.json", "terraform credentials" },
        { ".ssh/identity", "ssh private key" },
};

/* Ends of base names. */
static const struct name_row credential_ends[] = {
        { ".p12", "key store" },      { ".pfx", "key store" },      { ".jks", "key store" },
        { ".keystore", "key store" }, { ".kdbx", "password safe" }, { ".ppk", "ssh private key" },
        { ".ovpn", "vpn profile" },
};

/* Examples and test data of libraries: the names are right, the keys are nobody's. */
static const char *const examples[] = { "/node_modules/", "/site-packages/", "/dist-packages/",
                                        "/testdata/",     "/test/fixtures/", "/doc/",
                                        "/examples/" };

static const struct name_row repositories[] = {
        { ".git/HEAD", "git" },
        { ".svn/wc.db", "svn" },
        { ".hg/requires", "mercurial" },
};

/* Which bytes the tables know at a place: most paths are told apart by one look each. */
static struct {
        bool base_first[256]; /* credentials and repositories */
        bool base_last[256];  /* credential_ends */
} known;
static pthread_once_t known_once = PTHREAD_ONCE_INIT;

static void know_base(const char *name)
{
        known.base_first[(unsigned char)cm_sv_base_name(cm_sv_from_cstr(name)).ptr[0]] = true;
}

static void fill_known(void)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(credentials); i++)
                know_base(credentials[i].name);
        for (size_t i = 0; i < CM_ARRAY_LEN(repositories); i++)
                know_base(repositories[i].name);
        know_base("etc/ssh/ssh_host_");
        for (size_t i = 0; i < CM_ARRAY_LEN(credential_ends); i++) {
                const char *end = credential_ends[i].name;
                known.base_last[(unsigned char)end[strlen(end) - 1]] = true;
        }
}

/* "a/.kube/config" ends in ".kube/config" as a path. */
static bool ends_in(struct cm_sv path, struct cm_sv end)
{
        return cm_sv_has_suffix(path, end) &&
               (path.len == end.len || path.ptr[path.len - end.len - 1] == '/');
}

static bool is_example(struct cm_sv path)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(examples); i++)
                if (cm_sv_find(path, cm_sv_from_cstr(examples[i])) >= 0)
                        return true;
        return false;
}

static const char *find_credential(struct cm_sv path)
{
        struct cm_sv base = cm_sv_base_name(path);
        bool may_begin = base.len > 0 && known.base_first[(unsigned char)base.ptr[0]];
        bool may_end = base.len > 5 && known.base_last[(unsigned char)base.ptr[base.len - 1]];
        for (size_t i = 0; i < CM_ARRAY_LEN(credentials) && may_begin; i++)
                if (ends_in(path, cm_sv_from_cstr(credentials[i].name)))
                        return credentials[i].word;
        for (size_t i = 0; i < CM_ARRAY_LEN(credential_ends) && may_end; i++)
                if (cm_sv_has_suffix(base, cm_sv_from_cstr(credential_ends[i].name)))
                        return credential_ends[i].word;
        if (may_begin && cm_sv_has_prefix(path, CM_SV("etc/ssh/ssh_host_")) &&
            cm_sv_has_suffix(path, CM_SV("_key")))
                return "ssh host key";
        if (cm_sv_has_prefix(path, CM_SV("etc/ssl/private/")))
                return "private key";
        return "";
}

const char *cm_credential_file(struct cm_sv path)
{
        pthread_once(&known_once, fill_known);
        const char *word = find_credential(path);
        return *word != '\0' && is_example(path) ? "" : word;
}

const char *cm_repository_file(struct cm_sv path)
{
        pthread_once(&known_once, fill_known);
        struct cm_sv base = cm_sv_base_name(path);
        bool may_begin = base.len > 0 && known.base_first[(unsigned char)base.ptr[0]];
        for (size_t i = 0; i < CM_ARRAY_LEN(repositories) && may_begin; i++)
                if (ends_in(path, cm_sv_from_cstr(repositories[i].name)))
                        return repositories[i].word;
        return "";
}
