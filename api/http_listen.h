// http_listen.h - a socket that listens, and files a service starts with.
#pragma once
#include "core/base/status.h"

// INVALID: no such address; CONFLICT: the port is taken; FAILED. port: the one that was asked for, or a free one for 0.
enum status http_listen(const char *address, int *socket_out, int *port, struct err *e);

// Text of a PEM file; what: "certificate" or "private key". Freed with mem_free. INVALID: not to be read, or no PEM.
enum status http_pem(const char *path, const char *what, char **text, struct err *e);

// Room for so many connections among the files this process may open. INVALID: there is none.
enum status http_room_for(int connections, struct err *e);
