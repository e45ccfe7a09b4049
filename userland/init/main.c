/* SPDX-License-Identifier: MIT */
/*
 * The first process: starts the services that the manifest lists, gives each the handles that its lines name,
 * watches them, and replaces those that die. It is also the name service, by which they find each other.
 */
#include "userland/init/inputs.h"
#include "userland/init/manager.h"
#include "userland/init/report.h"

static struct manifest manifest;

/* Without services there still is somebody to ask for names. */
static void read_manifest(void)
{
    char *text;
    size_t len;
    manifest.report = report_line;
    manifest.times = (struct manifest_times){
        .pause = 10, .life = 10000, .ready = 30000, .end = 2000, .answer = 1000};
    j6_status_t status = inputs_manifest(&text, &len);
    if (status == j6_status_ok) {
        manifest_read(&manifest, text, len);
    } else {
        report_warning("no manifest: %s", j6_status_text(status));
    }
}

/* Programs for Linux are started too, where their layer is there. */
static void find_layer(void)
{
    j6_handle_t layer;
    if (inputs_file("lib/linux", &layer) == j6_status_ok) {
        j6_layer_set(layer);
    }
}

int main(void)
{
    read_manifest();
    find_layer();
    services_init(&manifest);
    return manager_run();
}
