import assert from "node:assert/strict";
import type { HTTPRequest } from "puppeteer-core";
import { latent } from "../../sampler/latent.ts";
import { largestDifference, press, pressSlider, waitForSample } from "./explorer_page.ts";
import { BROWSERS, launchChromium, startSite, type Tab, type TestBrowser } from "./harness.ts";
import { makeModels } from "./site_models.ts";

const PAGE = "/m/directed";
const models = await makeModels();
addEventListener("unload", () => Deno.removeSync(models, { recursive: true }));

async function open(browser: TestBrowser, origin: string, query = ""): Promise<Tab> {
  const tab = await browser.open(origin + PAGE + query);
  await waitForSample(tab, query);
  return tab;
}

/** Types into the field beside the slider that has this name. */
async function type(tab: Tab, name: string, text: string): Promise<void> {
  await tab.evaluate(
    (name) => document.querySelector<HTMLElement>(`[aria-label="${name} as a number"]`)!.focus(),
    name,
  );
  await tab.page.keyboard.type(text);
  await tab.page.keyboard.press("Enter");
}

Deno.test("a direction's slider moves the latent along its vector, by typing, keys and a double click", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const tab = await open(browser, site.origin, "?seed=3");
  const before = await tab.pixels(".frame canvas");
  await tab.waitFor("the directions", () => document.querySelector(".direction"));
  await type(tab, "Slant", "−1,25");
  const moved = await waitForSample(tab, "?seed=3&move=slant:-1.25");
  assert.ok(largestDifference(before, moved) > 20);
  // "slant" is the first dimension alone: setting that by hand, to hundredths, comes out the same.
  const first = Math.round((latent(3, 25)[0] - 1.25) * 100) / 100;
  const byHand = await open(browser, site.origin, `?seed=3&z=1:${first}`);
  assert.ok(largestDifference(moved, await byHand.pixels(".frame canvas")) <= 6);

  await tab.evaluate(() => document.querySelector<HTMLElement>(".direction [type=range]")!.focus());
  await tab.page.keyboard.press("ArrowRight");
  await waitForSample(tab, "?seed=3&move=slant:-1.2");
  const middle = await tab.evaluate(() => {
    const slider = document.querySelector(".direction [type=range]")!;
    slider.scrollIntoView({ block: "center" });
    const { x, y, width, height } = slider.getBoundingClientRect();
    return { x: x + width * 0.8, y: y + height / 2 };
  });
  await tab.page.mouse.click(middle.x, middle.y, { count: 2 });
  await waitForSample(tab, "?seed=3&move=slant:0");
  await press(tab, "Put Slant back");
  assert.deepEqual(await waitForSample(tab, "?seed=3"), before);
  tab.assertQuiet();
});

Deno.test("a sample between corners that lie along a direction waits for the directions, others do not", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const tab = await browser.open();
  const { page } = tab;
  await page.setRequestInterception(true);
  const isDirections = (request: HTTPRequest) => request.url().endsWith("/directions.json");
  page.on("request", (request) => isDirections(request) || request.continue());
  const visit = async (query: string) => {
    const asked = page.waitForRequest(isDirections);
    await tab.goto(site.origin + PAGE + query);
    return await asked;
  };

  const corners = "?a=5,slant:2&t=0.25";
  const held = await visit(corners);
  // A small picture gives way to the current sample, if there is one to draw.
  await tab.waitFor(
    "a small picture",
    () => document.querySelector('[aria-label="Seed 12"] canvas[data-drawn]'),
  );
  assert.equal(await tab.evaluate(() => document.querySelector(".frame canvas[data-drawn]")), null);
  await held.continue();
  const along = await waitForSample(tab, corners);

  const straight = "?a=5&t=0.25";
  const unneeded = await visit(straight);
  assert.ok(largestDifference(along, await waitForSample(tab, straight)) > 20);
  await unneeded.continue();
  tab.assertQuiet();
});

for (const [name, launch] of BROWSERS) {
  Deno.test(`undo and redo in ${name} go through single steps and whole drags, and leave what is looked at alone`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    const tab = await open(browser, site.origin, "?set=dimensions");
    const canUndo = () =>
      tab.evaluate(() =>
        !document.querySelector<HTMLButtonElement>('[aria-label="Undo"]')!.disabled
      );
    assert.equal(await canUndo(), false);
    const drag = await pressSlider(tab);
    await drag.to(0.8);
    await drag.release();
    const dragged = await tab.evaluate(() =>
      document.querySelector<HTMLInputElement>(".sliders input")!.value
    );
    const after = `?z=1:${dragged}&set=dimensions`;
    await waitForSample(tab, after);
    await press(tab, "Seed 8");
    await waitForSample(tab, "?seed=8&set=dimensions");
    await press(tab, "Attributes"); // no step of its own
    await waitForSample(tab, "?seed=8&set=attributes");
    await press(tab, "Undo");
    await waitForSample(tab, `?z=1:${dragged}&set=attributes`);
    await tab.page.keyboard.down("Control");
    await tab.page.keyboard.press("z");
    await tab.page.keyboard.up("Control");
    await waitForSample(tab, "?set=attributes");
    assert.equal(await canUndo(), false);
    for (const query of [`?z=1:${dragged}&set=attributes`, "?seed=8&set=attributes"]) {
      await press(tab, "Redo");
      await waitForSample(tab, query);
      assert.equal(await tab.evaluate(() => location.search), query);
    }
    tab.assertQuiet();
  });
}

for (const [name, launch] of BROWSERS) {
  Deno.test(`the sheet is dragged across in ${name}, its corner taken from a sample, its edge the way from A to B`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    const tab = await open(browser, site.origin);
    await press(tab, "D");
    await press(tab, "Seed 9");
    await tab.waitFor("D in the address", () => location.search === "?d=9&goal=d");
    const pad = await tab.evaluate(() => {
      const pad = document.querySelector(".pad")!;
      pad.scrollIntoView({ block: "center" });
      const { x, y, width, height } = pad.getBoundingClientRect();
      return { x, y, width, height };
    });
    const { mouse } = tab.page;
    await mouse.move(pad.x + pad.width / 2, pad.y + pad.height / 2);
    await mouse.down();
    await waitForSample(tab, "?d=9&t=0.5&v=0.5&goal=d");
    await mouse.move(pad.x + pad.width - 2, pad.y + pad.height - 2, { steps: 5 });
    const corner = await waitForSample(tab, "?d=9&t=1&v=1&goal=d");
    await mouse.up();
    assert.ok(largestDifference(corner, await tab.pixels('[aria-label="Seed 9"] canvas')) <= 1);
    tab.assertQuiet();
  });
}

for (const [name, launch] of BROWSERS) {
  Deno.test(`a walk plays frame by frame in ${name}, pauses at an address that shows the same, and never starts by itself`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    const tab = await open(browser, site.origin, "?seed=5&walk=1.5");
    const still = await tab.pixels(".frame canvas");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(await tab.pixels(".frame canvas"), still);
    await tab.evaluate(() => {
      const speed = document.querySelector<HTMLInputElement>(".walk [type=range]")!;
      speed.value = "2";
      speed.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await press(tab, "Walk");
    await tab.waitFor("to get on", () => {
      const drawn = document.querySelector<HTMLElement>(".frame canvas")!.dataset.drawn!;
      return Number(new URLSearchParams(drawn).get("walk")) > 1.8;
    });
    await press(tab, "Pause");
    const query = await tab.waitFor("the address", () => {
      const walk = Number(new URLSearchParams(location.search).get("walk"));
      const { drawn } = document.querySelector<HTMLElement>(".frame canvas")!.dataset;
      return walk >= 1.8 && drawn === location.search && drawn;
    });
    const paused = await tab.pixels(".frame canvas");
    assert.ok(largestDifference(paused, still) > 20);
    const again = await open(browser, site.origin, query as string);
    assert.deepEqual(await again.pixels(".frame canvas"), paused);
    assert.match(
      await again.evaluate(() => document.querySelector(".walk")!.textContent!),
      /2\.0 \/s/,
    );
    tab.assertQuiet();
  });
}

for (const [name, launch] of BROWSERS) {
  Deno.test(`a loop becomes in ${name} a GIF whose frames are the samples, a PNG strip and a WebM, by a chunk loaded then`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    const tab = await browser.open();
    // The page's policy forbids fetching what it made, so that its files are kept as they are made.
    await tab.page.evaluateOnNewDocument(() => {
      const create = URL.createObjectURL;
      URL.createObjectURL = (blob: Blob) => {
        Reflect.set(globalThis, "made", blob);
        return create(blob);
      };
    });
    await tab.goto(`${site.origin}${PAGE}?seed=5`);
    await waitForSample(tab, "?seed=5");
    const scripts = () =>
      tab.evaluate(() =>
        performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".js")).length
      );
    const before = await scripts();
    await tab.evaluate(() => {
      const choose = (select: HTMLSelectElement, value: string) => {
        select.value = value;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      };
      const [kind, length] = document.querySelectorAll<HTMLSelectElement>(".loop select");
      choose(kind, "seeds");
      choose(length, "24");
    });
    const make = async (format: string, ending: string) => {
      await press(tab, format);
      return await tab.waitFor(
        `the ${format}`,
        (ending) => {
          const failure = document.querySelector(".loop-result")!.textContent!;
          if (/No file/.test(failure)) throw new Error(failure);
          const link = document.querySelector<HTMLAnchorElement>(".loop-result a");
          return link?.download.endsWith(ending) ? link.download : null;
        },
        ending,
      );
    };
    assert.equal(await make("GIF", ".gif"), "directed-loop.gif");
    assert.ok(await scripts() > before);
    // The browser's own decoder is the oracle.
    const gif = await tab.evaluate(async () => {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 32;
      const context = canvas.getContext("2d")!;
      context.imageSmoothingEnabled = false;
      const data = await (Reflect.get(globalThis, "made") as Blob).arrayBuffer();
      const decoder = new ImageDecoder({ data, type: "image/gif" });
      await Promise.all([decoder.tracks.ready, decoder.completed]);
      const { frameCount, repetitionCount } = decoder.tracks.selectedTrack!;
      const { image: frame } = await decoder.decode({ frameIndex: 6 });
      context.drawImage(frame, 0, 0, 32, 32);
      const { displayWidth, duration } = frame;
      const pixels = [...context.getImageData(0, 0, 32, 32).data];
      frame.close();
      return { frameCount, repetitions: String(repetitionCount), displayWidth, duration, pixels };
    });
    assert.equal(gif.frameCount, 24);
    assert.equal(gif.repetitions, "Infinity");
    assert.equal(gif.displayWidth, 256);
    assert.equal(gif.duration, 40_000); // microseconds: 25 frames a second
    const [, next] = [
      await press(tab, "Seed 6"),
      await waitForSample(tab, "?seed=6&loop=seeds&frames=24"),
    ];
    const far = largestDifference(next, { ...next, data: Uint8Array.from(gif.pixels) });
    assert.ok(far <= 4, `the seventh of 24 frames through 4 seeds is ${far} from the second seed`);
    await make("PNG strip", ".png");
    const strip = await tab.evaluate(async () => {
      const { width, height } = await createImageBitmap(Reflect.get(globalThis, "made") as Blob);
      return [width, height];
    });
    assert.deepEqual(strip, [24 * 256, 256]);
    await make("WebM", ".webm");
    const magic = await tab.evaluate(async () => {
      const blob = Reflect.get(globalThis, "made") as Blob;
      return [...new Uint8Array(await blob.slice(0, 4).arrayBuffer())];
    });
    assert.deepEqual(magic, [0x1a, 0x45, 0xdf, 0xa3]); // EBML, which WebM is written in
    tab.assertQuiet();
  });
}

for (const [name, launch] of BROWSERS) {
  Deno.test(`favourites outlast a reload in ${name}, and where storage is denied a message says so`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    const tab = await open(browser, site.origin, "?seed=6&move=slant:1");
    const pixels = await tab.pixels(".frame canvas");
    await press(tab, "Favourite");
    await tab.goto(`${site.origin}${PAGE}?gallery=favourites`);
    await tab.waitFor(
      "the favourite",
      () => document.querySelector<HTMLElement>(".favourite canvas")?.dataset.drawn,
    );
    assert.deepEqual(await tab.pixels(".favourite canvas"), pixels);
    await press(tab, "Favourite 1, seed 6");
    await waitForSample(tab, "?seed=6&move=slant:1&gallery=favourites");
    await press(tab, "Remove favourite 1");
    await tab.waitFor("none", () => document.querySelector(".favourite") === null);
    tab.assertQuiet();

    const denied = await browser.open();
    await denied.page.evaluateOnNewDocument(() => {
      Object.defineProperty(globalThis, "localStorage", {
        get() {
          throw new DOMException("denied", "SecurityError");
        },
      });
    });
    await denied.goto(`${site.origin}${PAGE}?gallery=favourites`);
    await waitForSample(denied, "?gallery=favourites");
    await press(denied, "Favourite");
    await denied.waitFor("the favourite", () => document.querySelector(".favourite") !== null);
    const text = await denied.evaluate(() => document.querySelector(".grid-section")!.textContent!);
    assert.match(text, /This browser keeps nothing for this page/);
    denied.assertQuiet();
  });
}

Deno.test("the training's previews are gone through, marked in the charts, and linked", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const tab = await open(browser, site.origin);
  const shown = () =>
    tab.evaluate(() => ({
      src: document.querySelector<HTMLImageElement>(".scrubber img")!.src.replace(/.*\//, ""),
      marks: [...document.querySelectorAll(".plot .mark")].map((mark) => mark.getAttribute("d")),
    }));
  const last = await shown();
  assert.match(last.src, /^step-000200\.png/);
  assert.deepEqual(last.marks, Array(3).fill("M300.0 0V100"));
  // A press near the beginning of a chart goes to the preview nearest to it.
  const chart = await tab.evaluate(() => {
    const chart = document.querySelector(".plot svg")!;
    chart.scrollIntoView({ block: "center" });
    const { x, y, width, height } = chart.getBoundingClientRect();
    return { x: x + width * 0.3, y: y + height / 2 };
  });
  await tab.page.mouse.click(chart.x, chart.y);
  await tab.waitFor("the address", () => location.search === "?step=100");
  const first = await shown();
  assert.match(first.src, /^step-000100\.png/);
  assert.deepEqual(first.marks, Array(3).fill("M150.0 0V100"));
  tab.assertQuiet();
});

Deno.test("the benchmark measures both backends in one number of rounds, and says which is missing", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium({ webgpu: true });
  const tab = await open(browser, site.origin, "?backend=wasm");
  await press(tab, "Measure both here");
  const result = await tab.waitFor(
    "the result",
    () => document.querySelector(".benchmark [role=status]")!.textContent,
  );
  assert.match(result!, /WebGPU\d+\.\d\d+\.\dWASM\d+\.\d\d+\.\d/);
  assert.match(result!, /Medians of \d+ rounds, in each of which both took turns/);
  tab.assertQuiet();
  await using without = await launchChromium();
  const other = await open(without, site.origin);
  await press(other, "Measure both here");
  const alone = await other.waitFor(
    "the result",
    () => document.querySelector(".benchmark [role=status]")!.textContent,
  );
  assert.match(alone!, /WASM\d+\.\d\d+\.\dMedians of \d+ rounds\. WebGPU was asked for/);
});

Deno.test("a browser without WebAssembly SIMD is told so in place of the picture", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const tab = await browser.open();
  await tab.page.evaluateOnNewDocument(() => {
    WebAssembly.validate = () => false;
  });
  await tab.goto(site.origin + PAGE);
  const failure = await tab.waitFor(
    "the message",
    () => document.querySelector('.frame [role="alert"]')?.textContent,
  );
  assert.match(failure!, /WASM did not start: WebAssembly has no SIMD here, which sampling needs/);
  tab.assertQuiet();
});
