#include "api/manual.h"

#include "api/command.h"
#include "api/options.h"
#include <ctype.h>
#include <string.h>

// --- The manual page ------------------------------------------------------------------------------------------------------------

// Text as troff takes it: backslashes and hyphens are its own, and so are a dot or an apostrophe at the beginning of a line.
static void put(struct buf *out, const char *text, size_t len)
{
    bool begins = out->len == 0 || out->data[out->len - 1] == '\n';
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (begins && (c == '.' || c == '\''))
            buf_text(out, "\\&");
        if (c == '\\')
            buf_text(out, "\\e");
        else if (c == '-')
            buf_text(out, "\\-");
        else
            buf_add(out, &c, 1);
        begins = c == '\n';
    }
}

static void put_text(struct buf *out, const char *text) { put(out, text, strlen(text)); }

static void put_form(struct buf *out, const struct command *c, const char *form, size_t len)
{
    buf_text(out, ".PP\n.B gridpatrol ");
    put_text(out, c->name);
    buf_text(out, "\n");
    put(out, form, len);
    buf_text(out, "\n");
}

static void put_forms(struct buf *out, const struct command *c)
{
    const char *form = c->operands;
    for (const char *bar; (bar = strstr(form, " | ")) != NULL; form = bar + 3)
        put_form(out, c, form, (size_t)(bar - form));
    put_form(out, c, form, strlen(form));
}

static void put_option(struct buf *out, const struct option *o, enum lang lang)
{
    buf_text(out, ".TP\n");
    if (o->letter != 0)
        buf_printf(out, "\\fB\\-%c\\fR, ", o->letter);
    buf_text(out, "\\fB\\-\\-");
    put_text(out, o->name);
    buf_text(out, "\\fR");
    if (o->value != NULL) {
        buf_text(out, " \\fI");
        put_text(out, o->value);
        buf_text(out, "\\fR");
    }
    buf_text(out, "\n");
    put_text(out, text_in(lang, o->help));
    buf_text(out, "\n");
}

static void put_options(struct buf *out, const struct option *table, enum lang lang)
{
    for (const struct option *o = table; o != NULL && o->kind != OPTION_END; o++) {
        if (o->kind == OPTION_HEADING) {
            buf_text(out, ".PP\n");
            put_text(out, text_in(lang, o->help));
            buf_text(out, "\n");
        } else if (o->help != NULL)
            put_option(out, o, lang);
    }
}

static void put_command(struct buf *out, const struct command *c, enum lang lang)
{
    buf_text(out, ".SS ");
    put_text(out, c->name);
    buf_text(out, "\n");
    put_text(out, text_in(lang, c->brief));
    buf_text(out, "\n");
    put_forms(out, c);
    put_options(out, c->option, lang);
    buf_text(out, ".PP\n.EX\n");
    put_text(out, c->examples);
    buf_text(out, ".EE\n");
    if (c->notes != NULL) {
        buf_text(out, ".PP\n");
        put_text(out, text_in(lang, c->notes));
    }
}

static void put_section(struct buf *out, enum lang lang, const char *title, const char *text)
{
    buf_text(out, ".SH ");
    put_text(out, text_in(lang, title));
    buf_text(out, "\n");
    put_text(out, text_in(lang, text));
}

void manual_page(enum lang lang, struct buf *out)
{
    buf_printf(out, ".TH GRIDPATROL 1 \"\" \"gridpatrol %s\" \"gridpatrol\"\n", command_version());
    put_section(out, lang, "NAME", "gridpatrol - the patrol grid, register and surveys of a district\n");
    put_section(out, lang, "SYNOPSIS", "gridpatrol COMMAND [options]\n");
    put_section(out, lang, "DESCRIPTION", "gridpatrol compares surveys of buildings and tells real construction from survey noise.\n");
    buf_text(out, ".SH ");
    put_text(out, text_in(lang, "COMMANDS"));
    buf_text(out, "\n");
    for (const struct command *c = command_list; c->name != NULL; c++)
        put_command(out, c, lang);
    put_section(out, lang, "EXIT STATUS", "0 done, 1 failed, 2 used wrongly, 3 input refused.\n");
    put_section(out, lang, "ENVIRONMENT", "LC_ALL, LC_MESSAGES and LANG say the language of the words, --lang zh or --lang en does so too.\n");
    put_section(out, lang, "FILES", "STATION/gridpatrol.sqlite holds all records, STATION/blobs the originals by SHA-256. The service that a package installs keeps its\n"
                                    "station in /var/lib/gridpatrol/station; settings are read from /etc/gridpatrol/gridpatrol.conf and STATION/gridpatrol.conf.\n");
}

// --- Completions ------------------------------------------------------------------------------------------------------------------

static bool is_word(const char *c) { return islower((unsigned char)*c); }

// "show, correct STATION NUMBER" and "make|check STATION": the words before the first operand.
static void put_first_words(struct buf *out, const char *form)
{
    while (is_word(form)) {
        size_t len = strspn(form, "abcdefghijklmnopqrstuvwxyz-");
        buf_printf(out, " %.*s", (int)len, form);
        form += len;
        form += strspn(form, ", |");
    }
}

static void put_words(struct buf *out, const struct command *c)
{
    const char *form = c->operands;
    put_first_words(out, form);
    while ((form = strstr(form, " | ")) != NULL)
        put_first_words(out, form += 3);
}

static void put_commands(struct buf *out)
{
    for (const struct command *c = command_list; c->name != NULL; c++)
        buf_printf(out, " %s", c->name);
}

static void put_case(struct buf *out, const struct command *c)
{
    buf_printf(out, "    %s) options='--lang --help", c->name);
    for (const struct option *o = c->option; o != NULL && o->kind != OPTION_END; o++)
        if (o->kind != OPTION_HEADING)
            buf_printf(out, " --%s", o->name);
    buf_text(out, "' first='");
    if (strcmp(c->name, "help") == 0)
        put_commands(out);
    put_words(out, c);
    buf_text(out, "' ;;\n");
}

void manual_bash(struct buf *out)
{
    buf_text(out, "# bash completion of gridpatrol\n_gridpatrol() {\n  local cur=${COMP_WORDS[COMP_CWORD]} options= first=\n  COMPREPLY=()\n"
                  "  case ${COMP_WORDS[1]} in\n");
    for (const struct command *c = command_list; c->name != NULL; c++)
        put_case(out, c);
    buf_text(out, "  esac\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    COMPREPLY=($(compgen -W '--help --version");
    put_commands(out);
    buf_text(out, "' -- \"$cur\"))\n  elif [ \"$COMP_CWORD\" -eq 2 ] && [ -n \"$first\" ] && [ \"${cur#-}\" = \"$cur\" ]; then\n"
                  "    COMPREPLY=($(compgen -W \"$first\" -- \"$cur\"))\n  elif [ \"${cur#-}\" != \"$cur\" ]; then\n"
                  "    COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n  else\n    compopt -o filenames 2>/dev/null\n    COMPREPLY=($(compgen -f -- \"$cur\"))\n  fi\n}\n"
                  "complete -F _gridpatrol gridpatrol\n");
}
