#include "api/config.h"

#include "core/base/mem.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 20, LINE_MOST = 4096, PATH_ROOM = 4096, ROWS_MOST = 64, NAME_ROOM = 64 };
const char CONFIG_OF_MACHINE[] = "/etc/gridpatrol/gridpatrol.conf";

struct config { struct arena *arena; const struct option *table; void *settings; const char *source[ROWS_MOST]; };

bool config_takes(const struct option *o) { return o->kind != OPTION_HEADING && strcmp(o->name, "quiet") != 0; }

const char *config_source(const struct config *c, const struct option *o) { return c->source[o - c->table]; }

static enum status keep(struct config *c, const struct option *o, const char *text, const char *source, struct err *e)
{
    struct err why = { .lang = e->lang };
    must(o - c->table < ROWS_MOST);
    enum status s = option_keep(o, arena_text(c->arena, text), c->settings, &why);
    if (s != OK)
        return err_set(e, s, "%s: %s", source, why.text);
    c->source[o - c->table] = arena_text(c->arena, source);
    return OK;
}

// --- Files --------------------------------------------------------------------------------------------------------------------------

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
    return text;
}

static enum status read_line(struct config *c, char *line, const char *source, struct err *e)
{
    char *name = trim(line), *equals = strchr(name, '=');
    if (name[0] == '\0' || name[0] == '#')
        return OK;
    if (equals == NULL)
        return err_set(e, INVALID, "%s: a line is \"name = value\"; \"%.60s\" is given", source, name);
    *equals = '\0';
    name = trim(name);
    const struct option *o = option_named(c->table, name);
    if (o == NULL || !config_takes(o))
        return err_set(e, INVALID, "%s: there is no setting \"%.60s\"; gridpatrol config names them", source, name);
    char *comment = strstr(equals + 1, " #");
    if (comment != NULL)
        *comment = '\0';
    return keep(c, o, trim(equals + 1), source, e);
}

static enum status read_file(struct config *c, const char *path, struct err *e)
{
    char line[LINE_MOST], source[PATH_ROOM + 24];
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return errno == ENOENT || errno == ENOTDIR ? OK : err_set(e, INVALID, "%s: cannot be opened: %s", path, strerror(errno));
    enum status s = OK;
    for (int number = 1; s == OK && fgets(line, sizeof line, f) != NULL; number++) {
        snprintf(source, sizeof source, "%s:%d", path, number);
        bool is_whole = strchr(line, '\n') != NULL || feof(f);
        s = is_whole ? read_line(c, line, source, e) : err_set(e, TOO_BIG, "%s: the line is longer than %d bytes", source, LINE_MOST - 2);
    }
    fclose(f);
    return s;
}

// --- The environment ------------------------------------------------------------------------------------------------------------------

static void name_variable(const char *option, char out[NAME_ROOM])
{
    snprintf(out, NAME_ROOM, "GRIDPATROL_%s", option);
    for (char *c = out; *c != '\0'; c++)
        *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

static enum status read_environment(struct config *c, struct err *e)
{
    enum status s = OK;
    for (const struct option *o = c->table; o->kind != OPTION_END && s == OK; o++) {
        char name[NAME_ROOM];
        if (!config_takes(o))
            continue;
        name_variable(o->name, name);
        const char *text = getenv(name);
        if (text != NULL)
            s = keep(c, o, text, name, e);
    }
    return s;
}

// --- All together -----------------------------------------------------------------------------------------------------------------------

enum status config_open(const struct option *table, const char *station, void *settings, struct config **out, struct err *e)
{
    struct config *c = mem_get(1, sizeof *c);
    char path[PATH_ROOM];
    c->arena = arena_open(ARENA_BYTES);
    c->table = table;
    c->settings = settings;
    enum status s = read_file(c, CONFIG_OF_MACHINE, e);
    if (s == OK && station != NULL) {
        snprintf(path, sizeof path, "%s/gridpatrol.conf", station);
        s = read_file(c, path, e);
    }
    if (s == OK)
        s = read_environment(c, e);
    if (s == OK)
        *out = c;
    else
        config_close(c);
    return s;
}

void config_close(struct config *c)
{
    if (c == NULL)
        return;
    arena_close(c->arena);
    mem_free(c);
}
