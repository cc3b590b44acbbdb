#include "api/browser.h"

#include "api/answer.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/token.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

bool is_https(struct exchange *x) { return strncasecmp(base_url(x), "https:", 6) == 0; }
bool is_browser(const struct request *r) { return request_header(r, "Sec-Fetch-Mode") != NULL; }

bool is_loopback(const struct request *r)
{
    const char *peer = strncmp(r->peer, "::ffff:", 7) == 0 ? r->peer + 7 : r->peer;
    return strncmp(peer, "127.", 4) == 0 || strcmp(peer, "::1") == 0;
}

// "https://grid.example" of "https://grid.example/patrol".
static size_t origin_length(const char *url)
{
    const char *host = strstr(url, "://");
    return host != NULL ? (size_t)(host + 3 - url) + strcspn(host + 3, "/") : strlen(url);
}

bool is_own_origin(struct exchange *x)
{
    const char *origin = request_header(x->request, "Origin"), *site = request_header(x->request, "Sec-Fetch-Site"), *own = base_url(x);
    if (origin != NULL)
        return strlen(origin) == origin_length(own) && strncasecmp(origin, own, strlen(origin)) == 0;
    return site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
}

// --- The cookie -----------------------------------------------------------------------------------------------------------------

static const char *cookie_name(struct exchange *x) { return is_https(x) ? "__Host-gridpatrol" : "gridpatrol"; }

bool session_cookie(struct exchange *x, char out[SECRET_TEXT])
{
    const char *c = request_header(x->request, "Cookie");
    const char *name = c != NULL ? cookie_name(x) : "";
    size_t name_len = strlen(name);
    for (; c != NULL && *c != '\0'; c += strcspn(c, ";")) {
        c += strspn(c, "; ");
        if (strncmp(c, name, name_len) != 0 || c[name_len] != '=')
            continue;
        const char *value = c + name_len + 1;
        size_t len = strcspn(value, "; ");
        snprintf(out, SECRET_TEXT, "%.*s", (int)(len < SECRET_TEXT ? len : 0), value);
        return true;
    }
    return false;
}

void session_cookie_set(struct exchange *x, const char *id)
{
    struct buf b;
    buf_init(&b, 256);
    buf_printf(&b, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", cookie_name(x), text_or_empty(id), is_https(x) ? "; Secure" : "", id == NULL ? "; Max-Age=0" : "");
    answer_header(x->answer, "Set-Cookie", arena_text(x->request->arena, b.data));
    mem_wipe(b.data, b.len);
    buf_clear(&b);
}

// --- Addresses --------------------------------------------------------------------------------------------------------------------

static bool has_token(const char *text)
{
    enum { SECRET = TOKEN_ID + 3 };                            // gp_, the id, _: then comes the secret
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (const char *c = strstr(text, "gp_"); c != NULL; c = strstr(c + 1, "gp_"))
        if (strspn(c + 3, letters) == TOKEN_ID - 1 && c[SECRET - 1] == '_' && strspn(c + SECRET, letters) >= 16)
            return true;
    return false;
}

static bool is_named_so(const char *query)
{
    static const char *const names[] = { "token", "access_token", "api_key", "password" };
    for (const char *c = query; *c != '\0'; c += strcspn(c, "&"), c += *c == '&')
        for (size_t i = 0, len = strcspn(c, "=&"); i < sizeof names / sizeof *names; i++)
            if (strlen(names[i]) == len && strncasecmp(c, names[i], len) == 0)
                return true;
    return false;
}

bool address_has_token(const struct request *r) { return has_token(r->path) || has_token(r->query) || is_named_so(r->query); }
