#include "core/placing.h"

#include "core/base/mem.h"
#include "core/cell.h"
#include "gis/cell_place.h"
#include <math.h>
#include <string.h>

enum { HOLDERS_MOST = 8 };

struct placing {
    char grid_id[ID_TEXT];             // "": there is none
    struct cells cells;
    struct cell_place *place;
    struct box_m box;                  // from the cells' origin
};

static struct box_m box_of(const struct polygons *cells)
{
    struct box_m all = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    for (int64_t i = 0; i < cells->count; i++) {
        struct box_m b = polygons_box(cells, i);
        all = (struct box_m){ fmin(all.min_x, b.min_x), fmin(all.min_y, b.min_y), fmax(all.max_x, b.max_x), fmax(all.max_y, b.max_y) };
    }
    return all;
}

// NOT_FOUND, without a sentence: a station without a grid is no fault here.
static enum status default_grid(struct work *w, struct grid *out)
{
    struct err none = { .lang = w->e->lang };
    struct work quiet = *w;
    quiet.e = &none;
    enum status s = grid_get(&quiet, NULL, out);
    if (s != OK && s != NOT_FOUND)
        *w->e = none;
    return s;
}

static enum status open_on(struct work *w, const struct grid *grid, struct placing **out)
{
    struct placing *p = mem_get(1, sizeof *p);
    bool has_grid = grid->id.text[0] != '\0';
    memcpy(p->grid_id, grid->id.text, sizeof p->grid_id);
    enum status s = has_grid ? cells_read(w, grid, &p->cells) : OK;
    if (s != OK) {
        placing_close(p);
        return s;
    }
    if (has_grid) {
        p->place = cell_place_open(&p->cells.shape, 0);
        p->box = box_of(&p->cells.shape);
    }
    *out = p;
    return OK;
}

enum status placing_open(struct work *w, struct placing **out)
{
    struct placing *p = NULL;
    enum status s = placing_know(w, &p);
    if (s == OK)
        *out = p;
    return s;
}

enum status placing_know(struct work *w, struct placing **kept)
{
    struct grid grid = { 0 };
    enum status s = default_grid(w, &grid);
    if (s != OK && s != NOT_FOUND)
        return s;
    if (*kept != NULL && strcmp(grid.id.text, (*kept)->grid_id) == 0)
        return OK;
    placing_close(*kept);
    *kept = NULL;
    return open_on(w, &grid, kept);
}

void placing_close(struct placing *p)
{
    if (p == NULL)
        return;
    cell_place_close(p->place);
    cells_clear(&p->cells);
    mem_free(p);
}

int64_t placing_cells(const struct placing *p) { return p->place != NULL ? p->cells.shape.count : 0; }

bool placing_near(const struct placing *p, struct box_m box, double m)
{
    struct xy_m o = p->cells.shape.origin;
    return box.min_x >= o.x + p->box.min_x - m && box.max_x <= o.x + p->box.max_x + m && box.min_y >= o.y + p->box.min_y - m &&
           box.max_y <= o.y + p->box.max_y + m;
}

struct place_in_grid placing_find(const struct placing *p, struct xy_m at)
{
    uint32_t holder[HOLDERS_MOST];
    if (p->place == NULL || isnan(at.x) || isnan(at.y))
        return (struct place_in_grid){ 0 };
    struct xy_m local = { at.x - p->cells.shape.origin.x, at.y - p->cells.shape.origin.y };
    size_t n = cell_place_all(p->place, local, holder, HOLDERS_MOST);
    if (n == 0)
        return (struct place_in_grid){ 0 };
    return (struct place_in_grid){ (int)n, p->cells.code[holder[0]], p->cells.community_code[holder[0]] };
}
