#pragma once
/* The system headers first: libunistring renames int32_t and its kin for whatever is included after it. */
#include <stdint.h>
#include <stdlib.h>
#include <unicase.h>
#include <uninorm.h>

/* Full case folding and NFC in one call; the result is malloc'ed. NULL on failure. */
static inline uint8_t *bodega_casefold_nfc(const uint8_t *s, size_t n, size_t *length) {
    return u8_casefold(s, n, 0, UNINORM_NFC, 0, length);
}

/* Compatibility decomposition (NFKD); the result is malloc'ed. NULL on failure. */
static inline uint8_t *bodega_decompose(const uint8_t *s, size_t n, size_t *length) {
    return u8_normalize(UNINORM_NFKD, s, n, 0, length);
}
