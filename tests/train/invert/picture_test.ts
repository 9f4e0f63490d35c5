import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readPicture } from "../../../train/invert/picture.ts";
import { encodePng } from "../../../train/png.ts";
import { writeFixtureModel } from "../../sampler/fixture_model.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const PROGRAM = fileURLToPath(new URL("../../../train/invert/main.ts", import.meta.url));

/** A grey ramp of `size`² pixels, or a coloured one. */
function ramp(size: number, channels: 1 | 3 = 1): Uint8Array {
  const pixels = Uint8Array.from(
    { length: size * size * channels },
    (_, i) => channels === 1 ? i % 256 : 80 * (i % 3),
  );
  return encodePng(size, size, pixels, channels);
}

Deno.test("readPicture() gives an image's values in [-1, 1], grey or in colour", async () => {
  await using folder = await temporaryFolder();
  const [grey, colour] = ["grey.png", "colour.png"].map((name) => join(folder.path, name));
  await Deno.writeFile(grey, ramp(16));
  await Deno.writeFile(colour, ramp(16, 3));
  const found = await readPicture(grey, [16, 16, 1]);
  assert.equal(found.length, 256);
  // 0 becomes −1, 255 becomes 1, and 51 a fifth of the way
  [[0, -1], [255, 1], [51, -0.6]].forEach(([at, value]) =>
    assert.equal(found[at], Math.fround(value))
  );
  const coloured = await readPicture(colour, [16, 16, 3]);
  assert.equal(coloured.length, 768);
  assert.deepEqual([...coloured.subarray(0, 3)], [
    -1,
    ...[80, 160].map((v) => Math.fround(v / 127.5 - 1)),
  ]);
  assert.equal((await readPicture(grey, [16, 16, 3])).length, 768);
});

Deno.test("readPicture() refuses another size, colour for a grey model, and what is no image", async () => {
  await using folder = await temporaryFolder();
  const write = async (name: string, bytes: Uint8Array) => {
    await Deno.writeFile(join(folder.path, name), bytes);
    return join(folder.path, name);
  };
  const refusal = async (path: string) => {
    const error = await readPicture(path, [16, 16, 1]).then(() => "read", (error) => error);
    assert.equal(error.name, "Refusal", String(error));
    return error.message;
  };
  const large = await write("large.png", ramp(20));
  assert.equal(
    await refusal(large),
    `${large} is 20×20 pixels, the model draws 16×16: cut and scale it first`,
  );
  assert.match(await refusal(await write("colour.png", ramp(16, 3))), /is in colour, the model/);
  const text = await write("text.png", new TextEncoder().encode("hello"));
  assert.equal(await refusal(text), `${text} cannot be read: not a PNG, JPEG or WebP`);
  assert.match(await refusal(join(folder.path, "none.png")), /^Cannot read .*none\.png: No such/);
});

Deno.test("deno task invert writes latent and picture, or one line of why not", async () => {
  await using folder = await temporaryFolder();
  const [model, image, out] = ["model", "image.png", "out"].map((name) => join(folder.path, name));
  await writeFixtureModel(model, { size: 16, width: 1 / 64, latentSize: 4 });
  await Deno.writeFile(image, ramp(16));
  await Deno.writeFile(join(folder.path, "large.png"), ramp(20));
  const run = async (...args: string[]) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", PROGRAM, ...args, "--backend", "wasm", "--threads", "1"],
    }).output();
    return { code, errors: new TextDecoder().decode(stderr).trim() };
  };
  const written = await run(model, image, "--out", out, "--steps", "4", "--starts", "2");
  assert.deepEqual(written, { code: 0, errors: "" });
  const { z, rmse } = JSON.parse(await Deno.readTextFile(join(out, "latent.json")));
  assert.equal(z.length, 4);
  assert.ok(rmse > 0 && rmse < 2, String(rmse));
  assert.ok((await Deno.stat(join(out, "picture.png"))).size > 100);

  const refused = [
    await run(),
    await run(model),
    await run(model, image, "more"),
    await run(model, image, "--out", out),
    await run(model, join(folder.path, "large.png"), "--out", `${out}2`),
  ];
  assert.deepEqual(refused.map(({ code }) => code), [2, 2, 2, 2, 1]);
  const [none, noImage, stray, there, large] = refused.map(({ errors }) => errors);
  assert.equal(none, "No model is given; see --help");
  assert.equal(noImage, "No image is given: deno task invert <model> <image>");
  assert.equal(stray, '"more" is one word too many; see --help');
  assert.match(there, /out exists already: --force replaces it/);
  assert.match(large, /is 20×20 pixels, the model draws 16×16/);
  const names = (await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name);
  assert.ok(!names.includes("out2"), String(names));
});
