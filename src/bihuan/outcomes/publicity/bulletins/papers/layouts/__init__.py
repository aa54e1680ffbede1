"""Layouts 版式: Word files of an office, in which a bulletin's paper is set."""
