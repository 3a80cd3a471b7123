"""Boards that receive papers, their meetings, and the series of papers that follow one another."""
