/* SPDX-License-Identifier: MIT */
/* SOURCES: lib/random.c lib/string.c */
/* ChaCha20 with the test vectors of RFC 8439, and what the generator promises. */
#include "lib/random.h"
#include <stdbool.h>
#include <string.h>
#include <test.h>

/* The words of a key or nonce are little-endian in the RFC's listings. */
static void block(const uint8_t key[32], uint32_t counter, const uint8_t nonce[12],
                  uint8_t out[CHACHA20_BLOCK])
{
    uint32_t key_words[8];
    uint32_t nonce_words[3];
    memcpy(key_words, key, 32);
    memcpy(nonce_words, nonce, 12);
    chacha20_block(key_words, counter, nonce_words, out);
}

/* RFC 8439, section 2.3.2. */
static void chacha20_block_gives_the_block_of_rfc_8439(void **state)
{
    (void)state;
    static const uint8_t nonce[12] = {0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0};
    static const uint8_t expected[CHACHA20_BLOCK] = {
        0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15, 0x50, 0x0f, 0xdd, 0x1f, 0xa3,
        0x20, 0x71, 0xc4, 0xc7, 0xd1, 0xf4, 0xc7, 0x33, 0xc0, 0x68, 0x03, 0x04, 0x22,
        0xaa, 0x9a, 0xc3, 0xd4, 0x6c, 0x4e, 0xd2, 0x82, 0x64, 0x46, 0x07, 0x9f, 0xaa,
        0x09, 0x14, 0xc2, 0xd7, 0x05, 0xd9, 0x8b, 0x02, 0xa2, 0xb5, 0x12, 0x9c, 0xd1,
        0xde, 0x16, 0x4e, 0xb9, 0xcb, 0xd0, 0x83, 0xe8, 0xa2, 0x50, 0x3c, 0x4e,
    };
    uint8_t key[32];
    uint8_t out[CHACHA20_BLOCK];
    for (int i = 0; i < 32; i++) {
        key[i] = (uint8_t)i;
    }
    block(key, 1, nonce, out);
    assert_memory_equal(out, expected, sizeof(out));
}

/* RFC 8439, appendix A.1, vectors 1 and 2. */
static void chacha20_block_counts_blocks_as_rfc_8439(void **state)
{
    (void)state;
    static const uint8_t zero[32];
    static const uint8_t first[16] = {
        0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90,
        0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28,
    };
    static const uint8_t second[16] = {
        0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a,
        0x98, 0xba, 0x97, 0x7c, 0x73, 0x2d, 0x08, 0x0d,
    };
    uint8_t out[CHACHA20_BLOCK];
    block(zero, 0, zero, out);
    assert_memory_equal(out, first, sizeof(first));
    block(zero, 1, zero, out);
    assert_memory_equal(out, second, sizeof(second));
}

static void random_fill_writes_exactly_what_was_asked_for(void **state)
{
    (void)state;
    struct random random = {.key = {1}};
    for (size_t len = 0; len <= 300; len++) {
        uint8_t buf[310] = {0};
        bool written[310] = {false};
        for (int round = 0; round < 8; round++) { /* a byte is 0 eight times: never, in effect */
            random_fill(&random, buf + 5, len);
            for (size_t i = 0; i < sizeof(buf); i++) {
                written[i] |= buf[i] != 0;
            }
        }
        for (size_t i = 0; i < sizeof(buf); i++) {
            assert_int_equal(written[i], i >= 5 && i < 5 + len);
        }
    }
}

static void random_fill_is_the_key_stream_behind_the_next_key(void **state)
{
    (void)state;
    static const uint32_t nonce[3];
    struct random random = {.key = {7, 6, 5, 4, 3, 2, 1}};
    struct random before = random;
    uint8_t stream[3 * CHACHA20_BLOCK];
    uint8_t out[sizeof(stream) - RANDOM_SEED_SIZE];
    for (uint32_t i = 0; i < 3; i++) {
        chacha20_block(before.key, i, nonce, stream + i * CHACHA20_BLOCK);
    }
    random_fill(&random, out, sizeof(out));
    assert_memory_equal(random.key, stream, RANDOM_SEED_SIZE);
    assert_memory_equal(out, stream + RANDOM_SEED_SIZE, sizeof(out));
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static void random_fill_keeps_nothing_of_what_it_hands_out(void **state)
{
    (void)state;
    struct random random = {.key = {1}};
    uint8_t out[RANDOM_READY];
    for (size_t handed_out = 0; handed_out < RANDOM_READY; handed_out += 8) {
        random_fill(&random, out, 8);
        assert_true(is_zero(random.ready, handed_out + 8));
        assert_false(is_zero(random.ready, sizeof(random.ready)) && handed_out + 8 < RANDOM_READY);
    }
    uint32_t key[8];
    memcpy(key, random.key, sizeof(key));
    random_fill(&random, out, 1); /* all was used up */
    assert_memory_not_equal(random.key, key, sizeof(key));
}

static void random_fill_in_small_pieces_gives_the_same_bytes(void **state)
{
    (void)state;
    struct random at_once = {.key = {5}};
    struct random pieces = at_once;
    uint8_t expected[3 * RANDOM_READY];
    uint8_t out[sizeof(expected)];
    random_fill(&at_once, expected, sizeof(expected));
    for (size_t i = 0, len; i < sizeof(out); i += len) {
        len = i % 23 + 1 < sizeof(out) - i ? i % 23 + 1 : sizeof(out) - i;
        random_fill(&pieces, out + i, len);
    }
    assert_memory_equal(out, expected, sizeof(out));
}

static void random_reseed_changes_what_comes_next(void **state)
{
    (void)state;
    struct random plain = {.key = {1}};
    uint8_t entropy[RANDOM_SEED_SIZE] = {3};
    uint8_t before[16];
    uint8_t behind[16];
    random_fill(&plain, before, sizeof(before)); /* more is ready */
    struct random reseeded = plain;
    random_reseed(&reseeded, entropy, sizeof(entropy));
    random_fill(&plain, before, sizeof(before));
    random_fill(&reseeded, behind, sizeof(behind));
    assert_memory_not_equal(before, behind, sizeof(before));
}

static void random_reseed_depends_on_every_byte_of_entropy(void **state)
{
    (void)state;
    uint8_t entropy[65] = {0}; /* two keys and a byte */
    struct random plain = {.key = {0}};
    random_reseed(&plain, entropy, sizeof(entropy));
    for (size_t i = 0; i < sizeof(entropy); i++) {
        struct random other = {.key = {0}};
        entropy[i] = 1;
        random_reseed(&other, entropy, sizeof(entropy));
        entropy[i] = 0;
        assert_memory_not_equal(plain.key, other.key, sizeof(plain.key));
    }
}

static void random_reseed_keeps_what_was_there(void **state)
{
    (void)state;
    struct random a = {.key = {1}};
    struct random b = {.key = {2}};
    uint8_t entropy[RANDOM_SEED_SIZE] = {3};
    random_reseed(&a, entropy, sizeof(entropy));
    random_reseed(&b, entropy, sizeof(entropy));
    assert_memory_not_equal(a.key, b.key, sizeof(a.key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chacha20_block_gives_the_block_of_rfc_8439),
        cmocka_unit_test(chacha20_block_counts_blocks_as_rfc_8439),
        cmocka_unit_test(random_fill_writes_exactly_what_was_asked_for),
        cmocka_unit_test(random_fill_is_the_key_stream_behind_the_next_key),
        cmocka_unit_test(random_fill_keeps_nothing_of_what_it_hands_out),
        cmocka_unit_test(random_fill_in_small_pieces_gives_the_same_bytes),
        cmocka_unit_test(random_reseed_changes_what_comes_next),
        cmocka_unit_test(random_reseed_depends_on_every_byte_of_entropy),
        cmocka_unit_test(random_reseed_keeps_what_was_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
