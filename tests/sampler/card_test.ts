import assert from "node:assert/strict";
import { parseCard } from "../../sampler/card.ts";
import { ModelError } from "../../sampler/model_error.ts";

const where = "models/wgan-gp-mnist/card.json";

function exampleCard() {
  const file = { bytes: 4, sha256: "9f".repeat(32) };
  return {
    schema: 1,
    id: "wgan-gp-mnist",
    title: "WGAN-GP on MNIST",
    objective: "wgan-gp",
    paper: { title: "Improved training of Wasserstein GANs", arxiv: "1704.00028" },
    dataset: {
      id: "mnist",
      title: "MNIST",
      licence: "CC BY-SA 3.0",
      url: "https://yann.lecun.com/exdb/mnist/",
      images: 60000,
    },
    imageShape: [32, 32, 1],
    latentSize: 100,
    training: {
      recipe: "default",
      command: "deno task train:wgan-gp",
      generatorSteps: 3000,
      savedStep: 2800,
      criticSteps: 5,
      batchSize: 64,
      optimizer: "Adam 1e-4, beta 0 and 0.9",
      seed: 1,
      backend: "wasm",
      device: "2 threads",
      seconds: 3301.5,
      versions: { deno: "2.9.6", tfjs: "4.22.0" },
    },
    metrics: {
      coverage: { value: 0.7, floor: 0.96, n: 10_000, of: [10, 11] },
      note: null,
      shortfall: "Coverage is 0.7: it was stopped early.",
    },
    files: { "model.json": file, "weights.bin": file, "timeline/step-000100.png": file },
  };
}

Deno.test("parseCard() returns a valid card as it is", () => {
  assert.deepEqual(parseCard(exampleCard(), where), exampleCard());
});

Deno.test("parseCard() accepts a model without metrics, of a data set without a URL", () => {
  const card = exampleCard();
  const value = { ...card, metrics: null, dataset: { ...card.dataset, url: null } };
  assert.deepEqual(parseCard(value, where), value);
});

Deno.test("parseCard() leaves out fields it does not know", () => {
  assert.deepEqual(parseCard({ ...exampleCard(), mood: "good" }, where), exampleCard());
});

/** A copy of the example in which the field at `path` is `value`, or is missing when undefined. */
function cardWith(path: string[], value: unknown): unknown {
  const card = exampleCard();
  const parent = path.slice(0, -1).reduce(
    (object, key) => object[key] as Record<string, unknown>,
    card as Record<string, unknown>,
  );
  if (value === undefined) delete parent[path.at(-1)!];
  else parent[path.at(-1)!] = value;
  return card;
}

const badFields: [path: string[], value: unknown, message: string][] = [
  [["schema"], undefined, "schema is missing"],
  [["schema"], "1", 'schema: expected 1, found "1"'],
  [["schema"], 0, "schema: expected 1, found 0"],
  [["id"], "WGAN GP", 'id: expected lower-case words joined by hyphens, found "WGAN GP"'],
  [["title"], "", 'title: expected a text that is not empty, found ""'],
  [["paper", "arxiv"], undefined, "paper.arxiv is missing"],
  [["dataset", "url"], "yann", 'dataset.url: expected a URL or null, found "yann"'],
  [["imageShape"], [32, 32], "imageShape[2]: expected 1 or 3, found undefined"],
  [["imageShape"], [32, 32, 4], "imageShape[2]: expected 1 or 3, found 4"],
  [["latentSize"], 0, "latentSize: expected an integer of at least 1, found 0"],
  [["training"], null, "training: expected an object, found null"],
  [
    ["training", "seed"],
    -1,
    "training.seed: expected an integer from 0 to 4294967295, found -1",
  ],
  [
    ["training", "seconds"],
    -1,
    "training.seconds: expected a number of seconds, 0 or more, found -1",
  ],
  [["training", "versions", "deno"], 2, "training.versions.deno: expected a text, found 2"],
  [["metrics"], undefined, "metrics is missing"],
  [["metrics", "coverage", "value"], null, "metrics.coverage.value: expected a number, found null"],
  [["metrics", "coverage", "floor"], undefined, "metrics.coverage.floor is missing"],
  [
    ["metrics", "coverage", "n"],
    0.5,
    "metrics.coverage.n: expected an integer of at least 1, found 0.5",
  ],
  [["metrics", "shortfall"], 3, "metrics.shortfall: expected a text, found 3"],
  [["files", "weights.bin"], undefined, "files: expected an object that lists weights.bin, found"],
  [
    ["files", "model.json", "sha256"],
    "9F",
    'files["model.json"].sha256: expected 64 hexadecimal digits, found "9F"',
  ],
  [
    ["files", "../secret"],
    { bytes: 1, sha256: "9f".repeat(32) },
    'files["../secret"]: expected a path inside the model\'s folder, found "../secret"',
  ],
];

for (const [path, value, message] of badFields) {
  const what = value === undefined ? "a missing" : `${JSON.stringify(value).slice(0, 20)} as`;
  Deno.test(`parseCard() reports ${what} ${path.join(".")}`, () => {
    assert.throws(() => parseCard(cardWith(path, value), where), (error) => {
      assert.ok(error instanceof ModelError);
      assert.equal(error.type, "card");
      assert.equal(
        error.message.slice(0, where.length + 2 + message.length),
        `${where}: ${message}`,
      );
      return true;
    });
  });
}

Deno.test("parseCard() tells a newer schema from a broken card", () => {
  assert.throws(() => parseCard({ schema: 2 }, where), {
    name: "ModelError",
    type: "newer",
    message: `${where}: schema is 2, and this version of ganlet reads up to 1: update ganlet`,
  });
});

Deno.test("parseCard() refuses what is no object", () => {
  for (const value of [null, 3, "card", undefined]) {
    assert.throws(() => parseCard(value, where), {
      type: "card",
      message: /the file: expected an object/,
    });
  }
});
