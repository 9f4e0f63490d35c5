import assert from "node:assert/strict";
import { Build } from "../../routes/_build.ts";
import { TemporarySite } from "./fixtures.ts";

const STYLES = "/assets/styles-AAAAAAAA.css";

Deno.test("GET /assets/:name may be kept for a year, and has its type", async () => {
  using site = new TemporarySite();
  const response = await site.get(STYLES);
  assert.equal(await response.text(), "plain styles-AAAAAAAA.css");
  assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(response.headers.get("content-type"), "text/css; charset=utf-8");
  assert.equal(response.headers.get("vary"), "Accept-Encoding");
  const wasm = await site.get("/assets/sampler-relaxed-AAAAAAAA.wasm");
  assert.equal(wasm.headers.get("content-type"), "application/wasm");
  await wasm.body?.cancel();
});

for (
  const [accepted, encoding] of [
    ["gzip, deflate, br", "br"],
    ["gzip", "gzip"],
    ["GZIP;q=0.5", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["br;q=0.0, gzip;q=0", null],
    ["zstd", null],
    ["", null],
  ] as const
) {
  Deno.test(`GET /assets/:name with Accept-Encoding "${accepted}" sends ${encoding ?? "it plain"}`, async () => {
    using site = new TemporarySite();
    const response = await site.get(STYLES, { "accept-encoding": accepted });
    assert.equal(response.headers.get("content-encoding"), encoding);
    const body = `${encoding ?? "plain"} styles-AAAAAAAA.css`;
    assert.equal(await response.text(), body);
    assert.equal(response.headers.get("content-length"), String(body.length));
  });
}

Deno.test("GET /assets/:name without a compressed copy sends it plain", async () => {
  using site = new TemporarySite();
  const response = await site.get("/assets/icon-AAAAAAAA.svg", { "accept-encoding": "br" });
  assert.equal(response.headers.get("content-encoding"), null);
  assert.equal(await response.text(), "plain icon-AAAAAAAA.svg");
});

Deno.test("GET /assets/:name answers 304 to its ETag", async () => {
  using site = new TemporarySite();
  const tag = (await site.get(STYLES)).headers.get("etag")!;
  const response = await site.get(STYLES, { "if-none-match": tag });
  assert.equal(response.status, 304);
  assert.equal(response.headers.get("etag"), tag);
});

for (
  const name of ["styles.css", "manifest.json", "..%2fmanifest.json", "styles-AAAAAAAA.css.gz"]
) {
  Deno.test(`GET /assets/${name} is a 404: only what the manifest lists is served`, async () => {
    using site = new TemporarySite();
    assert.equal((await site.get(`/assets/${name}`)).status, 404);
  });
}

Deno.test("Build.read() says what to do when there is no build, or a damaged one", () => {
  using site = new TemporarySite();
  const read = () => Build.read(`${site.path}/dist`);
  Deno.removeSync(`${site.path}/dist/assets/styles-AAAAAAAA.css.br`);
  assert.throws(read, { name: "StartError", exitCode: 1, message: /damaged.*deno task build/ });
  site.write("dist/manifest.json", '{"schema": 0}');
  assert.throws(read, { name: "StartError", message: /damaged or of another version/ });
  Deno.removeSync(`${site.path}/dist/manifest.json`);
  assert.throws(read, { name: "StartError", message: /no build.*deno task build/ });
});
