import assert from "node:assert/strict";
import { TemporarySite } from "./fixtures.ts";

const POLICY = "default-src 'none'; base-uri 'none'; form-action 'self'; " +
  "script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; style-src 'self'; " +
  "img-src 'self' data: blob:; media-src blob:; connect-src 'self'; frame-ancestors 'none'";

for (
  const [path, status, resourcePolicy] of [
    ["/", 200, "same-origin"],
    ["/m/wgan-gp-mnist", 200, "same-origin"],
    ["/m/wgan-gp-mnist/", 301, "same-origin"],
    ["/nope", 404, "same-origin"],
    ["/healthz", 200, "same-origin"],
    ["/assets/styles-AAAAAAAA.css", 200, "cross-origin"],
    ["/models/wgan-gp-mnist/weights.bin", 200, "cross-origin"],
    ["/models/wgan-gp-mnist/nope.bin", 404, "cross-origin"],
  ] as const
) {
  Deno.test(`GET ${path} sends the policy, isolates the page and forbids sniffing`, async () => {
    using site = new TemporarySite();
    site.addModel("wgan-gp-mnist");
    const { headers, status: answered } = await site.get(path);
    assert.equal(answered, status);
    assert.equal(headers.get("content-security-policy"), POLICY);
    assert.equal(headers.get("cross-origin-opener-policy"), "same-origin");
    assert.equal(headers.get("cross-origin-embedder-policy"), "require-corp");
    assert.equal(headers.get("cross-origin-resource-policy"), resourcePolicy);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  });
}

Deno.test("an answer without a cache rule of its own must be asked for again", async () => {
  using site = new TemporarySite();
  for (const path of ["/", "/nope", "/api/models"]) {
    assert.equal((await site.get(path)).headers.get("cache-control"), "no-cache", path);
  }
});

Deno.test("errors carry the headers too", async () => {
  using site = new TemporarySite();
  Deno.removeSync(site.models);
  Deno.writeTextFileSync(site.models, "a file where a folder should be");
  const original = console.error;
  console.error = () => {};
  try {
    const { headers, status } = await site.get("/");
    assert.equal(status, 500);
    assert.equal(headers.get("content-security-policy"), POLICY);
    assert.equal(headers.get("cross-origin-embedder-policy"), "require-corp");
  } finally {
    console.error = original;
  }
});
