import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  launchChromium,
  launchFirefox,
  type Pixels,
  startSite,
  type Tab,
  type TestBrowser,
} from "./harness.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGE = "/m/digits";

const models = await makeModels();
addEventListener("unload", () => Deno.removeSync(models, { recursive: true }));

/** A zoo of two sound generators with random weights, and of others that are damaged each in one way. */
async function makeModels(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "ganlet-zoo-" });
  await makeModel(folder, "digits", "--size=32", "--channels=1");
  await makeModel(folder, "faces", "--size=64", "--channels=3");
  const weights = await Deno.readFile(`${folder}/digits/weights.bin`);
  await damage(folder, "truncated", weights.subarray(0, -100));
  const flipped = weights.slice();
  flipped[1000] ^= 1;
  await damage(folder, "other-bytes", flipped);
  const nan = weights.slice();
  nan.set([0x00, 0x7e], 1000); // a float16 NaN, little-endian
  await damage(folder, "nan", nan, { matchingCard: true });
  await Deno.mkdir(`${folder}/no-card`);
  await Deno.writeTextFile(`${folder}/no-card/card.json`, '{"schema": 1}');
  return folder;
}

async function makeModel(folder: string, id: string, ...options: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "tests/sampler/fixture_model.ts", `${folder}/${id}`, "--id", id],
      ...["--width=0.125", "--latentSize=25", ...options],
    ],
    cwd: ROOT,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** A copy of the sound model with other weights, which its card describes only when told to. */
async function damage(
  folder: string,
  id: string,
  weights: Uint8Array,
  { matchingCard = false } = {},
): Promise<void> {
  await Deno.mkdir(`${folder}/${id}`);
  for (const name of ["model.json", "poster.png", "history.json"]) {
    await Deno.copyFile(`${folder}/digits/${name}`, `${folder}/${id}/${name}`);
  }
  const card = JSON.parse(await Deno.readTextFile(`${folder}/digits/card.json`));
  card.id = id;
  if (matchingCard) {
    card.files["weights.bin"].sha256 = createHash("sha256").update(weights).digest("hex");
  }
  await Deno.writeFile(`${folder}/${id}/weights.bin`, weights);
  await Deno.writeTextFile(`${folder}/${id}/card.json`, JSON.stringify(card));
}

/** Waits until the current sample is the one that `query` names, grid and endpoints may still come. */
async function waitForSample(tab: Tab, query: string): Promise<Pixels> {
  await tab.waitFor(
    `the sample of "${query}"`,
    (query) =>
      document.querySelector<HTMLElement>(".frame canvas:not([hidden])")?.dataset.drawn === query,
    query,
  );
  return await tab.pixels(".frame canvas");
}

async function openSample(
  browser: TestBrowser,
  origin: string,
  query = "",
): Promise<[Tab, Pixels]> {
  const tab = await browser.open(origin + PAGE + query);
  return [tab, await waitForSample(tab, query)];
}

function message(tab: Tab): Promise<string> {
  return tab.evaluate(() => document.querySelector(".backend-message")!.textContent!);
}

function largestDifference(a: Pixels, b: Pixels): number {
  assert.equal(a.data.length, b.data.length);
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i])), 0);
}

function press(tab: Tab, name: string): Promise<void> {
  return tab.evaluate((name) => {
    const buttons = [...document.querySelectorAll("button")];
    buttons.find((b) => (b.ariaLabel ?? b.textContent!.trim()) === name)!.click();
  }, name);
}

const address = (tab: Tab) => tab.evaluate(() => location.pathname + location.search);

for (const [name, launch] of [["Chromium", launchChromium], ["Firefox", launchFirefox]] as const) {
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
    const fetched = await tab.evaluate(() =>
      performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)
    );
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
  const box = await tab.evaluate(() => {
    const slider = document.querySelector(".sliders input")!;
    slider.scrollIntoView({ block: "center" });
    const { x, y, width, height } = slider.getBoundingClientRect();
    return { x, y: y + height / 2, width };
  });
  const { mouse } = tab.page;
  await mouse.move(box.x + box.width / 2, box.y);
  await mouse.down();
  await mouse.move(box.x + box.width * 0.9, box.y, { steps: 10 });
  await tab.waitFor(
    "a sample of the drag",
    () => document.querySelector<HTMLElement>(".frame canvas")!.dataset.drawn!.startsWith("?z=1:2"),
  );
  assert.ok(largestDifference(before, await tab.pixels(".frame canvas")) > 0);
  await mouse.up();
  const query = await tab.waitFor("the address", () =>
    location.search !== "" &&
    location.search === document.querySelector<HTMLElement>(".frame canvas")!.dataset.drawn &&
    location.search);
  const after = await tab.pixels(".frame canvas");
  const [, reopened] = await openSample(browser, site.origin, query as string);
  assert.deepEqual(reopened, after);
  tab.assertQuiet();
});

Deno.test("a slider is reached and moved with the keyboard alone, and put back", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const [tab, before] = await openSample(browser, site.origin, "?z=1:0.5");
  await tab.evaluate(() => document.querySelector<HTMLElement>(".seed-form input")!.focus());
  for (let i = 0; i < 20; i++) {
    await tab.page.keyboard.press("Tab");
    if (await tab.evaluate(() => document.activeElement!.matches(".sliders input"))) break;
  }
  await tab.page.keyboard.press("ArrowRight");
  const moved = await waitForSample(tab, "?z=1:0.55");
  assert.ok(largestDifference(before, moved) > 0);
  await tab.page.keyboard.press("Tab"); // the button beside it
  await tab.page.keyboard.press("Enter");
  await waitForSample(tab, "");
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
  await press(tab, "Use current"); // the first of the two: A
  await tab.waitFor("A in the address", () => location.search === "?seed=6&a=6");
  const slide = (t: number) =>
    tab.evaluate((t) => {
      const input = document.querySelector<HTMLInputElement>(".interpolation input")!;
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
    await tab.pixels(".endpoint canvas"),
    await tab.pixels(".endpoint:last-child canvas"),
  ];
  assert.ok(largestDifference(start, a) <= 1);
  assert.ok(largestDifference(end, b) <= 1);
  assert.ok(largestDifference(half, a) > 20 && largestDifference(half, b) > 20);
  tab.assertQuiet();
});

Deno.test("WebGPU and WASM, each asked for, draw the same picture and say which they are", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium({ webgpu: true });
  const [gpu, gpuPixels] = await openSample(browser, site.origin, "?seed=3&backend=webgpu");
  assert.match(await message(gpu), /^Sampling with WebGPU/);
  const [wasm, wasmPixels] = await openSample(browser, site.origin, "?seed=3&backend=wasm");
  assert.match(await message(wasm), /^Sampling with WASM, \d/);
  assert.ok(largestDifference(gpuPixels, wasmPixels) <= 2);
  gpu.assertQuiet();
  wasm.assertQuiet();
});

Deno.test("what is chosen during a slow first sample is what stays on the page", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium({ webgpu: true });
  const tab = await browser.open(`${site.origin}${PAGE}?backend=webgpu`);
  await tab.waitFor(
    "the sampler",
    () =>
      document.querySelector(".backend-message")!.textContent!.startsWith("Sampling with WebGPU"),
  );
  await press(tab, "Seed 8"); // its programs are still being compiled
  await waitForSample(tab, "?seed=8&backend=webgpu");
  await tab.waitFor(
    "the grid",
    () =>
      [...document.querySelectorAll<HTMLCanvasElement>(".grid canvas")].every((canvas) =>
        canvas.getContext("2d")!.getImageData(0, 0, 1, 1).data[3] === 255
      ),
  );
  await waitForSample(tab, "?seed=8&backend=webgpu");
  assert.deepEqual(
    await tab.pixels(".frame canvas"),
    await tab.pixels('[aria-label="Seed 8"] canvas'),
  );
  tab.assertQuiet();
});

Deno.test("backends may be changed back and forth, each time drawing the same picture", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium({ webgpu: true });
  const [tab, first] = await openSample(browser, site.origin, "?seed=3&backend=wasm");
  for (const backend of ["webgpu", "wasm", "webgpu"]) {
    await tab.evaluate((backend) => {
      document.querySelector<HTMLElement>(`input[value="${backend}"]`)!.click();
      document.querySelector<HTMLElement>('[aria-label="Seed 4"]')!.click(); // in the middle of it
      document.querySelector<HTMLElement>('[aria-label="Seed 3"]')!.click();
    }, backend);
    const name = backend === "wasm" ? "WASM" : "WebGPU";
    await tab.waitFor(
      name,
      (name) =>
        document.querySelector(".backend-message")!.textContent!.startsWith(
          `Sampling with ${name}`,
        ),
      name,
    );
    const pixels = await waitForSample(tab, `?seed=3&backend=${backend}`);
    assert.ok(largestDifference(pixels, first) <= 2);
  }
  tab.assertQuiet();
});

Deno.test("WebGPU that was asked for and is missing leaves a message, and WASM one click away", async () => {
  await using site = await startSite({ models });
  await using browser = await launchFirefox();
  const tab = await browser.open(`${site.origin}${PAGE}?backend=webgpu`);
  const failure = await tab.waitFor(
    "the message",
    () => document.querySelector(".failure")?.textContent,
  );
  assert.match(failure!, /WebGPU was asked for and is not available/);
  await tab.evaluate(() => document.querySelector<HTMLElement>('input[value="wasm"]')!.click());
  await waitForSample(tab, "?backend=wasm");
  assert.equal(await tab.evaluate(() => document.querySelector(".failure")), null);
  tab.assertQuiet();
});

Deno.test("a lost WebGPU device is replaced by WASM, which draws what was asked for meanwhile", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium({ webgpu: true });
  const tab = await browser.open();
  await tab.page.evaluateOnNewDocument(() => {
    if (!("GPUAdapter" in globalThis)) return;
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await request.call(this, descriptor);
      addEventListener("lose-device", () => device.destroy());
      return device;
    };
  });
  await tab.goto(`${site.origin}${PAGE}?seed=4&backend=webgpu`);
  await waitForSample(tab, "?seed=4&backend=webgpu");
  await tab.evaluate(() => void dispatchEvent(new Event("lose-device")));
  await press(tab, "Seed 8");
  await tab.waitFor(
    "WASM",
    () => /WebGPU stopped.*WASM/.test(document.querySelector(".backend-message")!.textContent!),
  );
  const pixels = await waitForSample(tab, "?seed=8&backend=webgpu");
  const [, expected] = await openSample(browser, site.origin, "?seed=8&backend=wasm");
  assert.deepEqual(pixels, expected);
});

for (
  const [id, message] of [
    ["truncated", /weights\.bin is truncated: card\.json says \d+ bytes, found \d+/],
    ["other-bytes", /weights\.bin is damaged.*card\.json says sha256/],
    ["nan", /weights\.bin.*NaN/],
  ] as const
) {
  Deno.test(`the explorer of a model with weights "${id}" says what is wrong in place of the picture`, async () => {
    await using site = await startSite({ models });
    await using browser = await launchChromium();
    const tab = await browser.open(`${site.origin}/m/${id}`);
    const failure = await tab.waitFor(
      "the message",
      () => document.querySelector('.frame [role="alert"]')?.textContent,
    );
    assert.match(failure!, message);
    // The rest of the page goes on.
    await press(tab, "Randomise");
    await tab.waitFor("another seed", () => location.search.startsWith("?seed="));
    assert.ok(await tab.evaluate(() => document.querySelector(".facts dl")!.textContent));
    tab.assertQuiet();
  });
}

Deno.test("the gallery leads to every sound model, and past a damaged card", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const tab = await browser.open(`${site.origin}/`);
  const text = await tab.evaluate(() => document.body.textContent!);
  assert.match(text, /models\/no-card\/card\.json: id is missing/);
  await Promise.all([
    tab.page.waitForNavigation(),
    tab.evaluate(() => document.querySelector<HTMLElement>('a[href="/m/digits"]')!.click()),
  ]);
  await waitForSample(tab, "");
  tab.assertQuiet();
});

for (const width of [360, 768, 1440]) {
  Deno.test(`no page is wider than a screen of ${width} pixels, and pixels of samples stay whole`, async () => {
    await using site = await startSite({ models });
    await using browser = await launchChromium();
    const tab = await browser.open();
    await tab.page.setViewport({ width, height: 800 });
    for (const path of ["/", PAGE, `${PAGE}?seed=4294967295&z=1:-2.95,2:2.95&t=0.35`, "/nope"]) {
      await tab.goto(site.origin + path);
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${path} is ${wide} pixels wide`);
    }
    for (const path of [PAGE, "/m/faces"]) {
      await tab.goto(site.origin + path);
      await waitForSample(tab, "");
      const sizes = await tab.evaluate(() =>
        [...document.querySelectorAll("canvas")].map((c) =>
          c.getBoundingClientRect().width / c.width
        )
      );
      assert.equal(sizes.length, 27);
      for (const scale of sizes) assert.ok(Number.isInteger(scale), `${path}: scaled by ${scale}`);
      const tooWide = await tab.evaluate(() =>
        [...document.querySelectorAll(".explorer, .controls, .controls > *")]
          .filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.className)
      );
      assert.deepEqual(tooWide, [], path);
    }
    tab.assertQuiet([/404/]);
  });
}

Deno.test("every control of the explorer has a name", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const [tab] = await openSample(browser, site.origin);
  const { nodes } = await (await tab.page.createCDPSession()).send("Accessibility.getFullAXTree");
  const controls = nodes.filter(({ role, ignored }) =>
    !ignored && ["button", "slider", "radio", "textbox", "link", "image"].includes(role?.value)
  );
  assert.ok(controls.length > 40, String(controls.length));
  for (const { role, name } of controls) assert.ok(name?.value, `a ${role?.value} without a name`);
});

Deno.test("without JavaScript the poster and the facts are there, and no dead controls", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const tab = await browser.open();
  await tab.page.setJavaScriptEnabled(false);
  await tab.goto(site.origin + PAGE);
  const shown = await tab.evaluate(() => ({
    poster: document.querySelector<HTMLImageElement>(".frame img")!.naturalWidth,
    controls: [...document.querySelectorAll<HTMLElement>("input, button")]
      .filter((control) => control.offsetParent !== null).length,
    note: document.querySelector("noscript")!.textContent,
  }));
  assert.ok(shown.poster > 0);
  assert.equal(shown.controls, 0);
  assert.match(shown.note!, /Sampling needs JavaScript/);
});
