import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import type { Sampler } from "../../../sampler/deno.ts";
import { normal } from "../../../sampler/random.ts";
import { startBackend } from "../../../train/backend.ts";
import type { Candidate } from "../../../train/directions/candidates.ts";
import { findDirections, isPublished } from "../../../train/directions/find.ts";
import { type Moves, movesOf } from "../../../train/directions/moves.ts";
import { report } from "../../../train/directions/report.ts";
import { begun, directed, GUESSING, nearMisses } from "../../../train/directions/rounds.ts";
import type { Reader } from "../../../train/directions/surrogate.ts";
import type { Classifier } from "../../../train/evaluate/classifier.ts";

await startBackend("wasm", 1);

/** A generator of two pixels, bright where its function of z is positive. */
function samplerOf(pixels: ((z: Float32Array) => number)[]): Sampler {
  const card = { id: "toy", latentSize: 4, imageShape: [1, pixels.length, 1] } as unknown;
  return {
    card: card as Sampler["card"],
    images: (z: Float32Array, count = 1) =>
      Promise.resolve(Float32Array.from({ length: count * pixels.length }, (_, i) => {
        const at = 4 * Math.floor(i / pixels.length);
        return Math.tanh(pixels[i % pixels.length](z.subarray(at, at + 4)));
      })),
  } as Sampler;
}

/** Reads each pixel as a question: dark or bright, and never green. */
function classifierOf(questions: string[]): Classifier {
  const card = {
    dataset: { id: "toy" },
    imageShape: [1, questions.length, 1],
    questions: questions.map((name) => ({ name, values: ["dark", "bright", "green"] })),
  } as unknown;
  return {
    card: card as Classifier["card"],
    hash: "",
    read: (pixels) =>
      Promise.resolve({
        count: pixels.length / questions.length,
        features: new Float32Array(),
        probabilities: questions.map((_, q) =>
          Float32Array.from({ length: 3 * pixels.length / questions.length }, (_, i) => {
            const bright = pixels[Math.floor(i / 3) * questions.length + q] > 127;
            return [bright ? 0 : 1, bright ? 1 : 0, 0][i % 3];
          })
        ),
      }),
    logits: () => assert.fail("no image is looked at without its generator"),
    dispose() {},
  };
}

const found = await findDirections(
  samplerOf([(z) => z[0], (z) => z[0] + z[1]]),
  classifierOf(["left", "right"]),
  { samples: 4000, seed: 1 },
);
const direction = (id: string) => found.found.find((d) => d.id === id)!;

function assertAlong(found: number[], expected: number[]): void {
  const cosine = found.reduce((sum, value, i) => sum + value * expected[i], 0);
  assert.ok(cosine > 0.97, `${found} is not along ${expected}`);
}

Deno.test("findDirections() takes away what would change another question", () => {
  const half = Math.SQRT1_2;
  // The left pixel follows (1, 0, …), the right one (1, 1, …): what is left of each is nearly orthogonal to the other
  assertAlong(direction("left-bright").vector, [half, -half, 0, 0]);
  assertAlong(direction("right-bright").vector, [0, 1, 0, 0]);
  assertAlong(direction("right-dark").vector, [0, -1, 0, 0]);
});

Deno.test("findDirections() measures the accuracy of what is left, on held-out samples", () => {
  const { accuracy, moves } = direction("right-bright");
  // Of z₀ + z₁ > 0 the sign of z₁ alone tells 3 in 4, with a little z₀ somewhat more: below the bar, and not moved
  assert.ok(Math.abs(accuracy - 0.77) < 0.03, String(accuracy));
  assert.equal(moves, null);
});

Deno.test("findDirections() publishes what changes its own attribute and leaves the other", async () => {
  const { found } = await findDirections(
    samplerOf([(z) => z[0], (z) => z[3]]),
    classifierOf(["left", "right"]),
    { samples: 4000, seed: 2 },
  );
  const bright = found[1];
  // From −2 to 2 a standard normal number changes its sign where it is within ±2, in 95 % of the samples
  assert.ok(Math.abs(bright.moves!.change - 0.954) < 0.05, String(bright.moves!.change));
  const [leak, ...others] = bright.moves!.leaks;
  assert.deepEqual([leak.question, others], ["right", []]);
  assert.ok(leak.share < 0.1, String(leak.share));
  assert.ok(bright.accuracy > 0.98);
  assert.deepEqual(found.map(isPublished), [true, true, true, true]);
});

Deno.test("a value that the generator never produces is named in one line", () => {
  assert.deepEqual(found.absent, [
    { id: "left-green", title: "Left green", share: 0 },
    { id: "right-green", title: "Right green", share: 0 },
  ]);
  const lines = report(found.found, found.absent).split("\n");
  assert.ok(lines.includes("  Left green: 0 % of the samples have it, which gives no direction"));
  assert.match(lines[1], /Left dark +accuracy 0\.\d+ .* not published: accuracy$/);
});

Deno.test("movesOf() counts what changes from one end to the other, the leaks by size", async () => {
  const attributes = ["a", "b", "c"].map((name) => ({ name, values: ["0", "1"] }));
  const rise = { minus: [0], plus: [1] };
  const at = (offset: number) =>
    Promise.resolve([
      Float32Array.of(0, 0, 0, 0).fill(offset > 0 ? 1 : 0, 0, 3), // becomes 1 in 3 of 4
      Float32Array.of(1, 0, 1, offset > 0 ? 1 : 0), // changes in 1 of 4
      Float32Array.of(0, 0, offset > 0 ? 0 : 1, offset > 0 ? 1 : 0), // in 2 of 4
    ]);
  assert.deepEqual(await movesOf({ attributes, attribute: 0, ends: rise }, at), {
    change: 0.75,
    leaks: [{ question: "c", share: 0.5 }, { question: "b", share: 0.25 }],
  });
  const fall = {
    attributes: attributes.slice(0, 1),
    attribute: 0,
    ends: { minus: [1], plus: [0] },
  };
  const alone = await movesOf(fall, at);
  assert.deepEqual(alone, { change: 0, leaks: [] });
});

const leaks = (shares: Record<string, number>) =>
  Object.entries(shares).map(([question, share]) => ({ question, share }));

const nothing = { title: "", minus: "", plus: "", value: null, between: null };

Deno.test("directed() asks for more until trials reach the bar, and gives up what is far from it", async () => {
  const attributes = ["a", "b"].map((name) => ({ name, values: ["no", "yes"] }));
  // Yes to `a` follows z₀, yes to `b` z₁: about 1.6 |v₁| of the probability of `b` moves from −2 v to 2 v
  const surrogate: Reader = {
    read: (x) =>
      tf.split(x, 2, 1).map((along) => {
        const yes = tf.sigmoid(tf.mul(along, 4));
        return tf.concat([tf.sub(1, yes), yes], 1) as tf.Tensor2D;
      }),
    dispose() {},
  };
  const latents = { z: normal([4, 0, 0], 2 * 2000), latentSize: 2 };
  // What is told best along (1, 0.4), so that every bit of z₁ is welcome
  const sides = Int8Array.from(
    { length: 2000 },
    (_, i) => latents.z[2 * i] + 0.4 * latents.z[2 * i + 1] > 0 ? 1 : 0,
  );
  const draft = (id: string) => ({
    ...{ ...nothing, id, attribute: 0, ends: { minus: [0], plus: [1] } },
    ...{ slope: [0.93, 0.37], start: [1, 0], training: { ...latents, sides } },
  });
  const tried: Record<string, number[][]> = { leaky: [], weak: [], slow: [] };
  const tryOut = ({ id }: Candidate, vector: number[]): Promise<Moves> => {
    tried[id].push(vector);
    const isFirst = tried[id].length === 1;
    const share = id === "leaky" && isFirst ? 0.34 : 0.1; // twice what is allowed, then less
    const change = { leaky: 0.9, weak: 0.4, slow: isFirst ? 0.55 : 0.65 }[id]!;
    return Promise.resolve({ change, leaks: [{ question: "b", share }] });
  };
  const drafts = ["leaky", "weak", "slow"].map((id) => begun(attributes, draft(id)));
  const found = await directed(surrogate, attributes, drafts, latents, tryOut, GUESSING);
  assert.deepEqual([tried.leaky.length, tried.weak.length, tried.slow.length], [2, 1, 2]);
  const [[, first], [, second]] = tried.leaky;
  assert.ok(Math.abs(first - 0.12 / 1.6) < 0.03, String(first));
  assert.ok(Math.abs(second - 0.06 / 1.6) < 0.03 && second < first, String(second));
  assert.deepEqual(found.map(({ vector }) => vector), [
    tried.leaky[1],
    tried.weak[0],
    tried.slow[1],
  ]);
  assert.ok(found[0].miss < 0 && found[1].miss === Infinity, String(found[0].miss));
});

Deno.test("nearMisses() are the four that come nearest to the bar, and none that surely reaches it", () => {
  const attributes = [{ name: "a", values: ["no", "yes"] }];
  const sides = Int8Array.of(0, 1);
  const training = { z: Float32Array.of(-1, 1), latentSize: 1, sides };
  const own = { ...nothing, attribute: 0, ends: { minus: [0], plus: [1] } };
  const tried = [0.09, 0.095, -0.05, 0.11, 0.02, Infinity, -0.01, 0.05].map((miss) => ({
    ...begun(attributes, { ...own, id: String(miss), slope: [1], start: [1], training }),
    miss,
  }));
  assert.deepEqual(nearMisses(tried).map(({ miss }) => miss), [-0.01, 0.02, 0.05, 0.09]);
});

Deno.test("isPublished() asks for accuracy, change and no leak above the bar", () => {
  const reaches = (change: number, shares: Record<string, number>, accuracy = 0.8) =>
    isPublished({ accuracy, moves: { change, leaks: leaks(shares) } });
  assert.ok(reaches(0.6, { a: 0.2, b: 0.2 }));
  assert.ok(reaches(0.6, {}));
  assert.ok(!reaches(0.6, {}, 0.799));
  assert.ok(!reaches(0.595, {}));
  assert.ok(!reaches(1, { a: 0, b: 0.205 }));
  assert.ok(!isPublished({ accuracy: 1, moves: null }));
});
