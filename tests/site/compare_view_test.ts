import assert from "node:assert/strict";
import { formatView, gridSeeds, parseView, viewLatent } from "../../islands/compare/view.ts";
import { latent } from "../../sampler/latent.ts";

for (
  const query of [
    "",
    "?seed=7",
    "?data=faces&seed=4294967295&z=1:-3,25:0.5&truncation=0.7",
    "?page=3&grid=11&hide=dcgan-mnist,wgan-mnist&sort=-frechet&backend=wasm",
  ]
) {
  Deno.test(`the comparison's view of "${query}" goes back into the same address`, () => {
    const data = new URLSearchParams(query).get("data") ?? "";
    assert.equal(formatView(parseView(query, 25), data), query);
  });
}

Deno.test("what is malformed or out of range in the comparison's address gets its default", () => {
  const hostile =
    "?seed=-1&z=0:1,26:1,2:NaN,3:4,__proto__:1&truncation=2&page=0&grid=1e9&hide=<b>" +
    "&sort=%22%3E&backend=cuda";
  assert.equal(formatView(parseView(hostile, 25), ""), "");
});

Deno.test("truncation draws the latent towards 0, but not what was set by hand", () => {
  const z = viewLatent(parseView("?seed=3&z=2:1.5&truncation=0.5", 4), 4);
  const whole = latent(3, 4);
  assert.ok(Math.abs(z[0]) <= Math.abs(whole[0]) && z[1] === 1.5);
});

Deno.test("the grid's seeds end with the last one there is", () => {
  assert.deepEqual(gridSeeds(parseView("?grid=4294967295", 4)).at(-1), 4294967295);
});
