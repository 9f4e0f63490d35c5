import assert from "node:assert/strict";
import { openSample, PAGE, waitForSample } from "./explorer_page.ts";
import { launchChromium, startSite } from "./harness.ts";
import { makeModels } from "./site_models.ts";

const models = await makeModels();
addEventListener("unload", () => Deno.removeSync(models, { recursive: true }));

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

const VIEWS = [
  `${PAGE}?seed=4294967295&z=1:-2.95,2:2.95&t=0.35`,
  "/m/directed?move=slant:1.5&t=0.35&v=0.65&gallery=nearest",
  "/m/directed?set=ganspace&gallery=favourites&walk=9999&zz=1&t=nope",
];

for (const width of [360, 768, 1440]) {
  Deno.test(`no page is wider than a screen of ${width} pixels, and pixels of samples stay whole`, async () => {
    await using site = await startSite({ models });
    await using browser = await launchChromium();
    const tab = await browser.open();
    await tab.page.setViewport({ width, height: 800 });
    for (
      const path of [
        "/",
        "/compare",
        "/explore",
        "/widget",
        PAGE,
        ...VIEWS,
        "/embed/digits",
        "/nope",
      ]
    ) {
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
      assert.equal(sizes.length, 32); // the sample, four corners, two paths, the sheet, the grid
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
