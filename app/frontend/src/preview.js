// A document shown in the page: loaded only by the frame of the preview.
