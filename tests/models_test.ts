/** The zoo that ganlet ships: every model in models/ is whole, and the stock loader agrees with the sampler on it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCard } from "../sampler/card.ts";
import { loadSampler } from "../sampler/deno.ts";
import { latent } from "../sampler/latent.ts";
import { stockImages } from "./sampler/stock_loader.ts";

const MEBIBYTE = 2 ** 20;
const zoo = fileURLToPath(new URL("../models/", import.meta.url));
const ids = [...Deno.readDirSync(zoo)]
  .filter(({ isDirectory, name }) => isDirectory && name !== "classifiers")
  .map(({ name }) => name);

Deno.test("models/ holds wgan-gp-mnist", () => assert.ok(ids.includes("wgan-gp-mnist")));

for (const id of ids) {
  const folder = join(zoo, id);

  Deno.test(`models/${id} is what its card says, under 6 MB, and comes from a command of ganlet's`, async () => {
    const card = parseCard(JSON.parse(await Deno.readTextFile(join(folder, "card.json"))), id);
    assert.equal(card.id, id);
    assert.match(
      card.training.command,
      new RegExp(`^deno task train:${card.objective} .*--steps `),
    );
    let total = 0;
    for (const [path, { bytes, sha256 }] of Object.entries(card.files)) {
      const content = await Deno.readFile(join(folder, path));
      assert.equal(content.length, bytes, path);
      assert.equal(createHash("sha256").update(content).digest("hex"), sha256, path);
      total += bytes;
    }
    assert.ok(total < 6 * MEBIBYTE, `${total} bytes`);
  });

  Deno.test(`models/${id} gives the stock loader's images through the sampler, within 1e-3`, async () => {
    const sampler = await loadSampler(folder, { backend: "wasm", threads: 1 });
    const { latentSize } = sampler.card;
    const z = new Float32Array([...latent(1, latentSize), ...latent(2, latentSize)]);
    const found = await sampler.images(z, 2);
    sampler.dispose();

    const expected = await stockImages(folder, z, 2);
    assert.equal(found.length, expected.length);
    found.forEach((v, i) => assert.ok(Math.abs(v - expected[i]) < 1e-3, `${i}: ${v}`));
    assert.ok(Math.max(...found.map(Math.abs)) > 0.5, "the images are nearly grey");
  });
}
