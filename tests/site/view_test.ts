import assert from "node:assert/strict";
import { formatView, parseView, readView } from "../../islands/explorer/address.ts";
import { DEFAULT_VIEW, seedPoint, type View } from "../../islands/explorer/view.ts";
import { pointLatent, viewLatent } from "../../islands/explorer/view_latent.ts";
import { latent } from "../../sampler/latent.ts";

const SIZE = 20;

Deno.test("formatView() of the default view is empty", () => {
  assert.equal(formatView(DEFAULT_VIEW), "");
  assert.deepEqual(parseView("", SIZE), DEFAULT_VIEW);
});

const everything: View = {
  seed: 4294967295,
  pins: { 0: -3, 7: 1.25, 19: 0.05 },
  moves: { "class-7": 1.5, "sefa-2": -0.25 },
  a: seedPoint(0),
  b: { seed: 9, pins: { 2: 1.5 }, moves: { slant: 2 } },
  c: seedPoint(30),
  d: seedPoint(4),
  t: 0.4,
  v: 0.25,
  path: "lerp",
  walk: 12.5,
  speed: 1.7,
  truncation: 0.7,
  grid: 25,
  backend: "wasm",
  set: "sefa",
  all: true,
  find: "40-49",
  page: 2,
  gallery: "favourites",
  goal: "c",
  loop: "ends",
  frames: 96,
  step: 300,
};

Deno.test("formatView() counts dimensions from 1, as the page does", () => {
  assert.equal(
    formatView(everything),
    "?seed=4294967295&z=1:-3,8:1.25,20:0.05&move=class-7:1.5,sefa-2:-0.25&a=0&b=9,3:1.5,slant:2&c=30" +
      "&t=0.4&v=0.25&path=lerp&walk=12.5&speed=1.7&truncation=0.7&grid=25&backend=wasm&set=sefa&all=1&find=40-49" +
      "&page=3&gallery=favourites&goal=c&loop=ends&frames=96&step=300",
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
      { a: { seed: 5, pins: { 0: 0.1, 1: 0.29 }, moves: {} } },
      { moves: { constructor: 1, toString: 0 } },
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
    "?move=slant",
    "?move=slant:9",
    "?move=-slant:1",
    "?move=1:1",
    "?v=2",
    "?path=bezier",
    "?walk=-1",
    "?speed=0",
    "?speed=3.1",
    "?page=0",
    "?page=1.5",
    "?goal=e",
    "?loop=all",
    "?frames=25",
    "?walk=10000",
    "?set=all",
    "?all=yes",
    "?find=%3Cscript%3E",
    "?gallery=all",
    "?step=last",
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

Deno.test("readView() names the parameters of which some part was left out, and no others", () => {
  const unread = (search: string) => readView(search, SIZE).unread;
  assert.deepEqual(unread(formatView(everything)), []);
  assert.deepEqual(unread("?seed=7&truncation=0.70&t=1&utm_source=x"), []);
  assert.deepEqual(unread("?seed=x&z=1:9,2:1&move=slant&a=1,99:1&b=&t=2&set=all"), [
    ...["seed", "z", "move", "a", "b", "t", "set"],
  ]);
});

Deno.test("parseView() reads an address of before directions, corners and walks", () => {
  const search = "?seed=7&z=3:1.25&a=5&b=6,1:0.5&t=0.35&truncation=0.8&grid=49&backend=wasm";
  assert.deepEqual(parseView(search, SIZE), {
    ...DEFAULT_VIEW,
    seed: 7,
    pins: { 2: 1.25 },
    a: seedPoint(5),
    b: { ...seedPoint(6), pins: { 0: 0.5 } },
    t: 0.35,
    truncation: 0.8,
    grid: 49,
    backend: "wasm",
  });
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
  const ends = { a: { ...seedPoint(3), pins: { 0: 1 } }, b: seedPoint(4) };
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

Deno.test("viewLatent() at the corners of the sheet is A, B, C and D", () => {
  const corners = { a: seedPoint(3), b: seedPoint(4), c: seedPoint(5), d: seedPoint(6) };
  for (const path of ["slerp", "lerp"] as const) {
    const at = (t: number, v: number) =>
      viewLatent({ ...DEFAULT_VIEW, ...corners, path, t, v }, SIZE);
    const found = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)];
    found.forEach((z, i) => {
      const corner = latent(3 + i, SIZE);
      z.forEach((value, j) => assert.ok(Math.abs(value - corner[j]) < 1e-6, `${path} ${i}`));
    });
  }
});

Deno.test("viewLatent() adds directions to what is truncated, and leaves dimensions set by hand alone", () => {
  const vectors = new Map([["slant", [0.6, 0.8, ...Array(SIZE - 2).fill(0)]]]);
  const view = { ...DEFAULT_VIEW, seed: 7, truncation: 0.5, pins: { 1: 0.25 } };
  const z = viewLatent({ ...view, moves: { slant: 2, unknown: 3 } }, SIZE, vectors);
  const own = latent(7, SIZE);
  assert.ok(Math.abs(z[0] - (own[0] / 2 + 1.2)) < 1e-6);
  assert.equal(z[1], 0.25);
  assert.equal(z[2], own[2] / 2);
});

Deno.test("viewLatent() of a walk passes the seeds that follow the first", () => {
  for (const steps of [0, 1, 4]) {
    const z = viewLatent({ ...DEFAULT_VIEW, seed: 7, walk: steps }, SIZE);
    assert.deepEqual(z, latent(7 + steps, SIZE));
  }
});
