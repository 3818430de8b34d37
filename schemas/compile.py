#!/usr/bin/env python3
"""Makes the C tables of the reader from the *.schema files; the notation is in README.md.

usage: compile.py OUT.h OUT.c FILE.schema...
"""
import json
import sys

CONTEXTS = {
    "G": "github", "I": "inputs", "V": "vars", "N": "needs", "S": "strategy", "M": "matrix", "X": "secrets",
    "T": "steps", "J": "job", "R": "runner", "E": "env", "B": "jobs",
}
FUNCTIONS = {"hf": "EXPR_FN_HASHFILES", "st": "EXPR_FN_STATUS", "st*": "EXPR_FN_STATUS_IDS"}
SCALARS = {
    "string": "SCHEMA_STRING", "boolean": "SCHEMA_BOOL", "number": "SCHEMA_NUMBER", "null": "SCHEMA_NULL",
    "condition": "SCHEMA_CONDITION", "checked-condition": "SCHEMA_CONDITION | SCHEMA_CHECKED",
}
DEF_ATTRIBUTES = ("rule", "kind", "null", "undecided", "expr", "select")
MAP_ATTRIBUTES = ("unknown", "misplaced", "named", "feature")
KEY_ATTRIBUTES = ("missing", "misplaced", "early", "rule", "feature")
RULES = {"rule", "kind", "null", "undecided", "expr", "unknown", "misplaced", "missing", "early"}  # these name a rule
FEATURES = {"background": "SCHEMA_FEATURE_BACKGROUND"}
FILTERS = ("branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore")


def die(where, text):
    sys.exit(f"{where}: {text}")


def split_help(line):
    head, _, text = line.partition(" | ")
    return head.split(), text.strip() or None


class Key:
    def __init__(self, name, target=None, text=None, forbidden=False, **attributes):
        self.required = name.endswith("!")
        self.name = name.rstrip("!")
        self.target, self.help, self.forbidden, self.attributes = target, text, forbidden, attributes


class Definition:
    def __init__(self, name, where):
        self.name, self.where = name, where
        self.kind, self.args, self.attributes, self.help = None, [], {}, None
        self.contexts, self.functions = set(), set()
        self.keys, self.includes = [], []

    def own_map(self):
        return self.kind in ("map", "loose", "any")


class Schema:
    def __init__(self):
        self.definitions = {}

    def add(self, definition):
        if definition.name in self.definitions:
            die(definition.where, f"{definition.name} is defined twice")
        self.definitions[definition.name] = definition
        return definition

    def get(self, name, where):
        if name not in self.definitions:
            die(where, f"{name} is not defined")
        return self.definitions[name]

    # ---- reading ----

    def read(self, path):
        current = None
        with open(path, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                where = f"{path}:{number}"
                if not line.strip() or line.startswith("#"):
                    continue
                if line.startswith("\t"):
                    self.read_key(current, line.strip(), where)
                else:
                    current = self.read_definition(line.strip(), where)

    def read_definition(self, line, where):
        words, text = split_help(line)
        if len(words) < 3 or words[1] != "=":
            die(where, "expected: name = kind ...")
        d = self.add(Definition(words[0], where))
        d.kind, d.help = words[2], text
        for w in words[3:]:
            if w.startswith("@"):
                d.contexts |= set(w[1:])
            elif w.startswith("+"):
                d.functions.add(w[1:])
            elif "=" in w:
                name, _, value = w.partition("=")
                d.attributes[name] = value
            else:
                d.args.append(w)
        if d.contexts - set(CONTEXTS) or d.functions - set(FUNCTIONS):
            die(where, "unknown context or function set")
        return d

    def read_key(self, d, line, where):
        words, text = split_help(line)
        if d is None or d.kind != "map":
            die(where, "a key outside a map")
        if words[0] == "include" and words[1:2] != [":"]:
            d.includes.append(words[1])
        elif words[0].startswith("!"):
            d.keys.append(Key(words[0][1:], None, text, True, **dict(w.split("=") for w in words[1:])))
        elif len(words) >= 3 and words[1] == ":":
            attributes = dict(w.split("=") for w in words[3:])
            if set(attributes) - set(KEY_ATTRIBUTES):
                die(where, f"unknown attribute in {attributes}")
            d.keys.append(Key(words[0], words[2], text, **attributes))
        else:
            die(where, "expected: key : definition ...")

    # ---- events: `event types=a,b filters=x,y` is a map that may be null ----

    def expand_events(self):
        for d in [d for d in self.definitions.values() if d.kind == "event"]:
            types, filters = d.attributes.pop("types", None), d.attributes.pop("filters", "")
            d.kind, d.args = "one-of", ["nothing"]
            allowed = [f for f in filters.split(",") if f]
            if not types and not allowed:
                d.attributes["kind"] = "event-filter-unsupported"
                continue
            m = self.add(Definition(d.name + "-map", d.where))
            m.kind, m.attributes = "map", {"unknown": "event-filter-unknown"}
            d.args.append(m.name)
            m.keys.append(self.types_key(d, types))
            for f in allowed:
                m.keys.append(Key(f, "pattern-or-list", "patterns, one or a list"))
            if "workflows" not in allowed:
                m.keys.append(Key("workflows", None, "only workflow_run has workflows", True, rule="workflows-key-misplaced"))
            for f in FILTERS:
                if f not in allowed:
                    m.keys.append(Key(f, None, "this event cannot be filtered so", True, rule="event-filter-unsupported"))

    def types_key(self, d, types):
        if types is None:
            return Key("types", None, "this event has no activity types", True, rule="event-types-unsupported")
        if types == "*":
            return Key("types", "text-or-list", "activity types of your own")
        word = self.add(Definition(d.name + "-type", d.where))
        word.kind, word.args, word.attributes = "words", types.split(","), {"rule": "event-type-unknown"}
        several = self.add(Definition(d.name + "-type-list", d.where))
        several.kind, several.args = "seq", [word.name]
        both = self.add(Definition(d.name + "-types", d.where))
        both.kind, both.args, both.attributes = "one-of", [word.name, several.name], {"rule": "event-type-unknown"}
        return Key("types", both.name, "activity types, one or a list")

    # ---- what a definition takes, with the members of a one-of merged ----

    def members(self, d):
        if d.kind != "one-of":
            return [d]
        out = []
        for name in d.args:
            m = self.get(name, d.where)
            if not (m.contexts <= d.contexts and m.functions <= d.functions):
                die(m.where, f"a member of {d.name} with contexts of its own: put them on the one-of")
            out += self.members(m)
        return out

    def keys_of(self, d):
        keys = list(d.keys)
        for name in d.includes:
            keys += self.keys_of(self.get(name, d.where))
        names = [k.name for k in keys]
        if len(set(names)) != len(names):
            die(d.where, f"{d.name} has a key twice")
        return keys

    def words_of(self, d):
        if d.kind == "keys-of":
            return [k.name for k in self.keys_of(self.get(d.args[0], d.where))]
        return d.args if d.kind == "words" else []

    def scalars_of(self, d):
        if d.kind == "any":
            return ["SCHEMA_STRING", "SCHEMA_BOOL", "SCHEMA_NUMBER", "SCHEMA_NULL"]
        if d.kind == "string" and "nonempty" in d.args:
            return ["SCHEMA_NONEMPTY"]
        return [SCALARS[d.kind]] if d.kind in SCALARS else []


def quoted(s):
    return "NULL" if s is None else json.dumps(s)


def rule(name):
    """The enumerator of a rule; the compiler refuses one that has no row in src/source/rules.def."""
    return "RULE_" + name.upper().replace("-", "_")


class Writer:
    """Writes the definitions as one array, maps and their keys as arrays beside it."""

    def __init__(self, schema):
        self.schema = schema
        self.order = {name: i for i, name in enumerate(schema.definitions)}
        self.lines = []

    def ref(self, name, where):
        return f"&defs[{self.order[self.schema.get(name, where).name]}]"

    def symbol(self, prefix, d):
        return prefix + d.name.replace("-", "_")

    def attribute(self, name, value):
        return FEATURES[value] if name == "feature" else rule(value) if name in RULES else quoted(value)

    def write_map(self, d):
        keys = self.schema.keys_of(d) if d.kind == "map" else []
        loose = {"map": d.attributes.get("loose"), "loose": (d.args or [None])[0], "any": d.name}[d.kind]
        if keys:
            self.lines.append(f"static const struct schema_key {self.symbol('keys_', d)}[] = {{")
            self.lines += ["\t" + self.key(d, k) for k in keys]
            self.lines.append("};")
        fields = [f".{a} = {self.attribute(a, d.attributes[a].replace('_', ' '))}" for a in MAP_ATTRIBUTES if a in d.attributes]
        fields.append(f".name = {quoted(d.name)}")
        if keys:
            fields.append(f".keys = {self.symbol('keys_', d)}, .nkeys = {len(keys)}")
        if loose:
            fields.append(f".loose = {self.ref(loose, d.where)}")
        self.lines.append(f"static const struct schema_map {self.symbol('map_', d)} = {{ {', '.join(fields)} }};")

    def key(self, d, k):
        fields = [f".name = {{ {quoted(k.name)}, {len(k.name)} }}", f".help = {quoted(k.help)}"]
        fields += [f".{a} = {self.attribute(a, v)}" for a, v in k.attributes.items()]
        if k.required:
            fields.append(".required = true")
        if k.forbidden:
            fields.append(".forbidden = true")
        else:
            fields.append(f".def = {self.ref(k.target, d.where)}")
        return "{ " + ", ".join(fields) + " },"

    def definition(self, d):
        members = self.schema.members(d)
        maps = [m for m in members if m.own_map()]
        items = [m for m in members if m.kind in ("seq", "any")]
        words = sum((self.schema.words_of(m) for m in members), [])
        if len(items) > 1:
            die(d.where, f"{d.name} has two kinds of lists")
        fields = [f".{a} = {self.attribute(a, d.attributes[a])}" for a in DEF_ATTRIBUTES if a in d.attributes]
        fields.append(f".name = {quoted(d.name)}")
        scalars = sum((self.schema.scalars_of(m) for m in members), [])
        if scalars:
            fields.append(f".scalars = {' | '.join(dict.fromkeys(scalars))}")
        if words:
            self.lines.append(f"static const char *const {self.symbol('words_', d)}[] = {{ {', '.join(map(quoted, words))} }};")
            fields.append(f".words = {self.symbol('words_', d)}, .nwords = {len(words)}")
        if items:
            item = d.name if items[0].kind == "any" else items[0].args[0]
            fields.append(f".item = {self.ref(item, d.where)}")
        if maps:
            names = ", ".join("&" + self.symbol("map_", m) for m in maps)
            self.lines.append(f"static const struct schema_map *const {self.symbol('maps_', d)}[] = {{ {names} }};")
            fields.append(f".maps = {self.symbol('maps_', d)}, .nmaps = {len(maps)}")
        if d.contexts:
            fields.append(".contexts = " + " | ".join(f"SCHEMA_CONTEXT_{CONTEXTS[c].upper()}" for c in CONTEXTS if c in d.contexts))
        if d.functions:
            fields.append(".fns = " + " | ".join(FUNCTIONS[f] for f in FUNCTIONS if f in d.functions))
        if d.help:
            fields.append(f".help = {quoted(d.help)}")
        return f"\t[{self.order[d.name]}] = {{ {', '.join(fields)} }},"

    def write(self, roots):
        definitions = list(self.schema.definitions.values())
        self.lines += ["/* Made by schemas/compile.py. */", '#include "schema_tables.h"', "",
                       f"static const struct schema_def defs[{len(definitions)}];", ""]
        for d in definitions:
            if d.own_map():
                self.write_map(d)
        rows = [self.definition(d) for d in definitions]
        self.lines += [f"static const struct schema_def defs[{len(definitions)}] = {{"] + rows + ["};", ""]
        for r in roots:
            self.lines.append(f"const struct schema_def *const schema_def_{r} = {self.ref(r.replace('_', '-'), 'compile.py')};")
        return "\n".join(self.lines) + "\n"


def main():
    out_h, out_c, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
    schema, roots = Schema(), ("workflow", "workflow_relaxed", "action")
    for path in paths:
        schema.read(path)
    schema.expand_events()
    text = Writer(schema).write(roots)
    header = ["/* Made by schemas/compile.py. */", "#ifndef SIDESTEP_SCHEMA_TABLES_H", "#define SIDESTEP_SCHEMA_TABLES_H", "",
              '#include "model/schema_table.h"', ""]
    header += [f"extern const struct schema_def *const schema_def_{r};" for r in roots] + ["", "#endif"]
    with open(out_h, "w", encoding="utf-8") as f:
        f.write("\n".join(header) + "\n")
    with open(out_c, "w", encoding="utf-8") as f:
        f.write(text)


if __name__ == "__main__":
    main()
