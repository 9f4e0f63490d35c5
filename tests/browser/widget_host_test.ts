import assert from "node:assert/strict";
import { openSample } from "./explorer_page.ts";
import { BROWSERS, launchChromium, servePages, startSite } from "./harness.ts";
import {
  largestDifference,
  neededPolicy,
  noted,
  openWatched,
  picture,
  serveHost,
  waitForEvents,
} from "./host_page.ts";
import { makeModels } from "./site_models.ts";

const models = await makeModels();
addEventListener("unload", () => Deno.removeSync(models, { recursive: true }));

for (const [name, launch] of BROWSERS) {
  Deno.test(`<ganlet-sampler> in ${name} on a foreign page draws as the explorer, in a worker where the policy allows one`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    const [, expected] = await openSample(browser, site.origin, "?seed=3&backend=wasm");
    const policy = neededPolicy(site.origin);
    const body =
      `<ganlet-sampler src="${site.origin}/models/digits" seed="3" backend="wasm"></ganlet-sampler>`;
    for (const allowed of [true, false]) {
      await using host = serveHost(site.origin, body, {
        policy: allowed ? policy : policy.replace(/worker-src [^;]*/, "worker-src 'none'"),
      });
      const tab = await openWatched(browser, host.origin);
      await waitForEvents(tab, "load");
      assert.ok(largestDifference(await picture(tab), expected.data) <= 2);
      const { events, asked } = await noted(tab);
      const message = events.find(({ type }) => type === "load")!.message!;
      if (allowed) {
        assert.match(message, /1 thread \(the page is not cross-origin isolated\)$/);
        assert.equal(asked.load, 1);
        tab.assertQuiet();
      } else {
        assert.match(
          message,
          /1 thread \(the page('s worker did not load| may start no worker)\)$/,
        );
        tab.assertQuiet([/worker/i, /Content.Security.Policy/i]);
      }
    }
  });
}

Deno.test("<ganlet-sampler> on a page whose policy forbids WebAssembly says which directive it needs", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const policy = neededPolicy(site.origin).replace(" 'wasm-unsafe-eval'", "");
  const body = `<ganlet-sampler src="${site.origin}/models/digits"></ganlet-sampler>`;
  await using host = serveHost(site.origin, body, { policy });
  const tab = await openWatched(browser, host.origin);
  await waitForEvents(tab, "error");
  const shown = await tab.evaluate(() =>
    document.querySelector("ganlet-sampler")!.shadowRoot!.querySelector(
      '[role="alert"]:not([hidden])',
    )!
      .textContent!
  );
  assert.match(shown, /forbids WebAssembly.*script-src needs 'wasm-unsafe-eval'/);
  assert.deepEqual((await noted(tab)).events.map(({ kind }) => kind), ["backend"]);
});

Deno.test("<ganlet-sampler> on an isolated foreign page has threads", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium({ hardwareConcurrency: 4 });
  const body =
    `<ganlet-sampler src="${site.origin}/models/digits" backend="wasm"></ganlet-sampler>`;
  await using host = serveHost(site.origin, body, {
    isolated: true,
    policy: neededPolicy(site.origin),
  });
  const tab = await openWatched(browser, host.origin);
  await waitForEvents(tab, "load");
  const [{ message }] = (await noted(tab)).events;
  assert.equal(message, "Sampling with WASM, 2 threads");
  tab.assertQuiet();
});

Deno.test("of two versions of <ganlet-sampler> on one page the first stays, and draws", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const other = site.origin.replace("localhost", "127.0.0.1");
  assert.notEqual(other, site.origin);
  const body = `<ganlet-sampler src="${site.origin}/models/digits"></ganlet-sampler>`;
  await using host = serveHost(site.origin, body, { scripts: [`${other}/widget.js`] });
  const tab = await openWatched(browser, host.origin);
  await waitForEvents(tab, "load");
  assert.equal((await noted(tab)).workers, 1);
  tab.assertQuiet();
});

Deno.test("/embed/:id draws in a foreign page's frame, isolated or not", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const html = `<!doctype html><title>host</title>
    <iframe src="${site.origin}/embed/digits?seed=3" width="320" height="510" title="digits"></iframe>`;
  for (const isolated of [false, true]) {
    await using host = servePages({ "/": html }, { isolated });
    const tab = await browser.open(host.origin);
    const frame = await (await tab.page.$("iframe"))!.contentFrame();
    const label = async () =>
      await frame.evaluate(() =>
        document.querySelector("ganlet-sampler")?.shadowRoot
          ?.querySelector("canvas:not([hidden])")?.getAttribute("aria-label")
      );
    for (let tries = 0; !await label() && tries < 400; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(await label(), "Random weights, 32×32×1: Seed 3");
    const overflow = await frame.evaluate(() => {
      const { scrollHeight, scrollWidth } = document.documentElement;
      return [scrollWidth <= innerWidth, scrollHeight <= innerHeight];
    });
    assert.deepEqual(overflow, [true, true]);
    tab.assertQuiet();
  }
});
