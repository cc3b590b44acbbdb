#include "api/command.h"
#include "api/diff_settings.h"
#include "api/manual.h"
#include "api/options.h"
#include "api/score_options.h"
#include "api/station_options.h"
#include <stdio.h>
#include <string.h>

#ifndef GP_VERSION
#define GP_VERSION "0.1.0"
#endif

static const char DIFF_NOTES[] =
    "The geometry of a change is what must be looked at on the ground: the increment, not the building.\n"
    "A change is a clue, never a verdict.\n";

static const char ACTOR_NOTES[] =
    "Areas limit what a person sees. A password is typed, or read from stdin, never written into the command.\n";

static const char TOKEN_NOTES[] =
    "A token sees and does what its owner may. Send it as \"Authorization: Bearer TOKEN\"; QGIS and GDAL take it as the password to any name.\n";

static const char INIT_NOTES[] =
    "A station is one folder: gridpatrol.sqlite, which QGIS opens as it is, and blobs/ with the originals. What is printed is a token of\n"
    "the first administrator, once: with it one signs in from elsewhere. On this machine --as NAME is enough.\n";

static const char LIST_NOTES[] = "Each line: id, id at the source, name, state, cell. Personal properties are not shown.\n";

static const char LOAD_NOTES[] =
    "The same file again changes nothing; a changed row supersedes the old one, which is kept. A layer is a key of gridpatrol document list\n"
    "STATION layers, or area.\n";

static const char COMPARE_NOTES[] =
    "Suspicion = confidence x no cover x severity. The same surveys and options again add nothing.\n"
    "A change is a clue, never a verdict.\n";

static const char CONFIG_NOTES[] =
    "Settings are the options of serve. What is said later goes before what was said earlier: /etc/gridpatrol/gridpatrol.conf,\n"
    "STATION/gridpatrol.conf (a line each: public-url = https://grid.example.cn), the environment (GRIDPATROL_PUBLIC_URL), options.\n";

static const char COMPARTMENT_NOTES[] =
    "Whoever may draft leads drafts into it; only the key reads it again, and no administrator has it. What it hides and what it does\n"
    "not is said in core/README.md. Without the key secret leads are not there: not in lists, not in queues, not in exports.\n";

static const char DOCUMENT_NOTES[] =
    "A file is taken whole or refused with its first fault and the place. Versions stay, each change is in audit. Limits count from\n"
    "the next stage of a case on. Codes and limits stand beside the program's, the others instead of them.\n";

static const char EXPORT_NOTES[] =
    "WHAT is a layer (gridpatrol document list STATION layers), areas, cells, surveys, changes, cases, findings, leads, audit,\n"
    "indicators or everything. csv and xlsx have titles for headings and labels for codes, the other formats names and codes. What\n"
    "whoever asks (--as) may not see is not in the file. doc/archive.md says what everything is.\n";

static const char REVIEW_NOTES[] =
    "Verdicts: confirm, dismiss, legal, capture-rule, refer, return, overturn, agree. The next comparison carries them on\n"
    "until the thing grows.\n";

static const char CASE_NOTES[] =
    "A refusal names its rule. VERB with a point goes to what walks beside the case: extension, appeal, enforcement, conference.\n"
    "* marks a deadline that rests on days no holiday notice has settled.\n";

static const char ROUTE_NOTES[] =
    "Each line: case (or change), rule, agency, priority, lead, title, and the condition that held.\n"
    "A confirmed change gets a case, a case its agency and limit, other agencies a draft lead. Nothing is sent. Again finds nothing to do.\n";

const struct command command_list[] = {
    { .name = "actor", .run = cmd_actor,
      .operands = "list STATION | add STATION NAME --role ROLE | off, on, password STATION NAME | role, agency, area STATION NAME WORD...",
      .brief = "the people and services that work in a station", .option = actor_options, .notes = ACTOR_NOTES,
      .examples = "gridpatrol actor add tongzhou 李敏 --role analyst\n"
                  "gridpatrol actor add tongzhou 马强 --role officer --agency urban_management\n"
                  "gridpatrol actor add tongzhou 王勇 --role inspector --area 320612001,320612002003\n"
                  "gridpatrol actor area tongzhou 王勇 all\n"
                  "gridpatrol actor password tongzhou 李敏\n"
                  "gridpatrol actor list tongzhou\n" },
    { .name = "agency", .run = cmd_agency, .operands = "list STATION | add STATION [KEY --name NAME]", .brief = "the agencies that handle cases or get leads",
      .option = agency_options,
      .examples = "gridpatrol agency add tongzhou\n"
                  "gridpatrol agency add tongzhou parks --name 园林局 --name-en Parks --part executor\n"
                  "gridpatrol agency list tongzhou --json\n" },
    { .name = "audit", .run = cmd_audit, .operands = "verify STATION | list STATION [options]", .brief = "who did what to which record when, and is that still what was written?",
      .option = audit_options,
      .examples = "gridpatrol audit verify tongzhou\n"
                  "gridpatrol audit verify tongzhou --against /mnt/safe/manifest-2026-03-01.json\n"
                  "gridpatrol audit list tongzhou --thing case --id 320612-WJ-2026-00001 --as 陈伟\n"
                  "gridpatrol audit list tongzhou --json --limit 1000 --after 5000 --as 陈伟\n" },
    { .name = "backup", .run = cmd_backup, .operands = "STATION FOLDER", .brief = "a whole copy of a station, while others go on working",
      .option = backup_options,
      .examples = "gridpatrol backup tongzhou /mnt/backup/tongzhou-2026-03-01\n" },
    { .name = "calendar", .run = cmd_calendar, .operands = "list STATION | load STATION FILE... | hours STATION 08:00-12:00 14:00-18:00",
      .brief = "holiday notices and hours of work; deadlines are computed again", .option = calendar_options,
      .examples = "gridpatrol calendar load tongzhou 2026.json\n"
                  "gridpatrol calendar hours tongzhou 08:30-12:00 13:30-17:30 --from 2026-10-01\n"
                  "gridpatrol calendar list tongzhou\n" },
    { .name = "case", .run = cmd_case, .operands = "list STATION | open STATION | show, correct, paper, photo STATION NUMBER | move STATION NUMBER VERB [options]",
      .brief = "the case ledger: from the report to the closing", .option = case_options, .notes = CASE_NOTES,
      .examples = "gridpatrol case open tongzhou --kind illegal_building --place 121.07,32.05 --area 120 --in-progress --as 王勇\n"
                  "gridpatrol case photo tongzhou 320612-WJ-2026-00001 --file near.jpg --as 王勇\n"
                  "gridpatrol case move tongzhou 320612-WJ-2026-00001 submit --as 王勇\n"
                  "gridpatrol case move tongzhou 320612-WJ-2026-00001 dispatch --agency urban_management --as 孙华\n"
                  "gridpatrol case move tongzhou 320612-WJ-2026-00001 extension.request --amount 5 --note rain --as 李强\n"
                  "gridpatrol case paper tongzhou 320612-WJ-2026-00001 --kind stop_notice --number T-7 --date 2026-03-02 --file notice.pdf --as 周文\n"
                  "gridpatrol case list tongzhou --open --cell 320612001003017 --as 孙华\n" },
    { .name = "cells", .run = cmd_cells, .operands = "make|check|load STATION [FILE] [options]", .brief = "the patrol grid of a station",
      .option = cells_options,
      .examples = "gridpatrol cells make tongzhou --all --lines roads.gpkg --default\n"
                  "gridpatrol cells make tongzhou --community 320612001003 --target-area 12000\n"
                  "gridpatrol cells check tongzhou -o findings.gpkg\n"
                  "gridpatrol cells load tongzhou drawn.gpkg --code BGCODE --grid duty --may-overlap\n" },
    { .name = "changes", .run = cmd_changes, .operands = "STATION [options]", .brief = "the changes found, the most suspicious first, with their reasons",
      .option = changes_options,
      .examples = "gridpatrol changes tongzhou --as 李敏\n"
                  "gridpatrol changes tongzhou --state open --limit 50 --after 120 --as 李敏\n"
                  "gridpatrol changes tongzhou -o changes.gpkg --as 李敏\n"
                  "gridpatrol changes tongzhou --comparison all --class heightened --json --as 李敏\n" },
    { .name = "compare", .run = cmd_compare, .operands = "STATION BEFORE AFTER [options]",
      .brief = "compares two surveys of a station: changes judged, placed and followed", .option = compare_options, .notes = COMPARE_NOTES,
      .examples = "gridpatrol compare tongzhou 2024 2025\n"
                  "gridpatrol changes tongzhou --state open --limit 10 --as 李敏\n" },
    { .name = "compartment", .run = cmd_compartment, .operands = "list STATION | make STATION AGENCY --new-key FILE [--key OLD] | verify STATION --key FILE",
      .brief = "where secret leads lie, for the holders of a key alone", .option = compartment_options, .notes = COMPARTMENT_NOTES,
      .examples = "gridpatrol compartment make tongzhou discipline --new-key /media/stick/discipline.key --as 纪明\n"
                  "gridpatrol queue tongzhou discipline --key /media/stick/discipline.key --as 纪明\n"
                  "gridpatrol compartment make tongzhou discipline --key old.key --new-key new.key --as 纪明\n"
                  "gridpatrol compartment verify tongzhou --key new.key --as 纪明\n" },
    { .name = "config", .run = cmd_config, .operands = "[STATION] [options]", .brief = "how a station would be served: each setting, and where that was said",
      .option = config_options, .notes = CONFIG_NOTES,
      .examples = "gridpatrol config tongzhou\n"
                  "gridpatrol config tongzhou > tongzhou/gridpatrol.conf\n"
                  "gridpatrol config --json\n" },
    { .name = "diff", .run = cmd_diff, .operands = "BEFORE AFTER -o CHANGES [options]",
      .brief = "compares two surveys of buildings: what was really built, and how sure that is",
      .option = diff_options_table, .notes = DIFF_NOTES,
      .examples = "gridpatrol diff survey_2023.gpkg survey_2024.gpkg -o changes.gpkg --html report.html\n"
                  "gridpatrol diff old.shp new.shp -o changes.geojson --before-crs EPSG:4549 --id-field BSM --height-field JZWGD\n"
                  "gridpatrol diff a.fgb b.fgb -o changes.fgb --after-coverage flown.geojson --json > summary.json\n" },
    { .name = "document", .run = cmd_document,
      .operands = "list STATION [KIND] | load STATION KIND FILE | show STATION KIND [NAME] | history STATION [KIND [NAME]] | withdraw STATION KIND [NAME]",
      .brief = "what a district lays down for itself: codes, limits, rules, agencies, terms, layers", .option = document_options, .notes = DOCUMENT_NOTES,
      .examples = "gridpatrol document list tongzhou\n"
                  "gridpatrol document show tongzhou rules > rules.json\n"
                  "gridpatrol route tongzhou --dry-run --all --rules rules.json --as 孙华\n"
                  "gridpatrol document load tongzhou rules rules.json --dry-run\n"
                  "gridpatrol document load tongzhou rules rules.json\n"
                  "gridpatrol document history tongzhou rules ; gridpatrol document show tongzhou rules --version 1\n"
                  "gridpatrol document withdraw tongzhou rules\n" },
    { .name = "export", .run = cmd_export, .operands = "STATION WHAT -o FILE [options]", .brief = "a layer, records or everything, for other programs and for tables",
      .option = export_options, .notes = EXPORT_NOTES,
      .examples = "gridpatrol export tongzhou building -o buildings.gpkg --crs EPSG:4549\n"
                  "gridpatrol export tongzhou billboard -o 户外广告.xlsx --lang zh --where \"state = 'damaged'\"\n"
                  "gridpatrol export tongzhou changes -o new.geojson --where \"class = 'new' AND suspicion > 0.3\" --as 李敏\n"
                  "gridpatrol export tongzhou cases -o cases.csv --lang zh --where \"opened_at >= DATE('2026-01-01')\" --as 孙华\n"
                  "gridpatrol export tongzhou indicators -o figures.xlsx --by month --from 2026-01-01 --as 孙华\n"
                  "gridpatrol export tongzhou everything -o tongzhou-archive --originals --as 陈伟\n" },
    { .name = "finding", .run = cmd_finding, .operands = "list STATION | add STATION --place LON,LAT [options] [PHOTO...] | photo STATION NUMBER PHOTO... | move STATION NUMBER VERB",
      .brief = "what people report from a place, with photos", .option = finding_options,
      .examples = "gridpatrol finding add tongzhou near.jpg far.jpg --place 121.07,32.05 --scheme gbt30428.2-2013 --code 0101 --text \"a shed\" --as 王勇\n"
                  "gridpatrol finding add tongzhou --place 121.0745,32.0679 --crs GCJ-02 --photo p.jpg --as 王勇\n"
                  "gridpatrol finding move tongzhou 320612-SB-2026-00001 confirm --as 周文\n"
                  "gridpatrol finding list tongzhou --state reported --as 周文\n" },
    { .name = "help", .run = cmd_help, .operands = "[COMMAND]", .brief = "what the commands do, and their options", .option = help_options,
      .examples = "gridpatrol help\n"
                  "gridpatrol help diff --lang zh\n"
                  "gridpatrol help --man > gridpatrol.1\n" },
    { .name = "init", .run = cmd_init, .operands = "STATION --district CODE --name NAME --crs CRS [options]",
      .brief = "makes the place where a district keeps its grid, its register and its work", .option = init_options, .notes = INIT_NOTES,
      .examples = "gridpatrol init tongzhou --district 320612 --name 通州区 --name-en Tongzhou --crs EPSG:4549 --baseline 2025-06-01\n" },
    { .name = "lead", .run = cmd_lead, .operands = "list STATION | draft STATION CASE --agency KEY | show STATION NUMBER | move STATION NUMBER VERB [options]",
      .brief = "facts handed to another agency, and what became of them", .option = lead_options,
      .examples = "gridpatrol lead draft tongzhou 320612-WJ-2026-00001 --agency natural_resources --as 孙华\n"
                  "gridpatrol lead move tongzhou 320612-XS-2026-00001 approve --as 陈伟\n"
                  "gridpatrol lead move tongzhou 320612-XS-2026-00001 receive --receipt R-12 --received-by 马强 --as 马强\n"
                  "gridpatrol lead show tongzhou 320612-XS-2026-00001 --as 马强\n"
                  "gridpatrol lead list tongzhou --open --agency natural_resources --as 孙华\n" },
    { .name = "list", .run = cmd_list, .operands = "STATION LAYER [options]", .brief = "what is registered: page by page, in a cell, a window, by words, and how many",
      .option = list_options, .notes = LIST_NOTES,
      .examples = "gridpatrol list tongzhou shop_sign --state damaged --limit 50\n"
                  "gridpatrol list tongzhou billboard --window 121.05,32.06,121.07,32.08 --where \"width_m > 3\" --json\n"
                  "gridpatrol list tongzhou building --words 长江路 --count\n"
                  "gridpatrol list tongzhou collection_point --by community\n" },
    { .name = "load", .run = cmd_load, .operands = "STATION LAYER FILE [options]",
      .brief = "takes a layer of things into the register: all of it or nothing", .option = load_options, .notes = LOAD_NOTES,
      .examples = "gridpatrol load tongzhou area streets.csv --map code=code,name=name\n"
                  "gridpatrol load tongzhou collection_point points.geojson --id-field id --source sanitation\n"
                  "gridpatrol load tongzhou billboard billboards.geojson --crs GCJ-02 --id-field id\n"
                  "gridpatrol load tongzhou permit permits.shp --crs EPSG:4549 --map XKZH=number,YXQ=permit_until\n" },
    { .name = "queue", .run = cmd_queue, .operands = "STATION AGENCY", .brief = "what an agency has to do, by deadline", .option = queue_options,
      .examples = "gridpatrol queue tongzhou urban_management --as 李强\n"
                  "gridpatrol queue tongzhou natural_resources --limit 20 --json --as 孙华\n" },
    { .name = "report", .run = cmd_report, .operands = "STATION [work|precision|unused-permits|comparisons] [options]", .brief = "figures of a station's work",
      .option = report_options,
      .examples = "gridpatrol report tongzhou --as 孙华\n"
                  "gridpatrol report tongzhou work --from 2026-01-01 --to 2026-07-01 --by month --as 孙华\n"
                  "gridpatrol report tongzhou precision --as 李敏\n"
                  "gridpatrol report tongzhou comparisons --json --as 李敏\n" },
    { .name = "restore", .run = cmd_restore, .operands = "FOLDER STATION", .brief = "brings a station back from a backup",
      .option = backup_options,
      .examples = "gridpatrol restore /mnt/backup/tongzhou-2026-03-01 tongzhou\n"
                  "gridpatrol verify tongzhou\n" },
    { .name = "review", .run = cmd_review, .operands = "STATION CHANGE VERB [--note TEXT]", .brief = "a person's verdict on a change",
      .option = review_options, .notes = REVIEW_NOTES,
      .examples = "gridpatrol review tongzhou 17 confirm --as 李敏\n"
                  "gridpatrol review tongzhou 18 dismiss --note \"a tent, gone again\" --as 李敏\n" },
    { .name = "route", .run = cmd_route, .operands = "STATION [--dry-run]", .brief = "opens cases for confirmed changes and drafts leads, by rules",
      .option = route_options, .notes = ROUTE_NOTES,
      .examples = "gridpatrol route tongzhou --dry-run --as 孙华\n"
                  "gridpatrol route tongzhou --as 孙华\n"
                  "gridpatrol route tongzhou --dry-run --all --rules candidate.json --as 孙华\n" },
    { .name = "score", .run = cmd_score, .operands = "CHANGES TRUTH [options]", .brief = "how right a list of changes is against a truth",
      .option = score_options,
      .examples = "gridpatrol score changes.gpkg truth.gpkg\n"
                  "gridpatrol score changes.gpkg truth.gpkg --json\n" },
    { .name = "serve", .run = cmd_serve, .operands = "STATION [options]", .brief = "the station over HTTP, as OGC API Features",
      .option = serve_options,
      .examples = "gridpatrol serve tongzhou\n"
                  "gridpatrol serve tongzhou --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem\n"
                  "gridpatrol serve tongzhou --public-url https://grid.example.cn/tongzhou --trust-proxy\n" },
    { .name = "survey", .run = cmd_survey, .operands = "list STATION | add STATION FILE --name NAME --date DATE [options]",
      .brief = "the surveys of a station: the file is kept for good, with who looked when and how well", .option = survey_options,
      .examples = "gridpatrol survey add tongzhou 2025.gpkg --name 2025 --date 2025-05-10 --accuracy-m 0.3 --id-field BSM --height-field JZWGD\n"
                  "gridpatrol survey list tongzhou\n" },
    { .name = "token", .run = cmd_token, .operands = "list STATION | add STATION --for ACTOR --name NAME | revoke STATION ID",
      .brief = "what programs show instead of a password: made, listed, revoked", .option = token_options, .notes = TOKEN_NOTES,
      .examples = "gridpatrol token add tongzhou --for 李敏 --name \"nightly pull\" --days 90 --read-only\n"
                  "gridpatrol token list tongzhou --for 李敏\n"
                  "gridpatrol token revoke tongzhou 4fQ0aB7xYz12\n" },
    { .name = "verify", .run = cmd_verify, .operands = "STATION", .brief = "is everything in a station what it was when it was written?",
      .option = verify_options,
      .examples = "gridpatrol verify tongzhou\n" },
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
