import * as tf from "@tensorflow/tfjs-core";
import type { TensorData } from "./checkpoint.ts";
import type { TrainingRun } from "./loop.ts";
import { Refusal } from "./refusal.ts";

/** The two optimizers' step counts, which a checkpoint keeps beside the tensors. */
export interface OptimizerSteps {
  readonly generator: number;
  readonly critic: number;
}

/** Everything of a run that training changes: both networks, the average, the optimizers' moments. */
function variablesOf(run: TrainingRun): Map<string, tf.Variable> {
  const { generator, critic } = run;
  const slots = (name: string, list: readonly tf.Variable[]) =>
    list.map((slot, i): [string, tf.Variable] => [`${name}/optimizer/${i}`, slot]);
  return new Map([
    ...generator.weights.map((w, i): [string, tf.Variable] => [
      `generator/${generator.names[i]}`,
      w,
    ]),
    ...run.average.weights.map((w, i): [string, tf.Variable] => [
      `average/${generator.names[i]}`,
      w,
    ]),
    ...critic.weights.map((w, i): [string, tf.Variable] => [`critic/${critic.names[i]}`, w]),
    ...slots("generator", run.generatorOptimizer.slots),
    ...slots("critic", run.criticOptimizer.slots),
  ]);
}

/**
 * Copies a run's state out of tfjs. Throws a Refusal when a value is NaN or infinite: such a state must not become a
 * checkpoint, or resuming would go on with spoilt weights.
 */
export async function snapshot(run: TrainingRun): Promise<Map<string, TensorData>> {
  const tensors = new Map<string, TensorData>();
  for (const [name, variable] of variablesOf(run)) {
    const data = (await variable.data<"float32">()).slice();
    if (!data.every(Number.isFinite)) {
      throw new Refusal(`No checkpoint is written: ${name} holds NaN or infinite values`);
    }
    tensors.set(name, { shape: variable.shape, data });
  }
  return tensors;
}

/** Puts a snapshot's tensors back. Throws a Refusal when a tensor is missing or has another shape. */
export function restore(
  run: TrainingRun,
  tensors: ReadonlyMap<string, TensorData>,
  steps: OptimizerSteps,
  where: string,
): void {
  for (const [name, variable] of variablesOf(run)) {
    const saved = tensors.get(name);
    const [expected, found] = [String(variable.shape), saved ? String(saved.shape) : "nothing"];
    if (!saved || expected !== found) {
      throw new Refusal(`${where}: ${name} should have shape [${expected}], found [${found}]`);
    }
    tf.tidy(() => variable.assign(tf.tensor(saved.data, variable.shape)));
  }
  run.generatorOptimizer.step = steps.generator;
  run.criticOptimizer.step = steps.critic;
}
