"""The command line's reference, from what the program says of itself: manual pages, or one Markdown page.

    python3 scripts/manual.py PLUMB --man FOLDER         FOLDER/plumb.1, FOLDER/plumb-check.1 and so on
    python3 scripts/manual.py PLUMB --markdown FILE
"""
import argparse
import json
import os
import re
import subprocess

MARKS = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plumb")
    parser.add_argument("--man", metavar="FOLDER")
    parser.add_argument("--markdown", metavar="FILE")
    options = parser.parse_args()
    # Defaults that a user's surroundings give would be written down as everybody's.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PLUMB_")}

    def ask(word):
        return subprocess.run([options.plumb, word], check=True, capture_output=True, text=True, env=environment).stdout

    root = json.loads(ask("--experimental-dump-help"))["command"]
    if options.man:
        version = ask("--version").strip()
        os.makedirs(options.man, exist_ok=True)
        for command in commands(root):
            name = "-".join(words(command))
            with open(os.path.join(options.man, f"{name}.1"), "w", encoding="utf-8") as file:
                file.write(manual_page(command, version))
    if options.markdown:
        with open(options.markdown, "w", encoding="utf-8") as file:
            file.write(markdown(root))


def commands(command):
    """A command and all below it, in their order; what is hidden is left out."""
    if command.get("shouldDisplay", True) and command["commandName"] != "help":
        yield command
        for child in command.get("subcommands", []):
            yield from commands(child)


def words(command):
    return [*command.get("superCommands", []), command["commandName"]]


def shown(command):
    """Arguments by section, without --help and --version, which every command has."""
    sections = {}
    for argument in command.get("arguments", []):
        names = [name["name"] for name in argument.get("names") or []]
        if argument.get("shouldDisplay", True) and not {"help", "version"} & set(names):
            sections.setdefault(argument.get("sectionTitle") or "", []).append(argument)
    return sections


def spelled(argument):
    """How an argument is written: `--port <port>`, `-e, --environment <environment>`, `<spec> ...`."""
    value = f"<{argument['valueName']}>" + (" ..." if argument.get("isRepeating") else "")
    if argument["kind"] == "positional":
        return value
    dashes = {"long": "--", "short": "-", "longWithSingleDash": "-"}
    names = sorted((dashes[name["kind"]] + name["name"] for name in argument["names"]), key=len)
    return ", ".join(names) + ("" if argument["kind"] == "flag" else f" {value}")


def told(argument):
    """What an argument is, with its values and its default."""
    text = " ".join(part for part in (argument.get("abstract"), argument.get("discussion")) if part)
    if not all(value in text for value in argument.get("allValues") or []):
        text += f" One of: {', '.join(argument['allValues'])}."
    if argument.get("defaultValue"):
        text += f" Default: {argument['defaultValue']}."
    return text.strip()


def synopsis(command):
    parts = [" ".join(words(command))]
    if command.get("subcommands"):
        parts.append("<subcommand>")
    arguments = [argument for section in shown(command).values() for argument in section]
    if any(argument["kind"] != "positional" and argument.get("isOptional") for argument in arguments):
        parts.append("[<options>]")
    for argument in arguments:
        if argument["kind"] == "positional" or not argument.get("isOptional"):
            parts.append(f"[{spelled(argument)}]" if argument.get("isOptional") else spelled(argument))
    return " ".join(parts)


def roff(text):
    """Text that roff takes for nothing else."""
    escaped = "".join(
        MARKS.get(letter) or (letter if ord(letter) < 128 else f"\\[u{ord(letter):04X}]") for letter in text)
    return re.sub(r"(?m)^\.", r"\\&.", escaped)


def manual_page(command, version):
    name = "-".join(words(command))
    lines = [f'.TH "{roff(name.upper())}" 1 "" "plumb {roff(version)}" "Plumbline"', ".SH NAME",
             f"{roff(name)} \\- {roff(command.get('abstract', '').rstrip('.'))}",
             ".SH SYNOPSIS", f".B {roff(synopsis(command))}"]
    if command.get("discussion"):
        # Examples stand in columns, so its lines stay as they are.
        lines += [".SH DESCRIPTION", ".nf", roff(command["discussion"].strip("\n")), ".fi"]
    for title, arguments in shown(command).items():
        lines.append(f".SH {roff((title or 'Options').upper())}")
        for argument in arguments:
            lines += [".TP", f".B {roff(spelled(argument))}", roff(told(argument))]
    children = [child for child in command.get("subcommands", []) if child["commandName"] != "help"]
    if children:
        lines.append(".SH SUBCOMMANDS")
        for child in children:
            lines += [".TP", f".BR {roff('-'.join(words(child)))} (1)", roff(child.get("abstract", ""))]
    if len(words(command)) > 1:
        lines += [".SH SEE ALSO", f".BR {roff('-'.join(words(command)[:-1]))} (1)"]
    return "\n".join(lines) + "\n"


def markdown(root):
    lines = ["# Commands", "", "Every command with its arguments, as `plumb help COMMAND` tells them. Written by",
             "`scripts/manual.py` and held to the program by a test. Every command has `--help`; exit codes are 0 for",
             "all well, 1 for a finding, 2 for bad input, 3 for work that could not be done.", ""]
    for command in commands(root):
        if command is root:
            lines += ["| | |", "|---|---|"]
            lines += [f"| [`plumb {child['commandName']}`](#plumb-{child['commandName']}) | {cell(child['abstract'])} |"
                      for child in root["subcommands"] if child["commandName"] != "help"]
            continue
        lines += ["", f"{'#' * min(len(words(command)), 4)} {' '.join(words(command))}", "",
                  command.get("abstract", ""), "", "```", synopsis(command), "```"]
        if command.get("discussion"):
            lines += ["", "```", command["discussion"].strip("\n"), "```"]
        for title, arguments in shown(command).items():
            lines += ["", f"| {title} | |", "|---|---|"]
            lines += [f"| `{spelled(argument)}` | {cell(told(argument))} |" for argument in arguments]
    return "\n".join(lines) + "\n"


def cell(text):
    """A cell of a table; what looks like a tag is none."""
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    main()
