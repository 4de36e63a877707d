"""What the browser reports of a mouse, a pen or a finger, without a browser."""


def point(e, x, y):
    """Move the mouse to a pixel of the picture."""
    places = ((number, grid.cell_at(x, y)) for number, grid in enumerate(e.scene.grids))
    number, cell = next((place for place in places if place[1]), (None, None))
    e.picture.pointed = {"grid": number, "cell": cell and list(cell)}


def point_at(e, number, row, column):
    """Move the mouse to the middle of a cell."""
    grid = e.scene.grids[number]
    point(e, grid.x + (column + 0.5) * grid.cell, grid.y + (row + 0.5) * grid.cell)


def leave(e):
    """Move the mouse away from the picture."""
    e.picture.pointed = {"grid": None, "cell": None}


def drag(e, number, row, column, *steps, press=1):
    """Press on a cell and drag it by so many steps, one report after another."""
    for count in steps:
        place = {"press": press, "grid": number, "cell": [row, column]}
        e.picture.dragged = place | {"steps": count}


def draw(e, *cells, begins=True, number=0):
    """Report the cells under a pen."""
    stroke = {"grid": number, "cells": [list(cell) for cell in cells], "begins": begins}
    e.picture._handle_custom_msg({"kind": "draw", "strokes": [stroke]}, [])


def choose(e, content, size=None):
    """Choose a file of this content, or of a size of which the browser sends no content."""
    about = {"name": "a.png", "type": "image/png", "size": size or len(content), "lastModified": 0}
    e.picture._handle_custom_msg({"kind": "file", **about}, [] if size else [memoryview(content)])
