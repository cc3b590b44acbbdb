// own_folder.h - a folder for the files of one test program, with GDAL open: set-up and tear-down of all its tests.
#pragma once
#include "gis/footprint.h"
#include <stdio.h>
#include <stdlib.h>

static char folder[] = "/tmp/gridpatrol-test-XXXXXX";

static int open_all(void **state)
{
    (void)state;
    footprint_open_library();
    return mkdtemp(folder) == NULL;
}

static int remove_all(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}
