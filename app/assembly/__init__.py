"""The pipeline from facts to a document, one file per step. Never SQL (but `selection`), never Word's own terms."""
