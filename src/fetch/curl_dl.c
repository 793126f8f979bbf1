/* SPDX-License-Identifier: Apache-2.0 */
/* dlopen of curl_dl.h. The handle stays open for the life of the process. */
#include "fetch/curl_dl.h"

#include <dlfcn.h>
#include <string.h>

/* Both builds of Debian have the same symbols; the OpenSSL one is what the tests run with. */
static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4" };

/* A function pointer cannot be cast from void * under -Wpedantic; POSIX says they are alike. */
static bool find(void *library, const char *name, void *function_pointer)
{
        void *symbol = dlsym(library, name);
        if (symbol == NULL)
                return false;
        memcpy(function_pointer, &symbol, sizeof(symbol));
        return true;
}

int cm_curl_load(struct cm_curl *ret, struct cm_err *err)
{
        void *library = NULL;
        for (size_t i = 0; i < CM_ARRAY_LEN(names) && library == NULL; i++)
                library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library == NULL)
                return CM_RAISE(err, CM_E_ENV,
                                "engines and registries need libcurl, which is not installed: "
                                "apt-get install libcurl4");
        struct cm_curl curl;
        char *(*version)(void) = NULL;
        bool ok = find(library, "curl_version", &version) &&
                  find(library, "curl_global_init", &curl.global_init) &&
                  find(library, "curl_easy_init", &curl.easy_init) &&
                  find(library, "curl_easy_cleanup", &curl.easy_cleanup) &&
                  find(library, "curl_easy_reset", &curl.easy_reset) &&
                  find(library, "curl_easy_setopt", &curl.easy_setopt) &&
                  find(library, "curl_easy_perform", &curl.easy_perform) &&
                  find(library, "curl_easy_getinfo", &curl.easy_getinfo) &&
                  find(library, "curl_easy_strerror", &curl.easy_strerror) &&
                  find(library, "curl_slist_append", &curl.slist_append) &&
                  find(library, "curl_slist_free_all", &curl.slist_free_all);
        if (!ok)
                return CM_RAISE(err, CM_E_ENV, "the installed libcurl lacks a function");
        if (curl.global_init(CURL_GLOBAL_ALL) != CURLE_OK)
                return CM_RAISE(err, CM_E_ENV, "could not initialise libcurl");
        curl.takes_certificates = strstr(version(), "GnuTLS") == NULL;
        *ret = curl;
        return 0;
}
