/*
 * Writes a product file for the benchmarks: sku,name,description,price,status. The same seed gives the same bytes.
 *
 *     generate [--rows N] [--seed N] [--duplicates PERCENT] [--changed PERCENT] > products.csv
 *
 * SKUs are random and unique apart from the duplicates, which repeat an earlier SKU in the other case. Words come
 * from a vocabulary of 60,000 with frequencies after Zipf (s = 1), as those of a natural language do. --changed gives
 * that share of the rows another price, the rest being the same bytes: a file for a second import.
 */
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { vocabulary = 60000, slots = 1 << 16, longest = 16 };

static uint64_t state[2];

/* xoroshiro128+, by Blackman and Vigna. */
static inline uint64_t next_random(void) {
    uint64_t a = state[0], b = state[1], sum = a + b;
    b ^= a;
    state[0] = ((a << 24) | (a >> 40)) ^ b ^ (b << 16);
    state[1] = (b << 37) | (b >> 27);
    return sum;
}

/* splitmix64: spreads a small seed, and makes an injective mixing of row numbers. */
static inline uint64_t mix(uint64_t value) {
    value += 0x9E3779B97F4A7C15u;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

static inline uint32_t below(uint32_t limit) {
    return (uint32_t)(((next_random() >> 32) * limit) >> 32);
}

static char words[vocabulary][longest];
static uint8_t lengths[vocabulary];
/* Walker's alias table over a power of two: one draw a word. */
static uint32_t threshold[slots];
static uint16_t alias[slots];

static void make_words(void) {
    static const char *syllables[] = {"ba", "ce", "di", "fo", "gu", "ha", "ki", "lo", "mu", "na", "pe", "ri", "sa",
        "to", "vu", "wen", "xan", "yor", "zel", "bran", "clo", "dris", "fla", "gren", "plu", "stan", "tri", "mer",
        "lin", "kor", "nus", "tal"};
    for (int rank = 0; rank < vocabulary; rank++) {
        /* Bijective numeration of the rank: no word comes twice, frequent words are short. */
        int number = rank + 32;
        char *word = words[rank];
        while (number >= 0) {
            const char *syllable = syllables[number % 32];
            size_t length = strlen(syllable);
            memcpy(word + lengths[rank], syllable, length);
            lengths[rank] += (uint8_t)length;
            number = number / 32 - 1;
        }
    }
}

static void make_alias_table(void) {
    static double share[slots];
    static int small[slots], large[slots];
    double sum = 0;
    for (int i = 0; i < vocabulary; i++) sum += 1.0 / (i + 1);
    int smalls = 0, larges = 0;
    for (int i = 0; i < slots; i++) {
        share[i] = i < vocabulary ? slots / ((i + 1) * sum) : 0;
        if (share[i] < 1) small[smalls++] = i; else large[larges++] = i;
    }
    while (smalls && larges) {
        int poor = small[--smalls], rich = large[larges - 1];
        threshold[poor] = (uint32_t)(share[poor] * 4294967295.0);
        alias[poor] = (uint16_t)rich;
        share[rich] -= 1 - share[poor];
        if (share[rich] < 1) { larges--; small[smalls++] = rich; }
    }
    while (larges) { int rest = large[--larges]; threshold[rest] = UINT32_MAX; alias[rest] = (uint16_t)rest; }
    while (smalls) { int rest = small[--smalls]; threshold[rest] = UINT32_MAX; alias[rest] = (uint16_t)rest; }
}

static inline int draw_word(void) {
    uint64_t random = next_random();
    uint32_t slot = random >> 48;
    int word = (uint32_t)random <= threshold[slot] ? (int)slot : alias[slot];
    return word < vocabulary ? word : 0;
}

static char *put_words(char *at, int count, int capitals) {
    for (int i = 0; i < count; i++) {
        if (i) *at++ = ' ';
        int word = draw_word();
        memcpy(at, words[word], longest);
        if (capitals || i == 0) at[0] = (char)(at[0] - 32);
        at += lengths[word];
    }
    return at;
}

/* Ten characters: two letters, eight digits of base 32; injective below 2^40 rows. */
static char *put_sku(char *at, uint64_t seed, uint64_t number, int lower) {
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    /* A Feistel network over 2 x 20 bits: a permutation, so no two rows share a SKU. */
    uint32_t left = (uint32_t)(number >> 20) & 0xFFFFF, right = (uint32_t)number & 0xFFFFF;
    for (uint64_t round = 0; round < 4; round++) {
        uint32_t swap = left ^ (uint32_t)(mix(seed * 31 + round * 0x100000000 + right) & 0xFFFFF);
        left = right;
        right = swap;
    }
    uint64_t value = (uint64_t)left << 20 | right;
    char text[10] = {'B', 'K'};
    for (int i = 9; i >= 2; i--, value >>= 5) text[i] = digits[value & 31];
    for (int i = 0; i < 10; i++) at[i] = (char)(lower && text[i] >= 'A' ? text[i] + 32 : text[i]);
    return at + 10;
}

static double number_after(int count, char **arguments, const char *name, double fallback) {
    for (int i = 1; i + 1 < count; i += 2)
        if (!strcmp(arguments[i], name)) return atof(arguments[i + 1]);
    return fallback;
}

int main(int count, char **arguments) {
    uint64_t rows = (uint64_t)number_after(count, arguments, "--rows", 1e6);
    uint64_t seed = (uint64_t)number_after(count, arguments, "--seed", 1);
    double duplicates = number_after(count, arguments, "--duplicates", 2) / 100;
    double changed = number_after(count, arguments, "--changed", 0) / 100;
    static const char *statuses[] = {"active", "active", "active", "active", "active", "active", "active", "draft",
        "draft", "archived"};
    static char buffer[1 << 20];

    make_words();
    make_alias_table();
    fputs("sku,name,description,price,status\n", stdout);
    char *at = buffer;
    uint64_t fresh = 0;
    for (uint64_t row = 0; row < rows; row++) {
        /* Every row from its own seed: a changed price moves nothing else. */
        state[0] = mix(seed ^ mix(row));
        state[1] = mix(state[0]);
        int again = fresh > 0 && (next_random() >> 11) * 0x1p-53 < duplicates;
        uint64_t number = again ? next_random() % fresh : fresh;
        at = put_sku(at, seed, number, again);
        if (!again) fresh++;
        *at++ = ',';
        at = put_words(at, 3 + (int)below(5), 1);
        *at++ = ',';
        /* Every second description has a comma and is quoted, every twentieth holds doubled quotes. */
        int quoted = (int)below(20), many = 18 + (int)below(20);
        if (quoted < 10) *at++ = '"';
        at = put_words(at, many / 2, 0);
        if (quoted == 0) { memcpy(at, " \"\"", 3); at = put_words(at + 3, 2, 0); memcpy(at, "\"\"", 2); at += 2; }
        if (quoted < 10) *at++ = ',';
        *at++ = ' ';
        at = put_words(at, many - many / 2, 0);
        *at++ = '.';
        if (quoted < 10) *at++ = '"';
        uint32_t cents = 99 + below(below(10) ? 20000 : 300000);
        const char *status = statuses[below(10)];
        if ((mix(row ^ 0xC0FFEE) >> 11) * 0x1p-53 < changed) cents += 100;
        at += sprintf(at, ",%" PRIu32 ".%02" PRIu32 ",%s\n", cents / 100, cents % 100, status);
        if (at - buffer > (int)sizeof buffer - 4096) {
            fwrite(buffer, 1, (size_t)(at - buffer), stdout);
            at = buffer;
        }
    }
    fwrite(buffer, 1, (size_t)(at - buffer), stdout);
    return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
