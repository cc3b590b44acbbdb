// data_docs.h - the data files of the program as documents, and small ones written in a test.
#pragma once
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/resource.h"
#include "core/data_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct json_doc *doc_of_text(const char *text, const char *name)
{
    struct json_doc *d = NULL;
    struct err e = { 0 };
    if (json_parse(text, strlen(text), name, NULL, &d, &e) != OK)
        fail_msg("%s", e.text);
    return d;
}

static struct json_doc *doc_of_data(const char *path)
{
    const char *text = resource_text(path, NULL);
    if (text == NULL)
        fail_msg("data/%s is not in the program", path);
    return doc_of_text(text, path);
}
