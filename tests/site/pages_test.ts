import assert from "node:assert/strict";
import { encodePng } from "../../train/png.ts";
import { exampleCard, TemporarySite } from "./fixtures.ts";

/** Runs `work` with a place to look at what went to console.error, which stays quiet meanwhile. */
async function quietly(work: (lines: string[]) => Promise<void>): Promise<void> {
  const lines: string[] = [];
  const original = console.error;
  console.error = (...parts: unknown[]) => lines.push(parts.join(" "));
  try {
    await work(lines);
  } finally {
    console.error = original;
  }
}

Deno.test("GET / lists the models of the zoo by their cards, in the order of their ids", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-mnist", { title: "Second" });
  site.addModel("dcgan-mnist", { title: "First" });
  const response = await site.get("/");
  const html = await response.text();
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/html; charset=UTF-8");
  assert.match(html, /href="\/m\/dcgan-mnist">First<.*href="\/m\/wgan-mnist">Second</s);
  assert.match(html, /MNIST<\/h3><p>60,000 pictures, 32 × 32\. Licence: CC BY-SA 3\.0/);
  assert.match(html, /3,000 steps in 1\u00a0h 12\u00a0min on a CPU/);
});

Deno.test("GET / groups models by data set, and shows those of one objective when asked", async () => {
  using site = new TemporarySite();
  const faces = { ...exampleCard("x").dataset, id: "faces", title: "Drawn faces" };
  site.addModel("dcgan-mnist", { objective: "dcgan" });
  site.addModel("wgan-gp-mnist");
  site.addModel("wgan-gp-faces", { dataset: faces });
  const shown = (html: string) =>
    [...html.matchAll(/<h3>(MNIST|Drawn faces|DCGAN)<|<h4><a href="\/m\/([^"]+)/g)]
      .map(([, data, id]) => data ?? id);
  const all = ["MNIST", "dcgan-mnist", "wgan-gp-mnist", "Drawn faces", "wgan-gp-faces"];
  const html = await site.html("/");
  assert.deepEqual(shown(html), all); // what has most models comes first
  assert.match(html, /<a href="\/compare">Compare</);
  assert.doesNotMatch(html, /compare\?data=faces/); // one model has nothing beside it
  const dcgan = await site.html("/?objective=dcgan");
  assert.deepEqual(shown(dcgan), ["DCGAN", "dcgan-mnist"]);
  assert.match(dcgan, /aria-current="true">DCGAN</);
  assert.deepEqual(shown(await site.html("/?objective=nonsense")).length, all.length);
});

Deno.test("GET / names a model by its objective where its title says no more than data set and objective", async () => {
  using site = new TemporarySite();
  site.addModel("dcgan-mnist", { objective: "dcgan", title: "DCGAN on MNIST" });
  site.addModel("wgan-mnist", { objective: "wgan", title: "WGAN on MNIST" });
  site.addModel("wgan-mnist-2", { objective: "wgan", title: "WGAN on MNIST" });
  site.addModel("lsgan-mnist", { objective: "lsgan", title: "Mine" });
  const html = await site.html("/");
  const names = [...html.matchAll(/<h4><a href="\/m\/([^"]+)"[^>]*>([^<]+)</g)];
  assert.deepEqual(Object.fromEntries(names.map(([, id, name]) => [id, name])), {
    "dcgan-mnist": "DCGAN",
    "wgan-mnist": "wgan-mnist",
    "wgan-mnist-2": "wgan-mnist-2",
    "lsgan-mnist": "Mine",
  });
  assert.match(html, /aria-label="DCGAN on MNIST"/);
});

Deno.test("GET / leaves out classifiers, folders without a card, and files", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  site.addModel("classifiers", { id: "classifiers", title: "Hidden" });
  site.write("models/unfinished/weights.bin", "…");
  site.write("models/notes.txt", "…");
  const html = await site.html("/");
  assert.equal(html.match(/class="exhibit/g)?.length, 2); // the exhibit and its picture
  assert.doesNotMatch(html, /Hidden|unfinished|notes/);
});

Deno.test("GET / without any model says how to train one", async () => {
  using site = new TemporarySite();
  assert.match(await site.html("/"), /deno task train:wgan-gp/);
  Deno.removeSync(site.models);
  assert.match(await site.html("/"), /deno task train:wgan-gp/);
});

for (
  const [what, content, problem] of [
    ["cut off", '{"schema": 1', "models/broken/card.json is not JSON"],
    ["incomplete", '{"schema": 1}', "models/broken/card.json: id is missing"],
    ["newer", '{"schema": 9}', "models/broken/card.json: schema is 9"],
    ["of another model", JSON.stringify(exampleCard("other")), "its folder is called"],
  ]
) {
  Deno.test(`GET / shows the others and what is wrong when a card is ${what}, and logs it once`, async () => {
    using site = new TemporarySite();
    site.addModel("wgan-gp-mnist");
    site.write("models/broken/card.json", content);
    const { app } = site;
    await quietly(async (lines) => {
      const response = await app.request("/");
      const html = await response.text();
      assert.equal(response.status, 200);
      assert.match(html, /href="\/m\/wgan-gp-mnist"/);
      assert.ok(html.includes(problem), html);
      assert.doesNotMatch(html, /href="\/m\/broken"/);
      await app.request("/");
      assert.equal(lines.length, 1);
      assert.ok(lines[0].includes(problem), lines[0]);
    });
  });
}

Deno.test("GET /m/:id tells what the model is and how it was made", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist", { title: "WGAN-GP on MNIST" });
  const html = await site.html("/m/wgan-gp-mnist");
  assert.match(html, /<title>WGAN-GP on MNIST · ganlet<\/title>/);
  assert.match(html, /<meta name="description" content="A WGAN-GP generator of 32 × 32 pictures/);
  assert.match(
    html,
    /og:image" content="http:\/\/localhost\/models\/wgan-gp-mnist\/poster.png\?v=abababababababab"/,
  );
  for (
    const fact of [
      '<a href="https://arxiv.org/abs/1704.00028"',
      "Licence: CC BY-SA 3.0",
      "; the weights of step 2,800 were the best",
      "Adam 1e-4, beta 0 and 0.9",
      "<code>deno task train:wgan-gp</code>",
      "deno 2.9.6, tfjs 4.22.0",
    ]
  ) assert.ok(html.includes(fact), fact);
});

Deno.test("GET /m/:id shows the last preview, or that of the step asked for, and a line for each loss", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  const html = await site.html("/m/wgan-gp-mnist");
  assert.ok(
    html.includes('src="/models/wgan-gp-mnist/timeline/step-000100.png?v=abababababababab"'),
  );
  assert.match(html, /Step 100<span>50\u00a0s<\/span>/);
  for (const title of ["Critic loss", "Generator loss", "Penalty"]) {
    assert.ok(html.includes(`aria-label="${title}: `), title);
  }
});

Deno.test("GET /m/:id goes on without a history, and says when it is damaged", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  site.write("models/wgan-gp-mnist/history.json", '{"schema": 1, "steps": [{"step": "one"}]}');
  const damaged = await site.get("/m/wgan-gp-mnist");
  assert.equal(damaged.status, 200);
  assert.match(await damaged.text(), /history\.json: steps\.0\.step/);
  Deno.removeSync(`${site.models}/wgan-gp-mnist/history.json`);
  const without = await site.get("/m/wgan-gp-mnist");
  assert.equal(without.status, 200);
  assert.doesNotMatch(await without.text(), /How it learnt/);
});

Deno.test("GET /m/:id renders the view that the query string names", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  const html = await site.html("/m/wgan-gp-mnist?seed=42&z=3:1.25");
  assert.match(html, /inputmode="numeric"[^>]* value="42"/);
  assert.match(html, /Seed 42</);
  assert.match(html, /1 changed</);
  assert.match(html, /value="\+1\.25"/);
});

Deno.test("GET /m/:id says what of its address was not understood", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  const html = await site.html("/m/wgan-gp-mnist?seed=42&z=999:1&t=half");
  assert.match(html, /role="status">Not understood in this address, and left out: z, t</);
  assert.match(html, /Seed 42</);
  assert.doesNotMatch(await site.html("/m/wgan-gp-mnist?seed=42"), /Not understood/);
});

Deno.test("GET /m/:id has tabs for directions where the model has some, and bare dimensions where not", async () => {
  using site = new TemporarySite();
  site.addModel("without");
  const card = exampleCard("with");
  site.addModel("with", {
    files: { ...card.files, "directions.json": { bytes: 1, sha256: "ab".repeat(32) } },
  });
  assert.match(await site.html("/m/with"), /aria-selected="true"[^>]*>Attributes</);
  assert.match(await site.html("/m/with?set=dimensions"), /aria-selected="true"[^>]*>Dimensions</);
  const without = await site.html("/m/without?set=sefa");
  assert.doesNotMatch(without, /Attributes</);
  assert.match(without, /Dimensions 1–10 of 25/);
});

Deno.test("GET /m/:id shows real neighbours by the size of their picture, and none without a picture", async () => {
  using site = new TemporarySite();
  const card = exampleCard("digits");
  const files = { ...card.files, "neighbours.png": { bytes: 1, sha256: "ab".repeat(32) } };
  const metrics = { nearest: { value: 24.6494, floor: 16.8579, n: 1000 } };
  site.addModel("digits", { files, metrics });
  const path = "/m/digits?gallery=nearest";
  assert.doesNotMatch(await site.html(path), /Nearest real/); // listed, but not there
  const [width, height] = [6 * 32 + 5 * 4, 8 * 32 + 7 * 4]; // a sample and five real ones a row
  site.write(
    "models/digits/neighbours.png",
    encodePng(width, height, new Uint8Array(width * height), 1),
  );
  const html = await site.html(path);
  assert.match(html, /neighbours\.png\?v=abab[^>]* width="212" height="284"/);
  assert.match(html, /the 5 training images nearest to it/);
  assert.match(html, /a distance of 24\.6, where real images that it never saw have 16\.9/);
});

Deno.test("GET /m/:id has code that loads and embeds the model from this site", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  const html = (await site.html("/m/wgan-gp-mnist")).replaceAll("&quot;", '"');
  const folder = "http://localhost/models/wgan-gp-mnist/";
  assert.ok(html.includes(`src="${folder}">&lt;/ganlet-sampler>`));
  assert.ok(html.includes(`tf.loadLayersModel("${folder}model.json")`));
  assert.ok(html.includes("tf.randomNormal([1, 25])"));
});

Deno.test("GET /m/:id keeps the poster where scripts do not run", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  const html = await site.html("/m/wgan-gp-mnist");
  assert.match(html, /<div class="frame"><img src="\/models\/wgan-gp-mnist\/poster\.png/);
  assert.match(html, /<noscript>.*Sampling needs JavaScript/s);
});

Deno.test("GET /m/:id leaves every picture but the first until it is scrolled to", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  const pictures = (await site.html("/m/wgan-gp-mnist")).match(/<img [^>]+>/g)!;
  assert.ok(pictures.length > 1);
  pictures.forEach((picture, i) =>
    assert.equal(picture.includes('loading="lazy"'), i > 0, picture)
  );
});

Deno.test("GET /m/:id of a damaged card is a 500 that says what is wrong", async () => {
  using site = new TemporarySite();
  site.write("models/broken/card.json", "{");
  await quietly(async () => {
    const response = await site.get("/m/broken");
    assert.equal(response.status, 500);
    assert.match(await response.text(), /models\/broken\/card\.json is not JSON/);
  });
});

for (
  const path of [
    "/nope",
    "/m/nope",
    "/m/classifiers",
    "/m/%2e%2e%2fetc",
    "/m/wgan-gp-mnist%00",
    "/m/WGAN-GP-MNIST",
    "/m/%F0%9F%92%A5",
    "/m/%ff",
    `/m/${"a".repeat(5000)}`,
    "/m/<script>alert(1)</script>",
    "/assets/../main.ts",
    "/learn",
  ]
) {
  Deno.test(`GET ${path.slice(0, 40)} is a 404 page with a way back`, async () => {
    using site = new TemporarySite();
    site.addModel("wgan-gp-mnist");
    const response = await site.get(path);
    const html = await response.text();
    assert.equal(response.status, 404);
    assert.match(html, /There is nothing at this address/);
    assert.match(html, /<a href="\/">The gallery<\/a>/);
    assert.doesNotMatch(html, /alert/);
  });
}

Deno.test("what fails unexpectedly is a 500 page without details; those go to the log", async () => {
  using site = new TemporarySite();
  Deno.removeSync(site.models);
  Deno.writeTextFileSync(site.models, "a file where a folder should be");
  await quietly(async (lines) => {
    const response = await site.get("/");
    const html = await response.text();
    assert.equal(response.status, 500);
    assert.match(html, /Something went wrong on our side/);
    assert.ok(!html.includes(site.path));
    assert.match(lines.join(), /GET \/ failed/);
  });
});

Deno.test("GET /m/:id renders hostile query strings as the default view, and reflects no markup", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  for (
    const query of [
      "seed=-1&z=999:1,1:NaN,0:1,__proto__:1&t=2&backend=cuda&grid=1e9",
      `seed=${encodeURIComponent('"><script>alert(1)</script>')}`,
      "seed=99999999999999999999&a=&b=,,,&t=NaN&truncation=Infinity",
      "%ff%fe=%00&seed=%00",
      `z=${"1:1,".repeat(5000)}`,
    ]
  ) {
    const response = await site.get(`/m/wgan-gp-mnist?${query}`);
    const html = await response.text();
    assert.equal(response.status, 200, query);
    assert.match(html, /Seed 1</, query);
    assert.doesNotMatch(html, /<script>/, query);
  }
});

Deno.test("a card's texts are shown as text, and its URL only when it is one of the web", async () => {
  using site = new TemporarySite();
  const { dataset } = exampleCard("evil");
  site.addModel("evil", {
    title: "<script>alert(1)</script>",
    dataset: { ...dataset, url: "javascript:alert(2)" },
  });
  for (const path of ["/", "/m/evil"]) {
    const html = await site.html(path);
    assert.doesNotMatch(html, /<script>|javascript:/);
    assert.match(html, /&lt;script>alert\(1\)/);
  }
});

Deno.test("no page has inline scripts, inline styles or event handlers, which the policy forbids", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  for (
    const path of [
      "/",
      "/compare",
      "/explore",
      "/m/wgan-gp-mnist",
      "/m/wgan-gp-mnist?t=0.5&z=1:1",
      "/nope",
    ]
  ) {
    const html = await site.html(path);
    for (const tag of html.match(/<[a-z][^>]*>/gi)!) {
      assert.doesNotMatch(tag, /\s(style|on[a-z]+)\s*=/i, path);
      assert.doesNotMatch(tag, /^<style/i, path);
      if (/^<script/i.test(tag)) assert.match(tag, /\ssrc="\/assets\/[^"]+"/, path);
    }
  }
});

Deno.test("every address on the pages is one that the site answers", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  const { app } = site;
  for (const path of ["/", "/compare", "/explore", "/m/wgan-gp-mnist", "/nope"]) {
    const html = await (await app.request(path)).text();
    for (const [, address] of html.matchAll(/\s(?:href|src)="(\/[^"]*)"/g)) {
      if (/\.js$/.test(address)) continue; // the test's build has no scripts
      assert.equal((await app.request(address)).status, 200, `${path} names ${address}`);
    }
  }
});

Deno.test("GET /m/:id/ redirects to the address without the slash", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  const response = await site.get("/m/wgan-gp-mnist/?seed=3");
  assert.equal(response.status, 301);
  assert.match(response.headers.get("location")!, /\/m\/wgan-gp-mnist\?seed=3$/);
});

Deno.test("pages answer 304 to their own ETag, and another ETag once a model changes", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  for (const path of ["/", "/m/wgan-gp-mnist", "/api/models"]) {
    const tag = (await site.get(path)).headers.get("etag")!;
    assert.match(tag, /^W\/"/);
    const again = await site.get(path, { "if-none-match": tag });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), "");
    site.addModel("wgan-gp-mnist", { title: `Changed for ${path}` });
    assert.equal((await site.get(path, { "if-none-match": tag })).status, 200);
  }
});

Deno.test("GET /api/models gives cards, and the damaged ones apart", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  site.write("models/broken/card.json", "{}");
  await quietly(async () => {
    const { models, damaged } = await (await site.get("/api/models")).json();
    assert.deepEqual(models, [exampleCard("wgan-gp-mnist")]);
    assert.equal(damaged[0].id, "broken");
    assert.match(damaged[0].problem, /schema is missing/);
  });
});

Deno.test("GET /healthz is ok and never cached", async () => {
  using site = new TemporarySite();
  const response = await site.get("/healthz");
  assert.equal(await response.text(), "ok\n");
  assert.equal(response.headers.get("cache-control"), "no-store");
});

Deno.test("other methods than GET and HEAD get 405 and what is allowed", async () => {
  using site = new TemporarySite();
  const response = await site.app.request("/", { method: "POST" });
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "GET, HEAD");
  const head = await site.app.request("/", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), "");
});
