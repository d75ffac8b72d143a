#!/usr/bin/env python3
"""Cuts the shipped font files out of the upstream ones.

usage: make-fonts.py INTER_DIR JETBRAINS_MONO_DIR LUCIDE_STATIC_DIR OUT_DIR
"""

import csv
import json
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

# Latin with its extensions, Greek, Cyrillic, combining marks, punctuation, currency,
# letterlike symbols, arrows, operators, key caps, box drawing, shapes, check marks.
RANGES = [
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x02B0, 0x036F), (0x0370, 0x03FF),
    (0x0400, 0x052F), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2070, 0x209F),
    (0x20A0, 0x20BF), (0x2100, 0x214F), (0x2150, 0x218F), (0x2190, 0x21FF),
    (0x2200, 0x22FF), (0x2300, 0x23FF), (0x2500, 0x257F), (0x25A0, 0x25FF),
    (0x2605, 0x2606), (0x2610, 0x2612), (0x2713, 0x2717), (0xFB01, 0xFB02), (0xFFFD, 0xFFFD),
]

# No calt and no liga: a file name or a log line shows the characters that it has ("->" stays "->").
FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk"]

ICONS = """
activity anchor arrow-down arrow-left arrow-left-right arrow-right arrow-up arrow-up-down bookmark
bookmark-plus brush-cleaning check check-check chevron-down chevron-left chevron-right chevron-up circle
circle-alert circle-check circle-help circle-pause circle-play circle-stop circle-x clipboard clipboard-list
clipboard-paste clock columns-2 copy copy-plus corner-down-right corner-left-up download ellipsis
external-link eye eye-off file file-archive file-audio file-check file-code file-image file-lock file-question
file-symlink file-text file-video folder folder-open folder-plus folder-sync folder-tree folder-up gauge
git-compare globe hard-drive history hourglass house info key-round keyboard link list list-checks list-filter
list-plus list-todo lock lock-open log-out maximize minus monitor moon notebook-pen palette panel-left pause
pencil pencil-line play plug plug-zap plus power refresh-ccw refresh-cw rotate-ccw rotate-cw save scroll-text
search server settings shield-alert shield-check square square-check square-split-horizontal star stethoscope
sun sun-moon text-cursor-input timer timer-off trash-2 triangle-alert unplug upload user wifi wifi-off x zap
zoom-in zoom-out
""".split()


def cut(font, unicodes, features):
    """Reduces `font` in place to the given characters and layout features."""
    options = subset.Options()
    options.layout_features = features
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.hinting = True
    worker = subset.Subsetter(options)
    worker.populate(unicodes=unicodes)
    worker.subset(font)


def tabular_digits(font):
    """Makes the figures of the feature tnum the default ones: egui cannot switch a feature on."""
    gsub = font["GSUB"].table
    swaps = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for table in gsub.LookupList.Lookup[index].SubTable:
                    swaps.update(getattr(table, "ExtSubTable", table).mapping)
    widest = 0
    for table in font["cmap"].tables:
        for digit in map(ord, "0123456789"):
            old = table.cmap.get(digit)
            if old in swaps:
                table.cmap[digit] = swaps[old]
                widest = max(widest, font["hmtx"][swaps[old]][0])
    # Upstream's semi-bold four is three units narrower than the others.
    for digit in map(ord, "0123456789"):
        glyph = font.getBestCmap()[digit]
        font["hmtx"][glyph] = (widest, font["hmtx"][glyph][1])


def main():
    inter, mono, lucide, out = map(pathlib.Path, sys.argv[1:5])
    wanted = [code for low, high in RANGES for code in range(low, high + 1)]
    for source, name, tabular in [
        (inter / "Inter-Regular.otf", "fonts/Inter-Regular.otf", True),
        (inter / "Inter-SemiBold.otf", "fonts/Inter-SemiBold.otf", True),
        (mono / "JetBrainsMono-Regular.ttf", "fonts/JetBrainsMono-Regular.ttf", False),
    ]:
        font = TTFont(source)
        if tabular:
            tabular_digits(font)
        cut(font, wanted, FEATURES)
        font.save(out / name)
        have = font.getBestCmap()
        print(name, len(have), "characters; not in it:",
              " ".join(c for c in "⌘…→←↑↓·“”✓×●○–—€µ" if ord(c) not in have) or "-")

    codes = json.loads((lucide / "font/codepoints.json").read_text())
    missing = [name for name in ICONS if name not in codes]
    assert not missing, missing
    font = TTFont(lucide / "font/lucide.ttf")
    cut(font, [codes[name] for name in ICONS], [])
    # Upstream's side bearings are all zero, which would draw every glyph at the left edge of its box.
    for glyph, (advance, _) in font["hmtx"].metrics.items():
        font["hmtx"][glyph] = (advance, getattr(font["glyf"][glyph], "xMin", 0))
    font.save(out / "icons/lucide.ttf")
    with open(out / "icons/icons.csv", "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["name", "codepoint"])
        rows.writerows([name, f"{codes[name]:04x}"] for name in sorted(ICONS))
    print("icons/lucide.ttf", len(ICONS), "icons")


main()
