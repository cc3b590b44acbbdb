#include "core/register_edit.h"

#include "core/base/mem.h"
#include "core/register_inside.h"
#include "core/register_told.h"
#include "core/store/register_rows.h"
#include "core/store/register_told.h"
#include "core/store/tally_rows.h"
#include "gis/geojson.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 64 << 20, NEAR_M = 5000, NOTE_BYTES = 400, SHAPE_TEXT_MOST = 32 << 20 };
static const char BY_HAND[] = "edit";          // the source of what was added here

struct register_editor {
    struct arena *arena;                       // of the edit at hand
    struct crs *metric;
    struct record_source *shape;
    struct placing *placing;
    struct register_reading reading;
};

// One edit on its way.
struct editing {
    struct work *w;
    struct register_editor *editor;
    const struct register_edit *edit;
    struct register_shelf *shelf;
    struct register_kept was;                  // the row that counts, of what is there
    const char *const *text;
    struct record record;
    struct register_ready ready;
};

struct register_editor *register_editor_open(void)
{
    struct register_editor *e = mem_get(1, sizeof *e);
    e->arena = arena_open(ARENA_BYTES);
    buf_init(&e->reading.properties, REGISTER_ROW_BYTES_MOST);
    buf_init(&e->reading.digest, REGISTER_ROW_BYTES_MOST);
    buf_init(&e->reading.words, REGISTER_ROW_BYTES_MOST);
    return e;
}

void register_editor_close(struct register_editor *e)
{
    if (e == NULL)
        return;
    buf_clear(&e->reading.properties);
    buf_clear(&e->reading.digest);
    buf_clear(&e->reading.words);
    placing_close(e->placing);
    record_source_close(e->shape);
    crs_close(e->metric);
    arena_close(e->arena);
    mem_free(e);
}

// --- Tools ------------------------------------------------------------------------------------------------------------------

static enum status open_tools(struct register_editor *e, struct work *w)
{
    if (e->shape != NULL)
        return OK;
    enum status s = e->metric == NULL ? crs_open(w->district->metric_crs, &e->metric, w->e) : OK;
    return s == OK ? record_shape_open(e->metric, &e->shape, w->e) : s;
}

static void ready_reading(struct editing *d)
{
    struct register_reading *r = &d->editor->reading;
    const struct layer *l = d->edit->layer;
    r->layer = l;
    r->placing = d->editor->placing;
    r->zone_offset_s = d->w->district->zone_offset_s;
    r->now_s = d->w->now_s;
    r->is_pinned = l->geometry == LAYER_AREA && strcmp(l->table, "asset") == 0;
    r->id_field = -1;
    for (int i = 0; i < l->properties; i++)
        r->field[i] = i;
}

bool register_may_edit(const struct viewer *v, const struct layer *l) { return (l->edit_roles & v->role) != 0 && visible_layer(v, l); }

static enum status begin(struct editing *d)
{
    const struct register_edit *edit = d->edit;
    arena_reset(d->editor->arena);
    if (!register_may_edit(edit->viewer, edit->layer))
        return err_set(d->w->e, DENIED, "%s is not edited by the role %s", edit->layer->key, role_title((enum role)edit->viewer->role, d->w->e->lang));
    enum status s = open_tools(d->editor, d->w);
    if (s == OK)
        s = placing_know(d->w, &d->editor->placing);
    if (s != OK)
        return s;
    ready_reading(d);
    d->shelf = register_shelf_open(edit->layer);
    return OK;
}

// --- What is asked of an edit -------------------------------------------------------------------------------------------------

// The row as a load would make it.
static enum status judge(struct editing *d, const uint8_t *wkb, size_t len, const char *const *text, struct register_ready *out)
{
    d->record = (struct record){ .row = 1, .metric = { NAN, NAN } };
    if (wkb != NULL)
        record_shape_read(d->editor->shape, wkb, len, &d->record);
    d->record.value = text;
    register_read(&d->editor->reading, &d->record, d->w->e->lang, d->editor->arena, out);
    return out->refusal == NULL ? OK : err_set(d->w->e, INVALID, "%s", out->refusal);
}

// In the grid or near it; where there is none, where the district's coordinates mean anything.
static enum status check_place(const struct editing *d)
{
    const struct placing *p = d->editor->placing;
    if (placing_cells(p) == 0)
        return crs_check(d->editor->metric, d->record.box, text_in(d->w->e->lang, "the shape"), d->w->e);
    return placing_near(p, d->record.box, NEAR_M) ? OK : err_set(d->w->e, INVALID, "the shape lies more than %d m outside of the district's grid; mind the "
                                                                 "order of its coordinates and the CRS they are said to be in", NEAR_M);
}

static bool begins(const char *code, const char *with) { return code != NULL && strncmp(code, with, strlen(with)) == 0; }

static enum status check_areas(const struct editing *d, const char *cell_code, const char *community_code)
{
    const struct viewer *v = d->edit->viewer;
    for (int i = 0; i < v->areas; i++)
        if (begins(cell_code, v->area[i]) || begins(community_code, v->area[i]))
            return OK;
    return v->areas == 0 ? OK : err_set(d->w->e, DENIED, "this place lies outside of your areas");
}

// --- States -----------------------------------------------------------------------------------------------------------------

static int state_property(const struct layer *l)
{
    return lifecycle_state(l->table, 0) != NULL ? register_property_held_in(l, tallied_find(l->table)->state_column) : -1;
}

enum { MOVES_MOST = 64 };

static const struct move *move_to(const struct layer *l, const char *from, const char *to, unsigned roles)
{
    const struct move *open[MOVES_MOST];
    size_t n = lifecycle_moves(l->table, from, roles, open, MOVES_MOST);
    for (size_t i = 0; i < n && i < MOVES_MOST; i++)
        if (strcmp(open[i]->to, to) == 0)
            return open[i];
    return NULL;
}

static enum status say_no_move(const struct editing *d, const char *from, const char *to)
{
    const struct layer *l = d->edit->layer;
    return err_set(d->w->e, CONFLICT, "%s: the role %s does not bring it from %s to %s; somebody else decides that", l->property[state_property(l)].name,
                   role_title((enum role)d->edit->viewer->role, d->w->e->lang), from, to);
}

// *verb: the move; NULL where no state changes.
static enum status check_state(const struct editing *d, const char **verb)
{
    const struct layer *l = d->edit->layer;
    int at = state_property(l);
    *verb = NULL;
    if (at < 0)
        return OK;
    const char *from = d->was.text[at], *to = d->ready.column[at].bytes;
    if (strcmp(from, to) == 0)
        return OK;
    const struct move *m = move_to(l, from, to, d->edit->viewer->role);
    if (m == NULL)
        return say_no_move(d, from, to);
    *verb = m->verb;
    return OK;
}

// A new thing is what it is born as, or one step from there.
static enum status check_birth(const struct editing *d)
{
    const struct layer *l = d->edit->layer;
    const struct move *open[MOVES_MOST];
    int at = state_property(l);
    size_t n = at < 0 ? 0 : lifecycle_moves(l->table, "", d->edit->viewer->role, open, MOVES_MOST);
    const char *to = at < 0 ? "" : d->ready.column[at].bytes;
    for (size_t i = 0; i < n; i++)
        if (strcmp(open[i]->to, to) == 0 || move_to(l, open[i]->to, to, d->edit->viewer->role) != NULL)
            return OK;
    return at < 0 ? OK : say_no_move(d, "-", to);
}

// Who takes a thing out ends it: by a move they could make, or because it is at its end.
static enum status check_end(const struct editing *d)
{
    const struct layer *l = d->edit->layer;
    const struct move *open[MOVES_MOST];
    int at = state_property(l);
    if (at < 0 || lifecycle_is_end(l->table, d->was.text[at]))
        return OK;
    size_t n = lifecycle_moves(l->table, d->was.text[at], d->edit->viewer->role, open, MOVES_MOST);
    for (size_t i = 0; i < n && i < MOVES_MOST; i++)
        if (open[i]->direction == END)
            return OK;
    return say_no_move(d, d->was.text[at], "-");
}

// --- Writing ----------------------------------------------------------------------------------------------------------------

// row: who it is; the rest as it was judged. digest: of all of it.
static enum status fill(struct editing *d, struct register_row *row, char digest[TOLD_DIGEST])
{
    const struct register_ready *r = &d->ready;
    struct buf *room = &d->editor->reading.digest;
    row->properties = r->properties, row->column = r->column;
    row->cell_code = r->at.cell_code, row->community_code = r->at.community_code;
    row->area_m2 = r->area_m2;
    row->now_s = d->w->now_s;
    row->wkb = r->wkb, row->wkb_len = r->wkb_len;
    row->point_wkb = d->editor->reading.is_pinned ? r->point : NULL, row->point_len = sizeof r->point;
    room->len = 0;
    return register_digest(d->edit->layer, row, room, digest) ? OK : register_say_too_big(d->w->e);
}

// A delivery of one row.
static enum status insert(struct editing *d, const struct register_row *row, const char *verb)
{
    const struct layer *l = d->edit->layer;
    const char *words = d->ready.words;
    int64_t last_fid = 0;
    enum status s = register_last_fid(d->w->db, l, &last_fid, d->w->e);
    if (s == OK)
        s = register_insert(d->w->db, d->shelf, row, d->w->e);
    if (s == OK && words != NULL)
        s = register_insert_words(d->w->db, d->shelf, db_last_fid(d->w->db), words, d->w->e);
    return s == OK ? register_told_note(d->w, l, last_fid, verb, row->id) : s;
}

static bool is_same_value(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == VALUE_TEXT ? a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0 : a->integer == b->integer && a->real == b->real;
}

// Which layer, and which of its properties: what they say is told by no note.
static void write_note(const struct editing *d, const struct register_ready *before, bool has_moved, char out[NOTE_BYTES])
{
    const struct layer *l = d->edit->layer;
    size_t n = (size_t)snprintf(out, NOTE_BYTES, "%s:%s", l->key, has_moved ? " geometry" : "");
    for (int i = 0; i < l->properties && n < NOTE_BYTES; i++)
        if (!is_same_value(&before->column[i], &d->ready.column[i]))
            n += (size_t)snprintf(out + n, NOTE_BYTES - n, " %s", l->property[i].name);
}

static enum status note(const struct editing *d, const char *verb, const char *id, const char *words, const char *before, const char *after)
{
    return work_note(d->w, &(struct deed){ .verb = verb, .thing = d->edit->layer->table, .thing_id = id, .note = words, .before = before, .after = after });
}

static enum status know_layer(const struct editing *d)
{
    int64_t known = 0;             // assets name its row
    enum status s = db_integer(d->w->db, "SELECT count(*) FROM layer WHERE key = $1", VALUES(value_text(d->edit->layer->key)), &known, d->w->e);
    return s == OK && known == 0 ? layer_record(d->w, d->edit->layer) : s;
}

// --- Adding -----------------------------------------------------------------------------------------------------------------

// Under the id it was minted with a thing is added once: the same again is the same, anything else is another thing.
static enum status look_for(struct editing *d, const char *digest, bool *is_there, struct register_edited *out)
{
    struct register_born born;
    enum status s = register_born_get(d->w->db, d->shelf, out->id.text, &born, d->w->e);
    *is_there = s == OK;
    if (s == NOT_FOUND)
        return OK;
    if (s == OK && (!born.counts || !register_is_said(born.digest, digest)))
        return err_set(d->w->e, CONFLICT, "there is something else under the id %s already", out->id.text);
    out->version = born.version;
    out->is_same = true;
    return s;
}

static enum status add(struct editing *d, struct register_edited *out)
{
    const struct register_edit *edit = d->edit;
    char digest[TOLD_DIGEST];
    struct register_row row = { .source = BY_HAND, .digest = digest, .crs = edit->given.crs, .accuracy_m = edit->layer->accuracy_m, .version = 1 };
    *out = (struct register_edited){ .id = d->ready.id, .version = 1 };
    enum status s = edit->id != NULL ? id_parse(edit->id, &out->id, d->w->e) : OK;
    bool is_there = false;
    row.id = row.source_id = out->id.text;
    if (s == OK)
        s = fill(d, &row, digest);
    if (s == OK && edit->id != NULL)
        s = look_for(d, digest, &is_there, out);
    if (s != OK || is_there)
        return s;
    s = know_layer(d);
    if (s == OK)
        s = insert(d, &row, "add");
    return s == OK ? note(d, "add", out->id.text, edit->layer->key, NULL, digest) : s;
}

enum status register_add(struct work *w, struct register_editor *e, const struct register_edit *edit, struct register_edited *out)
{
    struct editing d = { .w = w, .editor = e, .edit = edit, .text = edit->given.text };
    struct register_edited done;
    enum status s = begin(&d);
    if (s == OK)
        s = judge(&d, edit->given.wkb, edit->given.wkb_len, d.text, &d.ready);
    if (s == OK)
        s = check_place(&d);
    if (s == OK)
        s = check_areas(&d, d.ready.at.cell_code, d.ready.at.community_code);
    if (s == OK)
        s = check_birth(&d);
    if (s == OK)
        s = add(&d, &done);
    if (s == OK)
        *out = done;
    register_shelf_close(d.shelf);
    return s;
}

// --- Changing ---------------------------------------------------------------------------------------------------------------

static enum status find(struct editing *d)
{
    const struct register_edit *edit = d->edit;
    enum status s = register_kept_get(d->w->db, d->shelf, edit->id, d->editor->arena, &d->was, d->w->e);
    if (s == NOT_FOUND)
        return err_set(d->w->e, NOT_FOUND, "there is no feature \"%.60s\" in %s", edit->id, edit->layer->key);
    return s == OK ? check_areas(d, d->was.cell_code, d->was.community_code) : s;
}

static void merge(struct editing *d)
{
    const struct register_edit *edit = d->edit;
    const struct layer *l = edit->layer;
    const char **text = arena_get(d->editor->arena, ((size_t)l->properties + 1) * sizeof *text);
    for (int i = 0; i < l->properties; i++) {
        bool is_emptied = edit->given.is_whole && visible_property(edit->viewer, l, &l->property[i]);
        text[i] = edit->given.is_said[i] ? edit->given.text[i] : is_emptied ? NULL : d->was.text[i];
    }
    d->text = text;
}

static bool write_shape(const uint8_t *wkb, size_t len, struct buf *out)
{
    buf_init(out, SHAPE_TEXT_MOST);
    return geojson_add_wkb(out, wkb, len, GEOJSON_DEGREE_DECIMALS) && !out->full;
}

// What was read over HTTP and is sent back has fewer digits than what is kept: that does not move a thing.
static bool is_same_shape(const struct register_ready *a, const struct register_ready *b)
{
    struct buf one, other;
    bool same = write_shape(a->wkb, a->wkb_len, &one);
    same = write_shape(b->wkb, b->wkb_len, &other) && same && one.len == other.len && memcmp(one.data, other.data, one.len) == 0;
    buf_clear(&one);
    buf_clear(&other);
    return same;
}

// The row that was, as it would be made today; then the one that is to be. *has_moved: its shape is another one.
static enum status judge_both(struct editing *d, struct register_ready *before, bool *has_moved)
{
    const struct register_given *given = &d->edit->given;
    enum status s = judge(d, d->was.wkb, d->was.wkb_len, d->was.text, before);
    *has_moved = false;
    if (s == OK && given->wkb != NULL) {
        s = judge(d, given->wkb, given->wkb_len, d->text, &d->ready);
        *has_moved = s == OK && !is_same_shape(before, &d->ready);
    }
    if (s == OK && *has_moved)
        return check_place(d);
    return s == OK ? judge(d, d->was.wkb, d->was.wkb_len, d->text, &d->ready) : s;
}

static enum status replace(struct editing *d, const struct register_ready *before, bool has_moved, const char *verb)
{
    const struct register_kept *was = &d->was;
    const struct register_given *given = &d->edit->given;
    char words[NOTE_BYTES], now[TOLD_DIGEST], both[REGISTER_DIGEST];
    struct register_row row = { .id = was->id, .source = was->source, .source_id = was->source_id, .digest = both, .version = was->version + 1,
                                .crs = has_moved ? given->crs : was->crs, .accuracy_m = has_moved ? d->edit->layer->accuracy_m : was->accuracy_m };
    enum status s = fill(d, &row, now);
    if (s == OK)
        s = register_supersede(d->w->db, d->shelf, was->fid, d->w->now_s, d->w->e);
    if (s != OK)
        return s;
    register_digest_edited(was->digest, now, both);
    write_note(d, before, has_moved, words);
    s = insert(d, &row, "edit");
    return s == OK ? note(d, verb != NULL ? verb : "edit", was->id, words, register_digest_held(was->digest), now) : s;
}

static enum status change(struct editing *d, struct register_edited *out)
{
    struct register_ready before;
    const char *verb = NULL;
    bool has_moved = false;
    merge(d);
    enum status s = judge_both(d, &before, &has_moved);
    if (s == OK)
        s = check_areas(d, d->ready.at.cell_code, d->ready.at.community_code);
    if (s == OK)
        s = check_state(d, &verb);
    if (s != OK)
        return s;
    *out = (struct register_edited){ .version = d->was.version, .is_same = strcmp(before.digest, d->ready.digest) == 0 };
    snprintf(out->id.text, sizeof out->id.text, "%s", d->was.id);
    out->version += !out->is_same;
    return out->is_same ? OK : replace(d, &before, has_moved, verb);
}

enum status register_change(struct work *w, struct register_editor *e, const struct register_edit *edit, struct register_edited *out)
{
    struct editing d = { .w = w, .editor = e, .edit = edit };
    struct register_edited done;
    enum status s = begin(&d);
    if (s == OK)
        s = find(&d);
    if (s == OK)
        s = change(&d, &done);
    if (s == OK)
        *out = done;
    register_shelf_close(d.shelf);
    return s;
}

enum status register_take_out(struct work *w, struct register_editor *e, const struct register_edit *edit)
{
    struct editing d = { .w = w, .editor = e, .edit = edit };
    enum status s = begin(&d);
    if (s == OK)
        s = find(&d);
    if (s == OK)
        s = check_end(&d);
    if (s == OK)
        s = register_supersede(w->db, d.shelf, d.was.fid, w->now_s, w->e);
    if (s == OK)
        s = note(&d, "take_out", d.was.id, edit->layer->key, register_digest_held(d.was.digest), NULL);
    register_shelf_close(d.shelf);
    return s;
}
