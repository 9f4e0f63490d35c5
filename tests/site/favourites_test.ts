import assert from "node:assert/strict";
import { Favourites, type Shelf } from "../../islands/explorer/favourites.ts";

function shelf(): Shelf & { items: Map<string, string> } {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
  };
}

Deno.test("Favourites.read() gives back what write() kept, and another model's not", () => {
  const place = shelf();
  const [digits, faces] = ["digits", "faces"].map((id) => new Favourites(() => place, id));
  assert.deepEqual(digits.read(), []);
  digits.write(["?seed=3", "?seed=4&z=1:2"]);
  assert.deepEqual(digits.read(), ["?seed=3", "?seed=4&z=1:2"]);
  assert.deepEqual(faces.read(), []);
});

Deno.test("Favourites.write() keeps the newest 48", () => {
  const favourites = new Favourites(() => shelf(), "digits");
  const queries = Array.from({ length: 50 }, (_, i) => `?seed=${i}`);
  const kept = favourites.write(queries);
  assert.deepEqual([kept.length, kept[0], kept.at(-1)], [48, "?seed=2", "?seed=49"]);
});

for (const damaged of ["{", '{"a":1}', "7", '[1, null, {"a": 2}]']) {
  Deno.test(`Favourites.read() finds none in ${damaged}`, () => {
    const place = shelf();
    const favourites = new Favourites(() => place, "digits");
    favourites.write(["?seed=3"]);
    for (const key of place.items.keys()) place.items.set(key, damaged);
    assert.deepEqual(favourites.read(), []);
  });
}

Deno.test("Favourites says in one line when the browser denies storage", () => {
  const denied = new Favourites(() => {
    throw new DOMException("denied", "SecurityError");
  }, "digits");
  assert.throws(() => denied.read(), /^Error: This browser keeps nothing for this page/);
  assert.throws(() => denied.write([]), /^Error: This browser keeps nothing for this page/);
});
