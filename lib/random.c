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

/* The next key, and bytes behind it, in place of those that are left. */
static void make_ready(struct random *random)
{
    static const uint32_t nonce[3]; /* a key is used once, so zero will do */
    uint8_t made[RANDOM_SEED_SIZE + RANDOM_READY];
    for (uint32_t i = 0; i < sizeof(made) / CHACHA20_BLOCK; i++) {
        chacha20_block(random->key, i, nonce, made + i * CHACHA20_BLOCK);
    }
    memcpy(random->key, made, RANDOM_SEED_SIZE);
    memcpy(random->ready, made + RANDOM_SEED_SIZE, RANDOM_READY);
    random->left = RANDOM_READY;
    memory_wipe(made, sizeof(made));
}

void random_fill(struct random *random, void *buf, size_t len)
{
    uint8_t *to = buf;
    while (len > 0) {
        if (random->left == 0) {
            make_ready(random);
        }
        size_t taken = len < random->left ? len : random->left;
        uint8_t *from = random->ready + RANDOM_READY - random->left;
        memcpy(to, from, taken);
        memory_wipe(from, taken);
        random->left -= taken;
        to += taken;
        len -= taken;
    }
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
        make_ready(random); /* from a key that depends on all of it */
        from += taken;
        len -= taken;
        memory_wipe(chunk, sizeof(chunk));
    }
}
