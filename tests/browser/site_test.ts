import assert from "node:assert/strict";
import {
  address,
  largestDifference,
  message,
  openSample,
  PAGE,
  press,
  pressSlider,
  waitForSample,
} from "./explorer_page.ts";
import { BROWSERS, launchChromium, startSite } from "./harness.ts";
import { makeModels } from "./site_models.ts";

const models = await makeModels();
addEventListener("unload", () => Deno.removeSync(models, { recursive: true }));

Deno.test("the explorer's first picture is the sample that takes its place", async () => {
  await using site = await startSite();
  await using browser = await launchChromium();
  for (const id of ["dcgan-mnist", "dcgan-faces"]) {
    const tab = await browser.open(`${site.origin}/m/${id}`);
    const sample = await waitForSample(tab, "");
    const { data, ...size } = await tab.evaluate(async () => {
      const { href } = document.querySelector<HTMLLinkElement>("link[rel=preload][as=image]")!;
      const picture = await createImageBitmap(await (await fetch(href)).blob());
      const { width, height } = picture;
      const context = new OffscreenCanvas(width, height).getContext("2d")!;
      context.drawImage(picture, 0, 0);
      return { width, height, data: [...context.getImageData(0, 0, width, height).data] };
    });
    const first = { ...size, data: Uint8Array.from(data) };
    assert.deepEqual(size, { width: sample.width, height: sample.height });
    // The poster is the training program's, before its weights were rounded to 16 bits.
    assert.ok(largestDifference(first, sample) <= 2, String(largestDifference(first, sample)));
    tab.assertQuiet();
  }
});

for (const [name, launch] of BROWSERS) {
  Deno.test(`the explorer in ${name} draws with WASM where there is no WebGPU, says so, and is quiet`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    const [tab, pixels] = await openSample(browser, site.origin);
    assert.deepEqual([pixels.width, pixels.height], [32, 32]);
    assert.ok(new Set(pixels.data).size > 20, "one flat colour");
    assert.match(
      await message(tab),
      /^WebGPU is not available \(.+\): sampling with WASM, \d+ threads?$/,
    );
    assert.equal(await tab.evaluate(() => crossOriginIsolated), true);
    await tab.waitFor(
      "the milliseconds",
      () => /^\d+(\.\d)? ms a sample$/.test(document.querySelector(".timing")!.textContent!.trim()),
    );
    await tab.waitFor(
      "the grid",
      () =>
        [...document.querySelectorAll<HTMLCanvasElement>(".grid canvas")].every((canvas) =>
          canvas.getContext("2d")!.getImageData(0, 0, 1, 1).data[3] === 255
        ),
    );
    assert.equal(await tab.evaluate(() => document.querySelector(".frame img")), null);
    // What comes from the cache, as a worker's script that the page preloaded, has a size of 0.
    const fetched = await tab.evaluate(() =>
      (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
        .filter(({ transferSize }) => transferSize > 0).map(({ name }) => new URL(name).pathname)
    );
    assert.ok(fetched.some((path) => path.startsWith("/assets/worker-")));
    assert.deepEqual(fetched.filter((path, i) => fetched.indexOf(path) !== i), [], "fetched twice");
    tab.assertQuiet();
  });

  Deno.test(`the explorer in ${name} shows the same picture for the same address`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    const query = "?seed=9&z=3:1.25,20:-2&truncation=0.8";
    const [tab, first] = await openSample(browser, site.origin, query);
    const [, again] = await openSample(browser, site.origin, query);
    const [, other] = await openSample(browser, site.origin, "?seed=10");
    assert.deepEqual(again, first);
    assert.notDeepEqual(other, first);
    tab.assertQuiet();
  });
}

Deno.test("dragging a slider redraws before the mouse is let go, and the address then brings it back", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const [tab, before] = await openSample(browser, site.origin);
  const drag = await pressSlider(tab);
  await drag.to(0.9);
  await tab.waitFor(
    "a sample of the drag",
    () => document.querySelector<HTMLElement>(".frame canvas")!.dataset.drawn!.startsWith("?z=1:2"),
  );
  assert.ok(largestDifference(before, await tab.pixels(".frame canvas")) > 0);
  await drag.release();
  const query = await tab.waitFor("the address", () =>
    location.search !== "" &&
    location.search === document.querySelector<HTMLElement>(".frame canvas")!.dataset.drawn &&
    location.search);
  const after = await tab.pixels(".frame canvas");
  const [, reopened] = await openSample(browser, site.origin, query as string);
  assert.deepEqual(reopened, after);
  tab.assertQuiet();
});

for (const [name, launch] of BROWSERS) {
  Deno.test(`a slider is reached and moved in ${name} with the keyboard alone, and put back`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    const [tab, before] = await openSample(browser, site.origin, "?z=1:0.5");
    await tab.evaluate(() => document.querySelector<HTMLElement>(".seed-form input")!.focus());
    for (let i = 0; i < 20; i++) {
      await tab.page.keyboard.press("Tab");
      if (await tab.evaluate(() => document.activeElement!.matches(".sliders input"))) break;
    }
    await tab.page.keyboard.press("ArrowRight");
    const moved = await waitForSample(tab, "?z=1:0.55");
    assert.ok(largestDifference(before, moved) > 0);
    await tab.page.keyboard.press("Tab"); // its number
    await tab.page.keyboard.press("Tab"); // the button beside it
    await tab.page.keyboard.press("Enter");
    await waitForSample(tab, "");
    tab.assertQuiet();
  });
}

Deno.test("putting a dimension back leaves its page of sliders where it is, and the address names that", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const [tab] = await openSample(browser, site.origin, "?z=12:1");
  await press(tab, "Put dimension 12 back");
  await waitForSample(tab, "?page=2");
  const shown = () => tab.evaluate(() => document.querySelector(".latent .pager p")!.textContent);
  assert.equal(await shown(), "Dimensions 11–20 of 25");
  await tab.goto(`${site.origin}${PAGE}?page=2`);
  assert.equal(await shown(), "Dimensions 11–20 of 25");
  tab.assertQuiet();
});

Deno.test("randomise, reset and a cell of the grid are steps that Back undoes", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const [tab] = await openSample(browser, site.origin, "?seed=5&z=2:1");
  await press(tab, "Reset");
  await waitForSample(tab, "?seed=5");
  await press(tab, "Seed 7");
  const seventh = await waitForSample(tab, "?seed=7");
  const cell = await tab.pixels('[aria-label="Seed 7"] canvas');
  assert.deepEqual(cell, seventh);
  await press(tab, "Randomise");
  const seed = await tab.waitFor("another seed", () => {
    const seed = new URLSearchParams(location.search).get("seed");
    return seed !== "7" && seed;
  });
  await waitForSample(tab, `?seed=${seed}`);
  for (const earlier of ["?seed=7", "?seed=5", "?seed=5&z=2:1"]) {
    await tab.evaluate(() => history.back());
    await waitForSample(tab, earlier);
    assert.equal(await address(tab), PAGE + earlier);
  }
  tab.assertQuiet();
});

Deno.test("the way from A to B begins at A's picture and ends at B's", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const [tab] = await openSample(browser, site.origin, "?seed=6");
  await press(tab, "Use current as A");
  await tab.waitFor("A in the address", () => location.search === "?seed=6&a=6");
  const slide = (t: number) =>
    tab.evaluate((t) => {
      const input = document.querySelector<HTMLInputElement>(".paths input[type=range]")!;
      input.value = String(t);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }, t);
  await slide(0.5);
  const half = await waitForSample(tab, "?seed=6&a=6&t=0.5");
  await slide(0);
  const start = await waitForSample(tab, "?seed=6&a=6&t=0");
  await slide(1);
  const end = await waitForSample(tab, "?seed=6&a=6&t=1");
  const [a, b] = [
    await tab.pixels('[aria-label="Sample A"]'),
    await tab.pixels('[aria-label="Sample B"]'),
  ];
  assert.ok(largestDifference(start, a) <= 1);
  assert.ok(largestDifference(end, b) <= 1);
  assert.ok(largestDifference(half, a) > 20 && largestDifference(half, b) > 20);
  tab.assertQuiet();
});
