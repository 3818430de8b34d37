/* Python: an environment (`venv`) of the installation, with pip and nothing else, as the hosted runner's has it. So packages that
 * the user has installed do not help a job, and what the job installs is gone with it. */
#include <errno.h>

#include "base/file.h"
#include "base/path.h"
#include "os/program.h"
#include "tools/installed.h"

enum { ASK_SECONDS = 20, MAKE_SECONDS = 120, NEWEST_MINOR = 25, OLDEST_MINOR = 7 };

static const struct shelf shelves[] = {
	{ "PYENV_ROOT", NULL, ".pyenv", "versions", "3.", "bin/python3" },
	{ "ASDF_DATA_DIR", NULL, ".asdf", "installs/python", "3.", "bin/python3" },
	{ "MISE_DATA_DIR", NULL, ".local/share/mise", "installs/python", "3.", "bin/python3" },
	{ "UV_PYTHON_INSTALL_DIR", NULL, ".local/share/uv/python", "", "cpython-3.", "bin/python3" },
	{ NULL, NULL, NULL, "/opt/python", "3.", "bin/python3" },
};

static const char what_it_is[] =
	"import sys, sysconfig; v = sys.version_info\n"
	"print(sys.implementation.name, '%d.%d.%d' % v[:3], v[3], sysconfig.get_config_var('Py_GIL_DISABLED') or 0)";

/* pip, and setuptools where the installers of Python bring it, come from the wheels that this Python keeps for ensurepip;
 * unpacked here, as ensurepip takes seconds. argv: the folder, and what it will be called. */
static const char make_environment[] =
	"import sys, os, glob, zipfile, sysconfig, venv\n"
	"into, later = sys.argv[1:3]\n"
	"bundles = [sysconfig.get_config_var('WHEEL_PKG_DIR'), '/usr/share/python-wheels']\n"
	"try:\n"
	"    import ensurepip\n"
	"    bundles.insert(0, os.path.join(os.path.dirname(ensurepip.__file__), '_bundled'))\n"
	"except ImportError:\n"
	"    pass\n"
	"def wheel(name):\n"
	"    for b in bundles:\n"
	"        found = b and sorted(glob.glob(os.path.join(b, name + '-*.whl')))\n"
	"        if found:\n"
	"            return found[-1]\n"
	"    sys.exit('it has no ' + name + ' (on Debian and Ubuntu: the package python3-venv)')\n"
	"wheels = [wheel('pip')] + ([wheel('setuptools')] if sys.version_info < (3, 12) else [])\n"
	"venv.EnvBuilder(symlinks=True, with_pip=False).create(into)\n"
	"short = '%d.%d' % sys.version_info[:2]\n"
	"bin = os.path.join(into, 'bin')\n"
	"for name in os.listdir(bin):\n"
	"    if name.lower().startswith('activate'):\n"
	"        os.unlink(os.path.join(bin, name))\n"
	"if not os.path.lexists(os.path.join(bin, 'python' + short)):\n"
	"    os.symlink('python3', os.path.join(bin, 'python' + short))\n"
	"site = os.path.join(into, 'lib', 'python' + short, 'site-packages')\n"
	"for w in wheels:\n"
	"    with zipfile.ZipFile(w) as z:\n"
	"        z.extractall(site)\n"
	"        info = [n.split('/')[0] for n in z.namelist() if n.endswith('.dist-info/RECORD')][0]\n"
	"    with open(os.path.join(site, info, 'INSTALLER'), 'w') as f:\n"
	"        f.write('pip\\n')\n"
	"    with open(os.path.join(site, info, 'RECORD'), 'a') as f:\n"
	"        f.write(info + '/INSTALLER,,\\n')\n"
	"        for s in ('pip', 'pip3', 'pip' + short) if info.startswith('pip-') else ():\n"
	"            f.write('../../../bin/' + s + ',,\\n')\n"
	"for s in ('pip', 'pip3', 'pip' + short):\n"
	"    with open(os.path.join(bin, s), 'w') as f:\n"
	"        f.write('#!' + later + '/bin/python3\\nimport re, sys\\nfrom pip._internal.cli.main import main\\n'\n"
	"                \"if __name__ == '__main__':\\n    sys.argv[0] = re.sub(r'(-script\\\\.pyw|\\\\.exe)?$', '', "
	"sys.argv[0])\\n\"\n"
	"                '    sys.exit(main())\\n')\n"
	"    os.chmod(os.path.join(bin, s), 0o755)\n";

/* "cpython 3.11.2 final 0" */
static bool read_answer(struct version *v, struct arena *a, struct str said)
{
	char name[32], number[32], level[32];
	int threaded;
	return sscanf(arena_cstr(a, said), "%31s %31s %31s %d", name, number, level, &threaded) == 4 &&
	       strcmp(name, "cpython") == 0 && strcmp(level, "final") == 0 && threaded == 0 && version_read(v, str_of(number));
}

static bool is_seen(struct search *q, struct str real)
{
	for (size_t i = 0; i < q->found.n; i++)
		if (str_eq(q->found.v[i].home, real))
			return true;
	return false;
}

static void see_python(struct search *q, struct str path)
{
	struct str said, real = search_real(q, path);
	struct installed tool = {
		.folder = STR("Python"), .name = STR("Python"), .home = real, .program = arena_str(q->a, path)
	};
	const char *const argv[] = { tool.program.p, "-I", "-c", what_it_is, NULL };
	const struct program_call call = { .args = argv, .env = q->environ, .host = q->host, .seconds = ASK_SECONDS };
	if (!real.n || is_seen(q, real) || program_ask(&said, q->a, &call, NULL) < 0 || !read_answer(&tool.version, q->a, said) ||
	    !search_wants(q, &tool.version))
		return;
	tool.number = arena_printf(q->a, "%u.%u.%u", tool.version.part[0], tool.version.part[1], tool.version.part[2]);
	search_add(q, &tool);
}

/* A folder's name often tells: then it need not be asked. */
static void see_kept_python(struct search *q, struct str path)
{
	struct version v;
	if (version_read(&v, path_base(path_dir(path_dir(path)))) && !search_wants(q, &v))
		return;
	see_python(q, path);
}

static void find_python(struct search *q)
{
	search_path(q, "python3", see_python);
	for (unsigned minor = NEWEST_MINOR; minor >= OLDEST_MINOR; minor--)
		search_path(q, arena_printf(q->a, "python3.%u", minor).p, see_python);
	for (size_t i = 0; i < ARRAY_LEN(shelves); i++)
		search_shelf(q, &shelves[i], see_kept_python);
}

static int lay_out_python(struct search *q, const struct installed *tool, const char *into, const char *later, struct err *err)
{
	const char *const argv[] = { tool->program.p, "-I", "-c", make_environment, into, later, NULL };
	const struct program_call call = { .args = argv, .env = q->environ, .host = q->host, .seconds = MAKE_SECONDS };
	struct str said;
	return program_ask(&said, q->a, &call, err);
}

const struct tool_ops tool_python = { find_python, lay_out_python };
