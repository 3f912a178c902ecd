#pragma once
/* What bytes of an encoding stand for, one character at a time. */
#include <iconv.h>

/* Turns an encoding into code points; NULL where this machine has no table for it. */
static inline iconv_t bodega_open_characters(const char *encoding) {
    iconv_t converter = iconv_open("UTF-32LE", encoding);
    return converter == (iconv_t)-1 ? (iconv_t)0 : converter;
}
static inline void bodega_close_characters(iconv_t converter) { iconv_close(converter); }
/* The code points of all these bytes, at most four; 0 when the encoding does not have them. */
static inline int bodega_characters(iconv_t converter, const uint8_t *bytes, size_t count, uint32_t *scalars) {
    char *in = (char *)bytes, *out = (char *)scalars;
    size_t room = 4 * sizeof *scalars;
    iconv(converter, 0, 0, 0, 0);
    if (iconv(converter, &in, &count, &out, &room) == (size_t)-1 || count) return 0;
    if (iconv(converter, 0, 0, &out, &room) == (size_t)-1) return 0;
    return (int)(4 - room / sizeof *scalars);
}
