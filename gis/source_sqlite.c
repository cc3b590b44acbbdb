#include "gis/source_sqlite.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include <gdal.h>
#include <ogr_api.h>
#include <stdarg.h>
#include <stdio.h>

enum { SQL_ROOM = 1024 };

char *source_ask(void *dataset, const char *format, ...)
{
    char sql[SQL_ROOM];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    must(len >= 0 && len < SQL_ROOM);
    OGRLayerH answer = GDALDatasetExecuteSQL(dataset, sql, NULL, NULL);
    OGRFeatureH row = answer != NULL ? OGR_L_GetNextFeature(answer) : NULL;
    char *text = row != NULL ? mem_text(OGR_F_GetFieldAsString(row, 0)) : NULL;
    if (row != NULL)
        OGR_F_Destroy(row);
    if (answer != NULL)
        GDALDatasetReleaseResultSet(dataset, answer);
    return text;
}

void *source_sqlite(void *dataset, const char *(*check)(const char *source_id), const char **wrong)
{
    char *id = source_ask(dataset, "SELECT sqlite_source_id()");
    *wrong = id != NULL ? check(id) : NULL;
    bool same = id != NULL && *wrong == NULL;
    mem_free(id);
    return same ? GDALGetInternalHandle(dataset, "SQLITE_HANDLE") : NULL;
}
