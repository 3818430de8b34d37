# Ctrl-C and friends: clean-up, exit codes, nobody left behind.
. "$(dirname "$0")/lib.sh"
mark=sidestep-signal-$$
repo r <<Y
on: push
jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - id: bg
        background: true
        run: exec -a $mark sleep 300
      - run: touch $T/started && exec -a $mark sleep 300
      - if: always()
        run: touch $T/cleaned
Y
# A child of an asynchronous list ignores SIGINT; python3 starts it as a terminal would.
# interrupted SIGNAL EXPECTED AGAIN
interrupted() {
	rm -f "$T/started" "$T/cleaned"
	what="run stopped by $1"
	python3 - "$SIDESTEP" "$T" "$1" >"$T/code" <<'P'
import os, signal, subprocess, sys, time
program, t, name = sys.argv[1:]
p = subprocess.Popen([program, "run", "-C", t + "/r"], stdin=subprocess.DEVNULL, stdout=open(t + "/out", "w"), stderr=open(t + "/err", "w"),
                     preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
end = time.time() + 30
while not os.path.exists(t + "/started") and time.time() < end and p.poll() is None:
    time.sleep(0.02)
time.sleep(0.1)
p.send_signal(getattr(signal, name))
print(p.wait(timeout=60))
P
	code=$(cat "$T/code")
	exits "$2" "$what"
	out_has "^stopping: 2 steps have 7 s to end; $3 to hurry\$"
	holds "$what: always() has run" test -e "$T/cleaned"
	holds "$what: nobody is left" test -z "$(pgrep -f "^$mark")"
}
interrupted SIGINT 130 "Ctrl-C again"
interrupted SIGTERM 143 "the signal again"
interrupted SIGHUP 129 "the signal again"
at_end
