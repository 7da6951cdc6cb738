"""Reading the pages that were made: nesting, ids, links, text."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "img", "br", "hr"}
# An element of the first kind holds none of the second.
FORBIDDEN = {
    "p": {"p", "div", "ul", "ol", "dl", "table", "figure", "section", "pre", "h2", "h3", "details"},
    "h3": {"p", "div", "details", "table"},
    "a": {"a", "button"},
    "span": {"div", "p"},
}


class Page(HTMLParser):
    """Collects what the tests ask of a page, and what is wrong with its nesting."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.math = 0
        self.classes: dict[str, str] = {}
        self.parts: list[str] = []
        self.feed(text)
        self.close()
        self.wrong += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for outer in self.open:
            if tag in FORBIDDEN.get(outer, ()):
                self.wrong.append(f"<{tag}> inside <{outer}> at {self.getpos()}")
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.wrong.append(f"<{tag}> has an attribute twice at {self.getpos()}")
        found = {name: value or "" for name, value in attrs}
        self.attributes += [(tag, name, value) for name, value in found.items()]
        if "id" in found:
            self.ids.append(found["id"])
        if "data-id" in found and "node" in found.get("class", "").split():
            self.classes[found["data-id"]] = found["class"]
        self.links += [found[name] for name in ("href", "src") if name in found]
        self.math += tag == "math"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> closes <{self.open[-1] if self.open else ''}> at {self.getpos()}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.parts).split())
