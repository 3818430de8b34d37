/* Members of `parallel` that are JavaScript actions, alone and within composite actions, on the fake host: they begin, write and
 * end in an order that a seed decides, and none may disturb another. SEEDS in the environment runs more of them. */
#include <criterion/criterion.h>

#include <stdlib.h>

#include "sim.h"

enum { MEMBERS = 100, SLOTS = 10, LABEL_MAX = 32 };

/* What runs, and what was seen of it. */
struct crowd {
	uint64_t random;
	char live[SLOTS + 1][LABEL_MAX]; /* main stages, in no order; then one post stage at a time */
	size_t nlive, most;
	unsigned mains, posts, wrong;
};

static uint64_t roll(struct crowd *c, uint64_t below)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return c->random % below;
}

static int member_of(const char *label)
{
	return (int)strtol(label + strcspn(label, "0123456789"), NULL, 10);
}

static void process_begins(struct host *h, const char *label, void *cookie)
{
	struct crowd *c = cookie;
	if (strcmp(label, "node --version") == 0) {
		fake_output(h, label, HOST_STDOUT, "v24.0.0\n");
		fake_exit(h, label, 0);
		return;
	}
	if (strcmp(label, "z") == 0)
		return;
	cr_assert_leq(c->nlive, (size_t)SLOTS);
	snprintf(c->live[c->nlive++], LABEL_MAX, "%s", label);
	c->most = MAX(c->most, c->nlive);
}

/* A part of what it has to say, by files or by commands. */
static void write_some(struct crowd *c, struct host *h, const char *label)
{
	char line[100];
	int who = member_of(label);
	bool by_file = roll(c, 2) == 0;
	snprintf(line, sizeof(line), by_file ? "who=%d\n" : "::set-output name=who::%d\n", who);
	if (by_file)
		fake_write(h, label, "GITHUB_OUTPUT", line);
	else
		fake_output(h, label, HOST_STDOUT, line);
	snprintf(line, sizeof(line), by_file ? "who=%d\n" : "::save-state name=who::%d\n", who);
	if (by_file)
		fake_write(h, label, "GITHUB_STATE", line);
	else
		fake_output(h, label, HOST_STDOUT, line);
	snprintf(line, sizeof(line), "/dir/%d\n", who);
	fake_write(h, label, "GITHUB_PATH", line);
	snprintf(line, sizeof(line), "V%d=%d\n", who, who);
	fake_write(h, label, "GITHUB_ENV", line);
}

static void end_main(struct crowd *c, struct host *h, const char *label)
{
	const char *path = fake_env(h, label, "PATH"), *who = fake_env(h, label, "INPUT_WHO");
	if (strstr(path, "/dir/") || !who || atoi(who) != member_of(label))
		c->wrong++; /* nobody sees what the others write before the join */
	if (roll(c, 4))
		write_some(c, h, label);
	write_some(c, h, label);
	c->mains++;
	fake_exit(h, label, 0);
}

static void end_post(struct crowd *c, struct host *h, const char *label)
{
	const char *who = fake_env(h, label, "INPUT_WHO"), *state = fake_env(h, label, "STATE_who");
	int member = member_of(label);
	if (!who || !state || atoi(who) != member || strcmp(state, who) != 0)
		c->wrong++;
	if (member != MEMBERS - 1 - (int)c->posts++)
		c->wrong++; /* they got their slots in order */
	fake_exit(h, label, 0);
}

static void end_one(struct crowd *c, struct host *h)
{
	char label[LABEL_MAX];
	size_t i = roll(c, c->nlive);
	memcpy(label, c->live[i], LABEL_MAX);
	memmove(c->live[i], c->live[i + 1], (c->nlive - i - 1) * LABEL_MAX);
	c->nlive--;
	if (label[0] == '_')
		end_post(c, h, label);
	else
		end_main(c, h, label);
}

/* Every third member is within a composite action, every sixth within two. */
static struct sim *crowd_new(struct crowd *c)
{
	static const char node[] = "inputs: {who: {}}\nruns: {using: node24, main: m.js, post: p.js}\n";
	struct buf steps = BUF_INIT;
	struct arena a = { 0 };
	buf_adds(&steps, "      - parallel:\n");
	for (int i = 0; i < MEMBERS; i++)
		buf_addf(&steps, "          - {id: s%d, uses: $/%s%d, with: {who: %d}}\n", i, i % 3 ? "js" : "c", i % 3 ? 0 : i,
		         i);
	buf_adds(&steps,
	         "      - {id: z, run: '${{ steps.s1.outputs.who }} ${{ steps.s3.outputs.who }} ${{ env.V2 }}${{ env.V6 }}'}\n");
	struct sim *s = sim_steps(buf_cstr(&steps));
	fake_put(s->host, "/src/js0/action.yml", node);
	for (int i = 0; i < MEMBERS; i += 3) {
		const char *uses = i % 6 ? "js0" : arena_printf(&a, "d%d", i).p;
		fake_put(s->host, arena_printf(&a, "/src/c%d/action.yml", i).p,
		         arena_printf(&a,
		                      "inputs: {who: {}}\noutputs: {who: {value: '${{ steps.n%d.outputs.who }}'}}\nruns:\n"
		                      "  using: composite\n  steps: [{id: n%d, uses: $/%s, with: {who: '${{ inputs.who }}'}}]\n",
		                      i, i, uses)
		                 .p);
		fake_put(s->host, arena_printf(&a, "/src/d%d/action.yml", i).p,
		         arena_printf(&a,
		                      "inputs: {who: {}}\noutputs: {who: {value: '${{ steps.m%d.outputs.who }}'}}\nruns:\n"
		                      "  using: composite\n  steps: [{id: m%d, uses: $/js0, with: {who: '${{ inputs.who }}'}}]\n",
		                      i, i)
		                 .p);
	}
	fake_on_spawn(s->host, process_begins, c);
	arena_done(&a);
	buf_done(&steps);
	return s;
}

/* Entries of the value of PATH that are ours. */
static int dirs_in(const char *path)
{
	int n = 0;
	for (; (path = strstr(path, "/dir/")); path += 5)
		n++;
	return n;
}

static void run_crowd(uint64_t seed)
{
	struct crowd c = { .random = seed * UINT64_C(0x9e3779b97f4a7c15) | 1 };
	struct sim *s = crowd_new(&c);
	sim_start(s);
	while (c.mains < MEMBERS) {
		cr_assert_gt(c.nlive, 0u, "seed %llu: nobody runs after %u", (unsigned long long)seed, c.mains);
		for (uint64_t n = roll(&c, 4) + 1; n && c.nlive; n--)
			end_one(&c, s->host);
		cr_assert_eq(c.posts, 0u, "the join comes before the first of them");
		sim_turn(s);
	}
	cr_assert_str_eq(sim_script(s, "z"), "1 3 26");
	cr_assert_eq(dirs_in(fake_env(s->host, "z", "PATH")), MEMBERS);
	cr_assert_str_eq(fake_env(s->host, "z", "V99"), "99");
	sim_exit(s, "z", 0);
	while (c.nlive) {
		cr_assert_eq(c.nlive, 1u, "one after another");
		end_one(&c, s->host);
		sim_turn(s);
	}
	cr_assert_eq(c.wrong, 0u, "seed %llu", (unsigned long long)seed);
	cr_assert_eq(c.posts, (unsigned)MEMBERS, "seed %llu", (unsigned long long)seed);
	cr_assert_eq(c.most, (size_t)SLOTS);
	cr_assert_str_eq(sim_conclusion(s), "success");
	sim_free(s);
}

Test(interleaved, tens_of_thousands)
{
	const char *more = getenv("SEEDS");
	unsigned long seeds = more ? strtoul(more, NULL, 10) : SIM_SANITIZED ? 20 : 200;
	for (unsigned long i = 1; i <= seeds; i++)
		run_crowd(i);
}
