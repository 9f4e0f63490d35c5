import assert from "node:assert/strict";
import {
  DEFAULT_VIEW,
  formatView,
  parseView,
  pointLatent,
  type View,
  viewLatent,
} from "../../islands/explorer/view.ts";
import { latent } from "../../sampler/latent.ts";

const SIZE = 20;

Deno.test("formatView() of the default view is empty", () => {
  assert.equal(formatView(DEFAULT_VIEW), "");
  assert.deepEqual(parseView("", SIZE), DEFAULT_VIEW);
});

const everything: View = {
  seed: 4294967295,
  pins: { 0: -3, 7: 1.25, 19: 0.05 },
  a: { seed: 0, pins: {} },
  b: { seed: 9, pins: { 2: 1.5 } },
  t: 0.4,
  truncation: 0.7,
  grid: 25,
  backend: "wasm",
};

Deno.test("formatView() counts dimensions from 1, as the page does", () => {
  assert.equal(
    formatView(everything),
    "?seed=4294967295&z=1:-3,8:1.25,20:0.05&a=0&b=9,3:1.5&t=0.4&truncation=0.7&grid=25&backend=wasm",
  );
});

Deno.test("parseView() gives back every view that formatView() wrote", () => {
  for (
    const change of [
      everything,
      { t: 0 },
      { t: 1 },
      { truncation: 0 },
      { pins: { 3: 0 } },
      { seed: 0 },
      { backend: "webgpu" } as const,
      { a: { seed: 5, pins: { 0: 0.1, 1: 0.29 } } },
    ]
  ) {
    const view = { ...DEFAULT_VIEW, ...change };
    assert.deepEqual(parseView(formatView(view), SIZE), view);
  }
});

for (
  const search of [
    "?seed=-1",
    "?seed=1.5",
    "?seed=4294967296",
    "?seed=0x10",
    "?seed=",
    "?z=0:1",
    "?z=21:1",
    "?z=1:3.01",
    "?z=1:NaN",
    "?z=1:1e0",
    "?z=__proto__:1",
    "?z=1",
    "?t=1.01",
    "?t=-0.1",
    "?t=half",
    "?truncation=1.5",
    "?a=x",
    "?b=,1:1",
    "?grid=-5",
    "?backend=cuda",
    "?other=1",
    "?%zz",
  ]
) {
  Deno.test(`parseView("${search}") is the default view`, () => {
    assert.deepEqual(parseView(search, SIZE), DEFAULT_VIEW);
  });
}

Deno.test("parseView() keeps what is right beside what is wrong", () => {
  const view = parseView("?seed=7&z=1:9,2:0.5,x&t=2", SIZE);
  assert.deepEqual(view, { ...DEFAULT_VIEW, seed: 7, pins: { 1: 0.5 } });
});

Deno.test("viewLatent() of a seed is the seed's latent vector", () => {
  assert.deepEqual(viewLatent({ ...DEFAULT_VIEW, seed: 7 }, SIZE), latent(7, SIZE));
});

Deno.test("viewLatent() sets the pinned dimensions alone, whatever the truncation", () => {
  const view = { ...DEFAULT_VIEW, seed: 7, pins: { 3: 2.5 }, truncation: 0.5 };
  const z = viewLatent(view, SIZE);
  latent(7, SIZE).forEach((value, i) => assert.equal(z[i], i === 3 ? 2.5 : value / 2));
});

Deno.test("viewLatent() at t = 0 and t = 1 is A and B", () => {
  const ends = { a: { seed: 3, pins: { 0: 1 } }, b: { seed: 4, pins: {} } };
  const at = (t: number) => viewLatent({ ...DEFAULT_VIEW, ...ends, t }, SIZE);
  const near = (x: Float32Array, y: Float32Array) =>
    x.forEach((value, i) => assert.ok(Math.abs(value - y[i]) < 1e-6));
  near(at(0), pointLatent(ends.a, SIZE));
  near(at(1), pointLatent(ends.b, SIZE));
  assert.equal(pointLatent(ends.a, SIZE)[0], 1);
});

Deno.test("viewLatent() half way between two seeds keeps the length that latents have", () => {
  const length = (z: Float32Array) => Math.hypot(...z);
  const view = { ...DEFAULT_VIEW, t: 0.5 };
  const [a, b] = [latent(1, 1000), latent(2, 1000)].map(length);
  const half = length(viewLatent(view, 1000));
  // sqrt(1000) is 31.6; a straight line would pass at about 22.4
  assert.ok(half > 0.97 * Math.min(a, b) && half < 1.03 * Math.max(a, b), String(half));
});
