#include "core/compartment.h"

#include "core/actor.h"
#include "core/agency.h"
#include "core/audit.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/lifecycle.h"
#include "core/store/compartment_rows.h"
#include "core/store/tell_rows.h"
#include "core/told.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BOX_CEILING = 256 << 20, BOX_ID = 33, LEADS_MOST = 8, KEY_FILE_BYTES = 4096 };
static const struct json_limits WIDE = { .bytes = BOX_CEILING, .values = 1 << 24 };
static const char *const SEALED_BY = "sealed";                // the common audit names nobody

// What is open in a writing job.
struct compartment {
    char box_id[BOX_ID], lead_id[ID_TEXT], box_sha256[65];    // of the lead that was opened; "" of a new one
    struct buf snapshot;
};

// --- Key files --------------------------------------------------------------------------------------------------------------------------

// Comments, and one line that is a key; nothing else.
static bool find_key(char *text, struct compartment_key *out)
{
    int found = 0;
    for (char *at, *line = strtok_r(text, "\r\n", &at); line != NULL; line = strtok_r(NULL, "\r\n", &at)) {
        if (line[0] == '#')
            continue;
        if (!seal_is_key(line) || found++ > 0)
            return false;
        memcpy(out->secret, line, SEAL_KEY_TEXT);
    }
    return found == 1;
}

enum status compartment_key_read(const char *path, struct compartment_key *out, struct err *e)
{
    char text[KEY_FILE_BYTES] = "";
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return err_set(e, NOT_FOUND, "%s: cannot be read: %s", path, strerror(errno));
    size_t len = fread(text, 1, sizeof text - 1, f);
    bool whole = len < sizeof text - 1 && strlen(text) == len;
    fclose(f);
    bool found = whole && find_key(text, out);
    mem_wipe(text, sizeof text);
    return found ? OK : err_set(e, INVALID, "%s: this is no key of a compartment; gridpatrol compartment make writes them", path);
}

enum status compartment_key_write(const char *path, const char *agency, const struct compartment_key *key, struct err *e)
{
    char text[512];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, errno == EEXIST ? CONFLICT : FAILED, "%s: a key is written to a new file only: %s", path, strerror(errno));
    int len = snprintf(text, sizeof text, "# gridpatrol: the key of compartment %s. Who has it reads its leads; lost, they are lost. Keep two, apart.\n%s\n", agency,
                       key->secret);
    bool fine = write(fd, text, (size_t)len) == len && fsync(fd) == 0;
    fine = close(fd) == 0 && fine;
    mem_wipe(text, sizeof text);
    if (fine)
        return OK;
    unlink(path);
    return err_set(e, FAILED, "%s: cannot be written: %s", path, strerror(errno));
}

// --- Boxes ------------------------------------------------------------------------------------------------------------------------------

static void sha_of(const void *bytes, size_t len, char out[65]) { hash_sha256(bytes, len, out); }

static enum status note_box(struct work *w, const char *id, const char *before, const char *after)
{
    return audit_record(w->db, &(struct audit_row){ .at_s = w->now_s, .actor = SEALED_BY, .verb = "seal", .thing = "sealed", .thing_id = id,
                                                    .before_sha256 = before, .after_sha256 = after }, w->e);
}

static enum status parse_box(const struct buf *plain, struct json_doc **out, struct err *e)
{
    return json_parse(plain->data, plain->len, "sealed", &WIDE, out, e);
}

static void clear_plain(struct buf *plain)
{
    if (plain->data != NULL)
        mem_wipe(plain->data, plain->len);
    buf_clear(plain);
}

struct opening { struct work *w; const char *secret; enum status (*fn)(struct opening *o, const char *id, const void *box, size_t len, const struct buf *plain);
                 void *ctx; int64_t opened, closed; };

static enum status try_box(void *ctx, const char *id, const void *box, size_t len, struct err *e)
{
    struct opening *o = ctx;
    struct buf plain;
    (void)e;
    buf_init(&plain, BOX_CEILING);
    bool fine = seal_open(o->secret, box, len, &plain);
    o->opened += fine;
    o->closed += !fine;
    enum status s = fine ? o->fn(o, id, box, len, &plain) : OK;
    clear_plain(&plain);
    return s;
}

// --- Looking ------------------------------------------------------------------------------------------------------------------------------

static enum status look_at(struct opening *o, const char *id, const void *box, size_t len, const struct buf *plain)
{
    struct json_doc *doc = NULL;
    (void)id, (void)box, (void)len;
    enum status s = parse_box(plain, &doc, o->w->e);
    if (s == OK)
        s = memory_read(o->w->db, json_root(doc), true, o->w->e);
    json_close(doc);
    return s;
}

enum status compartment_look(struct work *w)
{
    struct opening o = { .w = w, .secret = w->key->secret, .fn = look_at };
    enum status s = memory_look(w->db, w->e);
    return s == OK ? box_each(w->db, try_box, &o, w->e) : s;
}

void compartment_look_away(struct work *w) { memory_look_away(w->db); }

// --- Opening for a step -------------------------------------------------------------------------------------------------------------------

static struct compartment *compartment_new(void)
{
    struct compartment *c = mem_get(1, sizeof *c);
    buf_init(&c->snapshot, BOX_CEILING);
    return c;
}

void compartment_forget(struct work *w)
{
    if (w->compartment == NULL)
        return;
    clear_plain(&w->compartment->snapshot);
    mem_free(w->compartment);
    w->compartment = NULL;
}

const char *compartment_snapshot(const struct work *w) { return w->compartment != NULL ? w->compartment->snapshot.data : NULL; }

enum status compartment_open_new(struct work *w, const char *agency_id, const char *snapshot)
{
    char public_key[SEAL_KEY_TEXT];
    struct agency agency;
    must(w->compartment == NULL);
    enum status s = agency_get(w, agency_id, &agency);
    if (s == OK)
        s = compartment_select(w->db, agency_id, public_key, w->e);
    if (s == NOT_FOUND)
        return err_set(w->e, CONFLICT, "a lead to %s is secret, and %s has no compartment yet; its people make one: gridpatrol compartment make STATION %s --new-key FILE",
                       agency.key, agency.key, agency.key);
    if (s == OK)
        s = memory_open(w->db, w->e);
    if (s != OK)
        return s;
    w->compartment = compartment_new();
    buf_text(&w->compartment->snapshot, snapshot);
    return OK;
}

static int place_of(struct json columns, const char *name)
{
    const char *word = "";
    for (size_t i = 0; i < json_count(columns); i++)
        if (json_read_text(json_at(columns, i), &word, NULL) == OK && strcmp(word, name) == 0)
            return (int)i;
    return -1;
}

static const char *value_of(struct json lead, const char *column)
{
    const char *text = "";
    int at = place_of(json_get(lead, "columns"), column);
    if (at < 0 || json_read_text(json_at(json_at(json_get(lead, "rows"), 0), (size_t)at), &text, NULL) != OK)
        return "";
    return text;
}

struct finding_lead { const char *key; struct compartment *found; struct buf plain; char case_id[ID_TEXT]; };

static enum status is_it(struct opening *o, const char *id, const void *box, size_t len, const struct buf *plain)
{
    struct finding_lead *f = o->ctx;
    struct json_doc *doc = NULL;
    enum status s = f->found == NULL ? parse_box(plain, &doc, o->w->e) : OK;
    struct json lead = doc != NULL ? json_get(json_root(doc), "lead") : (struct json){ .doc = NULL };
    if (s == OK && doc != NULL && (strcmp(value_of(lead, "number"), f->key) == 0 || strcmp(value_of(lead, "id"), f->key) == 0)) {
        f->found = compartment_new();
        snprintf(f->found->box_id, sizeof f->found->box_id, "%s", id);
        snprintf(f->found->lead_id, sizeof f->found->lead_id, "%s", value_of(lead, "id"));
        snprintf(f->case_id, sizeof f->case_id, "%s", value_of(lead, "case_id"));
        sha_of(box, len, f->found->box_sha256);
        buf_add(&f->plain, plain->data, plain->len);
    }
    json_close(doc);
    return s;
}

// The case is told before the tables in memory hide its steps.
static enum status fill_memory(struct work *w, struct finding_lead *f)
{
    struct json_doc *doc = NULL;
    enum status s = tell_case(w->db, f->case_id, NULL, &f->found->snapshot, w->e);
    if (s == OK)
        s = parse_box(&f->plain, &doc, w->e);
    if (s == OK)
        s = memory_open(w->db, w->e);
    if (s == OK)
        s = memory_empty(w->db, w->e);
    if (s == OK)
        s = memory_read(w->db, json_root(doc), false, w->e);
    json_close(doc);
    return s;
}

enum status compartment_open_lead(struct work *w, const char *key, bool *found)
{
    struct finding_lead f = { .key = key };
    struct opening o = { .w = w, .secret = w->key != NULL ? w->key->secret : NULL, .fn = is_it, .ctx = &f };
    *found = false;
    if (w->key == NULL)
        return OK;
    buf_init(&f.plain, BOX_CEILING);
    enum status s = box_each(w->db, try_box, &o, w->e);
    w->compartment = f.found;
    if (s == OK && f.found != NULL)
        s = fill_memory(w, &f);
    *found = s == OK && f.found != NULL;
    clear_plain(&f.plain);
    return s;
}

// --- Sealing ------------------------------------------------------------------------------------------------------------------------------

struct sealing { char box_id[BOX_ID], before[65], after[65]; };

// The box of one lead holds nothing of another.
static enum status write_apart(struct work *w, const char *const *others, int count, struct buf *out)
{
    enum status s = db_script(w->db, "SAVEPOINT apart;", w->e);
    for (int i = 0; s == OK && i < count; i++)
        s = memory_forget_lead(w->db, others[i], w->e);
    if (s == OK)
        s = memory_write(w->db, out, w->e);
    enum status back = db_script(w->db, "ROLLBACK TO apart; RELEASE apart;", w->e);
    return s == OK ? back : s;
}

static enum status seal_lead(struct work *w, const char *id, const char *const *others, int count, struct sealing *out)
{
    const struct compartment *c = w->compartment;
    char agency[ID_TEXT], case_id[ID_TEXT], number[64], public_key[SEAL_KEY_TEXT];
    bool is_known = strcmp(id, c->lead_id) == 0;
    struct buf plain, box;
    buf_init(&plain, BOX_CEILING);
    buf_init(&box, BOX_CEILING + 2 * SEAL_BLOCK);
    enum status s = memory_lead_facts(w->db, id, agency, case_id, number, w->e);
    if (s == OK)
        s = compartment_select(w->db, agency, public_key, w->e);
    if (s == NOT_FOUND)
        s = err_set(w->e, CONFLICT, "the agency this lead goes to has no compartment; a secret lead stays where there is one");
    if (s == OK)
        s = write_apart(w, others, count, &plain);
    if (s == OK) {
        seal_box(public_key, plain.data, plain.len, &box);
        sha_of(box.data, box.len, out->after);
        snprintf(out->before, sizeof out->before, "%s", is_known ? c->box_sha256 : "");
        if (is_known)
            memcpy(out->box_id, c->box_id, sizeof out->box_id);
        else
            seal_random(out->box_id, BOX_ID - 1);
        s = is_known ? box_update(w->db, out->box_id, &box, w->e) : box_insert(w->db, out->box_id, &box, w->e);
    }
    clear_plain(&plain);
    buf_clear(&box);
    return s;
}

static enum status leads_in_memory(struct work *w, char ids[LEADS_MOST][ID_TEXT], int *count)
{
    enum status s = OK;
    *count = 0;
    for (char last[ID_TEXT] = ""; s == OK && *count < LEADS_MOST; memcpy(last, ids[*count - 1], ID_TEXT)) {
        s = memory_lead(w->db, last, ids[*count], w->e);
        if (s != OK || ids[*count][0] == '\0')
            break;
        ++*count;
    }
    return s;
}

enum status compartment_close(struct work *w)
{
    char ids[LEADS_MOST][ID_TEXT];
    struct sealing done[LEADS_MOST];
    int count = 0;
    enum status s = leads_in_memory(w, ids, &count);
    for (int i = 0; s == OK && i < count; i++) {
        const char *others[LEADS_MOST];
        int n = 0;
        for (int k = 0; k < count; k++)
            if (k != i)
                others[n++] = ids[k];
        s = seal_lead(w, ids[i], others, n, &done[i]);
    }
    if (s == OK)
        s = memory_close(w->db, w->e);
    compartment_forget(w);
    for (int i = 0; s == OK && i < count; i++)           // the common chain is in sight again
        s = note_box(w, done[i].box_id, done[i].before, done[i].after);
    return s;
}

// --- Making -------------------------------------------------------------------------------------------------------------------------------

static enum status may_make(struct work *w, const struct agency *a)
{
    struct actor who;
    enum status s = actor_get(w, w->actor, &who);
    if (s != OK)
        return s;
    bool its_own = strcmp(who.agency.text, a->id.text) == 0, chief = (role_of_word(who.role) & ROLE_CHIEF) != 0;
    if ((role_of_word(who.role) & ROLE_ADMINISTRATOR) != 0 || (!its_own && !chief))
        return err_set(w->e, DENIED, "a compartment is made by the people of its agency, or by a chief; %s is neither", who.name);
    return OK;
}

struct box_name { char id[BOX_ID]; };
struct resealing { const char *public_key; struct box_name *name; struct buf *plain; char (*before)[65]; size_t count, cap, plain_cap, before_cap; };

// First all are read, then written: nothing changes under the reading.
static enum status keep_plain(struct opening *o, const char *id, const void *box, size_t len, const struct buf *plain)
{
    struct resealing *r = o->ctx;
    r->name = mem_grow(r->name, &r->cap, r->count + 1, sizeof *r->name);
    r->plain = mem_grow(r->plain, &r->plain_cap, r->count + 1, sizeof *r->plain);
    r->before = mem_grow(r->before, &r->before_cap, r->count + 1, sizeof *r->before);
    snprintf(r->name[r->count].id, BOX_ID, "%s", id);
    sha_of(box, len, r->before[r->count]);
    buf_init(&r->plain[r->count], BOX_CEILING);
    buf_add(&r->plain[r->count++], plain->data, plain->len);
    return OK;
}

static enum status seal_anew(struct work *w, const struct resealing *r, size_t i)
{
    struct buf box;
    char after[65];
    buf_init(&box, BOX_CEILING + 2 * SEAL_BLOCK);
    seal_box(r->public_key, r->plain[i].data, r->plain[i].len, &box);
    sha_of(box.data, box.len, after);
    enum status s = box_update(w->db, r->name[i].id, &box, w->e);
    buf_clear(&box);
    return s == OK ? note_box(w, r->name[i].id, r->before[i], after) : s;
}

static enum status reseal_all(struct work *w, const char *public_key, int64_t *resealed)
{
    struct resealing r = { .public_key = public_key };
    struct opening o = { .w = w, .secret = w->key->secret, .fn = keep_plain, .ctx = &r };
    enum status s = box_each(w->db, try_box, &o, w->e);
    for (size_t i = 0; i < r.count; i++) {
        s = s == OK ? seal_anew(w, &r, i) : s;
        clear_plain(&r.plain[i]);
    }
    *resealed = (int64_t)r.count;
    mem_free(r.name);
    mem_free(r.plain);
    mem_free(r.before);
    return s;
}

static enum status check_old(struct work *w, const struct agency *a, bool *exists)
{
    char now[SEAL_KEY_TEXT], given[SEAL_KEY_TEXT] = "";
    enum status s = compartment_select(w->db, a->id.text, now, w->e);
    *exists = s == OK;
    if (s == NOT_FOUND)
        return OK;
    if (w->key != NULL)
        seal_public_of(w->key->secret, given);
    if (s == OK && strcmp(now, given) != 0)
        s = err_set(w->e, CONFLICT, "%s has a compartment already; with its key (--key) its leads are sealed anew for another one", a->key);
    return s;
}

enum status compartment_make(struct work *w, const char *agency, struct compartment_key *out, int64_t *resealed)
{
    struct agency a;
    char public_key[SEAL_KEY_TEXT];
    struct as_told before;
    bool exists = false;
    *resealed = 0;
    enum status s = agency_get(w, agency, &a);
    if (s == OK)
        s = may_make(w, &a);
    if (s == OK)
        s = check_old(w, &a, &exists);
    if (s == OK)
        s = told_of(w, "compartment", a.id.text, &before);
    if (s != OK)
        return s;
    seal_make_keys(public_key, out->secret);
    s = compartment_insert(w->db, a.id.text, public_key, w->actor, w->now_s, w->e);
    if (s == OK && exists)
        s = reseal_all(w, public_key, resealed);
    return s == OK ? told_note(w, &(struct deed){ .verb = "make", .thing = "compartment", .thing_id = a.id.text, .note = a.key }, &before) : s;
}

// --- Verifying ------------------------------------------------------------------------------------------------------------------------------

static enum status verify_box(struct opening *o, const char *id, const void *box, size_t len, const struct buf *plain)
{
    struct json_doc *doc = NULL;
    struct audit_report report = { 0 };
    struct work *w = o->w;
    (void)id, (void)box, (void)len;
    enum status s = parse_box(plain, &doc, w->e);
    if (s == OK)
        s = memory_empty(w->db, w->e);
    if (s == OK)
        s = memory_read(w->db, json_root(doc), false, w->e);
    if (s == OK)
        s = audit_verify(w->db, &report, w->e);
    if (s == OK && report.first_bad > 0)
        s = err_set(w->e, FAILED, "the secret lead %s, audit row %lld: %s", value_of(json_get(json_root(doc), "lead"), "number"), (long long)report.first_bad,
                    report.fault);
    json_close(doc);
    return s;
}

enum status compartment_verify(struct work *w, int64_t *opened, int64_t *closed)
{
    struct opening o = { .w = w, .secret = w->key->secret, .fn = verify_box };
    enum status s = memory_open(w->db, w->e);
    if (s == OK)
        s = box_each(w->db, try_box, &o, w->e);
    if (s == OK)
        s = memory_close(w->db, w->e);
    *opened = o.opened;
    *closed = o.closed;
    return s;
}
