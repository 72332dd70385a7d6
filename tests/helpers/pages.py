"""What tests look at in a page: its elements, and the contrast of its colours."""

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "rect", "line"}
TEXT, LARGE = 4.5, 3  # least contrast of text, and of a line that shows where the focus is (WCAG 2.2, 1.4.3 and 1.4.11)


class Elements(HTMLParser):
    """The elements of a page with their attributes; `wrong` has those that are not closed in order."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.tags = [], [], []
        self.feed(text)
        self.close()
        self.wrong += self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append(tag)

    def count(self, tag: str) -> int:
        """Number of elements of a kind."""
        return sum(name == tag for name, _ in self.tags)


def luminance(colour: str) -> float:
    """Relative luminance of '#rrggbb', by the definition of WCAG."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)
