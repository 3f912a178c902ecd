#pragma once
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

/*
 * libvips is loaded by name in the process that reads pictures, and nowhere else: with all that it brings it costs
 * 60 ms and 30 MB at the start. What is called of it is declared here, as in the headers of 8.14, because those bring GLib's.
 * Its functions for options are variadic, which Swift cannot call.
 */

typedef struct bodega_vips_image bodega_vips_image;
typedef struct bodega_vips_source bodega_vips_source;

enum { BODEGA_VIPS_SIZE_DOWN = 2, BODEGA_VIPS_SIZE_FORCE = 3, BODEGA_VIPS_FAIL_ON_TRUNCATED = 1 };
/* VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_B_W, VIPS_INTERPRETATION_sRGB */
enum { BODEGA_VIPS_UCHAR = 0, BODEGA_VIPS_GREY = 1, BODEGA_VIPS_SRGB = 22 };

struct bodega_vips {
    int (*init)(const char *);
    void (*concurrency_set)(int);
    void (*cache_set_max)(int);
    void (*block_untrusted_set)(int);
    void (*operation_block_set)(const char *, int);
    const char *(*error_buffer)(void);
    void (*error_clear)(void);
    bodega_vips_source *(*source_new_from_memory)(const void *, size_t);
    bodega_vips_image *(*image_new_from_source)(bodega_vips_source *, const char *, ...);
    int (*image_get_width)(bodega_vips_image *);
    int (*image_get_height)(bodega_vips_image *);
    int (*image_get_page_height)(bodega_vips_image *);
    int (*image_get_orientation_swap)(bodega_vips_image *);
    int (*image_hasalpha)(bodega_vips_image *);
    unsigned long (*image_get_typeof)(bodega_vips_image *, const char *);
    bodega_vips_image *(*image_copy_memory)(bodega_vips_image *);
    void *(*image_write_to_memory)(bodega_vips_image *, size_t *);
    int (*thumbnail_source)(bodega_vips_source *, bodega_vips_image **, int, ...);
    int (*thumbnail_image)(bodega_vips_image *, bodega_vips_image **, int, ...);
    int (*flatten)(bodega_vips_image *, bodega_vips_image **, ...);
    int (*colourspace)(bodega_vips_image *, bodega_vips_image **, int, ...);
    int (*icc_transform)(bodega_vips_image *, bodega_vips_image **, const char *, ...);
    int (*cast)(bodega_vips_image *, bodega_vips_image **, int, ...);
    int (*webpsave_buffer)(bodega_vips_image *, void **, size_t *, ...);
    void (*object_unref)(void *);
    void (*free)(void *);
    unsigned (*log_set_handler)(const char *, int, void (*)(const char *, int, const char *, void *), void *);
};

/* NULL when the library, or one of these functions, is not there. Called by one thread only. */
static inline const struct bodega_vips *bodega_vips(void) {
    static struct bodega_vips table;
    static int state;
    if (state == 0) {
        void *library = dlopen("libvips.so.42", RTLD_NOW | RTLD_LOCAL);
        state = library ? 1 : -1;
        if (library) {
#define BODEGA_VIPS_FIND(member, name) \
    if (!(table.member = (__typeof__(table.member))dlsym(library, name))) state = -1;
            BODEGA_VIPS_FIND(init, "vips_init")
            BODEGA_VIPS_FIND(concurrency_set, "vips_concurrency_set")
            BODEGA_VIPS_FIND(cache_set_max, "vips_cache_set_max")
            BODEGA_VIPS_FIND(block_untrusted_set, "vips_block_untrusted_set")
            BODEGA_VIPS_FIND(operation_block_set, "vips_operation_block_set")
            BODEGA_VIPS_FIND(error_buffer, "vips_error_buffer")
            BODEGA_VIPS_FIND(error_clear, "vips_error_clear")
            BODEGA_VIPS_FIND(source_new_from_memory, "vips_source_new_from_memory")
            BODEGA_VIPS_FIND(image_new_from_source, "vips_image_new_from_source")
            BODEGA_VIPS_FIND(image_get_width, "vips_image_get_width")
            BODEGA_VIPS_FIND(image_get_height, "vips_image_get_height")
            BODEGA_VIPS_FIND(image_get_page_height, "vips_image_get_page_height")
            BODEGA_VIPS_FIND(image_get_orientation_swap, "vips_image_get_orientation_swap")
            BODEGA_VIPS_FIND(image_hasalpha, "vips_image_hasalpha")
            BODEGA_VIPS_FIND(image_get_typeof, "vips_image_get_typeof")
            BODEGA_VIPS_FIND(image_copy_memory, "vips_image_copy_memory")
            BODEGA_VIPS_FIND(image_write_to_memory, "vips_image_write_to_memory")
            BODEGA_VIPS_FIND(thumbnail_source, "vips_thumbnail_source")
            BODEGA_VIPS_FIND(thumbnail_image, "vips_thumbnail_image")
            BODEGA_VIPS_FIND(flatten, "vips_flatten")
            BODEGA_VIPS_FIND(colourspace, "vips_colourspace")
            BODEGA_VIPS_FIND(icc_transform, "vips_icc_transform")
            BODEGA_VIPS_FIND(cast, "vips_cast")
            BODEGA_VIPS_FIND(webpsave_buffer, "vips_webpsave_buffer")
            BODEGA_VIPS_FIND(object_unref, "g_object_unref")
            BODEGA_VIPS_FIND(free, "g_free")
            BODEGA_VIPS_FIND(log_set_handler, "g_log_set_handler")
#undef BODEGA_VIPS_FIND
        }
    }
    return state == 1 ? &table : NULL;
}

/* Whether the functions below may be called. */
static inline int bodega_vips_loads(void) { return bodega_vips() != NULL; }

/* Set when a warning has told that a part of the picture could not be read: where it shrinks while it reads, 8.14 puts
 * black there and says so in a warning, whatever `fail_on` asks for. */
static inline int *bodega_vips_gaps(void) {
    static int gaps;
    return &gaps;
}

static inline void bodega_vips_hear(const char *domain, int level, const char *message, void *nothing) {
    static const char *const told[] = {"error in tile", "not enough data", "remature end", "nexpected end", NULL};
    for (int i = 0; told[i]; i++)
        if (message && strstr(message, told[i])) *bodega_vips_gaps() = 1;
    (void)domain, (void)level, (void)nothing;
}

/* One thread, no cache; loads only what `allowed` names (class names, ended by NULL). 0 on success. */
static inline int bodega_vips_begin(const char *const *allowed) {
    const struct bodega_vips *vips = bodega_vips();
    /* G_LOG_LEVEL_WARNING and all below it: nobody reads them, and a damaged picture makes thousands. */
    vips->log_set_handler("VIPS", 0xF0, bodega_vips_hear, NULL);
    if (vips->init("bodega")) return -1;
    vips->concurrency_set(1);
    vips->cache_set_max(0);
    vips->block_untrusted_set(1);
    vips->operation_block_set("VipsForeignLoad", 1);
    for (; *allowed; allowed++) vips->operation_block_set(*allowed, 0);
    return 0;
}

static inline const char *bodega_vips_error(void) { return bodega_vips()->error_buffer(); }
static inline void bodega_vips_forget_error(void) {
    bodega_vips()->error_clear();
    *bodega_vips_gaps() = 0;
}
/* Whether a part of a picture that was read since then is missing. */
static inline int bodega_vips_has_gaps(void) { return *bodega_vips_gaps(); }

/* Reads from the bytes as long as it lives: they must stay where they are. */
static inline bodega_vips_source *bodega_vips_source_of(const void *bytes, size_t count) {
    return bodega_vips()->source_new_from_memory(bytes, count);
}
static inline void bodega_vips_unref(void *object) { bodega_vips()->object_unref(object); }
static inline void bodega_vips_free(void *memory) { bodega_vips()->free(memory); }

/* The head only: no pixel is decoded. */
static inline bodega_vips_image *bodega_vips_open(bodega_vips_source *source) {
    return bodega_vips()->image_new_from_source(source, "", "fail_on", BODEGA_VIPS_FAIL_ON_TRUNCATED, (char *)NULL);
}
static inline int bodega_vips_width(bodega_vips_image *image) { return bodega_vips()->image_get_width(image); }
static inline int bodega_vips_height(bodega_vips_image *image) { return bodega_vips()->image_get_height(image); }
static inline int bodega_vips_page_height(bodega_vips_image *image) {
    return bodega_vips()->image_get_page_height(image);
}
static inline int bodega_vips_swaps(bodega_vips_image *image) {
    return bodega_vips()->image_get_orientation_swap(image);
}
static inline int bodega_vips_has_alpha(bodega_vips_image *image) { return bodega_vips()->image_hasalpha(image); }

/* The picture upright, in sRGB, with no side longer than `side`; decoded no larger than that needs. NULL on failure.
 * By its profile where it has one: asked for sRGB, the thumbnail would send what has none through one as well. */
static inline bodega_vips_image *bodega_vips_shrink(bodega_vips_source *source, int side) {
    const struct bodega_vips *vips = bodega_vips();
    bodega_vips_image *steps[3] = {NULL, NULL, NULL};
    bodega_vips_image *image = NULL;
    if (!vips->thumbnail_source(
            source, &steps[0], side, "size", BODEGA_VIPS_SIZE_DOWN, "fail_on", BODEGA_VIPS_FAIL_ON_TRUNCATED,
            (char *)NULL
        )) {
        bodega_vips_image *shown = steps[0];
        /* A profile that is of no use is as good as none. */
        if (vips->image_get_typeof(shown, "icc-profile-data")
            && !vips->icc_transform(shown, &steps[1], "srgb", "embedded", 1, (char *)NULL))
            shown = steps[1];
        if (!vips->colourspace(shown, &steps[2], BODEGA_VIPS_SRGB, (char *)NULL))
            image = vips->image_copy_memory(steps[2]);
    }
    for (int i = 0; i < 3; i++)
        if (steps[i]) vips->object_unref(steps[i]);
    return image;
}

/* The same of a picture in memory. NULL on failure. */
static inline bodega_vips_image *bodega_vips_shrink_again(bodega_vips_image *image, int side) {
    bodega_vips_image *lazy = NULL;
    if (bodega_vips()->thumbnail_image(image, &lazy, side, "size", BODEGA_VIPS_SIZE_DOWN, (char *)NULL)) return NULL;
    bodega_vips_image *shrunk = bodega_vips()->image_copy_memory(lazy);
    bodega_vips()->object_unref(lazy);
    return shrunk;
}

/* WebP without any metadata; to be freed with bodega_vips_free. NULL on failure. */
static inline void *bodega_vips_webp(bodega_vips_image *image, int quality, size_t *count) {
    void *bytes = NULL;
    if (bodega_vips()->webpsave_buffer(image, &bytes, count, "Q", quality, "strip", 1, (char *)NULL)) return NULL;
    return bytes;
}

/* The picture squeezed into a square of grey, a byte a pixel; to be freed with bodega_vips_free. NULL on failure. */
static inline void *bodega_vips_grey(bodega_vips_image *image, int side, size_t *count) {
    const struct bodega_vips *vips = bodega_vips();
    bodega_vips_image *steps[4] = {NULL, NULL, NULL, NULL};
    void *bytes = NULL;
    int failed;
    if (vips->image_hasalpha(image)) {
        failed = vips->flatten(image, &steps[0], (char *)NULL);
    } else {
        failed = vips->cast(image, &steps[0], BODEGA_VIPS_UCHAR, (char *)NULL);
    }
    failed = failed || vips->colourspace(steps[0], &steps[1], BODEGA_VIPS_GREY, (char *)NULL)
        || vips->thumbnail_image(
            steps[1], &steps[2], side, "size", BODEGA_VIPS_SIZE_FORCE, "height", side, (char *)NULL
        )
        || vips->cast(steps[2], &steps[3], BODEGA_VIPS_UCHAR, (char *)NULL);
    if (!failed) bytes = vips->image_write_to_memory(steps[3], count);
    for (int i = 0; i < 4; i++)
        if (steps[i]) vips->object_unref(steps[i]);
    return bytes;
}
