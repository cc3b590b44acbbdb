#include "gis/source_hush.h"
#include <cpl_error.h>
#include <stdio.h>

static void CPL_STDCALL remember(CPLErr severity, CPLErrorNum number, const char *message)
{
    (void)number;
    struct source_hush *h = CPLGetErrorHandlerUserData();
    if (severity < CE_Failure || h == NULL)
        return;
    h->errors++;
    snprintf(h->said, sizeof h->said, "%s", message);
    char *end = h->said;
    for (char *c = h->said; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ')
            *c = ' ';
        if (*c != ' ')
            end = c + 1;
    }
    *end = '\0';
}

void source_hush_begin(struct source_hush *h)
{
    *h = (struct source_hush){0};
    CPLErrorReset();
    CPLPushErrorHandlerEx(remember, h);
}

void source_hush_end(struct source_hush *h)
{
    (void)h;
    CPLPopErrorHandler();
    CPLErrorReset();
}
