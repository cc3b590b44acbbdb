// rehome.h - every thing knows its cell (归格): told anew when the grid changes.
//
// Rows that count now, of the register, and changes, findings, cases and leads get the cell and the community of the default
// grid. Rows that were superseded keep the cell they had. Part of the transaction that changes the grid.
#pragma once
#include "core/work.h"

struct rehome_report { int64_t things, moved, without_cell, in_two_cells; };
enum status rehome(struct work *w, struct rehome_report *out);
