/* SPDX-License-Identifier: MIT */
/*
 * Random bytes from a small amount of entropy: ChaCha20 with fast key erasure. Every call replaces
 * the key by output that nobody sees, so a state that leaks doesn't tell what was handed out
 * before. Locking is the owner's.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { CHACHA20_BLOCK = 64, RANDOM_SEED_SIZE = 32 };

/* The block function of RFC 8439, section 2.3. */
void chacha20_block(const uint32_t key[8], uint32_t counter, const uint32_t nonce[3],
                    uint8_t out[CHACHA20_BLOCK]);

/* A zeroed generator works but is no secret: reseed it first. */
struct random {
    uint32_t key[8];
};

/* Mixes entropy in; it can't make the state weaker, whatever it is. 32 good bytes are enough. */
void random_reseed(struct random *random, const void *entropy, size_t len);

void random_fill(struct random *random, void *buf, size_t len);
