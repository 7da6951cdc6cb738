"""All figures at a glance: a page without scripts, and one picture."""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from semtheory.drawing.making import Made

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Figures</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font-family:serif;margin:1rem;max-width:1500px}}
main{{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(22rem,100%),1fr));gap:1rem}}
figure{{margin:0;padding:.5rem;border:1px solid #bbb}}img{{width:100%;height:auto;background:#fff}}
.doubtful{{border-color:#b00020}}.doubtful figcaption::before{{content:"not verified: ";color:#b00020}}</style></head>
<body><h1>Figures</h1><main>
{figures}
</main></body></html>
"""


def contact_page(made: Sequence[Made]) -> str:
    """HTML with every figure, its title and links to its files."""
    return _PAGE.format(figures="\n".join(map(_shown, made)))


def _shown(one: Made) -> str:
    drawings = [name for name in one.files if name.endswith((".svg", ".png"))]
    links = " ".join(f'<a href="{html.escape(name)}">{html.escape(name)}</a>' for name in one.files)
    title = html.escape(one.title)
    picture = f'<img src="{html.escape(sorted(drawings)[-1])}" alt="{title}">' if drawings else ""
    kind = ' class="doubtful"' if one.not_verified else ""
    return f"<figure{kind}>{picture}<figcaption>{title}<br><small>{links}</small></figcaption></figure>"


def contact_sheet(pictures: Sequence[bytes], columns: int = 3, width: int = 640) -> bytes:
    """One PNG of all pictures (PNG each), `columns` a row, every one `width` pixels wide."""
    from PIL import Image

    images = []
    for content in pictures:
        whole = Image.open(io.BytesIO(content)).convert("RGB")
        images.append(whole.resize((width, round(whole.height * width / whole.width))))
    rows = [images[k : k + columns] for k in range(0, len(images), columns)]
    heights = [max(image.height for image in row) for row in rows]
    sheet = Image.new("RGB", (width * min(columns, len(images)), sum(heights)), "white")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for k, image in enumerate(row):
            sheet.paste(image, (k * width, top))
        top += height
    stream = io.BytesIO()
    sheet.save(stream, format="PNG")
    return stream.getvalue()
