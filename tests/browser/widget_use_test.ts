import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { GanletSamplerElement } from "../../widget/api.ts";
import { BROWSERS, launchChromium, servePages, startSite, type Tab } from "./harness.ts";
import {
  largestDifference,
  noted,
  openWatched,
  OWN_LATENT,
  picture,
  serveHost,
  waitForEvents,
} from "./host_page.ts";
import type { Files } from "./serve_pages.ts";
import { makeModels } from "./site_models.ts";

const models = await makeModels();
addEventListener("unload", () => Deno.removeSync(models, { recursive: true }));

const call = <T>(tab: Tab, work: (element: GanletSamplerElement) => T) =>
  tab.evaluate(
    // The page has no closures of ours: the function goes as its text.
    async (source) => {
      const element = document.querySelector("ganlet-sampler");
      return await (new Function("element", `return (${source})(element)`))(element);
    },
    String(work),
  ) as Promise<Awaited<T>>;

for (const [name, launch] of BROWSERS) {
  Deno.test(`<ganlet-sampler>'s methods and properties in ${name} draw what they say, before and after it is loaded`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    const body =
      `<ganlet-sampler src="${site.origin}/models/digits" reveal="interaction"></ganlet-sampler>`;
    await using host = serveHost(site.origin, body);
    const tab = await openWatched(browser, host.origin);
    await tab.waitFor("the element", () => customElements.get("ganlet-sampler") !== undefined);
    assert.deepEqual(await call(tab, (e) => [e.loaded, e.card, e.latent, e.backend]), [
      false,
      null,
      null,
      null,
    ]);

    const five = await call(tab, async (e) => [...(await e.sample(5)).data]);
    assert.deepEqual(await picture(tab), five);
    assert.deepEqual(
      await call(tab, (e) => [e.loaded, e.card!.id, e.latent!.length, e.backend]),
      [true, "digits", 25, "wasm"],
    );
    const ends = await call(tab, async (e) => [
      [...(await e.interpolate(5, 8, 0)).data],
      [...(await e.interpolate(5, 8, 1)).data],
      [...(await e.interpolate(5, 8, 0.5)).data],
      [...(await e.sample(8)).data],
    ]);
    assert.ok(largestDifference(ends[0], five) <= 1);
    assert.ok(largestDifference(ends[1], ends[3]) <= 1);
    assert.ok(largestDifference(ends[2], five) > 20 && largestDifference(ends[2], ends[3]) > 20);

    assert.equal(await call(tab, (e) => e.randomize(8)), 8);
    assert.deepEqual(await picture(tab), ends[3]);
    assert.equal(await call(tab, (e) => e.getAttribute("seed")), "8");
    await tab.evaluate((z) => {
      document.querySelector("ganlet-sampler")!.latent = z;
    }, OWN_LATENT);
    await tab.waitFor(
      "one's own latent",
      () =>
        document.querySelector("ganlet-sampler")!.shadowRoot!.querySelector("canvas")!.ariaLabel!
          .endsWith("by hand"),
    );
    assert.ok(largestDifference(await call(tab, (e) => [...e.latent!]), OWN_LATENT) < 1e-6);
    const png = await call(tab, async (e) => {
      const blob = await e.toBlob();
      const { width, height } = await createImageBitmap(blob);
      return [blob.type, width, height];
    });
    assert.deepEqual(png, ["image/png", 32, 32]);
    // A grid begins with the picture of its first seed.
    await call(tab, (e) => Object.assign(e, { rows: 2, columns: 3, seed: 8 }).sample());
    const grid = await call(tab, (e) => {
      const canvas = e.shadowRoot!.querySelector("canvas")!;
      return [
        canvas.width,
        canvas.height,
        ...canvas.getContext("2d")!.getImageData(0, 0, 32, 32).data,
      ];
    });
    assert.deepEqual(grid.slice(0, 2), [96, 64]);
    assert.ok(largestDifference(grid.slice(2), ends[3]) <= 1);
    const wrong = await call(
      tab,
      (e) => e.sample([1, 2, 3]).then(() => "drawn", (error) => error.message),
    );
    assert.equal(wrong, 'Cannot sample "digits": z must hold 25 numbers, it holds 3');
    tab.assertQuiet();
  });
}

/** What a screen reader finds on the page, by role and name. */
async function namedParts(tab: Tab): Promise<string[]> {
  const { nodes } = await (await tab.page.createCDPSession()).send("Accessibility.getFullAXTree");
  return nodes.filter(({ ignored, role }) =>
    !ignored && ["button", "slider", "image"].includes(role?.value)
  ).map(({ role, name }) => `${role!.value} ${name!.value}`).sort();
}

async function useByKeyboard(
  launch: typeof BROWSERS[number][1],
  { reducedMotion }: { reducedMotion: boolean },
): Promise<void> {
  await using site = await startSite({ models });
  await using browser = await launch({ reducedMotion });
  const body =
    `<ganlet-sampler src="${site.origin}/models/digits" alt="Digits" backend="wasm" reveal="interaction" controls></ganlet-sampler>`;
  await using host = serveHost(site.origin, body);
  const tab = await openWatched(browser, host.origin);
  await tab.waitFor("the element", () => customElements.get("ganlet-sampler") !== undefined);
  await tab.page.keyboard.press("Tab");
  assert.equal((await noted(tab)).asked.load, undefined);
  await tab.page.keyboard.press("Enter"); // the button over the poster
  await waitForEvents(tab, "load");
  const run = (await noted(tab)).asked.run;

  // Firefox does not tell what it tells a screen reader.
  if (launch === launchChromium) {
    assert.deepEqual(await namedParts(tab), [
      "button New picture",
      "image Digits: Seed 1",
      "slider Blend",
      "slider Variety",
    ]);
  }

  await tab.evaluate(() =>
    document.querySelector("ganlet-sampler")!.shadowRoot!.querySelector<HTMLElement>(
      ".controls button",
    )!.focus()
  );
  await tab.page.keyboard.press("Enter");
  await waitForEvents(tab, "sample", 2);
  const after = await noted(tab);
  if (reducedMotion) assert.equal(after.asked.run - run, 1);
  else assert.ok(after.asked.run - run >= 3, `${after.asked.run - run} pictures on the way`);
  const seed = after.events.at(-1)!.seed;
  assert.notEqual(seed, 1);
  await tab.waitFor(
    "what is read out",
    (seed) =>
      document.querySelector("ganlet-sampler")!.shadowRoot!.querySelector('[role="status"]')!
        .textContent === `Seed ${seed}`,
    seed,
  );

  await tab.page.keyboard.press("Tab");
  await tab.page.keyboard.press("ArrowRight");
  await waitForEvents(tab, "sample", 3);
  const shown = await tab.evaluate(() =>
    document.querySelector("ganlet-sampler")!.shadowRoot!.querySelector('[part="seed"]')!
      .textContent!
  );
  assert.match(shown, /^1 % from seed \d+ to \d+$/);
  tab.assertQuiet();
}

for (const [name, launch] of BROWSERS) {
  Deno.test(`<ganlet-sampler> in ${name} is used by keyboard, one picture turning into the next`, () =>
    useByKeyboard(launch, { reducedMotion: false }));
}
Deno.test("<ganlet-sampler> is used by keyboard, and does not move where motion is unwelcome", () =>
  useByKeyboard(launchChromium, { reducedMotion: true }));

for (const [backend, loss] of [["webgpu", "lose-device"], ["wasm", "lose-worker"]]) {
  Deno.test(`<ganlet-sampler> on ${backend} goes on by WASM with the same latent vector after "${loss}"`, async () => {
    await using site = await startSite({ models });
    await using browser = await launchChromium({ webgpu: true });
    const body =
      `<ganlet-sampler src="${site.origin}/models/digits" backend="${backend}" seed="6"></ganlet-sampler>`;
    await using host = serveHost(site.origin, body);
    const tab = await openWatched(browser, host.origin);
    await waitForEvents(tab, "load");
    assert.equal(await call(tab, (e) => e.backend), backend);
    const before = await picture(tab);
    await tab.evaluate((loss) => void dispatchEvent(new Event(loss)), loss);
    const again = await call(tab, async (e) => [...(await e.sample()).data]);
    assert.ok(largestDifference(again, before) <= 2);
    assert.equal(await call(tab, (e) => e.backend), "wasm");
    assert.equal((await noted(tab)).workers, backend === "wasm" ? 2 : 1);
    assert.equal((await noted(tab)).events.filter(({ type }) => type === "error").length, 0);
  });
}

Deno.test("<ganlet-sampler> says in place what is wrong with a model, and tells it by its event", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const digits = (name: string) => Deno.readFile(`${models}/digits/${name}`);
  const card = JSON.parse(new TextDecoder().decode(await digits("card.json")));
  const topology = new TextDecoder().decode(await digits("model.json")).replace(
    '"LeakyReLU"',
    '"GaussianNoise"',
  );
  const described = structuredClone(card);
  described.files["model.json"] = {
    bytes: new TextEncoder().encode(topology).length,
    sha256: createHash("sha256").update(topology).digest("hex"),
  };
  const files: Files = {
    "/html/card.json": "<!doctype html><title>a page</title>",
    "/newer/card.json": JSON.stringify({ ...card, schema: 99 }),
    "/layer/card.json": JSON.stringify(described),
    "/layer/model.json": topology,
    "/layer/weights.bin": await digits("weights.bin"),
  };
  await using closed = servePages(files); // without CORS
  const expected: [src: string, type: string, message: RegExp][] = [
    ["/html", "card", /\/html\/card\.json: expected JSON, found "<!doctype html>/],
    ["/nowhere", "missing", /\/nowhere\/card\.json: the server answered 404/],
    [`${closed.origin}/newer`, "missing", /could not be fetched.*\(CORS\).*connect-src/],
    ["/newer", "newer", /schema is 99.*update ganlet/],
    ["/layer", "graph", /GaussianNoise/],
    [`${site.origin}/models/nan`, "weights", /expected finite numbers, found NaN/],
    [`${site.origin}/models/truncated`, "length", /is truncated/],
    ["http://", "missing", /src must be the URL of a model's folder, it is "http:\/\/"/],
  ];
  const body = expected.map(([src]) =>
    `<ganlet-sampler src="${src}" loading="eager"></ganlet-sampler>`
  ).join("");
  await using host = serveHost(site.origin, body, { files });
  const tab = await openWatched(browser, host.origin);
  await waitForEvents(tab, "error", expected.length);
  const shown = await tab.evaluate(() =>
    [...document.querySelectorAll("ganlet-sampler")].map((element) =>
      element.shadowRoot!.querySelector('[role="alert"]:not([hidden])')!.textContent!
    )
  );
  expected.forEach(([, , message], i) => assert.match(shown[i], message));
  const told = (await noted(tab)).events.map(({ kind, message }) => `${kind}: ${message}`).sort();
  assert.deepEqual(told, expected.map(([, type], i) => `${type}: ${shown[i]}`).sort());

  // One that works takes the message away.
  await tab.evaluate((src) => {
    document.querySelector("ganlet-sampler")!.src = src;
  }, `${site.origin}/models/digits`);
  await waitForEvents(tab, "load");
  assert.equal(
    await tab.evaluate(() =>
      document.querySelector("ganlet-sampler")!.shadowRoot!.querySelector(
        '[role="alert"]:not([hidden])',
      )
    ),
    null,
  );
});
