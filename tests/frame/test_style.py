"""The style sheets and scripts themselves: what they promise, and what Chromium 109 can read."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted((ROOT / "coordination/static/css").glob("*.css"))
SCRIPTS = sorted((ROOT / "coordination/static/js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
THEME = (ROOT / "coordination/static/css/theme.css").read_text()
TOKENS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", THEME))
TOO_NEW = (
    r":has\(|subgrid|color-mix|oklch|\[popover|@scope|@starting-style|text-wrap|light-dark|field-sizing|interpolate-size|@position-try"
)


def bare(css: str) -> str:
    """A style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def lightness(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb (WCAG 2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two tokens, 1 to 21 (WCAG 2)."""
    bright, dark = sorted((lightness(TOKENS[one]), lightness(TOKENS[other])), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("one", "other", "promised"),
    [
        ("ink", "paper", 15.7),
        ("ink-soft", "paper", 6.4),
        ("ink-soft", "ground", 5.9),
        ("line-strong", "paper", 3.7),
        ("brand", "paper", 7.2),
        ("brand-deep", "paper", 10.4),
        ("ok", "ok-soft", 5.5),
        ("ink", "warn-fill", 10.9),
        ("paper", "bad", 6.5),
        ("idle", "idle-soft", 6.6),
        ("ink", "del", 12.9),
        ("wall-ok", "wall", 9.2),
        ("wall-warn", "wall", 10.9),
        ("wall-bad", "wall", 7.8),
    ],
)
def test_a_pair_of_colours_has_the_contrast_the_design_promises(one, other, promised):
    assert contrast(one, other) == pytest.approx(promised, abs=0.15)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_sheet_uses_nothing_newer_than_chromium_109_and_no_nesting(sheet):
    css = bare(sheet.read_text())
    assert re.findall(TOO_NEW, css) == []
    depth = inner = 0
    for mark in re.findall(r"@[a-z]+|[{}]", css):
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
            inner = min(inner, depth)
        elif mark in ("@media", "@container"):
            inner = depth + 1
        assert depth <= inner + 1
    assert depth == 0


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_narrow_rules_are_for_screens_only_and_ask_the_container(sheet):
    css = bare(sheet.read_text())
    assert re.findall(r"@media(?! (?:screen|print) \{)[^{]*", css) == []
    outside = re.sub(r"@media screen \{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}", "", css)
    assert "@container" not in outside


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_nothing_casts_a_shadow_moves_or_fades(sheet):
    css = bare(sheet.read_text())
    assert re.findall(r"gradient\(|@keyframes|animation:", css) == []
    assert set(re.findall(r"transition: ([^;]+);", css)) <= {"none"}
    assert set(re.findall(r"box-shadow: ([^;]+);", css)) <= {"none", "0 0 0 2px var(--ink)", "0 0 0 1px var(--ink)"}


def test_sheets_and_scripts_name_no_other_host():
    assert [path.name for path in SHEETS + SCRIPTS if re.search(r"https?:|[\"'(]//", path.read_text())] == []


def test_every_icon_asked_for_is_drawn():
    drawn = set(re.findall(r'name == "([a-z]+)"', (ROOT / "templates/components/icons.html").read_text()))
    asked = {name for path in TEMPLATES for name in re.findall(r'icon\("([a-z]+)"\)', path.read_text())}
    assert asked <= drawn


def test_every_sheet_and_script_is_loaded():
    frame = (ROOT / "templates/components/frame.html").read_text()
    pages = "".join(path.read_text() for path in TEMPLATES)
    unloaded = [path.name for path in SHEETS + SCRIPTS if f'"{path.stem}"' not in frame and f"/{path.name}', v=version" not in pages]
    assert unloaded == []
