import assert from "node:assert/strict";
import { largestDifference } from "./explorer_page.ts";
import { BROWSERS, launchChromium, type Pixels, startSite, type Tab } from "./harness.ts";
import { makeModels } from "./site_models.ts";

const models = await makeModels();
addEventListener("unload", () => Deno.removeSync(models, { recursive: true }));

// The same weights under another name: what both draw of one latent vector must be the same.
await Deno.mkdir(`${models}/twin`);
for (const name of ["model.json", "weights.bin", "poster.png"]) {
  await Deno.copyFile(`${models}/digits/${name}`, `${models}/twin/${name}`);
}
const card = JSON.parse(await Deno.readTextFile(`${models}/digits/card.json`));
await Deno.writeTextFile(`${models}/twin/card.json`, JSON.stringify({ ...card, id: "twin" }));

const PAGE = "/compare?hide=nan,other-bytes";
const sampleOf = (id: string) => `.contenders [data-model="${id}"] canvas`;

async function waitForSample(tab: Tab, id: string, query: string): Promise<Pixels> {
  await tab.waitFor(
    `the sample of ${id}`,
    (selector, query) =>
      document.querySelector<HTMLCanvasElement>(selector)?.dataset.drawn === query,
    sampleOf(id),
    query,
  );
  return await tab.pixels(sampleOf(id));
}

function slide(tab: Tab, value: number): Promise<void> {
  return tab.evaluate((value) => {
    const slider = document.querySelector<HTMLInputElement>(".sliders input")!;
    slider.value = String(value);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }, value);
}

for (const [name, launch] of BROWSERS) {
  Deno.test(`in ${name} one slider moves every model that is shown, and the address brings it back`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    const tab = await browser.open(site.origin + PAGE);
    const query = new URL(PAGE, site.origin).search;
    const before = await waitForSample(tab, "digits", query);
    assert.deepEqual(await waitForSample(tab, "twin", query), before);
    const problem = await tab.waitFor(
      "the broken model's message",
      () => document.querySelector('[data-model="truncated"] [role="alert"]')?.textContent,
    );
    assert.match(problem!, /weights\.bin is truncated/);

    await slide(tab, 2);
    const moved = "?z=1:2&hide=nan,other-bytes";
    const after = await waitForSample(tab, "digits", moved);
    assert.ok(largestDifference(before, after) > 0);
    assert.deepEqual(await waitForSample(tab, "twin", moved), after);
    await tab.waitFor("the address", (moved) => location.search === moved, moved);
    // Each model's own milliseconds, and their mean beside the backend that computes.
    const timed = await tab.waitFor("the milliseconds", () => {
      const each = [...document.querySelectorAll(".contenders figcaption small")];
      const drawn = document.querySelectorAll(".contenders canvas:not([hidden])");
      const mean = document.querySelector(".backend small")?.parentElement?.textContent;
      return each.length > 1 && each.length === drawn.length && mean &&
        [mean, ...each.map((one) => one.textContent!)];
    });
    assert.match((timed as string[]).join(" "), /^WASM\d+\.\d ms( \d+\.\d ms)+$/);

    const again = await browser.open(`${site.origin}/compare${moved}`);
    assert.deepEqual(await waitForSample(again, "twin", moved), after);
    for (const opened of [tab, again]) {
      const fetched = await opened.evaluate(() =>
        performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)
      );
      assert.ok(fetched.includes("/models/twin/weights.bin"));
      assert.ok(!fetched.includes("/models/nan/weights.bin"), "a hidden model was loaded");
      opened.assertQuiet();
    }
  });
}

Deno.test("a model that is hidden and shown again is drawn again; Back undoes, and sorting does not reload", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const start = "/compare?seed=4&hide=nan,other-bytes,truncated";
  const tab = await browser.open(site.origin + start);
  const first = await waitForSample(tab, "twin", "?seed=4&hide=nan,other-bytes,truncated");
  const toggle = (name: string) =>
    tab.evaluate((name) => {
      const labels = [...document.querySelectorAll<HTMLElement>(".shown label")];
      labels.find((label) => label.textContent === name)!.click();
    }, name);
  await toggle("twin");
  await tab.waitFor("it to go", () => document.querySelector('[data-model="twin"]') === null);
  await toggle("twin");
  const query = "?seed=4&hide=nan,other-bytes,truncated";
  assert.deepEqual(await waitForSample(tab, "twin", query), first);
  await tab.evaluate(() => history.back());
  await tab.waitFor("it to go", () => document.querySelector('[data-model="twin"]') === null);
  await tab.evaluate(() => {
    Reflect.set(globalThis, "here", true);
    const links = [...document.querySelectorAll<HTMLElement>(".results thead a")];
    links.find((link) => link.textContent!.startsWith("Steps"))!.click();
  });
  await tab.waitFor(
    "the sorting",
    () => document.querySelector('[aria-sort="ascending"]') && /sort=steps/.test(location.search),
  );
  assert.equal(await tab.evaluate(() => Reflect.get(globalThis, "here")), true);
  tab.assertQuiet();
});

Deno.test("a seed chosen in the grid is every model's, and its cell shows the same picture", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const tab = await browser.open(site.origin + PAGE);
  await tab.evaluate(() => document.querySelector<HTMLElement>('[aria-label="Seed 3"]')!.click());
  const sample = await waitForSample(tab, "twin", "?seed=3&hide=nan,other-bytes");
  const cell = '.seeds [data-model="twin"] td:nth-of-type(3) canvas';
  await tab.waitFor(
    "the cell",
    (cell) => document.querySelector<HTMLElement>(cell)?.dataset.drawn !== undefined,
    cell,
  );
  assert.deepEqual(await tab.pixels(cell), sample);
  tab.assertQuiet();
});
