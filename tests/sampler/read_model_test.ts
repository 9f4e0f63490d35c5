import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { folderSource } from "../../sampler/deno.ts";
import type { ModelErrorType } from "../../sampler/model_error.ts";
import { readGenerator } from "../../sampler/read_model.ts";
import { fileSource, type ModelSource, urlSource } from "../../sampler/source.ts";
import { writeFixtureModel } from "./fixture_model.ts";

type Files = Record<string, Uint8Array<ArrayBuffer>>;
type Json = Record<string, unknown>;

const good = await fixtureFiles();

async function fixtureFiles(): Promise<Files> {
  const folder = await Deno.makeTempDir();
  try {
    await writeFixtureModel(folder, { size: 8, width: 1 / 64, latentSize: 6 });
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    return Object.fromEntries(
      await Promise.all(
        names.map(async (name) => [name, await Deno.readFile(`${folder}/${name}`)]),
      ),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function source(files: Files): ModelSource {
  return fileSource(Object.entries(files).map(([name, bytes]) => new File([bytes], name)));
}

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const json = (name: string): Json => JSON.parse(new TextDecoder().decode(good[name]));

/** The good files with other ones, which the card describes truly: damage that no hash shows. */
function withFiles(changed: Files): Files {
  const card = json("card.json") as { files: Json };
  for (const [name, bytes] of Object.entries(changed)) {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    card.files[name] = { bytes: bytes.length, sha256 };
  }
  return { ...good, ...changed, "card.json": bytes(card) };
}

function withLayers(change: (layers: { class_name: string; config: Json }[]) => void): Files {
  const model = structuredClone(json("model.json")) as {
    modelTopology: { config: { layers: { class_name: string; config: Json }[] } };
  };
  change(model.modelTopology.config.layers);
  return withFiles({ "model.json": bytes(model) });
}

function without(name: string): Files {
  const { [name]: _, ...rest } = good;
  return rest;
}

Deno.test("readGenerator() reads a sound model and hears its bytes arrive", async () => {
  const fractions: number[] = [];
  const { card, plan } = await readGenerator(source(good), (fraction) => fractions.push(fraction));
  assert.equal(card.id, "fixture");
  assert.deepEqual(plan.steps.map(({ kind }) => kind), ["dense", "upscale"]);
  assert.equal(fractions.at(-1), 1);
  assert.deepEqual(fractions, fractions.toSorted((a, b) => a - b));
});

const nan = good["weights.bin"].slice();
nan.set([0x00, 0x7e], 10); // a float16 NaN, little-endian

const bad: [what: string, files: Files, type: ModelErrorType, message: RegExp][] = [
  ["no card", without("card.json"), "missing", /^card.json: expected beside .* found history.json/],
  ["no weights", without("weights.bin"), "missing", /^weights.bin: expected beside/],
  [
    "a page in place of the card",
    { ...good, "card.json": new TextEncoder().encode("<!doctype html>") },
    "card",
    /^card.json: expected JSON, found "<!doctype html>"$/,
  ],
  [
    "a card without a field",
    { ...good, "card.json": bytes({ ...json("card.json"), latentSize: undefined }) },
    "card",
    /^card.json: latentSize is missing$/,
  ],
  [
    "a newer card",
    { ...good, "card.json": bytes({ ...json("card.json"), schema: 2 }) },
    "newer",
    /^card.json: schema is 2, .* update ganlet$/,
  ],
  [
    "truncated weights",
    { ...good, "weights.bin": good["weights.bin"].slice(0, 1000) },
    "length",
    /^weights.bin is truncated: card.json says 1\d{3} bytes, found 1000$/,
  ],
  [
    "one other bit in the weights",
    { ...good, "weights.bin": good["weights.bin"].map((byte, i) => i === 500 ? byte ^ 1 : byte) },
    "hash",
    /^weights.bin is damaged or another model's: card.json says sha256 \w{12}…, found \w{12}…$/,
  ],
  [
    "NaN weights",
    withFiles({ "weights.bin": nan }),
    "weights",
    /expected finite numbers, found NaN/,
  ],
  [
    "weights that model.json does not describe",
    withFiles({ "weights.bin": good["weights.bin"].slice(2) }),
    "length",
    /model.json describes \d+ bytes of weights, found \d+$/,
  ],
  [
    "model.json of another kind",
    withFiles({ "model.json": bytes({ format: "graph-model" }) }),
    "graph",
    /^model.json: modelTopology is missing$/,
  ],
  [
    "a layer that is not run",
    withLayers((layers) => layers[2].class_name = "Dropout"),
    "graph",
    /^model.json: layer 3 is a Dropout, which this sampler does not run: it runs InputLayer, /,
  ],
  [
    "an option that is not run",
    withLayers((layers) => layers[1].config.activation = "relu"),
    "graph",
    /^model.json, layer 2: activation: expected "linear" .* found "relu"$/,
  ],
];

for (const [what, files, type, message] of bad) {
  Deno.test(`readGenerator() refuses ${what} as "${type}"`, async () => {
    await assert.rejects(readGenerator(source(files)), { name: "ModelError", type, message });
  });
}

Deno.test("folderSource() names the file that it could not read", async () => {
  await assert.rejects(readGenerator(folderSource("/nowhere/model")), {
    type: "missing",
    message: "/nowhere/model/card.json: could not be read (no such file)",
  });
});

Deno.test("urlSource() reads a folder with and without a slash at the end", async () => {
  await using server = serve((path) => good[path.replace("/models/fixture/", "")]);
  for (const slash of ["", "/"]) {
    const { card } = await readGenerator(urlSource(`${server.origin}/models/fixture${slash}`));
    assert.equal(card.id, "fixture");
  }
});

Deno.test("urlSource() counts the bytes that arrive", async () => {
  await using server = serve(() => good["weights.bin"]);
  const counts: number[] = [];
  const found = await urlSource(server.origin).read("weights.bin", (count) => counts.push(count));
  assert.deepEqual(found, good["weights.bin"]);
  assert.equal(counts.at(-1), found.length);
});

Deno.test("urlSource() says what the server answered, and that none did", async () => {
  const server = serve(() => undefined);
  const { origin } = server;
  await assert.rejects(urlSource(origin).read("card.json"), {
    type: "missing",
    message: `${origin}/card.json: the server answered 404`,
  });
  await server[Symbol.asyncDispose]();
  await assert.rejects(urlSource(origin).read("card.json"), {
    type: "missing",
    message: /card.json: could not be fetched/,
  });
});

Deno.test("urlSource() passes an abort on as it is", async () => {
  const aborted = AbortSignal.abort();
  const reading = urlSource("http://127.0.0.1:9", { signal: aborted }).read("card.json");
  await assert.rejects(reading, { name: "AbortError" });
});

function serve(answer: (path: string) => Uint8Array<ArrayBuffer> | undefined) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const body = answer(new URL(request.url).pathname);
    return body ? new Response(body) : new Response("none", { status: 404 });
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
