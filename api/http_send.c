// Answers become responses of libmicrohttpd, which takes their bodies over.
#include "api/http_inside.h"
#include "core/base/mem.h"

#include <microhttpd.h>
#include <string.h>

static void free_text(void *text) { mem_free(text); }

static void drop_shared(void *shared) { shared_bytes_drop(shared); }

static struct MHD_Response *empty_response(struct exchange *x)
{
    x->answer_bytes = 0;
    return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *text_response(struct exchange *x)
{
    struct buf *text = &x->answer.text;
    x->answer_bytes = (int64_t)text->len;
    if (text->data == NULL)
        return empty_response(x);
    return MHD_create_response_from_buffer_with_free_callback_cls(text->len, text->data, free_text, text->data);
}

static struct MHD_Response *shared_response(struct exchange *x)
{
    size_t len;
    const void *bytes = shared_bytes_data(x->answer.shared, &len);
    x->answer_bytes = (int64_t)len;
    return MHD_create_response_from_buffer_with_free_callback_cls(len, (void *)bytes, drop_shared, x->answer.shared);
}

static struct MHD_Response *file_response(struct exchange *x)
{
    x->answer_bytes = x->answer.file_len;
    return MHD_create_response_from_fd_at_offset64((uint64_t)x->answer.file_len, x->answer.file, (uint64_t)x->answer.file_from);
}

// Where no body follows libmicrohttpd sends the end of one all the same, if it would have come in chunks: "0" and two line ends that
// nobody asked for. Without chunks it has no way to say where it ends but to close the connection.
static struct MHD_Response *stream_response(struct exchange *x)
{
    x->answer_bytes = 0;        // flow_bytes counts them
    struct MHD_Response *response = flow_response(x);
    if (is_bodiless(x, x->answer.status))
        MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    return response;
}

static bool add_headers(struct MHD_Response *response, const struct answer *a)
{
    for (int i = 0; i < a->headers; i++)
        if (MHD_add_response_header(response, a->header[i].name, a->header[i].value) != MHD_YES)
            return false;
    return true;
}

struct MHD_Response *response_of(struct exchange *x)
{
    static struct MHD_Response *(*const makers[])(struct exchange *) = {
        [ANSWER_EMPTY] = empty_response, [ANSWER_TEXT] = text_response, [ANSWER_SHARED] = shared_response,
        [ANSWER_FILE] = file_response, [ANSWER_STREAM] = stream_response,
    };
    struct MHD_Response *response = makers[x->answer.kind](x);
    if (response == NULL)
        return NULL;
    x->answer.kind = ANSWER_EMPTY;      // the body is the response's now
    bool is_complete = add_headers(response, &x->answer);
    if (x->is_last || x->http->is_stopping)
        is_complete &= MHD_add_response_header(response, "Connection", "close") == MHD_YES;
    if (is_complete)
        return response;
    flow_end(x->flow);
    x->flow = NULL;
    MHD_destroy_response(response);
    return NULL;
}

bool response_queue(struct exchange *x, struct MHD_Response *response, int status)
{
    bool is_queued = MHD_queue_response(x->connection, (unsigned)status, response) == MHD_YES;
    MHD_destroy_response(response);     // the connection has it too
    return is_queued;
}

void answer_print(const struct answer *a, struct buf *out)
{
    buf_printf(out, "HTTP/1.1 %d %s\r\nConnection: close\r\n", a->status, MHD_get_reason_phrase_for((unsigned)a->status));
    for (int i = 0; i < a->headers; i++)
        buf_printf(out, "%s: %s\r\n", a->header[i].name, a->header[i].value);
    size_t len = a->kind == ANSWER_TEXT ? a->text.len : 0;
    buf_printf(out, "Content-Length: %zu\r\n\r\n", len);
    if (len > 0)
        buf_add(out, a->text.data, len);
}
