#include "api/listing.h"
#include "api/password_prompt.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "core/agency.h"
#include "core/base/mem.h"
#include "core/lifecycle.h"
#include "core/password.h"
#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 16, NAME_AT = 2, REST_AT = 3 };
struct settings { struct station_use use; struct listing_options list; const char *role, *agency, *area; };

const struct option actor_options[] = {
    { .kind = OPTION_HEADING, .help = "Adding" },
    { .kind = OPTION_TEXT, .name = "role", .value = "ROLE", .at = offsetof(struct settings, role),
      .help = "what they may do: inspector, analyst, officer, coordinator, checker, chief, legal, discipline, auditor, administrator, public or service" },
    { .kind = OPTION_TEXT, .name = "agency", .value = "KEY", .at = offsetof(struct settings, agency), .help = "where they work: a key of gridpatrol agency list" },
    { .kind = OPTION_TEXT, .name = "area", .value = "CODES", .at = offsetof(struct settings, area),
      .help = "what they may see lies in these: codes of streets, communities or cells with commas between (default: the whole district)" },
    { .kind = OPTION_HEADING, .help = "Listing" },
    LISTING_OPTIONS(struct settings, list),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

// --- Telling ------------------------------------------------------------------------------------------------------------------------

static const struct list_column columns[] = {
    { "name", LIST_TEXT, 16, false }, { "role", LIST_TEXT, 22, false }, { "is_active", LIST_FLAG, 0, true }, { "is_former", LIST_FLAG, 0, false },
    { "agency", LIST_TEXT, 18, false }, { "areas", LIST_TEXT, 14, false }, { "id", LIST_TEXT, 36, false }, { "agency_id", LIST_TEXT, 0, true },
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

struct told { struct actor actor; const char *agency, *areas; };     // areas: codes with commas between; "" the whole district

static enum status find_told(struct work *w, const struct actor *a, struct arena *arena, struct told *out)
{
    struct agency agency = { 0 };
    enum status s = id_is_set(&a->agency) ? agency_get(w, a->agency.text, &agency) : OK;
    *out = (struct told){ .actor = *a, .agency = arena_text(arena, agency.key), .areas = "" };
    return s == OK ? actor_areas(w, a->id.text, arena, &out->areas) : s;
}

static enum status print_told(struct listing *l, const struct told *t)
{
    const struct actor *a = &t->actor;
    const struct list_value v[COLUMNS] = {
        { .text = a->name }, { .text = a->role, .label = role_title((enum role)role_of_word(a->role), l->lang) }, { .whole = a->is_active },
        { .whole = !a->is_active, .label = text_in(l->lang, "(not any more)") }, { .text = t->agency }, { .text = t->areas }, { .text = a->id.text },
        { .text = a->agency.text },
    };
    return listing_row(l, v);
}

struct telling { struct work *w; struct listing *l; };

static enum status print_actor(void *ctx, const struct actor *a, struct err *e)
{
    const struct telling *t = ctx;
    struct arena *arena = arena_open(ARENA_BYTES);
    struct told told;
    (void)e;
    enum status s = find_told(t->w, a, arena, &told);
    if (s == OK)
        s = print_told(t->l, &told);
    arena_close(arena);
    return s;
}

static enum status list_all(struct work *w, void *ctx)
{
    struct page p = listing_page(ctx);
    return actor_each(w, &p, print_actor, &(struct telling){ w, ctx });
}

static enum status do_list(struct settings *s, const struct operands *words, struct err *e)
{
    (void)words;
    return listing_read(&s->use, &(struct listing_plan){ columns, COLUMNS, &s->list, .query = NULL }, list_all, e);
}

// --- Changing --------------------------------------------------------------------------------------------------------------------

struct changing {
    const struct settings *s;
    const char *name;
    struct actor_change change;
    const char *area[ACTOR_AREAS_MOST + 1];
    char codes[4096];
    struct arena *arena;
    struct told told;
};

static enum status alter(struct work *w, void *ctx)
{
    struct changing *c = ctx;
    struct actor a;
    enum status s = actor_alter(w, c->name, &c->change, &a);
    return s == OK ? find_told(w, &a, c->arena, &c->told) : s;
}

static enum status add(struct work *w, void *ctx)
{
    struct changing *c = ctx;
    struct actor a = { 0 };
    if (strlen(c->name) >= sizeof a.name)
        return err_set(w->e, INVALID, "a name has at most %zu bytes", sizeof a.name - 1);
    enum status s = station_command_copy(a.role, sizeof a.role, c->s->role, "role", w->e);
    if (s != OK)
        return s;
    strcpy(a.name, c->name);
    s = actor_record(w, &a);
    if (s == OK && (c->change.agency != NULL || c->change.area != NULL))
        return alter(w, c);
    return s == OK ? find_told(w, &a, c->arena, &c->told) : s;
}

static enum status take_codes(struct changing *c, struct err *e)
{
    if (c->s->area == NULL)
        return OK;
    if (strlen(c->s->area) >= sizeof c->codes)
        return err_set(e, TOO_BIG, "a person has at most %d areas, %d were given", ACTOR_AREAS_MOST, ACTOR_AREAS_MOST + 1);
    strcpy(c->codes, c->s->area);
    c->change.area = c->area;
    for (char *save = NULL, *word = strtok_r(c->codes, ",", &save); word != NULL && c->change.areas <= ACTOR_AREAS_MOST; word = strtok_r(NULL, ",", &save))
        c->area[c->change.areas++] = word;
    return OK;
}

// Who they are now is told when it is written.
static enum status run_job(struct settings *s, station_job *fn, struct changing *c, struct err *e)
{
    struct listing l;
    c->arena = arena_open(ARENA_BYTES);
    enum status status = station_use_write(&s->use, fn, c, e);
    listing_begin(&l, &(struct listing_plan){ columns, COLUMNS, &s->list, .query = NULL }, &s->use, e->lang);
    if (status == OK)
        status = print_told(&l, &c->told);
    listing_end(&l, status);
    arena_close(c->arena);
    return status;
}

static enum status do_add(struct settings *s, const struct operands *words, struct err *e)
{
    struct changing c = { .s = s, .name = words->item[NAME_AT], .change = { .agency = s->agency } };
    enum status status = take_codes(&c, e);
    return status == OK ? run_job(s, add, &c, e) : status;
}

static enum status switch_to(struct settings *s, const struct operands *words, bool active, struct err *e)
{
    return run_job(s, alter, &(struct changing){ .s = s, .name = words->item[NAME_AT], .change = { .is_active = &active } }, e);
}

static enum status do_off(struct settings *s, const struct operands *words, struct err *e) { return switch_to(s, words, false, e); }
static enum status do_on(struct settings *s, const struct operands *words, struct err *e) { return switch_to(s, words, true, e); }

static enum status do_role(struct settings *s, const struct operands *words, struct err *e)
{
    return run_job(s, alter, &(struct changing){ .s = s, .name = words->item[NAME_AT], .change = { .role = words->item[REST_AT] } }, e);
}

static enum status do_agency(struct settings *s, const struct operands *words, struct err *e)
{
    const char *key = strcmp(words->item[REST_AT], "none") == 0 ? "" : words->item[REST_AT];
    return run_job(s, alter, &(struct changing){ .s = s, .name = words->item[NAME_AT], .change = { .agency = key } }, e);
}

static enum status do_area(struct settings *s, const struct operands *words, struct err *e)
{
    struct changing c = { .s = s, .name = words->item[NAME_AT] };
    bool all = words->count == REST_AT + 1 && strcmp(words->item[REST_AT], "all") == 0;
    c.change.area = &words->item[REST_AT];
    c.change.areas = all ? 0 : words->count - REST_AT;
    return run_job(s, alter, &c, e);
}

struct setting { const char *name, *made; };
static enum status set_password(struct work *w, void *ctx)
{
    const struct setting *p = ctx;
    return password_set(w, p->name, p->made);
}

static enum status do_password(struct settings *s, const struct operands *words, struct err *e)
{
    char typed[PASSWORD_BYTES_MOST + 2], made[SECRET_PASSWORD];
    enum status status = password_prompt(typed, sizeof typed, e);
    if (status == OK)
        status = password_make(typed, made, e);
    mem_wipe(typed, sizeof typed);
    if (status == OK)
        status = station_use_write(&s->use, set_password, &(struct setting){ words->item[NAME_AT], made }, e);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%s has a new password; whoever was signed in as %s is not any more\n"), words->item[NAME_AT], words->item[NAME_AT]);
    return status;
}

// --- The command --------------------------------------------------------------------------------------------------------------------

typedef enum status deed(struct settings *s, const struct operands *words, struct err *e);
static deed *const deeds[] = { do_list, do_add, do_off, do_on, do_role, do_agency, do_area, do_password };
static const struct command_form forms[] = { { "list", 2, 2 }, { "add", 3, 3 }, { "off", 3, 3 }, { "on", 3, 3 }, { "role", 4, 4 }, { "agency", 4, 4 },
                                             { "area", 4, OPERANDS_MOST }, { "password", 3, 3 }, { NULL, 0, 0 } };

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    return deeds[command_form_of(forms, words)](settings, words, e);
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    bool adds = strcmp(words->item[0], "add") == 0;
    return adds && ((struct settings *)settings)->role == NULL ? err_set(e, INVALID, "--%s is missing", "role") : OK;
}

int cmd_actor(const struct call *call)
{
    return station_command(call, &(struct station_command){ .form = forms, .check = check, .run = run }, &(struct settings){ .role = NULL });
}
