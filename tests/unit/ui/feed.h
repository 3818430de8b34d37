/* Feeds stored events to a sink and gives back what it wrote; compares with golden files. */
#ifndef TESTS_UI_FEED_H
#define TESTS_UI_FEED_H

#include "ui/ui.h"

/* Events of fixtures/events/<name>.ndjson; the arena owns them. */
struct event *feed_load(struct arena *a, const char *name, size_t *n);
/* A memory file to write to. */
int feed_file(void);
/* What is in it. */
void feed_read(struct buf *out, int fd);
/* Feeds all events, closes the sink. */
void feed_all(struct sink *s, const struct event *events, size_t n);
/* Fails when got is not what fixtures/golden/ui/<name> holds; with UPDATE_GOLDEN=1 writes it. */
void golden_compare(const char *name, struct str got);

#endif
