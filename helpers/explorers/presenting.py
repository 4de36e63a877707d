"""Explorers for a lecture hall: one that fills the screen, and a larger look for all of them."""

from IPython.display import HTML

from helpers.arguments import truth

# Full screen is the browser's own: it needs no kernel, covers everything else, and Escape ends it.
# Where it is not allowed (inside some frames), the explorer takes the height of the window instead.
TOGGLE = """
const explorer = this.closest('.convolution-explorer');
const fill = (on) => explorer.classList.toggle('fills-window', on);
const isOn = () => explorer.matches(':fullscreen, .fills-window');
const end = () => { fill(false); if (document.fullscreenElement) document.exitFullscreen(); };
explorer.onkeydown = (event) => { if (event.key === 'Escape' && isOn()) end(); };
if (isOn()) end();
else if (document.fullscreenEnabled) explorer.requestFullscreen().catch(() => fill(true));
else fill(true);
"""
BUTTON = f"""<button type="button" class="explorer-present" aria-label="full screen, and back"
 title="Full screen, and back (Escape)" onclick="{TOGGLE}"><svg viewBox="0 0 20 20" width="20"
 height="20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.5">
 <path d="M2 7V2h5M13 2h5v5M18 13v5h-5M7 18H2v-5"/></svg></button>"""
ON = "presentation-look"
# `:where` counts for nothing: what is said of one of the two looks outweighs what is said of both.
FILLED = ".convolution-explorer:is(:fullscreen, .fills-window)"
LARGE = f".convolution-explorer:not(:fullscreen, .fills-window):where(body:has(.{ON}) *)"
PRESENTED = f".convolution-explorer:where(:fullscreen, .fills-window, body:has(.{ON}) *)"
STYLE = (
    """<style>
.convolution-explorer {
  --jp-widgets-font-size: 16px; --jp-widgets-inline-height: 34px;
  --jp-widgets-slider-handle-size: 20px; --jp-widgets-inline-label-width: 110px;
  position: relative;
}
.many-weights { --jp-widgets-slider-handle-size: 16px; }
.many-weights .widget-readout { min-width: 42px; width: 42px; padding: 0; }
.many-weights .slider-container { margin: 0 12px; }
.explorer-present {
  position: absolute; bottom: 4px; right: 2px; padding: 5px; line-height: 0;
  color: #1a1a1a; background: #fff; border: 1px solid #767676; border-radius: 4px; cursor: pointer;
}
.explorer-present:is(:hover, :focus-visible) { background: #dbe9f8; }
@media (max-width: 900px) { .explorer-present { position: static; } }
@media (min-width: 901px) {
  .convolution-explorer > .widget-hbox:nth-last-child(2 of :not(.explorer-by-keyboard))::after {
    content: ""; flex: none; width: 32px; height: 38px; /* the button stands on nothing else */
  }
}
PRESENTED {
  --jp-widgets-font-size: clamp(20px, 1.56vw, 30px);
  --jp-widgets-inline-height: clamp(40px, 3.1vw, 58px);
  --jp-widgets-slider-handle-size: clamp(24px, 1.9vw, 36px);
}
PRESENTED > .explorer-picture {
  width: 100%; max-width: none !important; background: #fff; object-fit: contain;
}
PRESENTED > :is(.widget-hbox, .widget-gridbox) { max-width: none !important; }
PRESENTED .widget-label { width: 6.9em !important; }
PRESENTED .widget-html-content :is(p, pre, div) {
  max-width: none !important; font-size: var(--jp-widgets-font-size) !important;
}
PRESENTED > .widget-hbox > .widget-slider { width: clamp(350px, 27vw, 520px) !important; }
PRESENTED > .widget-hbox > .widget-dropdown { width: clamp(400px, 31vw, 600px) !important; }
PRESENTED > .many-weights {
  --jp-widgets-font-size: 20px; --jp-widgets-inline-height: 38px;
  --jp-widgets-slider-handle-size: 20px;
}
PRESENTED .many-weights .widget-readout { width: 2.6em; min-width: 2.6em; }
FILLED {
  --side: clamp(300px, 29vw, 560px);
  display: grid; align-content: start; grid-auto-rows: max-content;
  grid-template: minmax(min(260px, 40vh), max-content) / minmax(0, 1fr);
  box-sizing: border-box; padding: 8px 56px 8px 16px; overflow: hidden auto;
  color: var(--jp-content-font-color0, #000); background: var(--jp-layout-color0, #fff);
}
FILLED > .explorer-picture { height: 100%; }
FILLED > .widget-html, FILLED > .widget-html > .widget-html-content { position: static; }
FILLED .explorer-present { top: 8px; right: 12px; bottom: auto; }
FILLED > .widget-hbox::after { content: none !important; }
FILLED:has(> .explorer-beside) { padding-right: calc(var(--side) + 28px); }
FILLED > .explorer-beside {
  position: absolute; top: 48px; right: 16px; width: var(--side);
  flex-flow: column nowrap !important; align-items: stretch !important;
}
FILLED > .explorer-beside > .jupyter-widgets { width: auto !important; margin: 2px 0 !important; }
FILLED:not(:fullscreen) { height: calc(100vh - 150px); }
LARGE > .explorer-picture { height: auto; max-height: max(100vh - 245px, 535px); }
LARGE .explorer-present { bottom: 8px; }
</style>""".replace("PRESENTED", PRESENTED)
    .replace("FILLED", FILLED)
    .replace("LARGE", LARGE)
)
LARGER = """<style>
body:has(.presentation-look) {
  --jp-content-font-size1: 24px; --jp-code-font-size: 20px; --jp-content-line-height: 1.4;
}
body:has(.presentation-look) .jp-RenderedImage img { width: 100%; }
body:has(.presentation-look) :is(.jp-OutputPrompt, .jp-OutputArea-promptOverlay) { display: none; }
</style>"""


def present(on: bool = True) -> HTML:
    """Make prose, code, pictures and controls of this notebook larger, for a projector.

    Pictures take the width of the notebook, as far as there is room for a control below them. The
    button of an explorer does more: it shows the picture and all controls on one screen. The cell
    that calls this switches: `present(False)` in it, or removing its output, brings the usual look
    back.
    """
    if not truth("on", on):
        return HTML("<p>The usual look.</p>")
    hint = "Larger, for a projector. <code>present(False)</code> in this cell ends it."
    return HTML(f'{LARGER}<p class="{ON}">{hint}</p>')
