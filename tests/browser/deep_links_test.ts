import assert from "node:assert/strict";
import { BROWSERS, startSite, type Tab } from "./harness.ts";
import { difference, waitUntilStill } from "./pictures.ts";
import { makeModels } from "./site_models.ts";

const models = await makeModels();
addEventListener("unload", () => Deno.removeSync(models, { recursive: true }));

/** Each part of each page's address at least once, and what of a page it names: the site's origin stands for ORIGIN. */
const VIEWS: Record<string, string> = {
  "a sample moved along principal directions, all of which are shown, and one chosen for B":
    "/m/directed?seed=7&move=slant:1.5,sefa-12:-0.5&truncation=0.8&grid=30&set=sefa&all=1&goal=b",
  "a place on the sheet of four corners":
    "/m/directed?seed=9&a=5,slant:2&b=6,1:-1&c=11&d=12&t=0.35&v=0.6&path=lerp&set=dimensions&page=2" +
    "&loop=ends&frames=96",
  "half way from A to B":
    "/m/directed?move=ganspace-2:1&a=20&b=21&t=0.5&set=ganspace&gallery=nearest&loop=seeds&frames=24",
  "a place on a walk, and a step of training":
    "/m/directed?seed=12&move=width:-1&walk=3.25&speed=1.5&set=attributes&step=100",
  "dimensions set by hand, and favourites":
    "/m/directed?seed=4&z=3:1.25,20:-2&backend=wasm&set=dimensions&find=changed&gallery=favourites",
  "a comparison":
    "/compare?seed=8&z=7:1.5,9:-0.25&truncation=0.75&page=2&grid=21&hide=nan,other-bytes,truncated" +
    "&sort=-steps&backend=wasm",
  "a comparison on another data set": "/compare?data=none-64x64-25&seed=3",
  "a model at an address": "/explore?seed=5&move=width:2&set=attributes#ORIGIN/models/directed/",
  "an element in a frame": "/embed/digits?seed=5&rows=2&columns=3&truncation=0.7&controls=1",
};

/** What a page shows, but for times. */
interface Seen {
  page: Page;
  /** The first screen as a whole, a PNG. */
  screen: Uint8Array;
}

interface Page {
  text: string;
  /** Of every field, slider, choice and button, in the page's order. */
  controls: string[];
  /** Addresses of the pictures that are no canvases. */
  pictures: string[];
  /** Digests of the bytes of every canvas. */
  canvases: string[];
}

async function look(tab: Tab): Promise<Seen> {
  // No two visits take the same time, and what tells it may come after the pictures.
  await tab.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".timing, small { display: none }");
    document.adoptedStyleSheets.push(sheet);
  });
  await tab.waitFor("all canvases", () => {
    const element = document.querySelector("ganlet-sampler");
    if (element) return (element as unknown as { loaded: boolean }).loaded;
    const canvases = [...document.querySelectorAll("canvas")];
    return canvases.length > 0 && document.querySelector("progress") === null &&
      canvases.every(({ dataset }) => dataset.drawn !== undefined) &&
      [...document.images].every(({ complete, loading }) => complete || loading === "lazy") &&
      !/Loading the directions/.test(document.body.textContent!);
  });
  await waitUntilStill(tab);
  const page = await tab.evaluate(async () => {
    const root = document.querySelector("ganlet-sampler")?.shadowRoot ?? document;
    const controls = [
      ...root.querySelectorAll<HTMLInputElement>("input, select, button, [aria-current]"),
    ];
    return {
      text: document.body.innerText.replace(/\d+(\.\d)? ms/g, ""),
      controls: controls.map((control) =>
        [
          control.ariaLabel ?? control.textContent,
          ...[control.value, control.checked, control.disabled],
          ...["pressed", "selected", "current"].map((n) => control.getAttribute(`aria-${n}`)),
        ].join()
      ),
      pictures: [...document.images].map(({ src }) => new URL(src).pathname),
      canvases: await Promise.all(
        [...root.querySelectorAll("canvas")].map(async (canvas) => {
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
          return new Uint8Array(await crypto.subtle.digest("SHA-256", data)).join();
        }),
      ),
    };
  });
  return { page, screen: await tab.page.screenshot() };
}

for (const [name, launch] of BROWSERS) {
  Deno.test(`every view's address in a fresh ${name} gives the same page, pixel by pixel`, async () => {
    await using site = await startSite({ models });
    const visits: Seen[][] = [];
    // Firefox takes twice as long: what differs from page to page there is drawing, not reading addresses.
    const views = Object.entries(VIEWS).filter((_, i) => name === "Chromium" || i % 3 === 1);
    for (let visit = 0; visit < 2; visit++) {
      await using browser = await launch();
      const seen: Seen[] = [];
      for (const [what, view] of views) {
        const tab = await browser.open();
        await tab.page.setViewport({ width: 1280, height: 1000 });
        const address = site.origin + view.replace("ORIGIN", site.origin);
        await tab.goto(address);
        seen.push(await look(tab));
        assert.equal(await tab.evaluate(() => location.href), address);
        assert.doesNotMatch(seen.at(-1)!.page.text, /Not understood/, what);
        tab.assertQuiet();
        await tab.page.close();
      }
      visits.push(seen);
    }
    await using browser = await launch();
    const eye = await browser.open();
    for (const [i, [what]] of views.entries()) {
      const [first, second] = visits.map((seen) => seen[i]);
      assert.deepEqual(second.page, first.page, what);
      assert.equal(await difference(eye, first.screen, second.screen), null, what);
    }
    // No view shows what another shows, as it would if their addresses were not read.
    assert.equal(new Set(visits[0].map(({ page }) => page.canvases[0])).size, visits[0].length);
    assert.ok(new Set(visits[0].flatMap(({ page }) => page.canvases)).size > 20);
  });
}
