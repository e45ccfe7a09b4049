/* SPDX-License-Identifier: MIT */
/* Files of programs: a bare name is one of bin, and what isn't an ELF file is a script. */
#include "userland/shell/files.h"
#include "userland/shell/start.h"
#include <string.h>

static j6_status_t map(struct shell *shell, const char *path, j6_handle_t *out_area)
{
    struct files_map_answer answer;
    return shell->directory != j6_handle_none
               ? files_map(shell->directory, path, files_map_exec, &answer, out_area)
               : j6_err_not_found;
}

static j6_status_t find(struct shell *shell, const char *name, struct program *program)
{
    program->of_bin = strchr(name, '/') == NULL;
    struct text path = {NULL, 0, 0};
    text_format(&path, program->of_bin ? "/bin/%s" : "%s", name);
    program->path = arena_copy(&shell->arena, path.bytes, path.len);
    text_free(&path);
    j6_status_t status = map(shell, program->path, &program->area);
    if (status == j6_status_closed && files_again(shell)) {
        status = map(shell, program->path, &program->area);
    }
    if (status != j6_status_ok) {
        return status;
    }
    char head[4] = {0};
    uint64_t len = sizeof(head);
    status = j6_vma_read(program->area, 0, head, &len);
    program->is_script = memcmp(head, "\177ELF", sizeof(head)) != 0;
    if (status != j6_status_ok) {
        j6_handle_close(program->area);
    }
    return status;
}

static int find_failed(struct shell *shell, const char *name, j6_status_t status)
{
    if (status == j6_err_not_found && strchr(name, '/') == NULL) {
        complain(shell, "%s: there is no such command (try `help`)\n", name);
        return status_not_found;
    }
    complain(shell, "%s: %s\n", name,
             status == j6_err_denied ? "that isn't a program" : file_status_text(status));
    return status == j6_err_not_found ? status_not_found : status_not_run;
}

int program_find(struct shell *shell, const char *name, struct program *out_program)
{
    *out_program = (struct program){.area = j6_handle_none};
    j6_status_t status = find(shell, name, out_program);
    return status == j6_status_ok ? status_ok : find_failed(shell, name, status);
}
