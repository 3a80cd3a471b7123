"""The names that Office Open XML gives to things (ISO/IEC 29500, transitional)."""

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
PACKAGE_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
VML = "urn:schemas-microsoft-com:vml"
DECORATIVE = "http://schemas.microsoft.com/office/drawing/2017/decorative"
HYPERLINK = f"{R}/hyperlink"

XMLNS = {"w": W}


def w(name: str) -> str:
    """The full name of an element or attribute of WordprocessingML, as lxml writes it."""
    return f"{{{W}}}{name}"
