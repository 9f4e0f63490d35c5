import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  type Directions,
  moved,
  parseDirections,
  readDirections,
} from "../../sampler/directions.ts";
import type { ModelErrorType } from "../../sampler/model_error.ts";
import { exampleDirections } from "./fixture_directions.ts";

const where = "models/some/directions.json";
const card = {
  id: "some",
  latentSize: 4,
  files: { "model.json": file(""), "weights.bin": file("weights") },
};
const example = () => exampleDirections(card);

function file(content: string) {
  const bytes = new TextEncoder().encode(content);
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

Deno.test("parseDirections() returns valid directions as they are", () => {
  assert.deepEqual(parseDirections(example(), card, where), example());
});

Deno.test("parseDirections() knows a contrast by the values at both its ends", () => {
  const between = { minus: ["1"], plus: ["7", "9"] };
  const good = example();
  good.attributes[0] = { ...good.attributes[0], value: null, between };
  assert.deepEqual(parseDirections(good, card, where).attributes[0].between, between);
});

const bad: [what: string, spoil: (good: Directions) => object, ModelErrorType, RegExp][] = [
  ["a newer schema", (good) => ({ ...good, schema: 2 }), "newer", /schema is 2, .*update ganlet$/],
  [
    "directions of other weights",
    (good) => ({ ...good, weights: "ab".repeat(32) }),
    "directions",
    /weights: expected [0-9a-f]{12}…, as card.json has it, found abababababab…: run .*some" again$/,
  ],
  [
    "directions of another latent space",
    (good) => ({ ...good, latentSize: 5 }),
    "directions",
    /latentSize: expected 4, as card.json has it, found 5$/,
  ],
  [
    "a vector of another length",
    (good) => ({ ...good, sefa: [{ vector: [1], strength: 1 }] }),
    "directions",
    /sefa\[0\]\.vector\.length: expected 4, as card.json has it, found 1$/,
  ],
  [
    "a vector that is not of length 1",
    (good) => ({ ...good, ganspace: [{ vector: [0, 0.9, 0, 0], strength: 1 }] }),
    "directions",
    /ganspace\[0\]\.vector: expected a vector of length 1, found \[0,0\.9,0,0\]$/,
  ],
  [
    "a share above 1",
    (good) => ({ ...good, attributes: [{ ...good.attributes[0], change: 60 }] }),
    "directions",
    /attributes\[0\]\.change: expected a number from 0 to 1, found 60$/,
  ],
  [
    "a contrast with no values at one end",
    (good) => ({
      ...good,
      attributes: [{
        ...good.attributes[0],
        between: { minus: "1" as unknown as string[], plus: ["7"] },
      }],
    }),
    "directions",
    /attributes\[0\]\.between\.minus: expected an array of texts, found "1"$/,
  ],
  [
    "two directions of one id",
    (good) => ({ ...good, attributes: [good.attributes[0], good.attributes[0]] }),
    "directions",
    /the file: expected directions of different ids/,
  ],
  ["no list", ({ sefa: _, ...rest }) => rest, "directions", /: sefa is missing$/],
];

for (const [what, spoil, type, message] of bad) {
  Deno.test(`parseDirections() refuses ${what}`, () => {
    assert.throws(() => parseDirections(spoil(example()), card, where), {
      name: "ModelError",
      type,
      message,
    });
  });
}

const sourceOf = (content: string) => ({
  where: (path: string) => `models/some/${path}`,
  read: () => Promise.resolve(new TextEncoder().encode(content)),
});

Deno.test("readDirections() gives null where the card lists none, else what the file holds", async () => {
  const content = JSON.stringify(example());
  assert.equal(await readDirections(sourceOf(content), card), null);
  const files = { ...card.files, "directions.json": file(content) };
  assert.deepEqual(await readDirections(sourceOf(content), { ...card, files }), example());
});

Deno.test("readDirections() refuses a file that is not the one the card describes", async () => {
  const files = { ...card.files, "directions.json": file("{}") };
  const read = (content: string) => readDirections(sourceOf(content), { ...card, files });
  await assert.rejects(read("{ }"), { name: "ModelError", type: "length" });
  await assert.rejects(read("[]"), { name: "ModelError", type: "hash" });
});

Deno.test("moved() is z + the sum of offset · vector, and leaves z alone", () => {
  const z = Float32Array.of(1, 2);
  const offsets = [{ vector: [0.6, 0.8], offset: 2 }, { vector: [0, 1], offset: -0.5 }];
  // 1 + 1.2, 2 + 1.6 - 0.5
  assert.deepEqual(moved(z, offsets), Float32Array.of(2.2, 3.1));
  assert.deepEqual(moved(z, []), z);
  assert.deepEqual(z, Float32Array.of(1, 2));
});

Deno.test("moved() refuses a direction of another length", () => {
  assert.throws(() => moved(Float32Array.of(1, 2), [{ vector: [1], offset: 1 }]), {
    name: "RangeError",
    message: "a direction of 2 numbers is needed, found one of 1",
  });
});
