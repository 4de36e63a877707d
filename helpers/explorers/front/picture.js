// The part of an explorer that runs in the browser: it shows the picture, names the controls for
// screen readers, and reports what mouse, pen and fingers do. `widget.py` is its other half.

const STEP = 4; // CSS pixels of a drag for one step of a slider
const LEAST_WIDTH = 600; // CSS pixels: narrower pictures get the pixels of this width, to zoom into
const MOST_PIXELS = 3; // of the screen, for each pixel of the picture's lengths
const LARGE_FILE = 4e6; // bytes from which on a picture is reduced before it is sent
const PHOTOGRAPH = 1024; // pixels of the longer side of a reduced picture
const KEYS = 'data-lm-suppress-shortcuts'; // Jupyter leaves keys to elements that have it
const CORNERS = 'M2 7V2h5M13 2h5v5M18 13v5h-5M7 18H2v-5';
const FOCUSED = '.noUi-handle, .widget-readout, button, select, input, pre';

export default { render };

function render({ model, el }) {
  const gone = new AbortController(); // ends what was begun outside `el`
  const signal = gone.signal;
  const frame = add(el, 'div', { className: 'explorer-frame' });
  const stage = add(frame, 'div', { className: 'explorer-stage' });
  const image = add(stage, 'img', { className: 'explorer-picture', draggable: false });
  add(el, 'p', { className: 'explorer-alert', role: 'alert' });
  add(el, 'p', { className: 'explorer-caption', role: 'status' });
  showPicture(model, el, stage, image);
  point(model, stage, image);
  handle(model, stage, image);
  const attached = new ResizeObserver(() => {
    const root = el.closest('.convolution-explorer');
    if (!root || !el.isConnected) return;
    if (!root.hasAttribute('role')) settle(model, root, signal);
    reportPixels(model, stage);
  });
  attached.observe(stage);
  addEventListener('resize', () => reportPixels(model, stage), { signal });
  return () => {
    attached.disconnect();
    gone.abort();
    URL.revokeObjectURL(image.src);
  };
}

function add(parent, tag, properties) {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}

// --- The picture ----------------------------------------------------------------------------------

function showPicture(model, el, stage, image) {
  const [caption, alert] = ['.explorer-caption', '.explorer-alert'].map((s) => el.querySelector(s));
  const draw = () => {
    const old = image.src;
    image.src = URL.createObjectURL(new Blob([model.get('value')], { type: 'image/png' }));
    if (old) URL.revokeObjectURL(old);
  };
  const place = () => {
    const [width, height] = model.get('size');
    Object.assign(image, { width, height });
    const root = el.closest('.convolution-explorer') ?? el;
    root.style.setProperty('--ratio', width / height);
  };
  const describe = () => { image.alt = caption.textContent = model.get('alt'); };
  const warn = () => { alert.textContent = model.get('message'); };
  const shown = { size: place, value: draw, alt: describe, message: warn };
  for (const [name, show] of Object.entries(shown)) {
    model.on(`change:${name}`, show);
    show();
  }
}

function reportPixels(model, stage) {
  const [width] = model.get('size');
  const shown = Math.max(stage.clientWidth, LEAST_WIDTH) * devicePixelRatio;
  const scale = Math.min(Math.ceil(shown / width - 0.01), MOST_PIXELS);
  if (!stage.clientWidth || scale === model.get('scale')) return;
  model.set('scale', scale);
  model.save_changes();
}

// --- Pointing, drawing, dragging ------------------------------------------------------------------

function spot(model, image, event) {
  const box = image.getBoundingClientRect();
  const scale = model.get('size')[0] / box.width;
  const x = (event.clientX - box.left) * scale;
  const y = (event.clientY - box.top) * scale;
  const boxes = model.get('boxes');
  for (let grid = 0; grid < boxes.length; grid++) {
    const { x: left, y: top, cell: size, rows, columns } = boxes[grid];
    const cell = [Math.floor((y - top) / size), Math.floor((x - left) / size)];
    if (cell[0] >= 0 && cell[1] >= 0 && cell[0] < rows && cell[1] < columns) return { grid, cell };
  }
  return { grid: null, cell: null };
}

// A message waits until the last one is answered; of several that wait, the newest remains. So what
// may not take the place of something else has a name of its own.
function report(model, name, action) {
  model.set(name, action);
  model.save_changes();
}

function point(model, stage, image) {
  let last = '', count = 0;
  const tell = (place, again = false) => {
    const now = JSON.stringify(place.cell && place);
    if ((now === last && !again) || !model.get('boxes').some(({ use }) => use === 'point')) return;
    last = now;
    report(model, 'pointed', { ...place, count: ++count });
  };
  // A finger that moves over the picture scrolls the page; it points where it taps.
  stage.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'touch' && !event.buttons) tell(spot(model, image, event));
  });
  stage.addEventListener('click', (event) => tell(spot(model, image, event), true));
  stage.addEventListener('pointerleave', (event) => {
    if (event.pointerType !== 'touch') tell({ grid: null, cell: null });
  });
}

// Grids that are drawn on, and kernels, have an element of their own: only there the browser must
// neither scroll nor select.
function handle(model, stage, image) {
  const ring = add(stage, 'div', { className: 'explorer-cell', hidden: true });
  const covers = [];
  const part = (element, x, y, width, height) => {
    const [all, high] = model.get('size');
    const percent = [x / all, y / high, width / all, height / high].map((n) => `${100 * n}%`);
    ['left', 'top', 'width', 'height'].forEach((side, i) => { element.style[side] = percent[i]; });
  };
  const frame = ({ grid, cell }) => {
    const box = model.get('boxes')[grid];
    ring.hidden = box?.use !== 'drag';
    if (!ring.hidden)
      part(ring, box.x + cell[1] * box.cell, box.y + cell[0] * box.cell, box.cell, box.cell);
  };
  const cover = () => {
    const wanted = model.get('boxes').filter(({ use }) => use === 'draw' || use === 'drag');
    while (covers.length > wanted.length) covers.pop().remove();
    while (covers.length < wanted.length) covers.push(add(stage, 'div', {}));
    wanted.forEach(({ x, y, cell, rows, columns, use }, number) => {
      covers[number].className = `explorer-${use}`;
      part(covers[number], x, y, columns * cell, rows * cell);
    });
    if (!ring.hidden && !stage.matches('.explorer-dragged')) ring.hidden = true;
  };
  model.on('change:boxes', cover);
  cover();
  stage.addEventListener('pointermove', (event) => {
    if (!event.buttons) frame(spot(model, image, event));
  });
  stage.addEventListener('pointerleave', () => { ring.hidden = true; });
  stage.addEventListener('pointerdown', (event) => {
    const begin = { 'explorer-draw': drawing, 'explorer-drag': dragging }[event.target.className];
    if (!begin || event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    event.target.setPointerCapture(event.pointerId);
    frame(spot(model, image, event));
    begin(model, stage, image, event, () => { ring.hidden = true; });
  });
}

// Nothing that is drawn may be lost, but a kernel may be slow: what is drawn meanwhile is collected,
// and sent when Python has answered.
function drawing(model, stage, image, first) {
  const { grid } = spot(model, image, first);
  const stroke = { grid, begins: true, cells: [] };
  let last = '';
  const collect = (event) => {
    for (const step of event.getCoalescedEvents?.().concat(event) ?? [event]) {
      const place = spot(model, image, step);
      if (place.grid === grid && `${place.cell}` !== last) stroke.cells.push(place.cell);
      if (place.grid === grid) last = `${place.cell}`;
    }
    send(model, stroke);
  };
  collect(first);
  listen(first, new AbortController(), { move: collect, end: () => {} });
}

const waiting = new WeakMap(); // by model: strokes to be sent when Python has answered

function send(model, stroke) {
  if (!waiting.has(model)) {
    waiting.set(model, { busy: false, strokes: new Set() });
    model.on('msg:custom', () => {
      waiting.get(model).busy = false;
      send(model);
    });
  }
  const state = waiting.get(model);
  if (stroke?.cells.length) state.strokes.add(stroke);
  if (state.busy || !state.strokes.size) return;
  const strokes = [...state.strokes].map((part) => ({ ...part }));
  for (const part of state.strokes) Object.assign(part, { begins: false, cells: [] });
  Object.assign(state, { busy: true, strokes: new Set() });
  model.send({ kind: 'draw', strokes });
}

function dragging(model, stage, image, first, leave) {
  const ended = new AbortController();
  const press = { press: Date.now(), ...spot(model, image, first) };
  let last = 0;
  const turn = (steps) => {
    if (steps !== last) report(model, 'dragged', { ...press, steps });
    last = steps;
  };
  stage.classList.add('explorer-dragged');
  const done = () => {
    stage.classList.remove('explorer-dragged');
    if (first.pointerType === 'touch') leave();
  };
  listen(first, ended, {
    move: (event) => turn(Math.round((first.clientY - event.clientY) / STEP)),
    end: done,
  });
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopImmediatePropagation();
    turn(0);
    ended.abort();
    done();
  }, { capture: true, signal: ended.signal });
}

function listen(first, ended, { move, end }) {
  const { signal } = ended;
  const finish = () => { ended.abort(); end(); };
  const same = (act) => (event) => { if (event.pointerId === first.pointerId) act(event); };
  first.target.addEventListener('pointermove', same(move), { signal });
  for (const kind of ['pointerup', 'pointercancel', 'lostpointercapture'])
    first.target.addEventListener(kind, same(finish), { signal });
}

// --- The explorer around the picture --------------------------------------------------------------

function settle(model, root, signal) {
  const [width, height] = model.get('size');
  root.style.setProperty('--ratio', width / height);
  root.setAttribute('role', 'group');
  root.setAttribute('aria-label', 'explorer');
  nameAll(root, signal);
  root.append(screenButton(root));
  root.addEventListener('click', (event) => takeFile(model, event), { capture: true, signal });
  describePictures(root.closest('.jp-Notebook') ?? document.body);
  if (!window.explorerKeys) addEventListener('keydown', leaveKeys, { capture: true });
  window.explorerKeys = true;
}

// ipywidgets 8 gives names to lists, check boxes and buttons with a text, but none to sliders, to
// the numbers beside them and to play buttons, and it has no option for that
// (https://github.com/jupyter-widgets/ipywidgets/issues/2650).
function nameAll(root, signal) {
  const has = (node) => node.matches?.(FOCUSED) || node.querySelector?.(FOCUSED);
  const title = (slider) => {
    const label = slider.querySelector('.widget-label');
    return label.textContent.trim() || label.title;
  };
  const read = (slider) => {
    const readout = slider?.querySelector('.widget-readout');
    const text = readout?.style.display === 'none' ? '' : readout?.textContent;
    if (text) slider.querySelector('.noUi-handle').setAttribute('aria-valuetext', text);
  };
  const name = () => {
    root.classList.toggle('has-beside', root.querySelector(':scope > .explorer-beside') !== null);
    for (const element of root.querySelectorAll(FOCUSED)) element.setAttribute(KEYS, 'true');
    for (const slider of root.querySelectorAll('.widget-slider')) {
      slider.querySelector('.noUi-handle').setAttribute('aria-label', title(slider));
      const readout = slider.querySelector('.widget-readout[contenteditable]');
      readout?.setAttribute('role', 'textbox');
      readout?.setAttribute('aria-label', `${title(slider)}, as a number`);
      read(slider);
    }
    for (const buttons of root.querySelectorAll('.widget-play')) {
      const slider = buttons.previousElementSibling;
      const what = slider?.matches('.widget-slider') ? `: ${title(slider)}` : '';
      const names = ['play or pause', 'back to the start', 'play again and again'];
      buttons.querySelectorAll('button').forEach(
        (button, i) => button.setAttribute('aria-label', names[i] + what));
    }
    for (const button of root.querySelectorAll('.widget-toggle-button')) {
      button.setAttribute('aria-pressed', button.matches('.mod-active'));
      pressed.observe(button, { attributeFilter: ['class'] });
    }
  };
  const pressed = new MutationObserver((changes) => changes.forEach(
    ({ target }) => target.setAttribute('aria-pressed', target.matches('.mod-active'))));
  const added = new MutationObserver((changes) => {
    if (changes.some((change) => [...change.addedNodes].some(has))) name();
    for (const { target } of changes)
      if (target.matches?.('.widget-readout')) read(target.closest('.widget-slider'));
  });
  added.observe(root, { childList: true, subtree: true });
  signal.addEventListener('abort', () => { added.disconnect(); pressed.disconnect(); });
  name();
}

// Notebook 7 looks at keys before the sliders do. Keys with Control, Alt or Shift remain Jupyter's.
function leaveKeys(event) {
  const element = event.target.closest?.(`.convolution-explorer [${KEYS}]`);
  if (!element || !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)) return;
  element.removeAttribute(KEYS);
  setTimeout(() => element.setAttribute(KEYS, 'true'));
}

// Full screen is the browser's own: it needs no kernel, covers everything else, and Escape ends it.
// Where it is not allowed (inside some frames), the explorer takes the height of the window instead.
function screenButton(root) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'explorer-present' });
  button.title = 'Full screen, and back (Escape)';
  button.setAttribute('aria-label', 'full screen, and back');
  const drawn = (name, attributes) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const lines = { fill: 'none', stroke: 'currentColor', 'stroke-width': 2.5 };
  const icon = drawn('svg', { viewBox: '0 0 20 20', width: 20, height: 20, 'aria-hidden': true });
  icon.append(drawn('path', { d: CORNERS, ...lines }));
  button.append(icon);
  const fill = (on) => root.classList.toggle('fills-window', on);
  const isOn = () => root.matches(':fullscreen, .fills-window');
  const end = () => {
    fill(false);
    if (document.fullscreenElement) document.exitFullscreen();
  };
  button.addEventListener('click', () => {
    if (isOn()) end();
    else if (document.fullscreenEnabled) root.requestFullscreen().catch(() => fill(true));
    else fill(true);
  });
  root.addEventListener('keydown', (event) => { if (event.key === 'Escape' && isOn()) end(); });
  return button;
}

// --- Pictures of the reader -----------------------------------------------------------------------

// Jupyter's server closes the connection over a message of 10 MiB, without a word. So this part
// reads the file: what is large is turned upright and reduced here.
function takeFile(model, event) {
  if (!event.target.closest('.jupyter-widgets.widget-upload')) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const input = Object.assign(document.createElement('input'), { type: 'file' });
  input.accept = 'image/png,image/jpeg';
  input.addEventListener('change', async () => {
    const [file] = input.files;
    if (!file) return;
    const small = file.size < LARGE_FILE ? file : await reduced(file);
    const { name, type, size, lastModified } = file;
    const content = size > model.get('most_bytes') ? [] : [await small.arrayBuffer()];
    model.send({ kind: 'file', name, type, size, lastModified }, undefined, content);
  });
  input.click();
}

async function reduced(file) {
  try {
    const whole = await createImageBitmap(file); // upright, whichever way the camera was held
    const scale = Math.min(PHOTOGRAPH / Math.max(whole.width, whole.height), 1);
    const side = (length) => Math.max(Math.round(length * scale), 1);
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: side(whole.width), height: side(whole.height) });
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(whole, 0, 0, canvas.width, canvas.height);
    whole.close();
    return await new Promise((done) => canvas.toBlob(done, 'image/png'));
  } catch {
    return file.slice(0, LARGE_FILE); // Python says what is wrong with it
  }
}

// --- Pictures of the notebook ---------------------------------------------------------------------

// JupyterLab shows the pictures of a notebook without alternative text
// (https://github.com/jupyter/enhancement-proposals/issues/120). Ours carry their sentence in the
// PNG, as `helpers.drawing.bundle` puts it there.
function describePictures(notebook) {
  if (notebook.dataset.described) return;
  notebook.dataset.described = 'yes';
  const describe = () => {
    for (const picture of notebook.querySelectorAll('.jp-RenderedImage img:not([alt])')) {
      const text = picture.src.startsWith('data:image/png;base64,') && sentence(picture.src);
      if (text) picture.alt = text;
    }
  };
  new MutationObserver((changes) => {
    if (changes.some((change) => [...change.addedNodes].some((node) => node.querySelector?.('img'))))
      describe();
  }).observe(notebook, { childList: true, subtree: true });
  describe();
}

// A PNG is its signature, then chunks: size, type, that many bytes, four bytes of checksum.
function sentence(source) {
  const start = source.indexOf(',') + 1;
  const bytes = Uint8Array.from(atob(source.slice(start, start + 65536)), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 8 < bytes.length; at += 12 + view.getUint32(at)) {
    const end = at + 8 + view.getUint32(at);
    const parts = new TextDecoder().decode(bytes.slice(at + 4, end)).split('\0');
    if (parts[0] === 'iTXtDescription') return parts.at(-1);
  }
}
