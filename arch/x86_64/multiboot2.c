/* SPDX-License-Identifier: MIT */
/*
 * The boot information, tag by tag (specification 2.0, section 3.6). The bytes come from outside:
 * nothing is read before its tag is known to hold it, and no address in them is followed.
 */
#include "arch/x86_64/multiboot2.h"

#include "arch/x86_64/multiboot2_tags.h"
#include "kernel/base/log.h"
#include "lib/string.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Copies a text of `len` bytes, cut to what `cap` holds. */
static void copy_text(char *to, size_t cap, const char *from, size_t len, const char *what)
{
    if (len >= cap) {
        log_warning("multiboot2: %s of %zu bytes is cut to %zu", what, len, cap - 1);
    }
    size_t kept = smaller(len, cap - 1);
    memcpy(to, from, kept);
    to[kept] = '\0';
}

/* Copies the string that begins at `from` and should end within its tag. */
static void copy_string(char *to, size_t cap, const struct multiboot2_tag *tag, const char *from,
                        const char *what)
{
    size_t space = tag->size - (size_t)(from - (const char *)tag);
    size_t len = strnlen(from, space);
    if (len == space) {
        log_warning("multiboot2: %s doesn't end within its tag", what);
    }
    copy_text(to, cap, from, len, what);
}

/* The next word of a line: *line moves to its start, its length is returned, 0 at the end. */
static size_t next_word(const char **line)
{
    while (**line == ' ') {
        ++*line;
    }
    size_t len = 0;
    while ((*line)[len] != '\0' && (*line)[len] != ' ') {
        len++;
    }
    return len;
}

static void read_command_line(const struct multiboot2_tag *tag, struct boot_info *out)
{
    const struct multiboot2_string *string = (const void *)tag;
    copy_string(out->command_line, sizeof(out->command_line), tag, string->text, "command line");
    char *option = out->options;
    const char *word = out->command_line;
    for (size_t len = next_word(&word); len != 0; len = next_word(&word)) {
        memcpy(option, word, len);
        option[len] = '\0';
        option += len + 1;
        word += len;
    }
    *option = '\0';
}

static void read_loader(const struct multiboot2_tag *tag, struct boot_info *out)
{
    const struct multiboot2_string *string = (const void *)tag;
    copy_string(out->loader, sizeof(out->loader), tag, string->text, "boot loader name");
}

static void read_module(const struct multiboot2_tag *tag, struct boot_info *out)
{
    const struct multiboot2_module *from = (const void *)tag;
    if (from->end < from->start) {
        log_warning("multiboot2: a module ends at 0x%x, before its start 0x%x", from->end,
                    from->start);
        return;
    }
    if (out->module_count == BOOT_MODULES_MAX) {
        log_warning("multiboot2: a module beyond the %u that fit is left out", BOOT_MODULES_MAX);
        return;
    }
    struct boot_module *module = &out->modules[out->module_count++];
    module->start = from->start;
    module->end = from->end;
    char *line = module->command_line;
    copy_string(line, sizeof(module->command_line), tag, from->text, "module command line");
    const char *word = line;
    size_t len = next_word(&word);
    copy_text(module->name, sizeof(module->name), word, len, "module name");
}

static bool colour_fits(const struct boot_colour *colour, uint32_t bits_per_pixel)
{
    return colour->size > 0 && colour->position + colour->size <= bits_per_pixel;
}

static bool framebuffer_valid(const struct boot_framebuffer *screen)
{
    uint64_t line_bits = (uint64_t)screen->width * screen->bits_per_pixel;
    uint64_t size = (uint64_t)screen->pitch * screen->height;
    if (size == 0 || line_bits == 0 || line_bits > (uint64_t)screen->pitch * 8 ||
        screen->address >= BOOT_PADDR_LIMIT || size > BOOT_PADDR_LIMIT - screen->address) {
        return false;
    }
    uint32_t bits = screen->bits_per_pixel;
    if (screen->kind == BOOT_FRAMEBUFFER_TEXT) {
        return bits == 16;
    }
    return (bits == 15 || bits == 16 || bits == 24 || bits == 32) &&
           colour_fits(&screen->red, bits) && colour_fits(&screen->green, bits) &&
           colour_fits(&screen->blue, bits);
}

static void read_framebuffer(const struct multiboot2_tag *tag, struct boot_info *out)
{
    const struct multiboot2_framebuffer *from = (const void *)tag;
    struct boot_framebuffer screen = {
        .address = from->address,
        .width = from->width,
        .height = from->height,
        .pitch = from->pitch,
        .bits_per_pixel = from->bits_per_pixel,
    };
    if (from->type == MULTIBOOT2_FRAMEBUFFER_INDEXED) {
        log_info("screen  %ux%u with a palette is left unused", from->width, from->height);
        return;
    }
    if (from->type == MULTIBOOT2_FRAMEBUFFER_TEXT) {
        screen.kind = BOOT_FRAMEBUFFER_TEXT;
    } else if (from->type == MULTIBOOT2_FRAMEBUFFER_RGB &&
               tag->size >= sizeof(*from) + 3 * sizeof(from->colours[0])) {
        screen.kind = BOOT_FRAMEBUFFER_RGB;
        screen.red = from->colours[0];
        screen.green = from->colours[1];
        screen.blue = from->colours[2];
    }
    if (screen.kind == BOOT_FRAMEBUFFER_NONE || !framebuffer_valid(&screen)) {
        log_warning("multiboot2: framebuffer of type %u, %ux%u, %u bits, pitch %u isn't usable",
                    from->type, from->width, from->height, from->bits_per_pixel, from->pitch);
        return;
    }
    out->framebuffer = screen;
}

/* Of the tags with an old and a new RSDP the longer, newer one is kept. */
static void read_rsdp(const struct multiboot2_tag *tag, struct boot_info *out)
{
    const struct multiboot2_rsdp *from = (const void *)tag;
    uint32_t len = (uint32_t)smaller(tag->size - sizeof(*from), sizeof(out->rsdp));
    if (len > out->rsdp_len) {
        memcpy(out->rsdp, from->bytes, len);
        out->rsdp_len = len;
    }
}

static void read_memory_map(const struct multiboot2_tag *tag, struct boot_info *out)
{
    multiboot2_read_memory_map((const void *)tag, out);
}

static const struct tag_reader {
    uint32_t min_size;
    bool may_repeat;
    void (*read)(const struct multiboot2_tag *tag, struct boot_info *out);
} readers[] = {
    [MULTIBOOT2_TAG_COMMAND_LINE] = {sizeof(struct multiboot2_string), false, read_command_line},
    [MULTIBOOT2_TAG_LOADER] = {sizeof(struct multiboot2_string), false, read_loader},
    [MULTIBOOT2_TAG_MODULE] = {sizeof(struct multiboot2_module), true, read_module},
    [MULTIBOOT2_TAG_MEMORY_MAP] = {sizeof(struct multiboot2_memory_map), false, read_memory_map},
    [MULTIBOOT2_TAG_FRAMEBUFFER] = {sizeof(struct multiboot2_framebuffer), false, read_framebuffer},
    [MULTIBOOT2_TAG_RSDP_OLD] = {sizeof(struct multiboot2_rsdp), false, read_rsdp},
    [MULTIBOOT2_TAG_RSDP_NEW] = {sizeof(struct multiboot2_rsdp), false, read_rsdp},
};

/* `seen` has a bit for each type that came already. */
static void read_tag(const struct multiboot2_tag *tag, uint32_t *seen, struct boot_info *out)
{
    uint32_t type = tag->type;
    if (type >= sizeof(readers) / sizeof(readers[0]) || readers[type].read == NULL) {
        return;
    }
    const struct tag_reader *reader = &readers[type];
    bool repeated = *seen & 1u << type;
    *seen |= 1u << type;
    if (tag->size < reader->min_size) {
        log_warning("multiboot2: tag %u is too short, %u bytes", type, tag->size);
    } else if (repeated && !reader->may_repeat) {
        log_warning("multiboot2: tag %u comes twice, the first one counts", type);
    } else {
        reader->read(tag, out);
    }
}

j6_status_t multiboot2_read(const void *info, size_t available, struct boot_info *out)
{
    const struct multiboot2_head *head = info;
    memset(out, 0, sizeof(*out));
    if (available < sizeof(*head) || head->total_size < sizeof(*head)) {
        return j6_err_invalid_arg;
    }
    size_t end = smaller(head->total_size, available);
    if (end < head->total_size) {
        log_warning("multiboot2: %u bytes of information, only %zu readable", head->total_size,
                    end);
    }
    uint32_t seen = 0;
    for (size_t at = sizeof(*head); at < end && end - at >= sizeof(struct multiboot2_tag);) {
        const struct multiboot2_tag *tag = (const void *)((const uint8_t *)info + at);
        if (tag->type == MULTIBOOT2_TAG_END) {
            return j6_status_ok;
        }
        if (tag->size < sizeof(*tag) || tag->size > end - at) {
            log_warning("multiboot2: tag %u of %u bytes where %zu are left", tag->type, tag->size,
                        end - at);
            return j6_status_ok;
        }
        read_tag(tag, &seen, out);
        at += ((size_t)tag->size + 7) & ~(size_t)7;
    }
    log_warning("multiboot2: the end tag is missing");
    return j6_status_ok;
}

const char *boot_option(const struct boot_info *info, const char *name)
{
    size_t name_len = strlen(name);
    const char *value = NULL;
    for (const char *word = info->options; *word != '\0'; word += strlen(word) + 1) {
        if (strncmp(word, name, name_len) != 0) {
            continue;
        }
        if (word[name_len] == '=') {
            value = word + name_len + 1;
        } else if (word[name_len] == '\0') {
            value = "";
        }
    }
    return value;
}
