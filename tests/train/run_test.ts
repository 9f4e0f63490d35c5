import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCard } from "../../sampler/card.ts";
import { loadStock } from "../sampler/stock_loader.ts";

const main = fileURLToPath(new URL("../../train/main.ts", import.meta.url));
const tiny = ["wgan-gp", "--width", "0.0625", "--batch", "4", "--log-every", "1"];
const onWasm = [...tiny, "--backend", "wasm", "--threads", "1"];

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const command = (args: string[]) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", main, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });

/** Runs the trainer to its end: its exit code and all that it printed. */
async function trained(args: string[]): Promise<{ code: number; printed: string }> {
  const { code, stdout, stderr } = await command(args).output();
  const decoder = new TextDecoder();
  return { code, printed: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** Starts the trainer and signals it when it has printed `at`. */
async function interrupted(args: string[], at: string, signal: Deno.Signal) {
  const child = command(args).spawn();
  const errors = new Response(child.stderr).text();
  let printed = "";
  let sent = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    if (!sent && printed.includes(at)) {
      child.kill(signal);
      sent = true;
    }
  }
  const { code } = await child.status;
  assert.ok(sent, `never printed "${at}": ${printed}${await errors}`);
  return { code, printed: printed + await errors };
}

/** Names of the checkpoints in a run's folder. */
async function checkpoints(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".ckpt")) names.push(name);
  }
  return names.sort();
}

async function losses(model: string): Promise<unknown[]> {
  const { steps } = JSON.parse(await Deno.readTextFile(join(model, "history.json")));
  return steps.map(({ step, criticLoss, generatorLoss, penalty }: Record<string, number>) => [
    step,
    criticLoss,
    generatorLoss,
    penalty,
  ]);
}

async function assertSameModel(one: string, other: string): Promise<void> {
  const [a, b] = await Promise.all([one, other].map((m) => Deno.readFile(join(m, "weights.bin"))));
  assert.ok(a.every((byte, i) => byte === b[i]) && a.length === b.length, "the weights differ");
  assert.deepEqual(await losses(one), await losses(other));
}

Deno.test("a run on WASM writes a model that the stock loader opens, with a card that tells the truth", () =>
  inFolder(async (folder) => {
    const out = join(folder, "tiny"), checkpoints = join(folder, "run");
    const { code, printed } = await trained([
      ...[...onWasm, "--steps", "4", "--sample-every", "2", "--seed", "7"],
      ...["--out", out, "--checkpoints", checkpoints],
    ]);
    assert.equal(code, 0, printed);
    assert.match(printed, /WASM, 1 thread/);

    const card = parseCard(JSON.parse(await Deno.readTextFile(join(out, "card.json"))), out);
    assert.deepEqual(card.imageShape, [32, 32, 1]);
    assert.equal(
      card.training.command,
      "deno task train:wgan-gp --data mnist --size 32 --width 0.0625 --recipe default --steps 4 --batch 4 --seed 7",
    );
    assert.deepEqual(
      Object.keys(card.files).sort(),
      [
        ...["history.json", "model.json", "poster.png"],
        ...["timeline/step-000002.png", "timeline/step-000004.png", "weights.bin"],
      ],
    );
    for (const [path, { bytes, sha256 }] of Object.entries(card.files)) {
      const content = await Deno.readFile(join(out, path));
      assert.equal(content.length, bytes, path);
      assert.equal(createHash("sha256").update(content).digest("hex"), sha256, path);
    }
    const history = JSON.parse(await Deno.readTextFile(join(out, "history.json")));
    assert.deepEqual(history.steps.map(({ step }: { step: number }) => step), [1, 2, 3, 4]);
    assert.deepEqual(history.timeline.map(({ step }: { step: number }) => step), [2, 4]);

    await tf.setBackend("cpu");
    const model = await loadStock(out);
    const images = model.predict(tf.zeros([2, 100])) as tf.Tensor;
    assert.deepEqual(images.shape, [2, 32, 32, 1]);
    assert.ok(images.dataSync().every((v) => v >= -1 && v <= 1));
    tf.dispose(images);
    model.dispose();
  }));

Deno.test("a run that names no backend takes WASM where there is no GPU, and says why", () =>
  inFolder(async (folder) => {
    const adapter = await navigator.gpu?.requestAdapter();
    const expected = !adapter
      ? /^no WebGPU adapter: training on WASM, 1 thread$/m
      : adapter.info.isFallbackAdapter
      ? /^the only WebGPU adapter is software \(.+\): training on WASM, 1 thread$/m
      : /^training on WebGPU: /m;
    const { code, printed } = await trained([
      ...[...tiny, "--threads", "1", "--steps", "1", "--out", join(folder, "tiny")],
      ...["--checkpoints", join(folder, "run")],
    ]);
    assert.equal(code, 0, printed);
    assert.match(printed, expected);
  }));

Deno.test("a resumed run is bit-identical to one that never stopped, after Ctrl-C and after kill -9", () =>
  inFolder(async (folder) => {
    const at = (name: string) => [
      ...["--out", join(folder, name), "--checkpoints", join(folder, `run-${name}`)],
    ];
    const whole = await trained([...onWasm, "--steps", "60", ...at("whole")]);
    assert.equal(whole.code, 0, whole.printed);

    const politely = [...onWasm, "--steps", "60", ...at("polite")];
    const stopped = await interrupted(politely, "step 5/60", "SIGINT");
    assert.equal(stopped.code, 130, stopped.printed);
    assert.match(stopped.printed, /Stopped after step \d+ .*; --resume goes on/);
    const resumed = await trained([...politely, "--resume"]);
    assert.equal(resumed.code, 0, resumed.printed);
    await assertSameModel(join(folder, "whole"), join(folder, "polite"));

    // A checkpoint every 0.3 s, so that the kill falls between two.
    const killed = [...onWasm, "--steps", "60", "--checkpoint-minutes", "0.005", ...at("killed")];
    await interrupted(killed, "step 25/60", "SIGKILL");
    const [first] = await checkpoints(join(folder, "run-killed"));
    assert.match(first, /^step-000000[0-2]/, "killed before any checkpoint, or after the end");
    const again = await trained([...killed, "--resume"]);
    assert.equal(again.code, 0, again.printed);
    await assertSameModel(join(folder, "whole"), join(folder, "killed"));
  }));

Deno.test("SIGTERM ends a run after the step in hand, with a checkpoint", () =>
  inFolder(async (folder) => {
    const args = [...onWasm, "--steps", "500", "--checkpoints", join(folder, "run")];
    const out = ["--out", join(folder, "model")];
    const { code, printed } = await interrupted([...args, ...out], "step 2/500", "SIGTERM");
    assert.equal(code, 130, printed);
    assert.equal((await checkpoints(join(folder, "run"))).length, 1);
    await assert.rejects(Deno.stat(join(folder, "model")), Deno.errors.NotFound);
  }));

Deno.test("a resumed run with another hyper-parameter is refused, naming it", () =>
  inFolder(async (folder) => {
    const places = ["--checkpoints", join(folder, "run")];
    const out = (name: string) => ["--out", join(folder, name)];
    assert.equal((await trained([...onWasm, "--steps", "1", ...places, ...out("a")])).code, 0);
    const { code, printed } = await trained([
      ...[...onWasm, "--steps", "2", "--seed", "2", "--resume"],
      ...[...places, ...out("b")],
    ]);
    assert.equal(code, 2);
    assert.match(printed, /seed 1, now 2/);
  }));

Deno.test("an output folder that cannot be written is refused before training", () =>
  inFolder(async (folder) => {
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "");
    const { code, printed } = await trained([
      ...[...onWasm, "--steps", "1", "--out", join(file, "model")],
      ...["--checkpoints", join(folder, "run")],
    ]);
    assert.equal(code, 1);
    assert.equal(printed.trim().split("\n").length, 1, printed);
    assert.ok(printed.includes(file), printed);
  }));

Deno.test("an output folder whose name is no id is refused before training", async () => {
  const { code, printed } = await trained([...onWasm, "--out", "elsewhere/My_Model"]);
  assert.equal(code, 2);
  assert.match(
    printed,
    /elsewhere\/My_Model: .* lower-case words joined by hyphens, .* found "My_Model"/,
  );
});

Deno.test("a run on software WebGPU trains when it is asked for", () =>
  inFolder(async (folder) => {
    const { code, printed } = await trained([
      ...[...tiny, "--backend", "webgpu", "--steps", "2", "--out", join(folder, "tiny")],
      ...["--checkpoints", join(folder, "run")],
    ]);
    assert.equal(code, 0, printed);
    assert.match(printed, /training on WebGPU/);
    assert.ok(!/NaN/.test(await Deno.readTextFile(join(folder, "tiny", "history.json"))));
  }));
