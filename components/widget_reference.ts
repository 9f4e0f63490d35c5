/** Everything that `<ganlet-sampler>` has, for its page; a test holds it against the element. */

export interface Entry {
  name: string;
  /** Type, values or signature. */
  type: string;
  text: string;
}

export const ATTRIBUTES: Entry[] = [
  {
    name: "src",
    type: "URL",
    text:
      "The model's folder, the one that holds card.json. Its server must let other sites read " +
      "it (CORS), as ganlet's does. Setting it again loads again.",
  },
  {
    name: "alt",
    type: "text",
    text: "What the pictures are, for those who do not see them; the model's title unless given.",
  },
  {
    name: "poster",
    type: "URL",
    text: "A picture to show until the first one is drawn. For more than a picture there is the " +
      "slot of the same name.",
  },
  {
    name: "loading",
    type: "auto | lazy | eager",
    text: "auto and lazy load the model when the element comes within 400 pixels of the window, " +
      "eager at once. Before, the page has paid for the script of 5 KB and the poster.",
  },
  {
    name: "reveal",
    type: "auto | interaction",
    text:
      "interaction loads and draws nothing before the visitor presses the button over the poster.",
  },
  {
    name: "seed",
    type: "0 to 4294967295",
    text: "Which picture: 1 unless given. The same seed gives the same picture everywhere.",
  },
  {
    name: "rows",
    type: "1 to 8",
    text: "Rows of pictures, 1 unless given; the seeds count on from the top left.",
  },
  { name: "columns", type: "1 to 8", text: "Columns of pictures, 1 unless given." },
  {
    name: "controls",
    type: "boolean",
    text:
      "Whether there are a button for another picture and sliders below: Blend goes to the next " +
      "seed's picture, Variety is the truncation.",
  },
  {
    name: "backend",
    type: "auto | webgpu | wasm",
    text:
      "What computes. auto takes WebGPU on a graphics card that computes right, else WebAssembly.",
  },
  {
    name: "truncation",
    type: "0 to 1",
    text:
      "Draws seeds towards the mean: less gives more typical pictures, and fewer kinds of them. " +
      "1 unless given. Latent vectors set by hand stay as they are.",
  },
];

export const PROPERTIES: Entry[] = [
  {
    name: "src, alt, poster, loading, reveal, seed, rows, columns, controls, truncation",
    type: "as the attributes",
    text:
      "Each attribute is a property, too: reading gives what holds, setting sets the attribute.",
  },
  {
    name: "backend",
    type: '"webgpu" | "wasm" | null',
    text: "Reading gives what computes, null before anything does; setting sets the attribute.",
  },
  {
    name: "card",
    type: "object | null",
    text: "The model's card.json: title, paper, data and their licence, imageShape, latentSize. " +
      "Null before the model is there.",
  },
  {
    name: "latent",
    type: "Float32Array | null",
    text:
      "The latent vector of the first picture. Set one of card.latentSize numbers, and it is drawn; " +
      "null, or another seed, goes back to seeds.",
  },
  { name: "loaded", type: "boolean", text: "Whether a picture has been drawn." },
];

export const METHODS: Entry[] = [
  {
    name: "sample",
    type: "(z?) => Promise<ImageData>",
    text:
      "Draws a latent vector, or a seed's, or the current one, as the first picture, and gives " +
      "its pixels. Loads the model if need be, wherever the element is on the page.",
  },
  {
    name: "interpolate",
    type: "(a, b, t) => Promise<ImageData>",
    text:
      "Draws what lies between a (t = 0) and b (t = 1) along the sphere; each is a latent vector or a seed.",
  },
  {
    name: "randomize",
    type: "(seed?) => Promise<number>",
    text: "Goes to another seed, a random one unless given, and gives it once it is drawn.",
  },
  {
    name: "toBlob",
    type: "() => Promise<Blob>",
    text: "What is shown as a PNG, one pixel a pixel.",
  },
];

export const EVENTS: Entry[] = [
  {
    name: "load",
    type: "{ card, backend, message }",
    text:
      "The model is there and its first picture is drawn. message says in a line what computes, and why.",
  },
  {
    name: "progress",
    type: "{ progress }",
    text: "How much of the model has arrived, from 0 to 1.",
  },
  {
    name: "sample",
    type: "{ seed, latent }",
    text: "A picture was drawn; seed is null where the latent vector is none of a seed's.",
  },
  {
    name: "error",
    type: "{ type, message }",
    text:
      "What failed; the element shows the message. type is missing, card, newer, length, hash, " +
      "graph or weights (the model cannot be read), latent (a vector does not fit it), backend " +
      "(nothing can compute here) or script (the element's own scripts did not arrive).",
  },
];

export const SLOTS: Entry[] = [
  {
    name: "poster",
    type: "element",
    text: "Shown until the first picture is drawn, and where the script never comes.",
  },
  {
    name: "progress-bar",
    type: "element",
    text: "In place of the bar while the model loads; feed it by progress.",
  },
];

export const PARTS: Entry[] = [
  { name: "stage", type: "div", text: "The square with the picture, the poster and the messages." },
  { name: "canvas", type: "canvas", text: "The picture." },
  { name: "poster", type: "img", text: "The picture of the attribute poster." },
  {
    name: "reveal",
    type: "button",
    text: 'The button over all of the stage with reveal="interaction".',
  },
  { name: "reveal-label", type: "span", text: "Its text." },
  { name: "progress-bar", type: "progress", text: "How much of the model has arrived." },
  { name: "message", type: "p", text: "What failed." },
  { name: "controls", type: "div", text: "Everything below the stage." },
  { name: "button", type: "button", text: "“New picture”." },
  { name: "seed", type: "output", text: "Which picture it is." },
  { name: "label", type: "label", text: "A slider with its name." },
  { name: "slider", type: "input", text: "The slider." },
];

export const CUSTOM_PROPERTIES: Entry[] = [
  {
    name: "--ganlet-size",
    type: "length",
    text:
      "The element's width, 256px unless set: whole multiples of the model's own size look best.",
  },
  { name: "--ganlet-background", type: "background", text: "What is behind picture and poster." },
  {
    name: "--ganlet-accent",
    type: "colour",
    text: "Sliders, progress and focus; the text's colour unless set.",
  },
  { name: "--ganlet-image-rendering", type: "keyword", text: "pixelated unless set; auto blurs." },
];

/** What a page's Content-Security-Policy must allow; `origin` stands for where the element comes from. */
export const DIRECTIVES: Entry[] = [
  {
    name: "script-src",
    type: "origin 'wasm-unsafe-eval'",
    text: "The scripts, and WebAssembly. Without the latter WebGPU alone can draw.",
  },
  { name: "connect-src", type: "origin", text: "The model and the WebAssembly files." },
  {
    name: "worker-src",
    type: "origin blob:",
    text:
      "The worker that computes, and what it imports. Without it the page's own thread does, in " +
      "slices of a few milliseconds.",
  },
  { name: "img-src", type: "origin", text: "The poster, if there is one." },
];
