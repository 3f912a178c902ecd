#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>

/*
 * libcurl is loaded by name where something is fetched: linked, it would cost each of our processes 6 to 15 ms at its
 * start and 6 MB, and few of them fetch anything. Its functions for options are variadic, which Swift cannot call.
 */

struct bodega_curl {
    __typeof__(&curl_global_init) global_init;
    __typeof__(&curl_easy_init) easy_init;
    __typeof__(&curl_easy_cleanup) easy_cleanup;
    __typeof__(&curl_easy_setopt) easy_setopt;
    __typeof__(&curl_easy_getinfo) easy_getinfo;
    __typeof__(&curl_easy_strerror) easy_strerror;
    __typeof__(&curl_multi_init) multi_init;
    __typeof__(&curl_multi_cleanup) multi_cleanup;
    __typeof__(&curl_multi_setopt) multi_setopt;
    __typeof__(&curl_multi_add_handle) multi_add_handle;
    __typeof__(&curl_multi_remove_handle) multi_remove_handle;
    __typeof__(&curl_multi_perform) multi_perform;
    __typeof__(&curl_multi_poll) multi_poll;
    __typeof__(&curl_multi_info_read) multi_info_read;
    __typeof__(&curl_slist_append) slist_append;
    __typeof__(&curl_slist_free_all) slist_free_all;
    __typeof__(&curl_url) url;
    __typeof__(&curl_url_cleanup) url_cleanup;
    __typeof__(&curl_url_set) url_set;
    __typeof__(&curl_url_get) url_get;
    __typeof__(&curl_url_strerror) url_strerror;
    __typeof__(&curl_free) free;
};

/* NULL when the library, or one of these functions, is not there. Threads that look at the same time all fill the
 * table, with the same. */
static inline const struct bodega_curl *bodega_curl(void) {
    static struct bodega_curl table;
    static int state;
    int known = __atomic_load_n(&state, __ATOMIC_ACQUIRE);
    if (known == 0) {
        struct bodega_curl found;
        void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
        known = library ? 1 : -1;
        if (library) {
#define BODEGA_CURL_FIND(name) \
    if (!(found.name = (__typeof__(found.name))dlsym(library, "curl_" #name))) known = -1;
            BODEGA_CURL_FIND(global_init)
            BODEGA_CURL_FIND(easy_init)
            BODEGA_CURL_FIND(easy_cleanup)
            BODEGA_CURL_FIND(easy_setopt)
            BODEGA_CURL_FIND(easy_getinfo)
            BODEGA_CURL_FIND(easy_strerror)
            BODEGA_CURL_FIND(multi_init)
            BODEGA_CURL_FIND(multi_cleanup)
            BODEGA_CURL_FIND(multi_setopt)
            BODEGA_CURL_FIND(multi_add_handle)
            BODEGA_CURL_FIND(multi_remove_handle)
            BODEGA_CURL_FIND(multi_perform)
            BODEGA_CURL_FIND(multi_poll)
            BODEGA_CURL_FIND(multi_info_read)
            BODEGA_CURL_FIND(slist_append)
            BODEGA_CURL_FIND(slist_free_all)
            BODEGA_CURL_FIND(url)
            BODEGA_CURL_FIND(url_cleanup)
            BODEGA_CURL_FIND(url_set)
            BODEGA_CURL_FIND(url_get)
            BODEGA_CURL_FIND(url_strerror)
            BODEGA_CURL_FIND(free)
#undef BODEGA_CURL_FIND
            if (known == 1 && found.global_init(CURL_GLOBAL_ALL) != CURLE_OK) known = -1;
        }
        if (known == 1) table = found;
        __atomic_store_n(&state, known, __ATOMIC_RELEASE);
    }
    return known == 1 ? &table : NULL;
}

/* Whether the functions below may be called. */
static inline int bodega_curl_loads(void) { return bodega_curl() != NULL; }

static inline CURL *bodega_easy_init(void) { return bodega_curl()->easy_init(); }
static inline void bodega_easy_cleanup(CURL *easy) { bodega_curl()->easy_cleanup(easy); }
static inline const char *bodega_easy_error(CURLcode code) { return bodega_curl()->easy_strerror(code); }

static inline void bodega_easy_set(CURL *easy, CURLoption option, long value) {
    bodega_curl()->easy_setopt(easy, option, value);
}
static inline void bodega_easy_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    bodega_curl()->easy_setopt(easy, option, value);
}
static inline void bodega_easy_set_text(CURL *easy, CURLoption option, const char *value) {
    bodega_curl()->easy_setopt(easy, option, value);
}
static inline void bodega_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
    bodega_curl()->easy_setopt(easy, option, value);
}
static inline void bodega_easy_set_write(CURL *easy, CURLoption option, curl_write_callback value) {
    bodega_curl()->easy_setopt(easy, option, value);
}
static inline void bodega_easy_set_socket(CURL *easy, curl_opensocket_callback value) {
    bodega_curl()->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}

static inline long bodega_easy_status(CURL *easy) {
    long value = 0;
    bodega_curl()->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &value);
    return value;
}
/* A CURLINFO_…_TIME_T, in microseconds. */
static inline long long bodega_easy_time(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    bodega_curl()->easy_getinfo(easy, info, &value);
    return value;
}
/* The address of the peer; empty or NULL without a connection. */
static inline const char *bodega_easy_peer(CURL *easy) {
    char *value = NULL;
    bodega_curl()->easy_getinfo(easy, CURLINFO_PRIMARY_IP, &value);
    return value;
}

static inline CURLM *bodega_multi_init(void) { return bodega_curl()->multi_init(); }
static inline void bodega_multi_cleanup(CURLM *multi) { bodega_curl()->multi_cleanup(multi); }
static inline void bodega_multi_set(CURLM *multi, CURLMoption option, long value) {
    bodega_curl()->multi_setopt(multi, option, value);
}
static inline CURLMcode bodega_multi_add(CURLM *multi, CURL *easy) {
    return bodega_curl()->multi_add_handle(multi, easy);
}
static inline void bodega_multi_remove(CURLM *multi, CURL *easy) {
    bodega_curl()->multi_remove_handle(multi, easy);
}
static inline void bodega_multi_perform(CURLM *multi) {
    int running = 0;
    bodega_curl()->multi_perform(multi, &running);
}
static inline void bodega_multi_wait(CURLM *multi, int milliseconds) {
    bodega_curl()->multi_poll(multi, NULL, 0, milliseconds, NULL);
}
/* The next transfer that has ended; NULL when there is none. */
static inline CURL *bodega_multi_ended(CURLM *multi, CURLcode *code) {
    int left = 0;
    CURLMsg *message;
    while ((message = bodega_curl()->multi_info_read(multi, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *code = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}

static inline struct curl_slist *bodega_list_adding(struct curl_slist *list, const char *line) {
    return bodega_curl()->slist_append(list, line);
}
static inline void bodega_list_free(struct curl_slist *list) { bodega_curl()->slist_free_all(list); }

static inline CURLU *bodega_url(void) { return bodega_curl()->url(); }
static inline void bodega_url_cleanup(CURLU *url) { bodega_curl()->url_cleanup(url); }
static inline CURLUcode bodega_url_set(CURLU *url, CURLUPart part, const char *text, unsigned int flags) {
    return bodega_curl()->url_set(url, part, text, flags);
}
static inline CURLUcode bodega_url_get(CURLU *url, CURLUPart part, char **text, unsigned int flags) {
    return bodega_curl()->url_get(url, part, text, flags);
}
static inline const char *bodega_url_error(CURLUcode code) { return bodega_curl()->url_strerror(code); }
static inline void bodega_curl_free(void *memory) { bodega_curl()->free(memory); }
