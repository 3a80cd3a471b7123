"""Published papers, turned into facts, generated and compared word by word; the project holds nothing of them."""
