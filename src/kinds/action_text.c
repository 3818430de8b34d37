/* Texts about actions; see action_text.h. The official ones are the runner's, ActionManager and ActionManifestManager. */
#include "kinds/action_text.h"

static struct str placed_text(struct arena *a, const struct action *action, const struct reader_error *e)
{
	struct pos p = source_pos(action->source, e->at.from);
	if (e->place == READER_PLACED)
		return arena_printf(a, "%.*s (Line: %u, Col: %u): %.*s", STRF(action->path), p.line, p.col, STRF(e->text));
	if (e->place == READER_FILE)
		return arena_printf(a, "%.*s: %.*s", STRF(action->path), STRF(e->text));
	return e->text;
}

struct str action_first_error(struct arena *a, const struct action *action)
{
	return placed_text(a, action, &action->errors[0]);
}

struct str action_say_errors(const struct action_voice *voice, struct arena *a, const struct action *action)
{
	if (action->root && !token_get(action->root, "runs"))
		return action->errors[action->nerrors - 1].text;
	for (size_t i = 0; i < action->nerrors; i++)
		voice->say(voice->cookie, LOG_ERROR, placed_text(a, action, &action->errors[i]));
	return arena_printf(a, "Failed to load %.*s", STRF(action->path));
}

struct str action_no_manifest(struct arena *a, struct str name)
{
	return arena_printf(a, "Can't find 'action.yml', 'action.yaml' or 'Dockerfile' for action '%.*s'.", STRF(name));
}

struct str action_with_user(struct arena *a, const struct action_user *user, struct str text)
{
	struct str file = user->inside ? user->inside->path : user->workflow->source->path;
	return arena_printf(a, "%.*s (line %u of %.*s)", STRF(text), user->step->line, STRF(file));
}
