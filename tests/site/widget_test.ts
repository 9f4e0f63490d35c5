import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { stop } from "esbuild";
import { build } from "../../build.ts";
import * as reference from "../../components/widget_reference.ts";
import { Build } from "../../routes/_build.ts";
import { createSite } from "../../routes/site.ts";
import { GanletSampler } from "../../widget/element.ts";
import { TemporaryFolder, TemporarySite } from "./fixtures.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("GET /widget.js is for every page, asked for anew each time, and names what it imports by hash", async () => {
  using site = new TemporarySite();
  const response = await site.get("/widget.js");
  const { headers } = response;
  assert.match(await response.text(), /from "\.\/assets\/widget-AAAAAAAA\.js"/);
  assert.equal(headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.equal(headers.get("cache-control"), "no-cache");
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.equal(headers.get("cross-origin-resource-policy"), "cross-origin");
  const again = await site.get("/widget.js", { "if-none-match": headers.get("etag")! });
  assert.equal(again.status, 304);
  const asset = await site.get("/assets/styles-AAAAAAAA.css");
  assert.equal(asset.headers.get("access-control-allow-origin"), "*");
  await asset.body?.cancel();
});

Deno.test({
  name: "/widget.js with its static imports is at most 6 KB gzip",
  // esbuild's process may outlive its stop()
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    using folder = new TemporaryFolder();
    const dist = `${folder.path}/dist`;
    try {
      await build({ dist, compress: false });
      const app = createSite({ build: Build.read(dist), models: `${folder.path}/models` });
      const seen = new Set<string>();
      const size = async (path: string): Promise<number> => {
        if (seen.has(path)) return 0;
        seen.add(path);
        const response = await app.request(path);
        assert.equal(response.status, 200, path);
        const text = await response.text();
        // Of minified code: import{a}from"./x.js", import"./x.js"; not import("./x.js").
        const imported = [...text.matchAll(/\b(?:from|import)\s*"([^"]+)"/g)]
          .map(([, to]) => new URL(to, `http://localhost${path}`).pathname);
        const sizes = await Promise.all(imported.map(size));
        return gzipSync(text, { level: 9 }).length + sizes.reduce((a, b) => a + b, 0);
      };
      const bytes = await size("/widget.js");
      assert.ok(seen.size >= 2, [...seen].join());
      assert.ok(bytes <= 6_000, `${bytes} bytes in ${[...seen]}`);
    } finally {
      await stop();
    }
  },
});

Deno.test("GET /embed/:id may be framed by every page, an isolated one too, errors included", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist", { title: "Digits" });
  site.write("models/broken/card.json", "{");
  const original = console.error;
  console.error = () => {};
  try {
    for (const [id, status] of [["wgan-gp-mnist", 200], ["nope", 404], ["broken", 500]] as const) {
      const response = await site.get(`/embed/${id}`);
      assert.equal(response.status, status);
      const policy = response.headers.get("content-security-policy")!;
      assert.match(policy, /; frame-ancestors \*$/);
      assert.match(policy, /^default-src 'none'; .*style-src 'self';/);
      assert.equal(response.headers.get("cross-origin-embedder-policy"), "require-corp");
      assert.equal(response.headers.get("cross-origin-resource-policy"), "cross-origin");
      await response.body?.cancel();
    }
  } finally {
    console.error = original;
  }
});

Deno.test("GET /embed/:id gives its parameters to the element, and the poster without JavaScript", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  const html = await site.html('/embed/wgan-gp-mnist?seed=7&rows=2&onload=x&truncation="><b>');
  assert.match(
    html,
    /<ganlet-sampler seed="7" truncation="&quot;>&lt;b>" rows="2" src="[^>]* controls>/,
  );
  assert.match(html, /<img slot="poster" src="\/models\/wgan-gp-mnist\/poster\.png/);
  assert.doesNotMatch(html, /onload|<b>/);
  assert.doesNotMatch(await site.html("/embed/wgan-gp-mnist?controls=0"), /controls/);
});

Deno.test("GET /oembed describes a model's page by a frame, within the size that is asked for", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist", { title: 'Digits "A" & <B>' });
  const ask = async (url: string, more = "") => {
    const response = await site.get(`/oembed?url=${encodeURIComponent(url)}${more}`);
    assert.equal(response.status, 200, await response.clone().text());
    assert.match(response.headers.get("content-type")!, /^application\/json/);
    return await response.json();
  };
  const page = "http://localhost/m/wgan-gp-mnist?seed=9&z=3:1.5";
  const found = await ask(page);
  assert.deepEqual([found.version, found.type, found.provider_name], ["1.0", "rich", "ganlet"]);
  assert.equal(found.title, 'Digits "A" & <B>');
  assert.ok(
    found.html.startsWith(
      '<iframe src="http://localhost/embed/wgan-gp-mnist?seed=9" ' +
        `width="384" height="${found.height}" title="Digits &#34;A&#34; &#38; &#60;B&#62;"`,
    ),
    found.html,
  );
  assert.match(found.thumbnail_url, /^http:\/\/localhost\/models\/wgan-gp-mnist\/poster\.png\?v=/);
  const small = await ask(page, "&maxwidth=300&format=json");
  assert.equal(small.width, 256);
  const low = await ask("http://localhost/embed/wgan-gp-mnist", "&maxheight=400");
  assert.ok(low.height <= 400 && low.width === 192, JSON.stringify(low));
});

for (
  const [query, status] of [
    ["", 400],
    ["?url=http%3A%2F%2Flocalhost%2Fm%2Fnope", 404],
    ["?url=http%3A%2F%2Felsewhere.example%2Fm%2Fwgan-gp-mnist", 404],
    ["?url=http%3A%2F%2Flocalhost%2F", 404],
    ["?url=nonsense", 404],
    ["?url=http%3A%2F%2Flocalhost%2Fm%2Fwgan-gp-mnist&format=xml", 501],
  ] as const
) {
  Deno.test(`GET /oembed${query} answers ${status}`, async () => {
    using site = new TemporarySite();
    site.addModel("wgan-gp-mnist");
    assert.equal((await site.get(`/oembed${query}`)).status, status);
  });
}

Deno.test("GET /m/:id says where oEmbed describes it", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  const link = (await site.html("/m/wgan-gp-mnist?seed=4")).match(
    /<link rel="alternate" type="application\/json\+oembed" href="([^"]+)"/,
  );
  const { pathname, search } = new URL(link![1].replaceAll("&amp;", "&"));
  const described = await (await site.get(pathname + search)).json();
  assert.match(described.html, /embed\/wgan-gp-mnist\?seed=4"/);
});

Deno.test("GET /widget documents every attribute, property, method, event, slot, part and custom property", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  const html = await site.html("/widget");
  const names = (entries: reference.Entry[]) =>
    entries.flatMap(({ name }) => name.split(", ")).sort();
  for (const entries of Object.values(reference)) {
    for (const { name } of entries) assert.ok(html.includes(`<code>${name}</code>`), name);
  }
  assert.deepEqual(names(reference.ATTRIBUTES), [...GanletSampler.observedAttributes].sort());

  const members: string[] = [];
  for (let p = GanletSampler.prototype; "src" in p; p = Object.getPrototypeOf(p)) {
    members.push(...Object.getOwnPropertyNames(p));
  }
  const documented = [...reference.PROPERTIES, ...reference.METHODS];
  const isPlatforms = (name: string) => name === "constructor" || name.endsWith("Callback");
  assert.deepEqual(names(documented), members.filter((name) => !isPlatforms(name)).sort());

  const source = (await Promise.all(
    ["element.ts", "view.ts", "styles.ts"].map((file) =>
      Deno.readTextFile(new URL(`widget/${file}`, ROOT))
    ),
  )).join("\n");
  const found = (pattern: RegExp) =>
    [...new Set([...source.matchAll(pattern)].map(([, name]) => name))].sort();
  const error = [...source.matchAll(/"error"/g)].length > 0 ? ["error"] : [];
  assert.deepEqual(
    [...new Set([...found(/#tell\(\s*"([a-z]+)"/g), ...error])].sort(),
    names(reference.EVENTS),
  );
  assert.deepEqual(found(/\bslot\("([a-z-]+)"/g), names(reference.SLOTS));
  assert.deepEqual(found(/\bpart: "([a-z-]+)"/g), names(reference.PARTS));
  assert.deepEqual(found(/var\((--ganlet-[a-z-]+)/g), names(reference.CUSTOM_PROPERTIES));
});

Deno.test("GET /widget shows everything at work, by the very CSS that it prints", async () => {
  using site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  const html = (await site.html("/widget")).replaceAll("&quot;", '"').replaceAll("&lt;", "<");
  const [, live] = html.match(/id="live-examples"([^]*?)<section class="reference">/)!;
  const isShown: Record<string, (name: string) => RegExp> = {
    ATTRIBUTES: (name) => new RegExp(`\\n  ${name}(="|\\n)`),
    PROPERTIES: (name) => new RegExp(`\\b${name}\\b`),
    METHODS: (name) => new RegExp(`\\b${name}\\(`),
    EVENTS: (name) => new RegExp(`\\b${name}\\b`),
    SLOTS: (name) => new RegExp(`<p slot="${name}"`),
    PARTS: (name) => new RegExp(`::part\\(${name}\\)`),
    CUSTOM_PROPERTIES: (name) => new RegExp(`${name}: `),
  };
  for (const [kind, pattern] of Object.entries(isShown)) {
    for (const { name } of reference[kind as keyof typeof reference]) {
      for (const one of name.split(", ")) assert.match(live, pattern(one), `${kind}: ${one}`);
    }
  }
  const plain = (css: string) => css.replaceAll(/\s+/g, " ");
  const sheet = plain(await Deno.readTextFile(new URL("static/manual.css", ROOT)));
  const rules = [...live.matchAll(/^(\.[a-z]+[^{<]*)\{([^}]*)\}/gm)];
  assert.equal(rules.length, reference.PARTS.length + 1);
  for (const [, selector, declarations] of rules) {
    assert.ok(sheet.includes(plain(`${selector}{${declarations}}`)), selector);
  }
});

Deno.test("GET /widget without any model still says everything", async () => {
  using site = new TemporarySite();
  const html = await site.html("/widget");
  assert.match(html, /The zoo is empty/);
  assert.doesNotMatch(html, /data-island/);
});
