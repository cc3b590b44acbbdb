#include "gis/cells_arrange.h"
#include "core/base/mem.h"
#include "gis/cells_join.h"
#include "gis/cells_snap.h"
#include "gis/overlay.h"
#include "gis/relate.h"
#include <math.h>

static const double COMMON_M2 = 1e-7, ON_WALL_M = 1e-6, GRID_M = 1e-9;
static const double TOUCH = 3;        // in near_m: a line is moved by less, so it meets no other house afterwards

// --- which buildings the lines meet ----------------------------------------------------------------------------------

static double cross(struct xy_m o, struct xy_m a, struct xy_m b)
{
    return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

static double distance(struct xy_m p, struct segment_m s)
{
    double dx = s.b.x - s.a.x, dy = s.b.y - s.a.y, t = ((p.x - s.a.x) * dx + (p.y - s.a.y) * dy) / (dx * dx + dy * dy);
    t = fmin(fmax(t, 0), 1);
    return hypot(p.x - s.a.x - t * dx, p.y - s.a.y - t * dy);
}

static bool segments_meet(struct segment_m s, struct segment_m t, double touch_m)
{
    if (cross(s.a, s.b, t.a) * cross(s.a, s.b, t.b) < 0 && cross(t.a, t.b, s.a) * cross(t.a, t.b, s.b) < 0)
        return true;
    return distance(s.a, t) < touch_m || distance(s.b, t) < touch_m || distance(t.a, s) < touch_m || distance(t.b, s) < touch_m;
}

static bool segment_meets_box(struct segment_m s, struct box_m b, double touch_m)
{
    return fmax(s.a.x, s.b.x) >= b.min_x - touch_m && fmin(s.a.x, s.b.x) <= b.max_x + touch_m && fmax(s.a.y, s.b.y) >= b.min_y - touch_m &&
           fmin(s.a.y, s.b.y) <= b.max_y + touch_m;
}

static bool line_meets_house(struct segment_m s, const struct rings *house, double touch_m)
{
    for (uint32_t k = 0; k < house->count; k++)
        for (uint32_t i = house->first[k], j = house->first[k + 1] - 1; i < house->first[k + 1]; j = i++)
            if (segments_meet(s, (struct segment_m){ house->vertex[j], house->vertex[i] }, touch_m))
                return true;
    return rings_contain(house, s.a);
}

static bool lines_meet_house(const struct segments *lines, const struct rings *house, double touch_m)
{
    struct box_m box = rings_box(house);
    for (size_t i = 0; i < lines->count; i++)
        if (segment_meets_box(lines->at[i], box, touch_m) && line_meets_house(lines->at[i], house, touch_m))
            return true;
    return false;
}

// Houses on the land whose outlines take part: those a line meets, and those that have ground in common with one of them.
struct met { uint32_t *house; uint32_t count; struct rings *shape; struct box_m *box; };

static bool boxes_meet(struct box_m a, struct box_m b)
{
    return a.min_x <= b.max_x && b.min_x <= a.max_x && a.min_y <= b.max_y && b.min_y <= a.max_y;
}

static bool shares_ground(const struct met *m, const struct rings *house, struct box_m box)
{
    for (uint32_t k = 0; k < m->count; k++)
        if (boxes_meet(m->box[k], box) && relate_overlap_m2(&m->shape[k], house) > COMMON_M2)
            return true;
    return false;
}

static void find_met(const struct cells_arranging *a, const struct segments *lines, const uint32_t *near, uint32_t near_count, struct met *m)
{
    uint8_t *taken = mem_get(near_count, 1);
    struct rings house = {0};
    *m = (struct met){ .house = mem_get(near_count, sizeof *m->house), .shape = mem_get(near_count, sizeof *m->shape),
                       .box = mem_get(near_count, sizeof *m->box) };
    bool more = lines->count > 0;
    for (int round = 0; more; round++) {
        more = false;
        for (uint32_t k = 0; k < near_count; k++) {
            if (taken[k])
                continue;
            polygons_get(a->building, near[k], &house);
            struct box_m box = rings_box(&house);
            if (house.count == 0 || !(round == 0 ? lines_meet_house(lines, &house, TOUCH * a->near_m) : shares_ground(m, &house, box)))
                continue;
            taken[k] = more = true;
            rings_take(&house, 0, house.count, &m->shape[m->count]);
            m->box[m->count] = box;
            m->house[m->count++] = near[k];
        }
    }
    rings_clear(&house);
    mem_free(taken);
}

static void met_clear(struct met *m)
{
    for (uint32_t k = 0; k < m->count; k++)
        rings_clear(&m->shape[k]);
    mem_free(m->house);
    mem_free(m->shape);
    mem_free(m->box);
}

// --- who gets which piece --------------------------------------------------------------------------------------------

// Pieces of the land; a piece inside of a house is bound to the other pieces of that house.
struct sorting {
    const struct met *met;
    struct polygons piece;
    struct xy_m *inside;
    double *area_m2;
    uint32_t *house;              // root house of each piece, NOBODY: open ground
    uint32_t *root;               // union-find over the houses met
    uint32_t *label;
    struct border border;
};

static uint32_t root_of(const struct sorting *s, uint32_t k)
{
    while (s->root[k] != k)
        k = s->root[k];
    return k;
}

static void find_house(struct sorting *s, uint32_t piece)
{
    struct xy_m p = s->inside[piece];
    for (uint32_t k = 0; k < s->met->count; k++) {
        struct box_m b = s->met->box[k];
        if (p.x < b.min_x || p.x > b.max_x || p.y < b.min_y || p.y > b.max_y || !rings_contain(&s->met->shape[k], p))
            continue;
        uint32_t mine = root_of(s, k);
        if (s->house[piece] == BORDER_NOBODY) {
            s->house[piece] = mine;
            continue;
        }
        uint32_t other = root_of(s, s->house[piece]);
        s->root[mine > other ? mine : other] = mine > other ? other : mine;
    }
}

// Labelled ground with the longest border to one piece of a house, or (piece NOBODY) to all of them.
static uint32_t best_neighbour(const struct sorting *s, uint32_t house, uint32_t piece, double *length)
{
    uint32_t best = BORDER_NOBODY;
    for (int64_t i = 0; i < s->piece.count; i++)
        length[i] = 0;
    for (size_t i = 0; i < s->border.edges; i++) {
        const struct border_edge *e = &s->border.edge[i];
        for (int side = 0; side < 2; side++) {
            uint32_t mine = side ? e->right : e->left, other = side ? e->left : e->right;
            if (mine == BORDER_NOBODY || other == BORDER_NOBODY || s->house[mine] != house || (piece != BORDER_NOBODY && mine != piece))
                continue;
            if (s->label[other] == BORDER_NOBODY)
                continue;
            struct xy_m a = s->border.vertex[e->a], b = s->border.vertex[e->b];
            length[s->label[other]] += hypot(a.x - b.x, a.y - b.y);
        }
    }
    for (uint32_t i = 0; i < (uint32_t)s->piece.count; i++)
        if (length[i] > 0 && (best == BORDER_NOBODY || length[i] > length[best]))
            best = i;
    return best;
}

static uint32_t largest_piece(const struct sorting *s, uint32_t house)
{
    uint32_t best = BORDER_NOBODY;
    for (uint32_t i = 0; i < (uint32_t)s->piece.count; i++)
        if (s->house[i] == house && (best == BORDER_NOBODY || s->area_m2[i] > s->area_m2[best]))
            best = i;
    return best;
}

static void give(struct sorting *s, uint32_t house, uint32_t label)
{
    for (int64_t i = 0; i < s->piece.count; i++)
        if (s->house[i] == house)
            s->label[i] = label;
}

// A house joins the ground beside the largest of its pieces; one that is walled in by others waits for them; one that fills
// the land is land of its own.
static void give_houses(struct sorting *s)
{
    double *length = mem_get((size_t)s->piece.count, sizeof *length);
    bool again = true, last = false;
    while (again || !last) {
        last = !again;
        again = false;
        for (uint32_t k = 0; k < s->met->count; k++) {
            uint32_t piece = largest_piece(s, k);
            if (piece == BORDER_NOBODY || s->label[piece] != BORDER_NOBODY)
                continue;
            uint32_t label = best_neighbour(s, k, piece, length);
            if (label == BORDER_NOBODY)
                label = best_neighbour(s, k, BORDER_NOBODY, length);
            if (label == BORDER_NOBODY && !last)
                continue;
            give(s, k, label == BORDER_NOBODY ? piece : label);
            again = true;
        }
    }
    mem_free(length);
}

// Corners as they were given, by their place on the grid on which the lines were cut.
struct given { struct border place; struct xy_m *corner; size_t cap; };

static struct xy_m place_on_grid(struct xy_m p)
{
    return (struct xy_m){ floor(p.x / GRID_M + 0.5), floor(p.y / GRID_M + 0.5) };
}

static void note_given(struct given *g, struct xy_m p)
{
    size_t known = g->place.vertices;
    uint32_t k = border_vertex(&g->place, place_on_grid(p));
    g->corner = mem_grow(g->corner, &g->cap, g->place.vertices, sizeof *g->corner);
    if (k == known)
        g->corner[k] = p;
}

static void give_back_corners(struct given *g, struct rings *r)
{
    for (uint32_t i = 0; i < r->first[r->count]; i++) {
        size_t known = g->place.vertices;
        uint32_t k = border_vertex(&g->place, place_on_grid(r->vertex[i]));
        g->corner = mem_grow(g->corner, &g->cap, g->place.vertices, sizeof *g->corner);
        if (k == known)
            g->corner[k] = r->vertex[i];    // a new corner: as it is
        r->vertex[i] = g->corner[k];
    }
}

// Only what lies on the land.
static void keep_pieces(struct sorting *s, const struct rings *land, struct given *given, const struct polygons *all, const struct xy_m *inside)
{
    struct rings r = {0};
    size_t n = (size_t)all->count;
    s->inside = mem_get(n, sizeof *s->inside);
    s->area_m2 = mem_get(n, sizeof *s->area_m2);
    for (int64_t i = 0; i < all->count; i++) {
        if (!rings_contain(land, inside[i]))
            continue;
        polygons_get(all, i, &r);
        give_back_corners(given, &r);
        s->inside[s->piece.count] = inside[i];
        s->area_m2[s->piece.count] = rings_area_m2(&r);
        border_add(&s->border, &r, 1, (uint32_t)s->piece.count);
        polygons_add_local(&s->piece, &r);
    }
    rings_clear(&r);
}

// Neighbouring labels become 0, 1, 2, ...
static uint32_t number_labels(struct sorting *s)
{
    uint32_t labels = 0, *number = mem_get((size_t)s->piece.count, sizeof *number);
    for (int64_t i = 0; i < s->piece.count; i++)
        if (s->label[i] == (uint32_t)i)
            number[i] = labels++;
    for (int64_t i = 0; i < s->piece.count; i++)
        s->label[i] = number[s->label[i]];
    mem_free(number);
    return labels;
}

static uint32_t label_pieces(struct sorting *s)
{
    size_t n = (size_t)s->piece.count;
    s->house = mem_get(n, sizeof *s->house);
    s->label = mem_get(n, sizeof *s->label);
    s->root = mem_get(s->met->count, sizeof *s->root);
    for (uint32_t k = 0; k < s->met->count; k++)
        s->root[k] = k;
    for (uint32_t i = 0; i < n; i++) {
        s->house[i] = BORDER_NOBODY;
        find_house(s, i);
    }
    for (uint32_t i = 0; i < n; i++) {
        s->house[i] = s->house[i] == BORDER_NOBODY ? BORDER_NOBODY : root_of(s, s->house[i]);
        s->label[i] = s->house[i] == BORDER_NOBODY ? i : BORDER_NOBODY;
    }
    give_houses(s);
    return number_labels(s);
}

static bool on_wall(const struct rings *house, struct xy_m p)
{
    for (uint32_t k = 0; k < house->count; k++)
        for (uint32_t i = house->first[k], j = house->first[k + 1] - 1; i < house->first[k + 1]; j = i++)
            if (distance(p, (struct segment_m){ house->vertex[j], house->vertex[i] }) < ON_WALL_M)
                return true;
    return false;
}

// Also of houses beside the land, where a line given or an earlier cut stepped around them and a new one ends on their wall.
static void note_walls(struct cells_arranging *a, const struct sorting *s)
{
    for (size_t v = 0; v < s->border.vertices; v++) {
        struct xy_m p = s->border.vertex[v];
        bool found = false;
        for (uint32_t k = 0; k < s->met->count && !found; k++) {
            struct box_m b = s->met->box[k];
            bool near = p.x >= b.min_x - ON_WALL_M && p.x <= b.max_x + ON_WALL_M && p.y >= b.min_y - ON_WALL_M && p.y <= b.max_y + ON_WALL_M;
            found = near && on_wall(&s->met->shape[k], p);
        }
        if (found)
            border_vertex(&a->walls, p);
    }
    for (uint32_t k = 0; k < s->met->count; k++)
        a->stepped[s->met->house[k]] = 1;
}

static void sorting_clear(struct sorting *s)
{
    void *owned[] = { s->inside, s->area_m2, s->house, s->root, s->label };
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        mem_free(owned[i]);
    polygons_clear(&s->piece);
    border_clear(&s->border);
}

// --- the whole -------------------------------------------------------------------------------------------------------

static enum status sort_pieces(struct cells_arranging *a, const struct rings *land, const struct segments *lines, const struct met *met,
                               const struct polygons *all, const struct xy_m *inside, struct polygons *parts, struct err *e)
{
    struct given given = {0};
    struct sorting s = { .met = met };
    polygons_init(&s.piece, (struct xy_m){0});
    border_init(&s.border);
    border_init(&given.place);
    for (size_t i = 0; i < lines->count; i++) {
        note_given(&given, lines->at[i].a);
        note_given(&given, lines->at[i].b);
    }
    keep_pieces(&s, land, &given, all, inside);
    border_clear(&given.place);
    mem_free(given.corner);
    uint32_t labels = label_pieces(&s);
    bool closed = cells_dissolve(&s.border, s.label, labels, parts);
    note_walls(a, &s);
    sorting_clear(&s);
    return closed ? OK : err_set(e, FAILED, "the land could not be cut along its lines: the pieces overlap");
}

enum status cells_arrange(struct cells_arranging *a, const struct rings *land, const struct segments *lines, const uint32_t *near,
                          uint32_t near_count, struct polygons *parts, struct err *e)
{
    struct met met;
    struct segments all_lines = {0}, snapped = {0};
    struct polygons all;
    struct xy_m *inside = NULL;
    find_met(a, lines, near, near_count, &met);
    segments_add_rings(&all_lines, land);
    for (uint32_t k = 0; k < met.count; k++)
        segments_add_rings(&all_lines, &met.shape[k]);
    cells_snap(&all_lines, lines, a->near_m, &snapped);
    for (size_t i = 0; i < snapped.count; i++)
        segments_add(&all_lines, snapped.at[i].a, snapped.at[i].b);
    polygons_init(&all, (struct xy_m){0});
    polygons_init(parts, (struct xy_m){0});
    enum status s = overlay_pieces(a->overlay, &all_lines, GRID_M, &all, &inside, e);
    if (s == OK)
        s = sort_pieces(a, land, &all_lines, &met, &all, inside, parts, e);
    mem_free(inside);
    polygons_clear(&all);
    segments_clear(&all_lines);
    segments_clear(&snapped);
    met_clear(&met);
    return s;
}
