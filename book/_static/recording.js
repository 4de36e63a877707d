// Plays what `tools/recordings.py` recorded, in the book and on slides: a figure is a picture, its
// sentence, and a text in base64 with everything else. Without this file picture and sentence stay.
'use strict';

function make(name, attributes = {}, ...children) {
  const { text = '', ...others } = attributes;
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(others)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

let count = 0;
const labelled = (text, control) => {
  control.id = `recording-control-${++count}`;
  return [make('label', { for: control.id, text }), control];
};

// --- One frame, and all of them before they are wanted ----------------------------------------------

function screen(figure, folder) {
  const image = figure.querySelector('img');
  const caption = figure.querySelector('figcaption');
  const warning = make('p', { class: 'recording-warning' });
  figure.append(warning);
  return (frame) => {
    image.src = `${folder}/${frame.picture}`;
    image.alt = caption.textContent = frame.sentence;
    image.height = frame.height;
    warning.textContent = frame.warning ?? '';
    caption.style.minHeight = `${caption.offsetHeight}px`; // what is below does not jump
  };
}

function reserve(figure, frames) {
  const tallest = Math.max(...frames.map((frame) => frame.height));
  figure.querySelector('.recording-picture').style.aspectRatio = `1000 / ${tallest}`;
}

function loadInTime(figure, folder, frames) {
  const pictures = new Set(frames.map((frame) => frame.picture));
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    figure.kept = [...pictures].map((name) => {
      const picture = new Image();
      picture.src = `${folder}/${name}`;
      return picture;
    });
  }, { rootMargin: '200px' });
  seen.observe(figure);
}

// --- A control, or two, and a button that plays -----------------------------------------------------

function walk(figure, { labels, rows, at, folder }) {
  const show = screen(figure, folder);
  const slider = make('input', { type: 'range', min: 0, step: 1 });
  const value = make('output');
  const play = make('button', { type: 'button', class: 'recording-play' });
  const list = make('select');
  let [row, number] = at;
  let timer = 0;

  const update = () => {
    const { frames } = rows[row];
    number = Math.min(number, frames.length - 1);
    slider.max = frames.length - 1;
    slider.value = number;
    slider.disabled = play.disabled = frames.length < 2;
    value.textContent = frames[number].value;
    slider.setAttribute('aria-valuetext', frames[number].value);
    show(frames[number]);
  };
  const playing = (on) => {
    clearInterval(timer);
    timer = on ? setInterval(step, figure.dataset.interval) : 0;
    play.textContent = on ? '❚❚' : '▶';
    play.setAttribute('aria-label', on ? 'pause' : 'play');
  };
  const step = () => {
    const last = rows[row].frames.length - 1;
    if (!figure.isConnected || number >= last) return playing(false);
    number += 1;
    update();
    if (number === last) playing(false);
  };
  slider.addEventListener('input', () => {
    playing(false);
    number = Number(slider.value);
    update();
  });
  play.addEventListener('click', () => {
    const on = !timer;
    if (on && number === rows[row].frames.length - 1) number = -1;
    playing(on);
    if (on) step();
  });
  list.addEventListener('change', () => {
    const before = rows[row].frames[number].value;
    row = list.selectedIndex;
    const same = rows[row].frames.findIndex((frame) => frame.value === before);
    number = same < 0 ? number : same;
    update();
  });

  const controls = make('div', { class: 'recording-controls' });
  controls.append(play,
    make('span', { class: 'recording-main' }, ...labelled(labels[0], slider), value));
  if (rows.length > 1) {
    for (const each of rows) list.append(make('option', { text: each.value }));
    list.selectedIndex = row;
    controls.append(make('span', { class: 'recording-second' }, ...labelled(labels[1], list)));
  }
  figure.querySelector('figcaption').before(controls);
  const frames = rows.flatMap((each) => each.frames);
  reserve(figure, frames);
  loadInTime(figure, folder, frames);
  playing(false);
  update();
}

// --- A prediction -----------------------------------------------------------------------------------

// As `read_number` in helpers/explorers/prediction.py: −3, 0.5, 0,5 and 1/9 are numbers.
function read(text) {
  const plain = text.trim().replaceAll('−', '-').replaceAll(',', '.').replace(/\s*\/\s*/, '/');
  if (!plain.replaceAll('.', '')) return null;
  const [, top, below] = plain.match(/^([^/]+)(?:\/(\d+))?$/) ?? [];
  return top === undefined ? NaN : Number(top) / Number(below ?? 1);
}

function prediction(figure, { questions, folder }) {
  const show = screen(figure, folder);
  const entry = make('input', { type: 'text', autocomplete: 'off', placeholder: 'one number' });
  const reply = make('p', { class: 'recording-reply', role: 'status' });
  let number = 0;

  const say = (text, kind) => {
    reply.textContent = text;
    reply.dataset.kind = kind;
  };
  const judge = () => {
    const { replies, tolerance, other, blank, unread, revealed } = questions[number];
    const given = read(entry.value);
    if (given === null) return say(blank, 'blank');
    if (!Number.isFinite(given)) return say(unread, 'wrong');
    const off = (known) => Math.abs(known[0] - given);
    const nearest = replies.reduce((a, b) => (off(b) < off(a) ? b : a));
    if (off(nearest) > tolerance) return say(other, 'wrong');
    say(nearest[1], nearest[2] ? 'right' : 'wrong');
    if (nearest[2]) show(revealed);
  };
  const button = (text, act) => {
    const made = make('button', { type: 'button', text });
    made.addEventListener('click', act);
    return made;
  };
  entry.addEventListener('keydown', (event) => { if (event.key === 'Enter') judge(); });

  figure.querySelector('figcaption').before(make('div', { class: 'recording-controls' },
    ...labelled('your answer', entry), button('check', judge),
    button('reveal', () => { say('', ''); show(questions[number].revealed); }),
    button('next', () => {
      number = (number + 1) % questions.length;
      entry.value = '';
      say('', '');
      show(questions[number].asked);
    })), reply);
  const frames = questions.flatMap((question) => [question.asked, question.revealed]);
  reserve(figure, frames);
  loadInTime(figure, folder, frames);
  show(questions[0].asked);
}

function start() {
  for (const figure of document.querySelectorAll('figure.recording')) {
    const data = JSON.parse(atob(figure.querySelector('script').textContent));
    (figure.dataset.kind === 'prediction' ? prediction : walk)(figure, data);
  }
}

// Once the page is read, before the larger scripts of the theme.
if (document.readyState !== 'loading') start();
else document.addEventListener('readystatechange', start, { once: true });
