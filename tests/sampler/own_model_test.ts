import assert from "node:assert/strict";
import { ModelError, type ModelErrorType } from "../../sampler/model_error.ts";
import { openOwnModel } from "../../sampler/own_model.ts";
import { readGenerator } from "../../sampler/read_model.ts";
import { fileSource, holdSource, type ModelSource, urlSource } from "../../sampler/source.ts";
import { writeFixtureModel } from "./fixture_model.ts";

type Files = Record<string, Uint8Array<ArrayBuffer>>;
// deno-lint-ignore no-explicit-any -- any JSON, to be damaged at will
type Json = any;

const good = await fixtureFiles();

async function fixtureFiles(): Promise<Files> {
  const folder = await Deno.makeTempDir();
  try {
    await writeFixtureModel(folder, { size: 8, width: 1 / 64, latentSize: 6 });
    const names = ["card.json", "model.json", "weights.bin"];
    const read = async (name: string) => [name, await Deno.readFile(`${folder}/${name}`)] as const;
    return Object.fromEntries(await Promise.all(names.map(read)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const source = (files: Files): ModelSource =>
  fileSource(Object.entries(files).map(([name, bytes]) => new File([bytes], name)));
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const json = (name: string): Json => JSON.parse(new TextDecoder().decode(good[name]));
const { "card.json": _, ...cardless } = good;
const expected = await readGenerator(source(good));

function cardlessWith(change: (model: Json) => void): Files {
  const model = json("model.json");
  change(model);
  return { ...cardless, "model.json": bytes(model) };
}

async function planOf(files: Files) {
  const { card, isInferred, source: own } = await openOwnModel(source(files), "My model");
  assert.ok(isInferred);
  assert.deepEqual([card.latentSize, card.imageShape, card.title], [6, [8, 8, 1], "My model"]);
  return (await readGenerator(own)).plan;
}

Deno.test("openOwnModel() opens a model with a card as it is, and hears its bytes", async () => {
  let heard = 0;
  const own = await openOwnModel(source(good), "other", (bytes) => heard = bytes);
  assert.equal(own.isInferred, false);
  assert.deepEqual(own.card, expected.card);
  const total = Object.values(good).reduce((sum, { length }) => sum + length, 0);
  assert.equal(heard, total);
});

Deno.test("openOwnModel() infers latents and images of a LayersModel without a card", async () => {
  assert.deepEqual(await planOf(cardless), expected.plan);
});

Deno.test("openOwnModel() takes the latents from the first Reshape where no input is declared", async () => {
  const files = cardlessWith(({ modelTopology }) => {
    delete modelTopology.config.layers[0].config.batch_input_shape;
  });
  assert.deepEqual(await planOf(files), expected.plan);
});

Deno.test("openOwnModel() joins weights that lie in shards and groups under any names", async () => {
  const { "weights.bin": weights, ...rest } = cardlessWith((model) => {
    const [{ weights }] = model.weightsManifest;
    model.weightsManifest = [
      { paths: ["group1-shard1of2.bin", "group1-shard2of2.bin"], weights: weights.slice(0, 4) },
      { paths: ["group2-shard1of1.bin"], weights: weights.slice(4) },
    ];
  });
  const files = {
    ...rest,
    "group1-shard1of2.bin": weights.slice(0, 101),
    "group1-shard2of2.bin": weights.slice(101, 500),
    "group2-shard1of1.bin": weights.slice(500),
  };
  assert.deepEqual(await planOf(files), expected.plan);
});

Deno.test("openOwnModel() reads what the Keras converter wrote, one level deeper", async () => {
  const files = cardlessWith((model) => {
    model.modelTopology = { keras_version: "2.15.0", model_config: model.modelTopology };
  });
  assert.deepEqual(await planOf(files), expected.plan);
});

const html = new TextEncoder().encode("<!DOCTYPE html><title>Not found</title>");
const nan = good["weights.bin"].slice();
nan.set([0x00, 0x7e], 10); // a float16 NaN, little-endian

const refused: [what: string, files: Files, type: ModelErrorType, message: RegExp][] = [
  ["a web page", { "model.json": html }, "graph", /^model\.json: expected a model, found a web/],
  ["nothing", {}, "missing", /^model\.json: expected beside the other files, found no file$/],
  ["no weights", { "model.json": good["model.json"] }, "missing", /^weights\.bin: expected beside/],
  ["text", { "model.json": bytes("hello") }, "graph", /expected a LayersModel with a weightsM/],
  ["a newer card", { ...good, "card.json": bytes({ schema: 2 }) }, "newer", /schema is 2/],
  ["a damaged card", { ...good, "card.json": bytes({ schema: 1 }) }, "card", /id is missing/],
  [
    "weights other than the card's",
    { ...good, "weights.bin": nan },
    "hash",
    /weights\.bin is damaged or another model's/,
  ],
  ["weights that are NaN", { ...cardless, "weights.bin": nan }, "weights", /found NaN/],
  ["half of the weights", { ...cardless, "weights.bin": nan.slice(0, 50) }, "length", /found 50/],
  [
    "a layer that is not run",
    cardlessWith((model) => model.modelTopology.config.layers[1].class_name = "Dense"),
    "graph",
    /layer 2 is a Dense, which this sampler does not run/,
  ],
  [
    "a functional model",
    cardlessWith((model) => model.modelTopology.class_name = "Functional"),
    "graph",
    /class_name: expected "Sequential", found "Functional"/,
  ],
  [
    "images with transparency",
    cardlessWith((model) => {
      const layers = model.modelTopology.config.layers;
      layers.findLast((l: Json) => l.class_name === "Conv2DTranspose").config.filters = 4;
    }),
    "graph",
    /expected images of 1 or 3 channels at the end, found \[8,8,4\]/,
  ],
  [
    "weights outside of the folder",
    cardlessWith((model) => model.weightsManifest[0].paths = ["../secret.bin"]),
    "graph",
    /expected the weights' files beside it, found "\.\.\/secret\.bin"/,
  ],
];
for (const [what, files, type, message] of refused) {
  Deno.test(`openOwnModel() of ${what} says so in one line`, async () => {
    await assert.rejects(openOwnModel(source(files), "x"), (error) => {
      assert.ok(error instanceof ModelError, String(error));
      assert.equal(error.type, type, error.message);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}

Deno.test("openOwnModel() takes a site's page in place of card.json for no card", async () => {
  assert.deepEqual(await planOf({ ...cardless, "card.json": html }), expected.plan);
});

Deno.test("a held source is found by its URL until it is released", async () => {
  const { url, release } = holdSource(source(good), "mine");
  assert.match(url, /\/mine\/$/);
  assert.deepEqual(await urlSource(url).read("model.json"), good["model.json"]);
  release();
  await assert.rejects(urlSource(url).read("model.json"), /could not be fetched/);
});

Deno.test("urlSource() refuses a file larger than asked for, also when its length is not told", async () => {
  const server = Deno.serve({ port: 0, onListen: () => {} }, (request) => {
    if (request.url.endsWith("/told/model.json")) return new Response("x".repeat(2000));
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    });
    return new Response(endless);
  });
  try {
    for (const folder of ["told", "endless"]) {
      const url = `http://localhost:${server.addr.port}/${folder}/`;
      await assert.rejects(
        urlSource(url, { mostBytes: 1500 }).read("model.json"),
        /model\.json: more than 0 MB, which is no small generator/,
      );
    }
  } finally {
    await server.shutdown();
  }
});
