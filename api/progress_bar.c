#include "api/progress_bar.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static const double PATIENCE_S = 1.0, REDRAW_S = 0.1;
enum { BAR_WIDTH = 32 };

struct progress_bar {
    pthread_mutex_t lock;
    enum lang lang;
    bool visible;            // stderr is a terminal and words are wanted
    bool drawn;
    double begun_s, drawn_s;
};

struct progress_bar *progress_bar_open(enum lang lang, bool quiet)
{
    struct progress_bar *b = mem_get(1, sizeof *b);
    pthread_mutex_init(&b->lock, NULL);
    b->lang = lang;
    b->visible = !quiet && isatty(STDERR_FILENO);
    b->begun_s = when_monotonic_s();
    return b;
}

static void draw(struct progress_bar *b, const char *stage, double share)
{
    double now = when_monotonic_s();
    if (now - b->begun_s < PATIENCE_S || now - b->drawn_s < REDRAW_S)
        return;
    char bar[BAR_WIDTH + 1];
    int filled = (int)(share * BAR_WIDTH);
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < filled ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r[%s] %3d %%  %s\033[K", bar, (int)(share * 100), text_in(b->lang, stage));
    fflush(stderr);
    b->drawn = true;
    b->drawn_s = now;
}

static void tell(void *ctx, const char *stage, double share)
{
    struct progress_bar *b = ctx;
    if (!b->visible)
        return;
    pthread_mutex_lock(&b->lock);
    draw(b, stage, share < 0 ? 0 : share > 1 ? 1 : share);
    pthread_mutex_unlock(&b->lock);
}

struct progress progress_bar_progress(struct progress_bar *b) { return (struct progress){ tell, b }; }

void progress_bar_close(struct progress_bar *b)
{
    if (b == NULL)
        return;
    if (b->drawn)
        fprintf(stderr, "\r\033[K");
    pthread_mutex_destroy(&b->lock);
    mem_free(b);
}
