#include "api/http_listen.h"
#include "core/base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_BYTES = 256, PEM_BYTES = 1 << 20, BACKLOG = 4096, OTHER_FILES = 128 };

// "host:port", "[v6]:port" or ":port" into its two parts; false: it is none of these.
static bool split_address(const char *address, char host[HOST_BYTES], const char **port)
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || !text_is_digits(colon + 1) || atoi(colon + 1) > 65535 || strlen(colon + 1) > 5)
        return false;
    const char *first = address;
    size_t len = (size_t)(colon - address);
    bool is_bracketed = len > 1 && first[0] == '[' && first[len - 1] == ']';
    if (is_bracketed)
        first++, len -= 2;
    bool is_doubtful = !is_bracketed && memchr(first, ':', len) != NULL;    // is the last piece of ::1:8080 a port?
    if (len >= HOST_BYTES || is_doubtful)
        return false;
    memcpy(host, first, len);
    host[len] = '\0';
    *port = colon + 1;
    return true;
}

static int open_socket(const struct addrinfo *at)
{
    int s = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol);
    if (s < 0)
        return -1;
    int on = 1, off = 0;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->ai_family == AF_INET6)
        setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);         // :: means IPv4 too
    if (bind(s, at->ai_addr, at->ai_addrlen) == 0 && listen(s, BACKLOG) == 0)
        return s;
    int fault = errno;
    close(s);
    errno = fault;
    return -1;
}

static int port_of(int s)
{
    struct sockaddr_storage at = { 0 };
    socklen_t len = sizeof at;
    getsockname(s, (struct sockaddr *)&at, &len);
    return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port : ((struct sockaddr_in *)&at)->sin_port);
}

static enum status say_why(const char *address, struct err *e)
{
    if (errno == EADDRINUSE)
        return err_set(e, CONFLICT, "%s: another program listens there already; choose another port, or 0 for any free one", address);
    if (errno == EACCES)
        return err_set(e, INVALID, "%s: ports below 1024 need a privilege; choose a higher one and put a proxy before it", address);
    if (errno == EADDRNOTAVAIL)
        return err_set(e, INVALID, "%s: this machine has no such address; 127.0.0.1 is this machine alone, :PORT all its addresses", address);
    return err_set(e, FAILED, "%s: cannot be listened at: %s", address, strerror(errno));
}

// For all addresses :: comes first, it takes IPv4 along; a machine without IPv6 has the other.
static int listen_at_first(const struct addrinfo *found, bool is_everywhere)
{
    int s = -1;
    for (int family = AF_INET6; is_everywhere && s < 0 && family != 0; family = family == AF_INET6 ? AF_INET : 0)
        for (const struct addrinfo *at = found; at != NULL && s < 0; at = at->ai_next)
            if (at->ai_family == family)
                s = open_socket(at);
    return is_everywhere ? s : open_socket(found);
}

enum status http_listen(const char *address, int *socket_out, int *port, struct err *e)
{
    char host[HOST_BYTES];
    const char *wanted;
    if (!split_address(address, host, &wanted))
        return err_set(e, INVALID, "%s is not an address to listen at: HOST:PORT is expected, like 127.0.0.1:8080, [::1]:8080 or :8080", address);
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *found;
    int fault = getaddrinfo(host[0] != '\0' ? host : NULL, wanted, &hints, &found);
    if (fault != 0)
        return err_set(e, INVALID, "%s: no address is known for %s: %s", address, host, gai_strerror(fault));
    int s = listen_at_first(found, host[0] == '\0');
    enum status status = s < 0 ? say_why(address, e) : OK;
    freeaddrinfo(found);
    if (status != OK)
        return status;
    *socket_out = s;
    *port = port_of(s);
    return OK;
}

enum status http_pem(const char *path, const char *what, char **text, struct err *e)
{
    FILE *f = fopen(path, "rbe");
    if (f == NULL)
        return err_set(e, INVALID, "%s: the file of the %s cannot be opened: %s", path, text_in(e->lang, what), strerror(errno));
    char *read = mem_get(PEM_BYTES, 1);
    size_t len = fread(read, 1, PEM_BYTES - 1, f);
    bool is_broken = ferror(f) != 0;
    fclose(f);
    if (!is_broken && strlen(read) == len && strstr(read, "-----BEGIN ") != NULL) {
        *text = read;
        return OK;
    }
    mem_free(read);
    return err_set(e, INVALID, "%s: a %s in PEM is expected, a text with a line -----BEGIN ...-----", path, text_in(e->lang, what));
}

enum status http_room_for(int connections, struct err *e)
{
    struct rlimit files;
    rlim_t need = (rlim_t)connections + connections / 2 + OTHER_FILES;  // a socket each, and answers and bodies that are files
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= need)
        return OK;
    if (files.rlim_max < need)
        return err_set(e, INVALID, "%d connections need %lld open files, the system grants %lld: raise that (LimitNOFILE= of the "
                                   "service, ulimit -n) or lower the limit of connections",
                       connections, (long long)need, (long long)files.rlim_max);
    files.rlim_cur = need;
    if (setrlimit(RLIMIT_NOFILE, &files) == 0)
        return OK;
    return err_set(e, FAILED, "the number of files that may be open cannot be raised to %lld: %s", (long long)need, strerror(errno));
}
