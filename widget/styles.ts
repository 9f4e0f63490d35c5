/** The element's styles. They take colours and type from the page around it, light or dark. */
const STYLES = `
:host {
  display: inline-block;
  inline-size: var(--ganlet-size, 256px);
  max-inline-size: 100%;
  vertical-align: top;
  --line: color-mix(in srgb, currentColor 45%, transparent);
}
:host([hidden]), [hidden] { display: none !important; }
*, ::before, ::after { box-sizing: border-box; }
.stage {
  position: relative;
  display: grid;
  aspect-ratio: var(--ratio, 1);
  overflow: hidden;
  background: var(--ganlet-background, color-mix(in srgb, currentColor 8%, transparent));
}
.stage > * { position: relative; grid-area: 1 / 1; min-inline-size: 0; min-block-size: 0; }
canvas, .poster img, ::slotted([slot="poster"]) {
  display: block;
  inline-size: 100%;
  block-size: 100%;
  object-fit: cover;
  image-rendering: var(--ganlet-image-rendering, pixelated);
}
.reveal {
  inline-size: 100%;
  padding: 0;
  border: 0;
  background: none;
  cursor: pointer;
}
.reveal span {
  display: inline-block;
  padding: 0.5em 1em;
  color: Canvas;
  background: CanvasText;
  border-radius: 2px;
}
.progress { align-self: end; }
progress { display: block; inline-size: 100%; block-size: 4px; accent-color: var(--ganlet-accent, auto); }
.message {
  align-self: end;
  max-block-size: 100%;
  margin: 0;
  padding: 0.75em;
  overflow: auto;
  font-size: 0.8125em;
  line-height: 1.4;
  overflow-wrap: anywhere;
  color: CanvasText;
  background: Canvas;
}
.controls {
  display: grid;
  grid-template-columns: 1fr auto;
  gap: 0.5em;
  align-items: center;
  padding-block-start: 0.5em;
  font-size: 0.875em;
  line-height: 1.4;
}
label { display: grid; grid-column: 1 / -1; grid-template-columns: 5.5em 1fr; gap: 0.5em; align-items: center; }
button, input { font: inherit; color: inherit; }
input[type="range"] { inline-size: 100%; min-block-size: 2em; margin: 0; accent-color: var(--ganlet-accent, currentColor); }
.controls button {
  min-block-size: 2.5em;
  padding: 0 1em;
  background: none;
  border: 1px solid var(--line);
  border-radius: 2px;
  cursor: pointer;
}
.controls button:hover { border-color: currentColor; }
.controls output { font-variant-numeric: tabular-nums; }
:focus-visible { outline: 2px solid var(--ganlet-accent, currentColor); outline-offset: 2px; }
.reveal:focus-visible { outline-offset: -4px; }
.status { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: no-preference) {
  .controls button { transition: border-color 120ms; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all elements. Adopted, as a page's policy may forbid style elements. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
  }
  return sheet;
}
