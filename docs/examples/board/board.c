/* SPDX-License-Identifier: MIT */
/*
 * board: shows the text of the board. board TEXT…: replaces it. board -f: shows each new one,
 * until somebody ends it. It has the C library for what it prints, and libj6 for what it asks.
 */
#include "board.h"
#include <stdio.h>
#include <string.h>

static int fail(const char *what, j6_status_t status)
{
    fprintf(stderr, "board: %s: %s\n", what, j6_status_text(status));
    return 1;
}

static int write_words(struct j6_service *board, char **words)
{
    char text[board_text_max + 1] = "";
    size_t len = 0;
    for (; *words != NULL && len < sizeof(text); words++) {
        len +=
            (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", len != 0 ? " " : "", *words);
    }
    j6_status_t status = board_write(board, text, len);
    return status == j6_status_ok ? 0 : fail("write", status);
}

static j6_status_t show(struct j6_service *board, struct board_version *version)
{
    char text[board_text_max];
    size_t len;
    struct board_version shown = *version;
    j6_status_t status = board_read(board, version, text, &len);
    if (status == j6_status_ok && version->version != shown.version) {
        printf("the board says: %.*s\n", (int)len, text);
        fflush(stdout);
    }
    return status;
}

static int follow(struct j6_service *board)
{
    struct board_version version = {0};
    for (;;) {
        j6_status_t status = show(board, &version);
        if (status == j6_status_ok) {
            status = board_wait(board, version);
        }
        if (status != j6_status_ok) {
            return fail("follow", status);
        }
    }
}

int main(int argc, char **argv)
{
    struct j6_service board = {.names = j6_find("names"), .name = "board"};
    if (board.names == j6_handle_none) {
        fprintf(stderr, "board: there is no name service; try: with names board\n");
        return 2;
    }
    if (argc > 1 && strcmp(argv[1], "-f") == 0) {
        return follow(&board);
    }
    if (argc > 1) {
        return write_words(&board, argv + 1);
    }
    struct board_version version = {0};
    j6_status_t status = show(&board, &version);
    return status == j6_status_ok ? 0 : fail("read", status);
}
