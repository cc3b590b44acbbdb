// filter_sql_shape.c - S_ functions: the R*Tree is asked first where only truth counts.
#include "core/filter_sql.h"

void sql_put_geometry(struct sql *q, const struct filter *f)
{
    struct buf wkb;
    buf_init(&wkb, SQL_BYTES_MOST);
    filter_shape_wkb(f->shape, &wkb);
    sql_text(q, "ST_GeomFromWKB(");
    sql_bind_buf(q, &wkb, true);
    sql_text(q, ", 4326)");
}

void sql_put_relation(struct sql *q, const struct filter *f)
{
    static const char *const names[] = { "Intersects", "Equals", "Disjoint", "Touches", "Within", "Overlaps", "Crosses", "Contains" };
    sql_text(q, q->dialect->spatial_first);
    sql_text(q, names[f->op - OP_S_INTERSECTS]);
    sql_put_joined(q, f, ", ", sql_put);
    sql_text(q, q->dialect->spatial_last);
}

// The column whose R*Tree can be asked first for this relation to a literal; NULL: none.
static const struct filter_queryable *windowed(const struct sql *q, const struct filter *f, const struct filter **literal)
{
    if (!q->how->windows || f->op == OP_S_DISJOINT || q->how->dialect != FILTER_SPATIALITE)
        return NULL;
    const struct filter *property = f->first->op == OP_PROPERTY ? f->first : f->last;
    *literal = property == f->first ? f->last : f->first;
    const struct filter_queryable *found = sql_queryable(q, property);
    return found != NULL && found->window_table != NULL && (*literal)->op == OP_GEOMETRY ? found : NULL;
}

// Where only true rows count: a row outside the window is false, also one without geometry.
void sql_put_windowed(struct sql *q, const struct filter *f)
{
    const struct filter *literal;
    const struct filter_queryable *geometry = windowed(q, f, &literal);
    if (geometry == NULL) {
        sql_put_relation(q, f);
        return;
    }
    must(geometry->row_column != NULL);
    struct filter_box box = filter_shape_box(literal->shape);
    sql_text(q, "(");
    sql_column(q, geometry->row_column);
    sql_text(q, " IN (SELECT pkid FROM ");
    sql_identifier(q, geometry->window_table);
    const struct { const char *words; double bound; } sides[] = {
        { " WHERE xmin <= ", box.east }, { " AND xmax >= ", box.west }, { " AND ymin <= ", box.north }, { " AND ymax >= ", box.south },
    };
    for (int i = 0; i < 4; i++) {
        sql_text(q, sides[i].words);
        sql_bind(q, value_real(sides[i].bound));
    }
    sql_text(q, ") AND ");
    sql_put_relation(q, f);
    sql_text(q, ")");
}
