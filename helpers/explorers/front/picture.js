// The part of an explorer that runs in the browser: it shows the picture, names the controls for
// screen readers, and reports what mouse, pen and fingers do. `widget.py` is its other half.

const STEP = 4; // CSS pixels of a drag for one step of a slider
const LEAST_WIDTH = 600; // CSS pixels: narrower pictures get the pixels of this width, to zoom into
const MOST_PIXELS = 3; // of the screen, for each pixel of the picture's lengths
const LARGE_FILE = 4e6; // bytes from which on a picture is reduced before it is sent
const PHOTOGRAPH = 1024; // pixels of the longer side of a reduced picture
const SETTLED = 1000; // milliseconds after which the height of an explorer is known
const KEYS = 'data-lm-suppress-shortcuts'; // Jupyter leaves keys to elements that have it
const CORNERS = `<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
  <path d="M2 7V2h5M13 2h5v5M18 13v5h-5M7 18H2v-5" fill="none" stroke="currentColor"
    stroke-width="2.5"/></svg>`;
const FOCUSED = '.noUi-handle, .widget-readout, button, select, input, pre';

export default { render };

function render({ model, el }) {
  const gone = new AbortController(); // ends what was begun outside `el`
  const { signal } = gone;
  const frame = add(el, 'div', { className: 'explorer-frame' });
  const stage = add(frame, 'div', { className: 'explorer-stage' });
  const image = add(stage, 'img', { className: 'explorer-picture', draggable: false });
  const alert = add(el, 'p', { className: 'explorer-alert', role: 'alert' });
  const caption = add(el, 'p', { className: 'explorer-caption', role: 'status' });
  const show = {
    value() {
      URL.revokeObjectURL(image.src);
      image.src = URL.createObjectURL(new Blob([model.get('value')], { type: 'image/png' }));
    },
    size() {
      const [width, height] = model.get('size');
      Object.assign(image, { width, height });
      el.closest('.convolution-explorer')?.style.setProperty('--ratio', width / height);
    },
    alt() { image.alt = caption.textContent = model.get('alt'); },
    message() { alert.textContent = model.get('message'); },
  };
  for (const [name, act] of Object.entries(show)) {
    model.on(`change:${name}`, act);
    act();
  }
  cover(model, stage);
  follow(model, stage, image, signal);
  const attached = new ResizeObserver(() => {
    const root = el.closest('.convolution-explorer');
    if (!root || !el.isConnected) return;
    show.size();
    if (!root.role) settle(model, root, signal);
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

function reportPixels(model, stage) {
  const [width] = model.get('size');
  const shown = Math.max(stage.clientWidth, LEAST_WIDTH) * devicePixelRatio;
  const scale = Math.min(Math.ceil(shown / width - 0.01), MOST_PIXELS);
  if (stage.clientWidth && scale !== model.get('scale')) report(model, 'scale', scale);
}

// A message waits until the last one is answered; of several that wait, the newest remains. So what
// may not take the place of something else has a name of its own.
function report(model, name, value) {
  model.set(name, value);
  model.save_changes();
}

// --- Pointing, drawing, dragging ------------------------------------------------------------------

// What is drawn on, and every cell of a kernel, has an element of its own: only there the browser
// must neither scroll nor select, and the cell under the mouse shows that it can be dragged.
function cover(model, stage) {
  const covers = [];
  const place = () => {
    const [width, height] = model.get('size');
    const parts = model.get('boxes').flatMap(({ x, y, cell, rows, columns, use }) => {
      if (use === 'draw') return [{ use, x, y, wide: columns * cell, high: rows * cell }];
      return Array.from({ length: use === 'drag' ? rows * columns : 0 }, (_, n) => {
        const [row, column] = [Math.floor(n / columns), n % columns];
        return { use, x: x + column * cell, y: y + row * cell, wide: cell, high: cell };
      });
    });
    while (covers.length > parts.length) covers.pop().remove();
    while (covers.length < parts.length)
      covers.push(add(stage, 'div', { className: 'explorer-cover' }));
    parts.forEach(({ use, x, y, wide, high }, number) => {
      const { dataset, style } = covers[number];
      dataset.use = use;
      [style.left, style.width] = [x, wide].map((n) => `${(100 * n) / width}%`);
      [style.top, style.height] = [y, high].map((n) => `${(100 * n) / height}%`);
    });
  };
  model.on('change:boxes', place);
  place();
}

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

function follow(model, stage, image, signal) {
  const at = (event) => spot(model, image, event);
  const begin = { draw: drawing(model, at), drag: dragging(model, at) };
  const tell = pointing(model);
  let held = {}; // the element that has the pointer, and what is done when it moves
  const isHeld = (id) => held.target?.hasPointerCapture(id);
  // A finger that moves over the picture scrolls the page; it points where it taps.
  stage.addEventListener('pointermove', (event) => {
    if (isHeld(event.pointerId)) held.move(event);
    else if (event.pointerType !== 'touch' && !event.buttons) tell(at(event));
  });
  stage.addEventListener('click', (event) => tell(at(event), true));
  stage.addEventListener('pointerleave', (event) => {
    if (event.pointerType !== 'touch') tell({ grid: null, cell: null });
  });
  stage.addEventListener('pointerdown', (event) => {
    const { target, pointerId: id } = event;
    if (!target.dataset.use || event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    target.setPointerCapture(id);
    target.classList.add('explorer-held');
    held = { target, id, ...begin[target.dataset.use](event) };
  });
  stage.addEventListener('lostpointercapture', ({ target }) => {
    target.classList.remove('explorer-held');
  });
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !held.undo || !isHeld(held.id)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held.undo();
    held.target.releasePointerCapture(held.id);
  }, { capture: true, signal });
}

function pointing(model) {
  let last = '', count = 0;
  return (place, again = false) => {
    const now = JSON.stringify(place.cell && place);
    if ((now === last && !again) || !model.get('boxes').some(({ use }) => use === 'point')) return;
    last = now;
    report(model, 'pointed', { ...place, count: ++count });
  };
}

// Nothing that is drawn may be lost, but a kernel may be slow: what is drawn meanwhile is collected,
// and sent when Python has answered.
function drawing(model, at) {
  const strokes = [];
  let busy = false;
  const send = () => {
    if (busy || !strokes.length) return;
    busy = true;
    model.send({ kind: 'draw', strokes: strokes.splice(0) });
  };
  model.on('msg:custom', () => { busy = false; send(); });
  return (first) => {
    const { grid } = at(first);
    let begins = true, last = '';
    const move = (event) => {
      for (const step of event.getCoalescedEvents?.().concat(event) ?? [event]) {
        const place = at(step);
        if (!place.cell || place.grid !== grid || `${place.cell}` === last) continue;
        if (begins || !strokes.length) strokes.push({ begins, cells: [] });
        strokes.at(-1).cells.push(place.cell);
        [begins, last] = [false, `${place.cell}`];
      }
      send();
    };
    move(first);
    return { move };
  };
}

function dragging(model, at) {
  return (first) => {
    const press = { press: Date.now(), ...at(first) };
    let last = 0;
    const turn = (steps) => {
      if (steps !== last) report(model, 'dragged', { ...press, steps });
      last = steps;
    };
    const move = (event) => turn(Math.round((first.clientY - event.clientY) / STEP));
    return { move, undo: () => turn(0) };
  };
}

// --- The explorer around the picture --------------------------------------------------------------

function settle(model, root, signal) {
  root.role = 'group';
  root.ariaLabel = 'explorer';
  nameAll(root, signal);
  screenButton(root);
  root.addEventListener('click', (event) => takeFile(model, event), { capture: true, signal });
  addEventListener('keydown', leaveKeys, { capture: true, signal });
  describePictures(root.closest('.jp-Notebook') ?? document.body);
  setTimeout(() => root.classList.add('explorer-settled'), SETTLED);
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
  const read = (readout) => {
    const handle = readout.closest('.widget-slider')?.querySelector('.noUi-handle');
    const isShown = readout.style.display !== 'none' && readout.textContent;
    if (handle && isShown) handle.ariaValueText = readout.textContent;
  };
  const press = (button) => { button.ariaPressed = button.matches('.mod-active'); };
  const name = () => {
    root.classList.toggle('has-beside', root.querySelector(':scope > .explorer-beside') !== null);
    for (const element of root.querySelectorAll(FOCUSED)) element.setAttribute(KEYS, 'true');
    for (const slider of root.querySelectorAll('.widget-slider'))
      slider.querySelector('.noUi-handle').ariaLabel = title(slider);
    for (const readout of root.querySelectorAll('.widget-readout')) {
      read(readout);
      if (!readout.hasAttribute('contenteditable')) continue;
      readout.role = 'textbox';
      readout.ariaLabel = `${title(readout.parentElement)}, as a number`;
    }
    for (const buttons of root.querySelectorAll('.widget-play')) {
      const slider = buttons.previousElementSibling;
      const what = slider?.matches('.widget-slider') ? `: ${title(slider)}` : '';
      const names = ['play or pause', 'back to the start', 'play again and again'];
      for (const [i, button] of buttons.querySelectorAll('button').entries())
        button.ariaLabel = names[i] + what;
    }
    root.querySelectorAll('.widget-toggle-button').forEach(press);
  };
  const changed = new MutationObserver((changes) => {
    if (changes.some((change) => [...change.addedNodes].some(has))) name();
    for (const { target } of changes) {
      if (target.matches?.('.widget-readout')) read(target);
      if (target.matches?.('.widget-toggle-button')) press(target);
    }
  });
  changed.observe(root, { childList: true, subtree: true, attributeFilter: ['class'] });
  signal.addEventListener('abort', () => changed.disconnect());
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
  const button = add(root, 'button', {
    type: 'button', className: 'explorer-present', innerHTML: CORNERS,
    title: 'Full screen, and back (Escape)', ariaLabel: 'full screen, and back',
  });
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
    const canvas = new OffscreenCanvas(side(whole.width), side(whole.height));
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(whole, 0, 0, canvas.width, canvas.height);
    whole.close();
    return await canvas.convertToBlob(); // a PNG
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

// The chunk "iTXt" of a PNG: its length in four bytes, its name, then fields that end with a zero
// byte, the keyword first and the text last.
function sentence(source) {
  const start = source.indexOf(',') + 1;
  const bytes = atob(source.slice(start, start + 65536));
  const name = bytes.indexOf('iTXtDescription\0');
  if (name < 0) return '';
  const length = 256 * bytes.charCodeAt(name - 2) + bytes.charCodeAt(name - 1);
  const text = bytes.slice(name, name + 4 + length).split('\0').at(-1);
  return new TextDecoder().decode(Uint8Array.from(text, (byte) => byte.charCodeAt(0)));
}
