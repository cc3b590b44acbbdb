#include "core/store/spatialite_pages.h"

#include "core/base/mem.h"
#include <sqlite3.h>
#include <stddef.h>

// highest: no page has a higher number, but for one that was given a high one for a moment.
struct pages { const sqlite3_pcache_methods2 *under; sqlite3_pcache *inner; unsigned highest, aside; };   // aside: 0, there is none
static const sqlite3_pcache_methods2 *under;                          // of what is made from now on

static struct pages *of(sqlite3_pcache *p) { return (struct pages *)p; }
static unsigned higher(unsigned a, unsigned b) { return a > b ? a : b; }

static sqlite3_pcache *create(int page_bytes, int extra_bytes, int may_drop)
{
    sqlite3_pcache *inner = under->xCreate(page_bytes, extra_bytes, may_drop);
    if (inner == NULL)
        return NULL;
    struct pages *p = mem_get(1, sizeof *p);
    p->under = under;
    p->inner = inner;
    return (sqlite3_pcache *)p;
}

static void destroy(sqlite3_pcache *p)
{
    of(p)->under->xDestroy(of(p)->inner);
    mem_free(p);
}

static void set_size(sqlite3_pcache *p, int pages) { of(p)->under->xCachesize(of(p)->inner, pages); }
static int count(sqlite3_pcache *p) { return of(p)->under->xPagecount(of(p)->inner); }
static void shrink(sqlite3_pcache *p) { of(p)->under->xShrink(of(p)->inner); }
static void unpin(sqlite3_pcache *p, sqlite3_pcache_page *page, int discard) { of(p)->under->xUnpin(of(p)->inner, page, discard); }

static sqlite3_pcache_page *fetch(sqlite3_pcache *p, unsigned number, int make)
{
    sqlite3_pcache_page *page = of(p)->under->xFetch(of(p)->inner, number, make);
    if (page != NULL)
        of(p)->highest = higher(of(p)->highest, number);
    return page;
}

// Whoever goes to a high number and leaves it again was never there.
static void renumber(sqlite3_pcache *p, sqlite3_pcache_page *page, unsigned from, unsigned to)
{
    struct pages *m = of(p);
    m->under->xRekey(m->inner, page, from, to);
    if (from == m->aside)
        m->aside = 0;
    if (to <= m->highest)
        return;
    m->highest = higher(m->highest, m->aside);
    m->aside = to;
}

// Drops the pages numbered first and up.
static void cut(sqlite3_pcache *p, unsigned first)
{
    struct pages *m = of(p);
    if (first > m->highest && (m->aside == 0 || first > m->aside))
        return;
    m->under->xTruncate(m->inner, first);
    if (first <= m->highest)
        m->highest = first > 0 ? first - 1 : 0;
    m->aside = 0;
}

static int start(void *ctx) { return under->xInit != NULL ? under->xInit(ctx) : SQLITE_OK; }
static void stop(void *ctx)
{
    if (under->xShutdown != NULL)
        under->xShutdown(ctx);
}

void spatialite_pages_over(const sqlite3_pcache_methods2 *inner, sqlite3_pcache_methods2 *out)
{
    under = inner;
    *out = (sqlite3_pcache_methods2){ .iVersion = inner->iVersion, .pArg = inner->pArg, .xInit = start, .xShutdown = stop, .xCreate = create,
        .xCachesize = set_size, .xPagecount = count, .xFetch = fetch, .xUnpin = unpin, .xRekey = renumber, .xTruncate = cut,
        .xDestroy = destroy, .xShrink = shrink };
}

void spatialite_pages_teach(void)
{
    static sqlite3_pcache_methods2 inner;
    sqlite3_pcache_methods2 ours;
    if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &inner) != SQLITE_OK)
        return;
    spatialite_pages_over(&inner, &ours);
    (void)sqlite3_config(SQLITE_CONFIG_PCACHE2, &ours);      // refused once SQLite is in use: then it does as it always did
}
