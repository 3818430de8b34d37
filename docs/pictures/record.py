#!/usr/bin/env python3
"""Draws what a command prints in a terminal as SVG pictures, one for light and one for dark pages.

usage: record.py OUT COLUMNS COMMAND [ARGUMENT...]     writes OUT-light.svg and OUT-dark.svg

The command runs on a terminal of its own (a pseudo terminal); what stands on the screen at its end is drawn, colours included.
Everything in the picture has been printed: the script adds the command line above it, and puts ~ for the home folder."""
import fcntl, os, pty, re, struct, sys, termios
from xml.sax.saxutils import escape

THEMES = {
    "light": dict(back="#ffffff", frame="#d0d7de", text="#1f2328", dim="#6e7781",
                  colors=["#24292f", "#cf222e", "#116329", "#9a6700", "#0969da", "#8250df", "#1b7c83", "#57606a"]),
    "dark": dict(back="#0d1117", frame="#30363d", text="#e6edf3", dim="#8b949e",
                 colors=["#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4"]),
}
CELL, LINE, PAD = 8.4, 19, 16  # of a font of 14 units


def output_of(command, columns, rows=500):
    """What the command writes to a terminal of that size; its exit status is looked at by who reads the picture."""
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.environ["TERM"] = "xterm-256color"
        os.execvp(command[0], command)
    text = b""
    while True:
        try:
            piece = os.read(fd, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        text += piece
    os.waitpid(pid, 0)
    return text.decode("utf-8", "replace")


class Screen:
    """As much of a terminal as a program needs that draws a block of lines again and again."""

    def __init__(self):
        self.lines, self.row, self.col = [[]], 0, 0
        self.color, self.bold, self.dim = None, False, False
        self.saved = (0, 0)

    def put(self, c):
        line = self.lines[self.row]
        line.extend([(" ", None, False, False)] * (self.col - len(line)))
        line[self.col:self.col + 1] = [(c, self.color, self.bold, self.dim)]
        self.col += 1

    def style(self, numbers):
        for n in numbers or [0]:
            if n == 0:
                self.color, self.bold, self.dim = None, False, False
            elif n == 1:
                self.bold = True
            elif n == 2:
                self.dim = True
            elif n == 22:
                self.bold = self.dim = False
            elif 30 <= n <= 37:
                self.color = n - 30
            elif 90 <= n <= 97:
                self.color = n - 90
            elif n == 39:
                self.color = None

    def control(self, numbers, what):
        n = numbers[0] if numbers else 1
        if what == "m":
            self.style(numbers)
        elif what == "A":
            self.row = max(0, self.row - n)
        elif what == "B":
            self.down(n)
        elif what == "C":
            self.col += n
        elif what == "D":
            self.col = max(0, self.col - n)
        elif what == "G":
            self.col = n - 1
        elif what == "K":
            del self.lines[self.row][self.col:]
        elif what == "J":
            del self.lines[self.row][self.col:]
            del self.lines[self.row + 1:]

    def down(self, n):
        self.row += n
        while len(self.lines) <= self.row:
            self.lines.append([])

    def feed(self, text):
        for m in re.finditer(r"\x1b\[([?0-9;]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|(.)", text, re.S):
            if m.group(2):
                if not m.group(1).startswith("?"):
                    self.control([int(n) for n in m.group(1).split(";") if n], m.group(2))
            elif m.group(0) == "\x1b7":
                self.saved = (self.row, self.col)
            elif m.group(0) == "\x1b8":
                self.row, self.col = self.saved
            elif m.group(3) == "\n":
                self.down(1)
            elif m.group(3) == "\r":
                self.col = 0
            elif m.group(3) == "\b":
                self.col = max(0, self.col - 1)
            elif m.group(3) and m.group(3) >= " ":
                self.put(m.group(3))


def runs(line):
    """Neighbours that look alike, as (column, text, color, bold, dim)."""
    at = 0
    while at < len(line):
        end = at
        while end < len(line) and line[end][1:] == line[at][1:]:
            end += 1
        text = "".join(c[0] for c in line[at:end])
        if text.strip():
            yield (at, text) + line[at][1:]
        at = end


def svg(lines, columns, theme):
    width, height = round(columns * CELL + 2 * PAD), len(lines) * LINE + 2 * PAD
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
           'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14">',
           f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="6" fill="{theme["back"]}" stroke="{theme["frame"]}"/>']
    for row, line in enumerate(lines):
        spans = []
        for at, text, color, bold, dim in runs(line):
            fill = theme["colors"][color] if color is not None else theme["dim"] if dim else theme["text"]
            weight = ' font-weight="600"' if bold else ""
            spans.append(f'<tspan x="{PAD + at * CELL:.1f}" textLength="{len(text) * CELL:.1f}" fill="{fill}"{weight}>{escape(text)}</tspan>')
        if spans:
            out.append(f'<text y="{PAD + row * LINE + 14}" xml:space="preserve">{"".join(spans)}</text>')
    return "\n".join(out + ["</svg>", ""])


def main(out, columns, *command):
    columns = int(columns)
    screen = Screen()
    screen.feed(output_of(command, columns).replace(os.environ.get("HOME", "/nowhere"), "~"))
    while screen.lines and not any(c[0].strip() for c in screen.lines[-1]):
        screen.lines.pop()
    typed = [(c, None, True, False) for c in "$ " + " ".join([os.path.basename(command[0])] + list(command[1:]))]
    for name, theme in THEMES.items():
        with open(f"{out}-{name}.svg", "w", encoding="utf-8") as f:
            f.write(svg([typed] + screen.lines, columns, theme))


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
