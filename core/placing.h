// placing.h - the cell of a place (点落格): the active cells of the station's default grid, ready to be asked.
#pragma once
#include "core/work.h"
#include "gis/geom.h"

struct placing;
enum status placing_open(struct work *w, struct placing **out); // a station without cells is fine: no place has one
// The same for who keeps one (*kept NULL: none yet): opened anew when there is another grid. Cells of a grid stay as they are.
enum status placing_know(struct work *w, struct placing **kept);
void placing_close(struct placing *p);
int64_t placing_cells(const struct placing *p);

struct place_in_grid { int cells; const char *cell_code, *community_code; }; // cells: how many hold it; codes of the first, NULL: none
bool placing_near(const struct placing *p, struct box_m box, double m);      // does it lie whole in the cells' box or within m of it

// at: metres in the district's metric CRS. The codes live as long as p.
struct place_in_grid placing_find(const struct placing *p, struct xy_m at);
