/* SPDX-License-Identifier: MIT */
/*
 * Random bytes from a small amount of entropy: ChaCha20 with fast key erasure. It makes some at once:
 * first the next key, then bytes to hand out, each of which is wiped as it goes. So a state that leaks
 * doesn't tell what was handed out before. Locking is the owner's.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum {
    CHACHA20_BLOCK = 64,
    RANDOM_SEED_SIZE = 32,
    RANDOM_READY = 4 * CHACHA20_BLOCK - RANDOM_SEED_SIZE, /* made at once */
};

/* The block function of RFC 8439, section 2.3. */
void chacha20_block(const uint32_t key[8], uint32_t counter, const uint32_t nonce[3],
                    uint8_t out[CHACHA20_BLOCK]);

/* A zeroed generator works but is no secret: reseed it first. */
struct random {
    uint32_t key[8];
    size_t left;                 /* at the end of `ready`: not handed out yet */
    uint8_t ready[RANDOM_READY]; /* the rest of it is zero */
};

/*
 * Mixes entropy in: all that is handed out from now on depends on it. It can't make the state weaker,
 * whatever it is. 32 good bytes are enough.
 */
void random_reseed(struct random *random, const void *entropy, size_t len);

void random_fill(struct random *random, void *buf, size_t len);
