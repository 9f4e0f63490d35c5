import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { OBJECTIVES } from "../../train/objectives/mod.ts";
import type { FirstSteps } from "./fixtures/first_steps.ts";

const program = fileURLToPath(new URL("fixtures/first_steps.ts", import.meta.url));

async function firstStepsOn(backend: string): Promise<Record<string, FirstSteps>> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", program, backend],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  assert.ok(success, decoder.decode(stderr));
  // tfjs greets on stdout; the result is the last line.
  return JSON.parse(decoder.decode(stdout).trimEnd().split("\n").at(-1)!);
}

const largest = (values: readonly number[]) =>
  values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const length = (values: readonly number[]) => Math.hypot(...values);
const difference = (a: readonly number[], b: readonly number[]) => a.map((v, i) => v - b[i]);

const steps = new Map<string, Promise<Record<string, FirstSteps>>>();
function on(backend: string): Promise<Record<string, FirstSteps>> {
  const found = steps.get(backend) ?? firstStepsOn(backend);
  steps.set(backend, found);
  return found;
}

for (const [backend, other] of [["wasm", "cpu"], ["webgpu", "cpu"], ["webgpu", "wasm"]]) {
  Deno.test(`every objective's first steps on ${backend} equal those on ${other} within 1e-3`, async (t) => {
    const [expected, found] = [await on(other), await on(backend)];
    for (const { name } of OBJECTIVES) {
      await t.step(name, () => compare(expected[name], found[name]));
    }
  });
}

function compare(expected: FirstSteps, found: FirstSteps): void {
  assert.equal(expected.gradients.length, expected.weights.length);
  expected.gradients.forEach((gradient, i) => {
    const most = largest(gradient);
    const worst = largest(difference(gradient, found.gradients[i]));
    // A bias whose gradient cancels to 0, as WGAN's score bias does, has only rounding errors to compare.
    assert.ok(worst <= 1e-3 * Math.max(most, 1e-4), `gradient ${i}: ${worst} of ${most}`);
  });
  compareLosses(expected.losses, found.losses, 1e-3);
  // Adam makes a whole step of a gradient that is a rounding error.
  compareLosses(expected.recipeLosses, found.recipeLosses, 1e-2);
  expected.weights.forEach((w, i) => {
    const relative = length(difference(w, found.weights[i])) / Math.max(length(w), 1e-6);
    assert.ok(relative <= 1e-3, `weights ${i} after three steps: ${relative}`);
  });
}

function compareLosses(
  expected: FirstSteps["losses"],
  found: FirstSteps["losses"],
  tolerance: number,
): void {
  assert.deepEqual([expected.length, found.length], [5, 5]);
  expected.flat().forEach((loss, i) => {
    const other = found.flat()[i];
    const allowed = tolerance * Math.max(1, Math.abs(loss));
    assert.ok(Math.abs(loss - other) <= allowed, `loss ${i}: ${loss}, ${other}`);
  });
}
