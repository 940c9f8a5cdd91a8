"""Papers from a template and facts."""

from pathlib import Path

from andon.platform.documents.rendering import rendered

TEMPLATE = """#let facts = json(bytes(sys.inputs.facts))
#set page(width: 100mm, height: 150mm)
#set text(font: "Noto Sans SC")
#facts.name
"""


def test_the_same_facts_make_the_same_paper_in_chinese_and_latin(tmp_path: Path) -> None:
    template = tmp_path / "paper.typ"
    template.write_text(TEMPLATE, "utf-8")
    paper = rendered(template, {"name": "上海市浦东新区 李雷 / Zoë Müller"})
    assert paper.startswith(b"%PDF-")
    assert b"NotoSansSC" in paper
    assert paper == rendered(template, {"name": "上海市浦东新区 李雷 / Zoë Müller"})


def test_a_fact_is_never_markup(tmp_path: Path) -> None:
    template = tmp_path / "paper.typ"
    template.write_text(TEMPLATE, "utf-8")
    assert rendered(template, {"name": '#panic("read") \\ $x "]'}).startswith(b"%PDF-")
