/* SPDX-License-Identifier: MIT */
/* rtc [SECONDS]: shows the real-time clock's date and time at each of so many seconds, or at one. */
#include "rtc.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    struct j6_service rtc = {.names = j6_find("names"), .name = "rtc"};
    struct rtc_time now;
    if (rtc.names == j6_handle_none) {
        fprintf(stderr, "rtc: there is no name service; try: with names rtc\n");
        return 2;
    }
    for (int left = argc > 1 ? atoi(argv[1]) : 1; left > 0; left--) {
        j6_status_t status = rtc_next(&rtc, &now);
        if (status != j6_status_ok) {
            fprintf(stderr, "rtc: %s\n", j6_status_text(status));
            return 1;
        }
        printf("%04u-%02u-%02u %02u:%02u:%02u\n", now.year, now.month, now.day, now.hour,
               now.minute, now.second);
        fflush(stdout);
    }
    return 0;
}
