"""What a screen reader says of an explorer.

ipywidgets 8 gives names to lists, check boxes and buttons with a text, but none to sliders, to the
numbers beside them, to play buttons and to pictures, and it has no option for that
(https://github.com/jupyter-widgets/ipywidgets/issues/2650). So the names are put in by a script
that comes with the style of each explorer, and again whenever controls are added.

JupyterLab shows the pictures of a notebook without alternative text
(https://github.com/jupyter/enhancement-proposals/issues/120). Every picture carries its sentence in
its PNG (`helpers.drawing.bundle`); from there the script takes it.
"""

# `role=status` stands on the element that stays, not on the sentence in it that is replaced:
# screen readers then read each new sentence, and read it once.
NAMES = """
const root = this.closest('.convolution-explorer');
const parts = '.noUi-handle, .widget-readout, button, img, .widget-html-content';
const told = (slider) => {
  const label = slider.querySelector('.widget-label');
  return label.textContent.trim() || label.title;
};
const read = (slider) => {
  const readout = slider.querySelector('.widget-readout');
  const text = readout.style.display === 'none' ? '' : readout.textContent;
  if (text) slider.querySelector('.noUi-handle').setAttribute('aria-valuetext', text);
};
const name = () => {
  root.setAttribute('role', 'group');
  root.setAttribute('aria-label', 'explorer');
  for (const slider of root.querySelectorAll('.widget-slider')) {
    slider.querySelector('.noUi-handle').setAttribute('aria-label', told(slider));
    const readout = slider.querySelector('.widget-readout[contenteditable]');
    readout?.setAttribute('role', 'textbox');
    readout?.setAttribute('aria-label', told(slider) + ', as a number');
    read(slider);
  }
  for (const play of root.querySelectorAll('.widget-play')) {
    const moved = play.previousElementSibling;
    const what = moved?.matches('.widget-slider') ? ': ' + told(moved) : '';
    const names = ['play or pause', 'back to the start', 'play again and again'];
    play.querySelectorAll('button').forEach(
      (button, i) => button.setAttribute('aria-label', names[i] + what));
  }
  for (const button of root.querySelectorAll('.widget-toggle-button')) {
    button.setAttribute('aria-pressed', button.matches('.mod-active'));
    pressed.observe(button, { attributeFilter: ['class'] });
  }
  const caption = root.querySelector('.explorer-caption > .widget-html-content');
  const picture = root.querySelector('.explorer-picture');
  if (!caption || !picture) return;
  caption.id ||= 'caption-' + Math.random().toString(36).slice(2);
  caption.setAttribute('role', 'status');
  picture.alt = 'picture';
  picture.setAttribute('aria-describedby', caption.id);
};
const pressed = new MutationObserver((changes) => changes.forEach(
  ({ target }) => target.setAttribute('aria-pressed', target.matches('.mod-active'))));
const has = (node) => node.matches?.(parts) || node.querySelector?.(parts);
if (!root.role) {
  new MutationObserver((changes) => {
    if (changes.some((change) => [...change.addedNodes].some(has))) name();
    for (const { target } of changes)
      if (target.matches?.('.widget-readout')) read(target.closest('.widget-slider'));
  }).observe(root, { childList: true, subtree: true });
  name();
}
"""
# A PNG is its signature, then chunks: size, type, that many bytes, four bytes of checksum.
ALTERNATIVES = """
const notebook = root.closest('.jp-Notebook') ?? document.body;
const plain = '.jp-RenderedImage img:not([alt])';
const chunk = 'Description', most = 65536;
const sentence = (source) => {
  const start = source.indexOf(',') + 1;
  const bytes = Uint8Array.from(atob(source.slice(start, start + most)), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 8 < bytes.length; at += 12 + view.getUint32(at)) {
    const end = at + 8 + view.getUint32(at);
    const parts = new TextDecoder().decode(bytes.slice(at + 4, end)).split(String.fromCharCode(0));
    if (parts[0] === 'iTXt' + chunk) return parts.at(-1);
  }
};
const describe = () => {
  for (const picture of notebook.querySelectorAll(plain)) {
    const text = picture.src.startsWith('data:image/png;base64,') && sentence(picture.src);
    if (text) picture.alt = text;
  }
};
if (!notebook.dataset.described) {
  notebook.dataset.described = 'yes';
  new MutationObserver((changes) => {
    if (changes.some((change) => [...change.addedNodes].some(has))) describe();
  }).observe(notebook, { childList: true, subtree: true });
  describe();
}
"""
FOCUS = """
.convolution-explorer :is(button, select, input, pre, .widget-readout):focus-visible,
.convolution-explorer .noUi-handle:focus {
  outline: 3px solid #0b57d0 !important; outline-offset: 1px;
  box-shadow: 0 0 0 6px #fff !important;
}
.explorer-by-keyboard:not(:focus-within) {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
"""
SPEAKING = f'<style onload="{NAMES}{ALTERNATIVES}">{FOCUS}</style>'
