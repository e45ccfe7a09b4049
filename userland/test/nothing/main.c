/* SPDX-License-Identifier: MIT */
/* The smallest program: what its start and its end cost is what any costs at least. */
int main(void);

int main(void)
{
    return 0;
}
