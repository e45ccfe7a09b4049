/* SPDX-License-Identifier: MIT */
/*
 * A process that uses ports as the test says, by a thread that runs in user mode all the time and makes
 * no calls. A port that it may not use stops it, and it goes on with the next order.
 */
#pragma once
#include "userland/test/main/debuggee.h"

/* As debuggee.asm knows it. */
enum port_use { PORT_IN = 1, PORT_IN_WORD = 2, PORT_IN_DWORD = 4, PORT_OUT = 5 };

struct port_order {
    uint32_t order; /* use << 16 | port; 0: none */
    uint32_t done;
};

struct port_user {
    struct debuggee debuggee;
    j6_handle_t thread;
    struct port_order *order;
};

/* On one of these CPUs. */
void port_user_open(struct port_user *user, uint64_t cpus);
void port_user_close(struct port_user *user);

/* Lets it try: could it? */
bool can_use_port(struct port_user *user, enum port_use use, uint16_t port);

/* Which of the ports [first, first + count) can it read: a bit for each, that of the first is the lowest. */
uint64_t ports_it_can_read(struct port_user *user, uint16_t first, unsigned count);

/* A system object with those ports, and through it a grant to the process. */
j6_handle_t grant_through_own_object(j6_handle_t process, uint64_t first, uint64_t count);
