/** How many multiply-adds a training step needs for an image, from the layers' table. */
import { describeCritic, describeGenerator } from "../train/describe.ts";
import type { NetworkShape } from "../train/networks.ts";

/** Of a network: one pass through all of its layers, of its first one, and of its last one. */
interface Passes {
  all: number;
  first: number;
  last: number;
}

function passesOf(rows: readonly { multiplyAdds: number }[]): Passes {
  const each = rows.map(({ multiplyAdds }) => multiplyAdds);
  return { all: each.reduce((a, b) => a + b, 0), first: each[0], last: each.at(-1)! };
}

const networks = (shape: NetworkShape) => ({
  G: passesOf(describeGenerator(shape)),
  D: passesOf(describeCritic(shape, "score", "none")),
});

/** Forward, the gradients of the filters, and those of the inputs but for the first layer's. */
const learning = ({ all, first }: Passes) => 3 * all - first;

/** The generator learns: images through the critic, and their gradient all the way back. */
function generatorStep(G: Passes, D: Passes): number {
  return learning(G) + 2 * D.all;
}

/** A DCGAN step, an image: the critic learns from real and fake images, the generator by the same fakes. */
export function dcganStep(shape: NetworkShape): number {
  const { G, D } = networks(shape);
  return 2 * learning(D) + generatorStep(G, D);
}

/**
 * A WGAN-GP step, an image: `criticSteps` times fresh fakes, the critic learning from real and fake
 * images and by the penalty's second derivative, then the generator's step.
 *
 * The penalty takes the critic forward and its gradient back to the image; differentiated again, each
 * layer's gradient is that of a filter and, but for the last layer, of what came from behind it.
 */
export function wganGpStep(shape: NetworkShape, criticSteps: number): number {
  const { G, D } = networks(shape);
  const penalty = 4 * D.all - D.last;
  return criticSteps * (G.all + 2 * learning(D) + penalty) + generatorStep(G, D);
}
