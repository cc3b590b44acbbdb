#include "api/command.h"
#include "api/diff_settings.h"
#include "api/options.h"
#include "api/score_options.h"
#include "api/station_options.h"
#include <stdio.h>
#include <string.h>

#ifndef GP_VERSION
#define GP_VERSION "0.1.0"
#endif

static const char DIFF_MORE[] =
    "Examples\n"
    "  gridpatrol diff survey_2023.gpkg survey_2024.gpkg -o changes.gpkg --html report.html\n"
    "  gridpatrol diff old.shp new.shp -o changes.geojson --before-crs EPSG:4549 --id-field BSM --height-field JZWGD\n"
    "  gridpatrol diff a.fgb b.fgb -o changes.fgb --after-coverage flown.geojson --json > summary.json\n"
    "\n"
    "The geometry of a change is what must be looked at on the ground: the increment, not the building.\n"
    "A change is a clue, never a verdict.\n";

static const char INIT_MORE[] =
    "Examples\n"
    "  gridpatrol init tongzhou --district 320612 --name 通州区 --name-en Tongzhou --crs EPSG:4549\n"
    "\n"
    "A station is one folder: gridpatrol.sqlite, which QGIS opens as it is, and blobs/ with the originals.\n";

static const char LIST_MORE[] =
    "Examples\n"
    "  gridpatrol list tongzhou shop_sign --state damaged --limit 50\n"
    "  gridpatrol list tongzhou billboard --window 121.05,32.06,121.07,32.08 --where \"width_m > 3\" --json\n"
    "  gridpatrol list tongzhou building --words 长江路 --count\n"
    "  gridpatrol list tongzhou collection_point --by community\n"
    "\n"
    "Each line: id, id at the source, name, state, cell. Personal properties are not shown.\n";

static const char LOAD_MORE[] =
    "Examples\n"
    "  gridpatrol load tongzhou area streets.csv --map code=code,name=name\n"
    "  gridpatrol load tongzhou collection_point points.geojson --id-field id --source sanitation\n"
    "  gridpatrol load tongzhou permit permits.shp --crs EPSG:4549 --map XKZH=number,YXQ=permit_until\n"
    "\n"
    "The same file again changes nothing; a changed row supersedes the old one, which is kept.\n";

static const char COMPARE_MORE[] =
    "Examples\n"
    "  gridpatrol compare tongzhou 2024 2025\n"
    "  gridpatrol changes tongzhou --state open --limit 10\n"
    "\n"
    "Suspicion = confidence x no cover x severity. The same surveys and options again add nothing.\n"
    "A change is a clue, never a verdict.\n";

static const char REVIEW_MORE[] =
    "Examples\n"
    "  gridpatrol review tongzhou 17 confirm --as 李核\n"
    "  gridpatrol review tongzhou 18 dismiss --note \"a tent, gone again\" --as 李核\n"
    "\n"
    "Verdicts: confirm, dismiss, legal, capture-rule, refer, return, overturn, agree. The next comparison carries them on\n"
    "until the thing grows.\n";

static const char CASE_MORE[] =
    "Examples\n"
    "  gridpatrol case open tongzhou --kind illegal_building --place 121.07,32.05 --area 120 --in-progress --as Wang\n"
    "  gridpatrol case photo tongzhou 320612-WJ-2026-00001 --file near.jpg --as Wang\n"
    "  gridpatrol case move tongzhou 320612-WJ-2026-00001 submit --as Wang\n"
    "  gridpatrol case move tongzhou 320612-WJ-2026-00001 dispatch --agency urban_management --as Sun\n"
    "  gridpatrol case move tongzhou 320612-WJ-2026-00001 extension.request --amount 5 --note weather --as Li\n"
    "  gridpatrol case list tongzhou --open\n"
    "\n"
    "A refusal names its rule. VERB with a point goes to what walks beside the case: extension, appeal, enforcement, conference.\n"
    "* marks a deadline that rests on days no holiday notice has settled.\n";

static const char ROUTE_MORE[] =
    "Each line: case (or change), rule, agency, priority, lead, and the condition that held.\n"
    "A confirmed change gets a case, a case its agency and limit, other agencies a draft lead. Nothing is sent. Again finds nothing to do.\n";

const struct command command_list[] = {
    { .name = "actor", .run = cmd_actor, .operands = "list STATION | add STATION NAME --role ROLE",
      .brief = "the people and services that work in a station", .option = actor_options },
    { .name = "agency", .run = cmd_agency, .operands = "list STATION | add STATION [KEY --name NAME]", .brief = "the agencies that handle cases or get leads",
      .option = agency_options },
    { .name = "audit", .run = cmd_audit, .operands = "verify STATION | list STATION [options]", .brief = "who did what to which record when, and is that still what was written?",
      .option = audit_options },
    { .name = "backup", .run = cmd_backup, .operands = "STATION FOLDER", .brief = "a whole copy of a station, while others go on working",
      .option = backup_options },
    { .name = "calendar", .run = cmd_calendar, .operands = "load STATION FILE... | hours STATION HOURS...",
      .brief = "holiday notices and hours of work; deadlines are computed again", .option = calendar_options },
    { .name = "case", .run = cmd_case, .operands = "list STATION | open STATION | show, correct, paper, photo STATION NUMBER | move STATION NUMBER VERB [options]",
      .brief = "the case ledger: from the report to the closing", .option = case_options, .more = CASE_MORE },
    { .name = "cells", .run = cmd_cells, .operands = "make|check|load STATION [FILE] [options]", .brief = "the patrol grid of a station",
      .option = cells_options },
    { .name = "changes", .run = cmd_changes, .operands = "STATION [options]", .brief = "the changes found, the most suspicious first, with their reasons",
      .option = changes_options },
    { .name = "compare", .run = cmd_compare, .operands = "STATION BEFORE AFTER [options]",
      .brief = "compares two surveys of a station: changes judged, placed and followed", .option = compare_options, .more = COMPARE_MORE },
    { .name = "diff", .run = cmd_diff, .operands = "BEFORE AFTER -o CHANGES [options]",
      .brief = "compares two surveys of buildings: what was really built, and how sure that is",
      .option = diff_options_table, .more = DIFF_MORE },
    { .name = "finding", .run = cmd_finding, .operands = "list STATION | add STATION --place LON,LAT [options] [PHOTO...] | photo STATION NUMBER PHOTO... | move STATION NUMBER VERB",
      .brief = "what people report from a place, with photos", .option = finding_options },
    { .name = "help", .run = cmd_help, .operands = "[COMMAND]", .brief = "what the commands do, and their options" },
    { .name = "init", .run = cmd_init, .operands = "STATION --district CODE --name NAME --crs CRS [options]",
      .brief = "makes the place where a district keeps its grid, its register and its work", .option = init_options, .more = INIT_MORE },
    { .name = "lead", .run = cmd_lead, .operands = "list STATION | draft STATION CASE --agency KEY | show STATION NUMBER | move STATION NUMBER VERB [options]",
      .brief = "facts handed to another agency, and what became of them", .option = lead_options },
    { .name = "list", .run = cmd_list, .operands = "STATION LAYER [options]", .brief = "what is registered: page by page, in a cell, a window, by words, and how many",
      .option = list_options, .more = LIST_MORE },
    { .name = "load", .run = cmd_load, .operands = "STATION LAYER FILE [options]",
      .brief = "takes a layer of things into the register: all of it or nothing", .option = load_options, .more = LOAD_MORE },
    { .name = "queue", .run = cmd_queue, .operands = "STATION AGENCY", .brief = "what an agency has to do, by deadline", .option = queue_options },
    { .name = "report", .run = cmd_report, .operands = "STATION [work|precision|unused-permits|comparisons] [options]", .brief = "figures of a station's work",
      .option = report_options },
    { .name = "restore", .run = cmd_restore, .operands = "FOLDER STATION", .brief = "brings a station back from a backup",
      .option = backup_options },
    { .name = "review", .run = cmd_review, .operands = "STATION CHANGE VERB [--note TEXT]", .brief = "a person's verdict on a change",
      .option = review_options, .more = REVIEW_MORE },
    { .name = "route", .run = cmd_route, .operands = "STATION [--dry-run]", .brief = "opens cases for confirmed changes and drafts leads, by rules",
      .option = route_options, .more = ROUTE_MORE },
    { .name = "score", .run = cmd_score, .operands = "CHANGES TRUTH [options]", .brief = "how right a list of changes is against a truth",
      .option = score_options },
    { .name = "survey", .run = cmd_survey, .operands = "list STATION | add STATION FILE --name NAME --date DATE [options]",
      .brief = "the surveys of a station: the file is kept for good, with who looked when and how well", .option = survey_options },
    { .name = "verify", .run = cmd_verify, .operands = "STATION", .brief = "is everything in a station what it was when it was written?",
      .option = verify_options },
    { .name = NULL },
};

const struct command *command_get(const char *name)
{
    for (const struct command *c = command_list; c->name != NULL; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

const char *command_nearest(const char *name)
{
    const char *best = NULL;
    int best_distance = 3;
    for (const struct command *c = command_list; c->name != NULL; c++) {
        int distance = options_distance(c->name, name);
        if (distance < best_distance) {
            best = c->name;
            best_distance = distance;
        }
    }
    return best;
}

// NOT_FOUND, INVALID and TOO_BIG are about what was given to us; the rest went wrong on our side of the fence.
static int exit_status(enum status s)
{
    if (s == OK)
        return EXIT_DONE;
    return s == INVALID || s == NOT_FOUND || s == TOO_BIG ? EXIT_REFUSED : EXIT_FAILED;
}

int command_failed(const struct call *call, const struct err *e)
{
    fprintf(stderr, "gridpatrol %s: %s\n", call->command->name, e->text);
    return exit_status(e->status);
}

int command_used_wrongly(const struct call *call, const struct err *e)
{
    fprintf(stderr, "gridpatrol %s: %s\n", call->command->name, e->text);
    fprintf(stderr, text_in(call->lang, "See: gridpatrol help %s\n"), call->command->name);
    return EXIT_USED_WRONGLY;
}

const char *command_version(void) { return GP_VERSION; }
