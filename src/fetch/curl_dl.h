/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl, loaded by the fetch role alone: with its 36 shared objects it would cost every other
 * role its start-up time, and a TLS stack is nothing a reader of archives should have mapped.
 */
#pragma once

#include "base/err.h"

/* Called through pointers: the checking macros of curl.h would name the functions directly. */
#define CURL_DISABLE_TYPECHECK
#define CURL_DISABLE_DEPRECATION
#include <curl/curl.h>

struct cm_curl {
        bool takes_certificates; /* from memory: the GnuTLS build says yes and ignores them */
        CURLcode (*global_init)(long flags);
        CURL *(*easy_init)(void);
        void (*easy_cleanup)(CURL *handle);
        void (*easy_reset)(CURL *handle);
        CURLcode (*easy_setopt)(CURL *handle, CURLoption option, ...);
        CURLcode (*easy_perform)(CURL *handle);
        CURLcode (*easy_getinfo)(CURL *handle, CURLINFO info, ...);
        const char *(*easy_strerror)(CURLcode code);
        struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
        void (*slist_free_all)(struct curl_slist *list);
};

/*
 * Loads the library and initialises it; once per process, before the sandbox is entered.
 * Errors: CM_E_ENV: not installed, with the package to install.
 */
CM_MUST_CHECK int cm_curl_load(struct cm_curl *ret, struct cm_err *err);
