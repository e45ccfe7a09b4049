/* SPDX-License-Identifier: MIT */
/* A pool for each of some sizes: most names are short. */
#include "userland/bin/files/text.h"
#include "lib/string.h"
#include "userland/bin/files/pool.h"
#include <proto/files.h>

enum { SIZES = 4, TEXTS_MAX = 1 << 18 };

static const size_t sizes[SIZES] = {16, 48, files_name_max + 1, files_path_max + 8};
static struct pool pools[SIZES];

j6_status_t text_init(void)
{
    j6_status_t status = j6_status_ok;
    for (size_t i = 0; i < SIZES && status == j6_status_ok; i++) {
        status = pool_init(&pools[i], sizes[i], TEXTS_MAX);
    }
    return status;
}

static struct pool *pool_for(size_t len)
{
    size_t i = 0;
    while (sizes[i] <= len) {
        i++;
    }
    return &pools[i];
}

j6_status_t text_new(const char *bytes, size_t len, char **out_text)
{
    void *text;
    j6_status_t status = pool_take(pool_for(len), &text);
    if (status != j6_status_ok) {
        return status;
    }
    memcpy(text, bytes, len); /* behind it is a 0 */
    *out_text = text;
    return j6_status_ok;
}

void text_free(char *text, size_t len)
{
    pool_give_back(pool_for(len), text);
}
