/* SPDX-License-Identifier: MIT */
/* ChaCha20 (RFC 8439) and the fast-key-erasure generator on it. */
#include "lib/random.h"
#include "lib/string.h"

static uint32_t rotate_left(uint32_t value, int by)
{
    return value << by | value >> (32 - by);
}

/* RFC 8439, 2.1. With constant places the words can stay in registers. */
static inline __attribute__((always_inline)) void quarter_round(uint32_t *s, int a, int b, int c,
                                                                int d)
{
    s[a] += s[b];
    s[d] = rotate_left(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = rotate_left(s[b] ^ s[c], 12);
    s[a] += s[b];
    s[d] = rotate_left(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = rotate_left(s[b] ^ s[c], 7);
}

void chacha20_block(const uint32_t key[8], uint32_t counter, const uint32_t nonce[3],
                    uint8_t out[CHACHA20_BLOCK])
{
    uint32_t start[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    memcpy(start + 4, key, 32);
    start[12] = counter;
    memcpy(start + 13, nonce, 12);

    uint32_t state[16];
    memcpy(state, start, sizeof(state));
    for (int round = 0; round < 20; round += 2) {
        quarter_round(state, 0, 4, 8, 12);
        quarter_round(state, 1, 5, 9, 13);
        quarter_round(state, 2, 6, 10, 14);
        quarter_round(state, 3, 7, 11, 15);
        quarter_round(state, 0, 5, 10, 15);
        quarter_round(state, 1, 6, 11, 12);
        quarter_round(state, 2, 7, 8, 13);
        quarter_round(state, 3, 4, 9, 14);
    }
    for (int i = 0; i < 16; i++) {
        state[i] += start[i];
    }
    memcpy(out, state, CHACHA20_BLOCK); /* words are little-endian, as the CPU's */
    memory_wipe(state, sizeof(state));
    memory_wipe(start, sizeof(start));
}

void random_fill(struct random *random, void *buf, size_t len)
{
    static const uint32_t nonce[3]; /* a key is used for one call, so zero will do */
    uint8_t block[CHACHA20_BLOCK];
    uint32_t next_key[8];
    uint8_t *to = buf;

    chacha20_block(random->key, 0, nonce, block);
    memcpy(next_key, block, sizeof(next_key));
    size_t used = sizeof(next_key);
    for (uint32_t counter = 1; len > 0;) {
        if (used == sizeof(block)) {
            chacha20_block(random->key, counter++, nonce, block);
            used = 0;
        }
        size_t taken = len < sizeof(block) - used ? len : sizeof(block) - used;
        memcpy(to, block + used, taken);
        used += taken;
        to += taken;
        len -= taken;
    }
    memcpy(random->key, next_key, sizeof(next_key));
    memory_wipe(next_key, sizeof(next_key));
    memory_wipe(block, sizeof(block));
}

void random_reseed(struct random *random, const void *entropy, size_t len)
{
    const uint8_t *from = entropy;
    while (len > 0) {
        uint32_t chunk[8] = {0};
        size_t taken = len < sizeof(chunk) ? len : sizeof(chunk);
        memcpy(chunk, from, taken);
        for (int i = 0; i < 8; i++) {
            random->key[i] ^= chunk[i];
        }
        random_fill(random, NULL, 0); /* a new key that depends on all of it */
        from += taken;
        len -= taken;
        memory_wipe(chunk, sizeof(chunk));
    }
}
