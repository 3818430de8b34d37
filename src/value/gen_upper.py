#!/usr/bin/env python3
"""Writes upper_table.h: Unicode's simple upper-case mappings as ranges.

str.upper() applies full mappings; where those have several characters, the title-case form gives the
simple one (U+1F80 -> U+1F88) or there is none (U+00DF). U+0131 and U+017F stay as they are: the
language's comparison never turns a non-ASCII letter into an ASCII one.
"""
import unicodedata

KEEP = {0x131, 0x17F}


def upper(cp):
    c = chr(cp)
    if cp in KEEP or 0xD800 <= cp <= 0xDFFF:
        return cp
    for form in (c.upper(), c.title()):
        if len(form) == 1:
            return ord(form)
    return cp


def ranges():
    out = []
    for cp in range(0x80, 0x110000):
        delta = upper(cp) - cp
        if delta == 0:
            continue
        if out:
            last = out[-1]
            step = cp - last[1]
            if last[2] == delta and (step == last[3] or (last[0] == last[1] and step <= 2)):
                last[1], last[3] = cp, step
                continue
        out.append([cp, cp, delta, 1])
    return out


def main():
    rows = ranges()
    with open("upper_table.h", "w") as f:
        f.write("/* Simple upper-case mappings of Unicode %s above ASCII: first, last, distance, step.\n"
                " * Written by gen_upper.py; do not edit. */\n/* clang-format off */\n" % unicodedata.unidata_version)
        f.write("static const struct upper_range upper_ranges[] = {\n")
        line = ""
        for r in rows:
            item = "{ 0x%X, 0x%X, %d, %d }, " % (r[0], r[1], r[2], r[3])
            if len(line) + len(item) > 110:
                f.write("\t" + line.rstrip() + "\n")
                line = ""
            line += item
        f.write("\t" + line.rstrip() + "\n};\n")


main()
