/* add-matcher and remove-matcher: they change the list of the whole job, at once. */
#include "base/path.h"
#include "log/internal.h"

static int load(struct log_step *s, struct str file, struct matcher_list *out, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (memchr(file.p, '\0', file.n))
		return err_set(err, ERR_INVALID, "Null character in path.");
	struct str path = path_normal(&s->scratch, path_join(&s->scratch, s->job->workspace, file));
	if (read_named_file(&text, path.p, err) < 0)
		return -1;
	if (matcher_config_read(out, buf_str(&text), err) < 0)
		return -1;
	return 0;
}

static struct str owners(struct arena *a, const struct matcher_list *l)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (size_t i = 0; i < l->n; i++)
		buf_addf(&b, "%s'%.*s'", i ? ", " : "", STRF(l->v[i]->owner));
	return arena_str(a, buf_str(&b));
}

int cmd_add_matcher(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err)
{
	(void)stream;
	struct matcher_list added;
	if (c->data.n == 0) {
		step_complain(s, LOG_WARNING, "File path must be specified.");
		return 0;
	}
	if (load(s, c->data, &added, err) < 0)
		return -1;
	if (added.n == 0)
		return 0;
	struct str names = owners(&s->scratch, &added);
	matcher_list_prepend(&s->job->matchers, &added);
	s->job->matchers_version++;
	step_debug(s,
	           "Added matchers: %.*s. Problem matchers scan action output for known warning or error strings and report "
	           "these inline.",
	           STRF(names));
	return 0;
}

static void remove_owner(struct log_step *s, struct str owner)
{
	if (!matcher_list_remove(&s->job->matchers, owner))
		return;
	s->job->matchers_version++;
	step_debug(s, "Removed matchers: '%.*s'", STRF(owner));
}

int cmd_remove_matcher(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err)
{
	(void)stream;
	struct str owner = command_prop(c, "owner");
	struct matcher_list named;
	if (owner.n && c->data.n) {
		step_complain(
			s, LOG_WARNING,
			"Either specify an owner name or a file path in ##[remove-matcher] command. Both values cannot be set.");
		return 0;
	}
	if (!owner.n && !c->data.n) {
		step_complain(s, LOG_WARNING,
		              "Either an owner name or a file path must be specified in ##[remove-matcher] command.");
		return 0;
	}
	if (owner.n) {
		remove_owner(s, owner);
		return 0;
	}
	if (load(s, c->data, &named, err) < 0)
		return -1;
	for (size_t i = 0; i < named.n; i++)
		remove_owner(s, named.v[i]->owner);
	matcher_list_done(&named);
	return 0;
}
