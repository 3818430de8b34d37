/* An in-memory host with a virtual clock, for tests of the scheduler: nothing is ever started, time only
 * passes in host_wait, files live in a table.
 *
 * A process is named by its label (the step's id). When several carried the same label, the newest
 * one that has not exited is meant, else the newest. All texts returned live as long as the host.
 * Things done with fake_output, fake_exit and so on are queued and delivered by the next wait, in order.
 * A label that no process ever had ends the test program with a message. */
#ifndef TESTS_SUPPORT_FAKE_HOST_H
#define TESTS_SUPPORT_FAKE_HOST_H

#include "os/host.h"

/* The clock starts at 1 s monotonic, 2026-01-02T03:04:05Z on the wall. Free with ops->free. */
struct host *fake_host_new(void);

/* Processes that were started and have not exited. */
int fake_running(struct host *h);
/* How many were ever started. */
int fake_count(struct host *h);
/* The label of the i-th started one (from 0), NULL beyond the last. */
const char *fake_started(struct host *h, int i);
/* The label of the one started last, "" when there is none. */
const char *fake_last_started(struct host *h);
/* Whether one with this label was ever started; fake_is_running: and has not exited. */
bool fake_was_started(struct host *h, const char *label);
bool fake_is_running(struct host *h, const char *label);
/* What it was started with; NULL: no such variable or argument. */
const char *fake_env(struct host *h, const char *label, const char *name);
const char *fake_arg(struct host *h, const char *label, int i);
const char *fake_path(struct host *h, const char *label);
const char *fake_cwd(struct host *h, const char *label);
/* The virtual time it was started at. */
uint64_t fake_start_time(struct host *h, const char *label);

/* It writes text. */
void fake_output(struct host *h, const char *label, enum host_stream s, const char *text);
void fake_output_n(struct host *h, const char *label, enum host_stream s, const void *p, size_t n);
/* It exits and its pipes end; _keep_pipes: something it started holds them; fake_eof: they end now. */
void fake_exit(struct host *h, const char *label, int code);
void fake_exit_keep_pipes(struct host *h, const char *label, int code);
void fake_eof(struct host *h, const char *label);
/* A signal ends it, pipes too. */
void fake_die(struct host *h, const char *label, int sig);
/* fake_exit when the clock has moved on by ns. */
void fake_exit_after(struct host *h, const char *label, uint64_t ns, int code);
/* Every process started from now on exits by itself with code after ns. UINT64_MAX: no longer. */
void fake_auto_exit(struct host *h, uint64_t ns, int code);
/* Called within every successful spawn, e.g. to script what the new process does. */
void fake_on_spawn(struct host *h, void (*fn)(struct host *h, const char *label, void *cookie), void *cookie);
/* The next spawns with this label fail with msg (NULL label: every one; NULL msg: work again). */
void fake_spawn_fail(struct host *h, const char *label, const char *msg);

enum { FAKE_IGNORES = -1, FAKE_DIES = -2 };
/* What sig does to label (NULL: to all that have no rule of their own): exits with code, FAKE_IGNORES, or
 * FAKE_DIES. Without a rule SIGKILL kills and the others are ignored. May be set before the start. */
void fake_on_signal(struct host *h, const char *label, int sig, int code);
/* The signals it got so far, as "2 15 9"; "" when none. */
const char *fake_signals(struct host *h, const char *label);
bool fake_detached(struct host *h, const char *label);
bool fake_released(struct host *h, const char *label);

/* Lets virtual time pass without a wait. */
void fake_advance(struct host *h, uint64_t ns);
/* The deadline last given to arm, 0 when never. */
uint64_t fake_armed(struct host *h);

/* Contents of a file in memory, NULL when there is none; fake_mode: its mode. */
const char *fake_file(struct host *h, const char *path);
mode_t fake_mode(struct host *h, const char *path);
/* Creates or replaces. */
void fake_put(struct host *h, const char *path, const char *text);
/* Appends to the file whose path the process has in the variable `var`, e.g. GITHUB_OUTPUT. */
void fake_write(struct host *h, const char *label, const char *var, const char *text);
/* How many files there are; whether make_dir made the directory and nobody removed it. */
int fake_file_count(struct host *h);
bool fake_has_dir(struct host *h, const char *path);
/* put_file, take_file and make_dir fail with msg for paths that contain `part`; NULL msg: work again. */
void fake_file_fail(struct host *h, const char *part, const char *msg);
/* Trees whose path contains `part` have too much in them to be removed at once; NULL: none has. */
void fake_big_tree(struct host *h, const char *part);
/* which() does not find this name. All others are found in /usr/bin. */
void fake_missing(struct host *h, const char *name);

/* The next group_close reports this process as killed. */
void fake_leftover(struct host *h, pid_t pid, const char *name);
/* From now on closing a group takes so long; 0: it is done at once. */
void fake_sweep_takes(struct host *h, uint64_t ns);
/* Groups opened and not closed (to the end); the tracking id given to the last close, "" when none was. */
int fake_open_groups(struct host *h);
const char *fake_closed_tracking_id(struct host *h);

#endif
