import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { normal } from "../../sampler/random.ts";
import { writeAtomically } from "../atomic.ts";
import type { FrozenGenerator } from "../average.ts";
import type { Images, Objective } from "../objectives/objective.ts";
import { STREAM } from "../streams.ts";
import type { Subject } from "../subject.ts";
import { createPointCritic, createPointGenerator, POINT_LATENT_SIZE } from "./dense.ts";
import { describeFigures, modeFigures } from "./mode_figures.ts";
import { drawPoints, type Points } from "./points.ts";
import { scatterPng } from "./scatter.ts";

/** Samples that a generator is measured by (VEEGAN and PacGAN, section 4.1 of each). */
export const SAMPLES = 2500;
/** Points a step, where nobody asks for another number. */
export const POINT_BATCH_SIZE = 128;

/**
 * Points of the plane and dense networks. A generator of points is no model of the site's, which shows images: the result
 * stays in `folder`, the run's own, as history.json, samples.csv (2,500 of them) and figures.json.
 */
export function pointSubject(
  points: Points,
  objective: Objective,
  { seed, batchSize, folder }: { seed: number; batchSize: number; folder: string },
): Subject {
  const recipe = objective.points;
  const { steps: _, ...constants } = recipe;
  return {
    recipe,
    settings: {
      ...{ objective: objective.name, data: points.id, recipe: "points" },
      ...{ batch: batchSize, seed, ...constants },
    },
    batch: (step) => {
      const drawn = drawPoints(points, { seed, step, count: batchSize });
      return Promise.resolve(tf.tensor4d(drawn, [batchSize, 1, 2, 1]) as Images);
    },
    createGenerator: () => createPointGenerator(seed),
    createCritic: () => createPointCritic(objective.critic, seed),
    picture: async (generator) => scatterPng(points, await samplePoints(points, generator, seed)),
    async finish(generator, history) {
      const samples = await samplePoints(points, generator, seed);
      const figures = modeFigures(points, samples);
      const write = (file: string, text: string) =>
        writeAtomically(join(folder, file), new TextEncoder().encode(text));
      await write("history.json", JSON.stringify(history));
      await write("samples.csv", csv(samples));
      await write("figures.json", JSON.stringify(figures, null, 2) + "\n");
      return `${describeFigures(figures)} of ${SAMPLES} samples; wrote ${folder}`;
    },
  };
}

/** 2,500 samples in the plane's own unit, [count, 2], the same latents for every generator of a seed. */
export async function samplePoints(
  { unit }: Points,
  generator: Pick<FrozenGenerator, "infer">,
  seed: number,
): Promise<Float32Array> {
  const latents = normal([seed, STREAM.pointSamples, 0], SAMPLES * POINT_LATENT_SIZE);
  const images = tf.tidy(() => generator.infer(tf.tensor2d(latents, [SAMPLES, POINT_LATENT_SIZE])));
  const values = await images.data<"float32">();
  images.dispose();
  return values.map((value) => value * unit);
}

function csv(samples: Float32Array): string {
  let text = "x,y\n";
  for (let i = 0; i < samples.length; i += 2) {
    text += `${short(samples[i])},${short(samples[i + 1])}\n`;
  }
  return text;
}

const short = (value: number) => Number(value.toPrecision(6));
