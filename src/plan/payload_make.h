/* Shared by the files that make an event: what is known about the repository, and small setters. */
#ifndef SIDESTEP_PLAN_PAYLOAD_MAKE_H
#define SIDESTEP_PLAN_PAYLOAD_MAKE_H

#include "plan/payload.h"

#define DEFAULT_SERVER "https://github.com"
#define ZERO_SHA       "0000000000000000000000000000000000000000"

/* One event under construction. */
struct maker {
	struct arena *a;
	struct trigger_event *e;
	struct git_repo *repo;             /* NULL: none */
	struct str server;                 /* never empty */
	struct str web;                    /* html_url of the repository */
	struct str email;                  /* the user's; may be empty */
	struct str branch;                 /* HEAD's, its short name; empty when detached elsewhere */
	struct str default_branch, remote; /* remote: the branch is pushed to; empty when none */
	struct git_commit head;            /* HEAD's commit; .sha empty when there is none */
	struct val repository, sender;
};

static inline void put(struct maker *m, struct val o, const char *key, struct val v)
{
	val_set(m->a, o, str_of(key), v);
}

static inline void put_str(struct maker *m, struct val o, const char *key, struct str s)
{
	val_set(m->a, o, str_of(key), val_str(s));
}

/* Both: keys and texts that are literals. */
static inline void put_text(struct maker *m, struct val o, const char *key, const char *text)
{
	val_set(m->a, o, str_of(key), val_cstr(text));
}

/* The text of a member, empty when it is none. */
static inline struct str text_at(struct val o, const char *key)
{
	struct val v = val_at(o, key);
	return v.kind == VAL_STRING ? v.s : STR_EMPTY;
}

/* Nothing but zeros: GitHub's "no such commit". */
bool sha_is_zero(struct str sha);
/* The name itself, or zeros when it is empty. */
struct str sha_or_zero(struct str sha);

/* payload_repo.c: HEAD, its commit, actor, owner/name, the objects of the payload that describe them. */
int maker_find_head(struct maker *m, bool read_commit, struct err *err);
/* actor: who acts, or empty. */
void maker_find_names(struct maker *m, const char *dir, struct str actor);
/* The object name of prefix + name ("refs/heads/" "main"), empty when there is none. */
struct str maker_ref(struct maker *m, const char *prefix, struct str name);
/* The default branch as the remote has it, else the local one; empty when neither is here. */
struct str maker_default_sha(struct maker *m);
struct val make_user(struct maker *m, struct str login, const char *type);
struct val make_repository(struct maker *m);

/* payload_push.c */
void make_push(struct maker *m, struct val p);
/* A commit as payloads show it. */
struct val make_commit(struct maker *m, const struct git_commit *c);

/* payload_pull.c: pull_request and what happens to one. */
void make_pull_request(struct maker *m, struct val p);
void make_pull_request_review(struct maker *m, struct val p);
void make_pull_request_comment(struct maker *m, struct val p);
/* A review comment, an issue's comment, a discussion's. where: the end of its address. */
struct val make_comment(struct maker *m, const char *where);

/* payload_events.c: fills the payload of the event, its action, repository and sender. */
void make_payload(struct maker *m);

/* payload_file.c: reads the file of -e and takes from it what it says. */
int use_payload_file(struct maker *m, const char *file, struct err *err);

#endif
