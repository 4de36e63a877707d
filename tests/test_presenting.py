"""What is put into a page, as far as no browser is needed: the larger look, and what Colab asks."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from helpers.explorers import explore, present

WIDGET = "application/vnd.jupyter.widget-view+json"

DIGITS, EDGES = [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [0, -1]]


def test_the_look_is_in_the_output_and_ends_with_it():
    assert 'class="presentation-look"' in present().data
    assert "presentation-look" not in present(False).data


@pytest.mark.parametrize("on", [1, "no", None])
def test_the_look_is_on_or_off(on):
    with pytest.raises(TypeError, match=r"on=.*True and False"):
        present(on)


def test_colab_is_told_where_its_manager_of_widgets_is(monkeypatch):
    e = explore([1, 2, 3], [1, 1])
    assert isinstance(e._repr_mimebundle_(), dict)
    colab = ModuleType("google.colab.output")
    colab.enable_custom_widget_manager = lambda: None
    colab._widgets = SimpleNamespace(_installed_url="https://example.org/manager.js")
    monkeypatch.setitem(sys.modules, "google.colab.output", colab)
    data, metadata = e._repr_mimebundle_()
    assert data.keys() == {"text/plain", "image/png", WIDGET}
    manager = metadata[WIDGET]["colab"]["custom_widget_manager"]
    assert manager == {"url": "https://example.org/manager.js"}
    e.close()
    assert WIDGET not in e._repr_mimebundle_()
