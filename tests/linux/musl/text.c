/* SPDX-License-Identifier: MIT */
/* What needs little of a system: text, numbers, sorting; and the standard streams. */
#include "check.h"
#include <locale.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

int text(void)
{
    char buf[128];
    check(snprintf(buf, sizeof(buf), "%d %s %5.3f|%-6x|%e", -7, "seven", 1.0 / 3, 255, 1e100) > 0);
    check(strcmp(buf, "-7 seven 0.333|ff    |1.000000e+100") == 0);
    check(snprintf(buf, sizeof(buf), "%.17g %a", 0.1, 1.5) > 0);
    check(strcmp(buf, "0.10000000000000001 0x1.8p+0") == 0);
    int n;
    double d;
    check(sscanf("42 -2.5e3 rest", "%d %lf", &n, &d) == 2 && n == 42 && d == -2500);
    check(setlocale(LC_ALL, "C.UTF-8") != NULL);
    wchar_t wide[8];
    check(mbstowcs(wide, "aäb", 8) == 3 && wide[1] == 0xe4);
    return 0;
}

int numbers(void)
{
    volatile double x = 0.5;
    check(fabs(sin(x) - 0.479425538604203) < 1e-15);
    check(fabs(exp(log(x)) - 0.5) < 1e-15);
    check(pow(x, -10) == 1024 && sqrt(x * x) == 0.5 && isnan(sqrt(-x)));
    check(strtod("1e-310", NULL) == 1e-310 && strtol("0x7f", NULL, 0) == 127);
    volatile long double l = 1;
    check(expl(l) > 2.718281828459045L && expl(l) < 2.718281828459046L);
    return 0;
}

static int compare(const void *a, const void *b)
{
    int x = *(const int *)a;
    int y = *(const int *)b;
    return x < y ? -1 : x > y;
}

int sorting(void)
{
    enum { COUNT = 20000 };
    int *values = malloc(COUNT * sizeof(int));
    check(values != NULL);
    unsigned seed = 1;
    for (int i = 0; i < COUNT; i++) {
        seed = seed * 1103515245 + 12345;
        values[i] = (int)(seed >> 8);
    }
    qsort(values, COUNT, sizeof(int), compare);
    for (int i = 1; i < COUNT; i++) {
        check(values[i - 1] <= values[i]);
    }
    int key = values[COUNT / 3];
    check(bsearch(&key, values, COUNT, sizeof(int), compare) != NULL);
    free(values);
    return 0;
}

/* Without a handle for it, stdin is at its end. */
int input(void)
{
    char c;
    check(getchar() == EOF && !ferror(stdin));
    check(read(0, &c, 1) == 0);
    return 0;
}

int copy(void)
{
    char line[256];
    while (fgets(line, sizeof(line), stdin) != NULL) {
        fputs(line, stdout);
    }
    return ferror(stdin) || fflush(stdout) != 0;
}

int output(void)
{
    printf("%s %.2f\n", "a line", 2.5);
    fprintf(stderr, "an %s\n", "error");
    puts("the end of a line waits");
    printf("for the exit");
    return 0;
}
