// Sets the formulas, deals the cells out to pages of 1280 x 720, and starts reveal.js.

const SIZE = { width: 1280, height: 720 };
const PICTURE = 960; // the least width of a picture; the notebook's are 1000 wide
const SIZES = [32, 30, 28, 26, 24]; // of letters; smaller ones keep a slide on one page
const DIVIDED = 28; // of letters, where a slide needs several pages all the same
const LEAST = [22, 20, 18, 16]; // for one cell that would not fit otherwise
const MATH = {
  skipStartupTypeset: true,
  messageStyle: "none",
  showMathMenu: false,
  jax: ["input/TeX", "output/HTML-CSS"],
  tex2jax: {
    inlineMath: [["$", "$"], ["\\(", "\\)"]],
    displayMath: [["$$", "$$"], ["\\[", "\\]"]],
    processEscapes: true,
  },
  "HTML-CSS": {
    availableFonts: [],
    preferredFont: null,
    imageFont: null,
    webFont: "STIX-Web",
    matchFontHeight: false,
    linebreaks: { automatic: true },
    styles: { "@font-face": { "font-family": "MathJax_Blank", src: "local('Arial')" } },
  },
};

/** The pages, which nbconvert nests in columns. */
function pages() {
  return [...document.querySelectorAll(".slides > section > section")];
}

/** Where the room for contents ends, from the top of the page. */
function room(page) {
  return SIZE.height - parseFloat(getComputedStyle(page).paddingBottom);
}

/** Where a part of a page ends, from the top of the page. */
function bottom(part, page) {
  return part.getBoundingClientRect().bottom - page.getBoundingClientRect().top;
}

/** The cells of a page; a fragment may hold several. */
function parts(page) {
  return [...page.children].filter((part) => part.getBoundingClientRect().height > 0);
}

function fits(page) {
  return parts(page).every((part) => bottom(part, page) <= room(page));
}

/** Take the first of some sizes of letters with which all parts fit. */
function fitWith(sizes, page) {
  return sizes.some((size) => {
    page.style.fontSize = `${size}px`;
    return fits(page);
  });
}

/** Whether a part ends in a heading, which must not be the last thing on a page. */
function leads(part) {
  const last = [...part.querySelectorAll(".jp-RenderedMarkdown > *")].pop();
  return Boolean(last && /^H\d$/.test(last.tagName));
}

/** Move the parts that do not fit to a new page behind this one; return that page, or null. */
function turn(page) {
  if (fitWith(SIZES, page)) return null;
  page.style.fontSize = `${DIVIDED}px`;
  const all = parts(page);
  let first = all.findIndex((part) => bottom(part, page) > room(page));
  if (first > 1 && leads(all[first - 1])) first -= 1;
  first = Math.max(first, 1);
  if (first === all.length) {
    fitWith(LEAST, page);
    return null;
  }
  const next = page.cloneNode(false);
  next.append(...all.slice(first));
  page.after(next);
  fitWith([...SIZES, ...LEAST], page);
  return next;
}

/** Let the pictures of a page grow into what room is left, or shrink where it is short of some. */
function fillWithPictures(page) {
  const pictures = [...page.querySelectorAll(".jp-RenderedImage img")];
  const height = pictures.reduce((sum, picture) => sum + picture.getBoundingClientRect().height, 0);
  const left = room(page) - Math.max(...parts(page).map((part) => bottom(part, page)));
  const width = height ? Math.floor((PICTURE * (height + left)) / height) : PICTURE;
  page.style.setProperty("--picture", `${width}px`);
}

function paginate() {
  for (let page of pages()) {
    while (page) {
      page.classList.add("page");
      const next = turn(page);
      fillWithPictures(page);
      page = next;
    }
  }
}

/** Lay all pages out below each other, at their full height. */
function unroll(on) {
  document.querySelector(".reveal").classList.toggle("unrolled", on);
}

function start() {
  paginate();
  unroll(false);
  Reveal.initialize({
    ...SIZE,
    margin: 0,
    center: false,
    hash: true,
    transition: "none",
    slideNumber: "c/t",
    plugins: [RevealNotes],
  });
}

window.MathJax = MATH;
addEventListener("load", () => {
  unroll(true);
  pages().forEach((page) => page.classList.add("page"));
  MathJax.Hub.Queue(["Typeset", MathJax.Hub], () => document.fonts.ready.then(start));
});
