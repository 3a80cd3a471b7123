"""The web pages: HTML for people, made on the server. Never a rule about papers, never the JSON API's business."""
