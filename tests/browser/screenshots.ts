/**
 * `deno task screenshots [--models folder] [page …]`: every page (or those whose paths are named) at three
 * widths, light and dark, as PNGs in screenshots/, which git ignores. They are for looking at; no test
 * compares them.
 */
import { parseArgs } from "node:util";
import { launchChromium, startSite, type Tab } from "./harness.ts";

const FOLDER = new URL("../../screenshots/", import.meta.url);
const WIDTHS = [360, 768, 1440];
const SCHEMES = ["light", "dark"] as const;

/** A page is drawn when its canvases that are in sight are, and nothing says that it loads or reads. */
async function waitUntilDrawn(tab: Tab): Promise<void> {
  await tab.waitFor("the pictures", () => {
    const drawn = (canvas: HTMLCanvasElement) =>
      canvas.width === 0 || canvas.offsetParent === null ||
      canvas.getContext("2d")!.getImageData(0, 0, 1, 1).data[3] === 255;
    // What a strip has scrolled out of sight need not have come.
    const inSight = (image: HTMLImageElement) => image.getBoundingClientRect().left < innerWidth;
    /** Those that wait for a click wait for ever. */
    const settled = (element: Element) => {
      const { loaded, reveal } = element as Element & { loaded: boolean; reveal: string };
      return loaded || reveal === "interaction";
    };
    const isReading = /^Reading/.test(document.querySelector(".own-status p")?.textContent ?? "");
    return !isReading && document.querySelector("progress") === null &&
      [...document.querySelectorAll("ganlet-sampler")].every(settled) &&
      [...document.querySelectorAll("canvas")].every(drawn) &&
      [...document.images].filter(inSight).every(({ complete }) => complete);
  });
}

/** Lazy pictures and islands come when they are scrolled to. */
async function scrollThrough(tab: Tab): Promise<void> {
  await tab.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
      scrollTo(0, y);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    scrollTo(0, 0);
  });
}

const { values, positionals } = parseArgs({
  args: Deno.args,
  options: { models: { type: "string" } },
  allowPositionals: true,
});
await using site = await startSite(values);
const { models } = await (await fetch(`${site.origin}/api/models`)).json();
const pages = positionals.length > 0 ? positionals : [
  ...["/", "/compare", "/explore", "/widget", "/nope"],
  ...models.slice(0, 1).flatMap(({ id }: { id: string }) => [
    ...[`/m/${id}`, `/embed/${id}`],
    `/explore#/models/${id}/`,
  ]),
];
await Deno.mkdir(FOLDER, { recursive: true });
await using browser = await launchChromium();
for (const path of pages) {
  for (const scheme of SCHEMES) {
    const tab = await browser.open();
    await tab.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const width of WIDTHS) {
      await tab.page.setViewport({ width, height: 900 });
      await tab.goto(site.origin + path);
      await scrollThrough(tab);
      await waitUntilDrawn(tab);
      const name = path.replaceAll(/[^\w-]+/g, "_").replace(/^_$/, "_gallery").slice(1);
      const file = `${name}-${width}-${scheme}.png`;
      const png = await tab.page.screenshot({ fullPage: true });
      await Deno.writeFile(new URL(file, FOLDER), png);
    }
    for (const problem of tab.problems) console.log(`${path}, ${scheme}: ${problem}`);
    await tab.page.close();
  }
  console.log(`${path}: screenshots/`);
}
