import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { parseRange } from "../../routes/_files.ts";
import { TemporarySite, WEIGHTS } from "./fixtures.ts";

const FILE = "/models/wgan-gp-mnist/weights.bin";
const SHA256 = createHash("sha256").update(WEIGHTS).digest("hex");

function siteWithModel(): TemporarySite {
  const site = new TemporarySite();
  site.addModel("wgan-gp-mnist");
  return site;
}

async function bytesOf(response: Response): Promise<number[]> {
  return [...new Uint8Array(await response.arrayBuffer())];
}

Deno.test("GET /models/:id/* sends the bytes, their number and a strong ETag", async () => {
  using site = siteWithModel();
  const response = await site.get(FILE);
  assert.equal(response.status, 200);
  assert.deepEqual(await bytesOf(response), [...WEIGHTS]);
  assert.equal(response.headers.get("content-length"), "1000");
  assert.equal(response.headers.get("etag"), `"${SHA256.slice(0, 32)}"`);
  assert.equal(response.headers.get("cache-control"), "no-cache");
});

for (
  const [path, type] of [
    ["weights.bin", "application/octet-stream"],
    ["card.json", "application/json"],
    ["poster.png", "image/png"],
    ["timeline/step-000100.png", "image/png"],
    ["unknown.xyz", "application/octet-stream"],
    ["page.html", "application/octet-stream"],
  ]
) {
  Deno.test(`GET /models/:id/${path} has the type ${type}`, async () => {
    using site = siteWithModel();
    site.write("models/wgan-gp-mnist/unknown.xyz", "…");
    site.write("models/wgan-gp-mnist/page.html", "<script>alert(1)</script>");
    const response = await site.get(`/models/wgan-gp-mnist/${path}`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), type);
    await response.body?.cancel();
  });
}

Deno.test("GET /models/:id/card.json answers 304 to a matching ETag", async () => {
  using site = siteWithModel();
  const path = "/models/wgan-gp-mnist/card.json";
  const tag = (await site.get(path)).headers.get("etag")!;
  for (const header of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
    const response = await site.get(path, { "if-none-match": header });
    assert.equal(response.status, 304, header);
    assert.equal(await response.text(), "");
    assert.equal(response.headers.get("etag"), tag);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
  }
  assert.equal((await site.get(path, { "if-none-match": '"other"' })).status, 200);
});

Deno.test("GET /models/:id/* has another ETag as soon as the file is another", async () => {
  using site = siteWithModel();
  const { app } = site;
  const tag = async () => (await app.request(FILE)).headers.get("etag");
  const before = await tag();
  const changed = WEIGHTS.slice();
  changed[0] ^= 1;
  site.write("models/wgan-gp-mnist/weights.bin", changed);
  assert.notEqual(await tag(), before);
});

Deno.test("GET /models/:id/*?v= with the beginning of the hash may be kept for a year", async () => {
  using site = siteWithModel();
  const rule = async (v: string) => (await site.get(`${FILE}?v=${v}`)).headers.get("cache-control");
  assert.equal(await rule(SHA256.slice(0, 16)), "public, max-age=31536000, immutable");
  assert.equal(await rule("ab".repeat(8)), "no-cache");
  assert.equal(await rule(""), "no-cache");
  assert.equal(await rule(SHA256.slice(0, 2)), "no-cache");
});

Deno.test("GET /models/:id/* is open to pages of every origin", async () => {
  using site = siteWithModel();
  const { headers } = await site.get(FILE, { origin: "https://example.org" });
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.equal(headers.get("cross-origin-resource-policy"), "cross-origin");
  assert.match(headers.get("access-control-expose-headers")!, /ETag.*Content-Range/);
});

Deno.test("OPTIONS /models/:id/* allows ranges and conditional requests from other origins", async () => {
  using site = siteWithModel();
  const { status, headers } = await site.app.request(FILE, {
    method: "OPTIONS",
    headers: {
      origin: "https://example.org",
      "access-control-request-method": "GET",
      "access-control-request-headers": "range, if-none-match",
    },
  });
  assert.equal(status, 204);
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.match(headers.get("access-control-allow-headers")!, /Range.*If-None-Match/);
  assert.match(headers.get("access-control-allow-methods")!, /GET/);
});

for (
  const [range, first, last] of [
    ["bytes=0-0", 0, 0],
    ["bytes=10-19", 10, 19],
    ["bytes=990-", 990, 999],
    ["bytes=-5", 995, 999],
    ["bytes=-5000", 0, 999],
    ["bytes=0-99999", 0, 999],
  ] as const
) {
  Deno.test(`GET /models/:id/* with "${range}" sends bytes ${first} to ${last}`, async () => {
    using site = siteWithModel();
    const response = await site.get(FILE, { range });
    assert.equal(response.status, 206);
    assert.equal(response.headers.get("content-range"), `bytes ${first}-${last}/1000`);
    assert.equal(response.headers.get("content-length"), String(last - first + 1));
    assert.deepEqual(await bytesOf(response), [...WEIGHTS.subarray(first, last + 1)]);
  });
}

for (const range of ["bytes=1000-", "bytes=5000-6000", "bytes=-0"]) {
  Deno.test(`GET /models/:id/* with "${range}" is a 416 that tells the length`, async () => {
    using site = siteWithModel();
    const response = await site.get(FILE, { range });
    assert.equal(response.status, 416);
    assert.equal(response.headers.get("content-range"), "bytes */1000");
    assert.equal(await response.text(), "");
  });
}

for (const range of ["bytes=9-1", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=-", ""]) {
  Deno.test(`GET /models/:id/* with "${range}" sends everything`, async () => {
    using site = siteWithModel();
    const response = await site.get(FILE, { range });
    assert.equal(response.status, 200);
    assert.equal((await bytesOf(response)).length, 1000);
  });
}

Deno.test("GET /models/:id/* heeds a range only while If-Range names the file as it is", async () => {
  using site = siteWithModel();
  const tag = (await site.get(FILE)).headers.get("etag")!;
  const status = async (ifRange: string) =>
    (await site.get(FILE, { range: "bytes=0-9", "if-range": ifRange })).status;
  assert.equal(await status(tag), 206);
  assert.equal(await status('"older"'), 200);
});

Deno.test("parseRange() of an empty file is never satisfiable", () => {
  assert.equal(parseRange("bytes=0-", 0), "unsatisfiable");
  assert.equal(parseRange("bytes=-1", 0), "unsatisfiable");
  assert.equal(parseRange(undefined, 0), null);
});

Deno.test("HEAD /models/:id/* sends the headers alone", async () => {
  using site = siteWithModel();
  const response = await site.app.request(FILE, { method: "HEAD" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-length"), "1000");
  assert.equal(await response.text(), "");
});

for (
  const path of [
    "/models/wgan-gp-mnist",
    "/models/wgan-gp-mnist/nope.bin",
    "/models/wgan-gp-mnist/timeline",
    "/models/wgan-gp-mnist/%2e%2e/secret.txt",
    "/models/wgan-gp-mnist/..%2fsecret.txt",
    "/models/wgan-gp-mnist/..%5csecret.txt",
    "/models/wgan-gp-mnist/timeline/..%2f..%2fsecret.txt",
    "/models/%2e%2e%2f/secret.txt",
    "/models/..%2f/secret.txt",
    "/models/wgan-gp-mnist/%252e%252e/secret.txt",
    "/models/wgan-gp-mnist//etc/passwd",
    "/models/wgan-gp-mnist/.hidden",
    "/models/wgan-gp-mnist/timeline/.hidden",
    "/models/wgan-gp-mnist/weights.bin%00.png",
    "/models/wgan-gp-mnist/weights.bin/deeper",
    "/models/classifiers/weights.bin",
    "/models/%ff/weights.bin",
  ]
) {
  Deno.test(`GET ${path} is a 404`, async () => {
    using site = siteWithModel();
    site.write("models/secret.txt", "secret");
    site.write("secret.txt", "secret");
    site.write("models/wgan-gp-mnist/.hidden", "secret");
    site.write("models/wgan-gp-mnist/timeline/.hidden", "secret");
    site.write("models/classifiers/weights.bin", "secret");
    const response = await site.get(path);
    assert.equal(response.status, 404);
    assert.doesNotMatch(await response.text(), /secret$|root:/);
  });
}

Deno.test("GET /models/:id.zip has every file of the card, whole, and is the same each time", async () => {
  using site = siteWithModel();
  const response = await site.get("/models/wgan-gp-mnist.zip");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/zip");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.match(response.headers.get("content-disposition")!, /filename="wgan-gp-mnist\.zip"/);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const entries = readStored(bytes);
  assert.deepEqual(
    Object.keys(entries).sort(),
    [
      "card.json",
      "history.json",
      "model.json",
      "poster.png",
      "timeline/step-000100.png",
      "weights.bin",
    ].map((name) => `wgan-gp-mnist/${name}`),
  );
  assert.deepEqual(entries["wgan-gp-mnist/weights.bin"], WEIGHTS);
  const again = await site.get("/models/wgan-gp-mnist.zip");
  assert.deepEqual(new Uint8Array(await again.arrayBuffer()), bytes);
});

for (const path of ["/models/nope.zip", "/models/classifiers.zip", "/models/..zip"]) {
  Deno.test(`GET ${path} is a 404`, async () => {
    using site = siteWithModel();
    assert.equal((await site.get(path)).status, 404);
  });
}

/** The entries of a zip that compresses nothing, by its central directory (APPNOTE 4.3.12), checksums compared. */
function readStored(bytes: Uint8Array<ArrayBuffer>): Record<string, Uint8Array> {
  const view = new DataView(bytes.buffer);
  const end = bytes.length - 22; // no comment behind it
  assert.equal(view.getUint32(end, true), 0x06054b50);
  const entries: Record<string, Uint8Array> = {};
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < view.getUint16(end + 10, true); i++) {
    assert.equal(view.getUint32(at, true), 0x02014b50);
    assert.equal(view.getUint16(at + 10, true), 0, "stored");
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const local = view.getUint32(at + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    entries[name] = bytes.slice(start, start + view.getUint32(at + 20, true));
    assert.equal(crc32(entries[name]), view.getUint32(at + 16, true), name);
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}
