import assert from "node:assert/strict";
import { waitForSample } from "./explorer_page.ts";
import {
  BROWSERS,
  launchChromium,
  launchFirefox,
  servePages,
  startSite,
  type Tab,
} from "./harness.ts";
import { makeModels } from "./site_models.ts";

const models = await makeModels();
addEventListener("unload", () => Deno.removeSync(models, { recursive: true }));

const NAMES = ["card.json", "model.json", "weights.bin"];
const FOLDER = `${models}/digits`;
const read = (name: string) => Deno.readFile(`${FOLDER}/${name}`);
const files = Object.fromEntries(
  await Promise.all(NAMES.map(async (name) => [name, await read(name)] as const)),
);
const OPEN = { "access-control-allow-origin": "*" };
const QUERY = "?seed=5&z=2:1.5";

/** Another site. By name, since a page may fetch from http only there. */
function elsewhere() {
  const server = servePages((request) => {
    const [, folder, name] = new URL(request.url).pathname.split("/");
    const body = files[name];
    const moves: Record<string, string> = { "moved": "good", "moved-away": "closed" };
    if (folder in moves) {
      const location = request.url.replace(folder, moves[folder]);
      return new Response(null, { status: 302, headers: { ...OPEN, location } });
    }
    if (folder === "page") {
      return new Response("<!doctype html><title>a site</title>", {
        headers: { ...OPEN, "content-type": "text/html" },
      });
    }
    if (folder === "huge" && name === "weights.bin") {
      const start = new ReadableStream({ pull: (controller) => controller.enqueue(body) });
      return new Response(start, { headers: { ...OPEN, "content-length": "999999999" } });
    }
    if (folder === "layer" && name === "model.json") {
      const text = new TextDecoder().decode(body).replace('"LeakyReLU"', '"GaussianNoise"');
      return new Response(text, { headers: OPEN });
    }
    if (body === undefined || (["bare", "layer"].includes(folder) && name === "card.json")) {
      return new Response("no", { status: 404, headers: OPEN });
    }
    return new Response(body, { headers: folder === "closed" ? {} : OPEN });
  });
  return {
    origin: server.origin.replace("127.0.0.1", "localhost"),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const openAddress = (tab: Tab, address: string) =>
  tab.evaluate((address) => {
    const input = document.querySelector<HTMLInputElement>(".own-address input")!;
    input.value = address;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => document.querySelector<HTMLElement>('.own-address [type="submit"]')!.click());
  }, address);

const waitForProblem = (tab: Tab, pattern: RegExp) =>
  tab.waitFor(
    String(pattern),
    (source) => {
      const text = document.querySelector('.own-ways [role="alert"]')!.textContent!;
      return new RegExp(source).test(text) && text;
    },
    pattern.source,
  );

for (const [name, launch] of BROWSERS) {
  Deno.test(`a model at another site's address opens in the explorer in ${name}, and its link brings it back`, async () => {
    await using site = await startSite({ models });
    await using other = elsewhere();
    await using browser = await launch();
    const tab = await browser.open(`${site.origin}/explore`);
    await openAddress(tab, `${other.origin}/good/model.json`);
    await waitForSample(tab, "");
    assert.equal(await tab.evaluate(() => location.hash), `#${other.origin}/good/`);
    const title = await tab.evaluate(() => document.activeElement!.textContent);
    assert.equal(title, "Random weights, 32×32×1");

    const linked = await browser.open(`${site.origin}/explore${QUERY}#${other.origin}/good/`);
    const pixels = await waitForSample(linked, QUERY);
    const own = await browser.open(`${site.origin}/m/digits${QUERY}`);
    assert.deepEqual(pixels, await waitForSample(own, QUERY));
    // What is changed keeps the model in the address.
    await linked.evaluate(() =>
      document.querySelector<HTMLElement>('.grid [aria-label="Seed 7"]')!.click()
    );
    await waitForSample(linked, "?seed=7");
    assert.match(
      await linked.evaluate(() => location.href),
      /\?seed=7#http:\/\/localhost.*good\/$/,
    );
    for (const opened of [tab, linked]) opened.assertQuiet();
  });
}

for (const [name, launch] of BROWSERS) {
  Deno.test(`files of a LayersModel without a card open by drop and by choice in ${name}, drawn as with the card`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    const tab = await browser.open(`${site.origin}/explore`);
    const input = (await tab.page.$('.drop input[type="file"]'))!;
    await input.uploadFile(`${FOLDER}/model.json`);
    await waitForProblem(tab, /^weights\.bin: expected beside the other files, found model\.json$/);
    await input.uploadFile(`${FOLDER}/model.json`, `${FOLDER}/weights.bin`);
    const chosen = await waitForSample(tab, "");
    assert.equal(await tab.evaluate(() => document.querySelector(".own-problem")), null);
    const lead = await tab.evaluate(() => document.querySelector(".own-head .lead")!.textContent!);
    assert.match(lead, /32 × 32 grey pictures from 25 latent numbers.*no card/);
    const own = await browser.open(`${site.origin}/m/digits`);
    assert.deepEqual(chosen, await waitForSample(own, ""));

    const dropping = await browser.open(`${site.origin}/explore`);
    await dropping.evaluate(async () => {
      const transfer = new DataTransfer();
      for (const name of ["card.json", "model.json", "weights.bin"]) {
        const answer = await fetch(`/models/digits/${name}`);
        transfer.items.add(new File([await answer.blob()], name));
      }
      document.body.dispatchEvent(
        new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }),
      );
    });
    assert.deepEqual(await waitForSample(dropping, ""), chosen);
    for (const opened of [tab, dropping]) {
      const sent = await opened.evaluate(() =>
        performance.getEntriesByType("resource").filter(({ name }) => !name.startsWith(origin))
          .length
      );
      assert.equal(sent, 0);
      opened.assertQuiet();
    }
  });
}

/** Drops the folder of this path on a page in Chromium, as a visitor does. */
async function dropFolder(tab: Tab, folder: string): Promise<void> {
  const session = await tab.page.createCDPSession();
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, x: 100, y: 200, data });
  }
}

Deno.test("a folder that is dropped opens with what lies in it, and a chosen folder does, too", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const folder = await Deno.makeTempDir({ prefix: "ganlet-dropped-" });
  try {
    // Somebody's run: the model one folder down, beside what is none of it.
    await Deno.mkdir(`${folder}/mine/samples`, { recursive: true });
    await Deno.writeTextFile(`${folder}/notes.txt`, "seven epochs");
    await Deno.writeTextFile(`${folder}/mine/samples/model.json`, "not this one");
    for (const name of ["model.json", "weights.bin"]) {
      await Deno.writeFile(`${folder}/mine/${name}`, files[name]);
    }
    const tab = await browser.open(`${site.origin}/explore`);
    await dropFolder(tab, folder);
    const dropped = await waitForSample(tab, "");
    const title = () => tab.evaluate(() => document.querySelector("#own-title")!.textContent);
    assert.equal(await title(), "mine");
    const own = await browser.open(`${site.origin}/m/digits`);
    assert.deepEqual(dropped, await waitForSample(own, ""));

    const chosen = await browser.open(`${site.origin}/explore`);
    const input = (await chosen.page.$(".drop input[webkitdirectory]"))!;
    await input.uploadFile(folder);
    assert.deepEqual(await waitForSample(chosen, ""), dropped);
    for (const opened of [tab, chosen]) opened.assertQuiet();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a folder that is dropped opens in Firefox", async () => {
  await using site = await startSite({ models });
  await using browser = await launchFirefox();
  const tab = await browser.open(`${site.origin}/explore`);
  // No driver drops files there: the page gets the event that a drop brings, its entries made by hand.
  await tab.evaluate(async () => {
    const file = async (name: string) => {
      const answer = await fetch(`/models/digits/${name}`);
      const file = new File([await answer.blob()], name);
      const give = (resolve: (file: File) => void) => resolve(file);
      return { isFile: true, fullPath: `/run/mine/${name}`, file: give };
    };
    const folder = (fullPath: string, entries: unknown[]) => {
      const parts = [entries, []];
      const readEntries = (resolve: (some: unknown) => void) => resolve(parts.shift());
      return { isFile: false, fullPath, createReader: () => ({ readEntries }) };
    };
    const mine = folder("/run/mine", await Promise.all(["model.json", "weights.bin"].map(file)));
    const items = [{ webkitGetAsEntry: () => folder("/run", [mine]) }];
    const event = new DragEvent("drop", { bubbles: true, cancelable: true });
    Object.defineProperty(event, "dataTransfer", { value: { items, files: [] } });
    document.body.dispatchEvent(event);
  });
  const dropped = await waitForSample(tab, "");
  assert.equal(await tab.evaluate(() => document.querySelector("#own-title")!.textContent), "mine");
  const own = await browser.open(`${site.origin}/m/digits`);
  assert.deepEqual(dropped, await waitForSample(own, ""));
  tab.assertQuiet();
});

Deno.test("an address that gives no model says why in one line, and closes nothing", async () => {
  await using site = await startSite({ models });
  await using other = elsewhere();
  await using browser = await launchChromium();
  const tab = await browser.open(`${site.origin}/explore`);
  await openAddress(tab, `${other.origin}/bare/`); // no card: inferred
  const pixels = await waitForSample(tab, "");
  for (
    const [address, problem] of [
      [`${other.origin}/page/`, /page\/model\.json: expected a model, found a web page/],
      [`${other.origin}/layer/`, /layer\/model\.json.*GaussianNoise/],
      [`${other.origin}/closed/`, /could not be fetched .*Access-Control-Allow-Origin/],
      [`${other.origin}/moved-away/`, /could not be fetched .*Access-Control-Allow-Origin/],
      [`${other.origin}/huge/`, /weights\.bin: more than 256 MB/],
      [`${site.origin}/models/nope/`, /nope\/model\.json: the server answered 404/],
      [`${site.origin}/m/nan`, /weights\.bin.*NaN/],
      ["https://does-not-exist.invalid/", /could not be fetched/],
      ["http://a.example/model/", /address begins with https/],
    ] as const
  ) {
    await openAddress(tab, address);
    await waitForProblem(tab, problem);
  }
  assert.deepEqual(await tab.pixels(".frame canvas"), pixels);
  await openAddress(tab, `${other.origin}/moved/`);
  await tab.waitFor("it", () => document.querySelector(".own-problem") === null);
  await tab.waitFor(
    "the title",
    () => document.querySelector("#own-title")!.textContent !== "bare",
  );
  assert.deepEqual(await waitForSample(tab, ""), pixels);
  // A browser tells its console of every answer that it could not use.
  tab.assertQuiet([/404|CORS|ERR_FAILED|ERR_NAME|ERR_INTERNET|aborted|ERR_ABORTED/i]);
});
