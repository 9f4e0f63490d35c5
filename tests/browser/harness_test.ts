import assert from "node:assert/strict";
import { BROWSERS, launchChromium, launchFirefox, servePages } from "./harness.ts";

const page = (body: string) => `<!doctype html><html lang="en"><title>test</title>${body}</html>`;
const blank = { "/": page("") };

Deno.test("launchChromium({ webgpu: true }) gives pages SwiftShader's WebGPU adapter", async () => {
  await using server = servePages(blank);
  await using browser = await launchChromium({ webgpu: true });
  const tab = await browser.open(server.origin);
  const adapter = await tab.evaluate(async () => {
    const adapter = await navigator.gpu.requestAdapter();
    return adapter && { architecture: adapter.info.architecture, device: adapter.info.device };
  });
  assert.match(JSON.stringify(adapter), /swiftshader/i);
  tab.assertQuiet();
});

Deno.test("launchChromium() gives pages no WebGPU adapter", async () => {
  await using server = servePages(blank);
  await using browser = await launchChromium();
  const tab = await browser.open(server.origin);
  const adapter = await tab.evaluate(async () => await navigator.gpu?.requestAdapter() ?? null);
  assert.equal(adapter, null);
});

Deno.test("launchChromium({ hardwareConcurrency: 6 }) shows 6 to a page and to its worker", async () => {
  await using server = servePages({
    "/": page(`<script src="/page.js"></script>`),
    "/page.js": `new Worker("/worker.js").onmessage = (event) => { globalThis.seen = event.data };`,
    "/worker.js": `postMessage(navigator.hardwareConcurrency);`,
  });
  await using browser = await launchChromium({ hardwareConcurrency: 6 });
  const tab = await browser.open(server.origin);
  assert.equal(await tab.evaluate(() => navigator.hardwareConcurrency), 6);
  assert.equal(await tab.waitFor("the worker", () => Reflect.get(globalThis, "seen")), 6);
});

Deno.test("servePages({ isolated: true }) makes Firefox's pages cross-origin isolated", async () => {
  await using isolated = servePages(blank, { isolated: true });
  await using open = servePages(blank);
  await using browser = await launchFirefox();
  const tab = await browser.open(isolated.origin);
  assert.equal(await tab.evaluate(() => crossOriginIsolated), true);
  await tab.goto(open.origin);
  assert.equal(await tab.evaluate(() => crossOriginIsolated), false);
  tab.assertQuiet();
});

for (const [name, launch] of BROWSERS) {
  Deno.test(`Tab in ${name} reports policy violations, console errors and exceptions`, async () => {
    await using server = servePages(
      {
        "/": page(`<script src="/page.js"></script><script>document.title = "ran"</script>`),
        "/page.js":
          `console.error("from the page"); setTimeout(() => { throw new Error("thrown") }); console.log("fine")`,
      },
      // Firefox asks for /favicon.ico, which is no violation here
      {
        headers: {
          "content-security-policy": "default-src 'none'; img-src 'self'; script-src 'self'",
        },
      },
    );
    await using browser = await launch();
    const tab = await browser.open(server.origin);
    await tab.waitFor("the policy", () => document.title === "test");
    const problems = () => tab.problems.join("\n");
    for (let i = 0; i < 40 && !/thrown[^]*script-src|script-src[^]*thrown/.test(problems()); i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(tab.policyViolations.length, 1, problems());
    assert.match(tab.policyViolations[0], /script-src/);
    assert.match(problems(), /from the page/);
    assert.match(problems(), /thrown/);
    assert.doesNotMatch(problems(), /fine/);
    assert.throws(() => tab.assertQuiet(), /from the page/);
    tab.assertQuiet([/./]);
  });

  Deno.test(`Tab.pixels() in ${name} reads RGBA bytes row by row`, async () => {
    await using server = servePages({
      "/": page(`<canvas width="3" height="2"></canvas><script src="/draw.js"></script>`),
      "/draw.js": `const ink = document.querySelector("canvas").getContext("2d");
        ink.fillStyle = "rgb(10 20 30)"; ink.fillRect(0, 0, 3, 1);
        ink.fillStyle = "rgb(200 100 50)"; ink.fillRect(2, 1, 1, 1);`,
    });
    await using browser = await launch();
    const tab = await browser.open(server.origin);
    const { width, height, data } = await tab.pixels("canvas");
    assert.deepEqual([width, height], [3, 2]);
    const dark = [10, 20, 30, 255], clear = [0, 0, 0, 0], warm = [200, 100, 50, 255];
    assert.deepEqual([...data], [dark, dark, dark, clear, clear, warm].flat());
    await assert.rejects(tab.pixels("#other"), /no canvas at "#other"/);
  });
}
