# A secret that is asked for: on the terminal, without echo.
. "$(dirname "$0")/lib.sh"
repo r <<'Y'
on: push
jobs:
  j:
    runs-on: ubuntu-latest
    steps: [{run: 'test "${{ secrets.TOKEN }}" = typed-in'}]
Y
# ask KEYS: runs on a terminal of its own, types KEYS, prints the exit code; the screen goes to $T/out
ask() {
	what="typing $1"
	code=$(python3 - "$SIDESTEP" "$T" "$1" <<'P'
import os, pty, select, sys, time
program, t, keys = sys.argv[1:]
pid, fd = pty.fork()
if pid == 0:
    os.environ.pop("TOKEN", None)
    os.execv(program, [program, "run", "-C", t + "/r", "-s", "TOKEN", "--format", "quiet"])
screen, typed, end = b"", False, time.time() + 60
while time.time() < end:
    if not select.select([fd], [], [], 1)[0]:
        continue
    try:
        got = os.read(fd, 4096)
    except OSError:
        break
    if not got:
        break
    screen += got
    if not typed and b"TOKEN: " in screen:
        time.sleep(0.1)
        os.write(fd, keys.encode().decode("unicode_escape").encode("latin-1"))
        typed = True
open(t + "/out", "wb").write(screen)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
P
)
}
ask 'typed-in\r'
exits 0
out_has 'Value of secret TOKEN: '
out_lacks 'typed-in'
ask 'typo\x7f\x7f\x7f\x7ftyped-in\r'
exits 0
ask 'wrong\x15typed-in\n'
exits 0
ask 'wrong\r'
exits 1
out_lacks 'wrong'
ask 'ty\x03'
exits 130
ask '\x04' # Ctrl-D: no secret, no run
exits 2
out_has 'secret TOKEN was not given: nothing is run'
out_lacks 'success|failure'
ask 'typo\x15\x04'
exits 2
ask 'typed-in\x04' # behind something it is as Enter, as terminals have it
exits 0
at_end
