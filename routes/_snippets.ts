/** Code that makes a model work elsewhere. */

import type { ModelCard } from "../sampler/card.ts";

export interface Snippet {
  title: string;
  code: string;
}

/** `origin` is this site's: what the code fetches is here until it is copied elsewhere. */
export function snippetsOf(
  { id, latentSize, imageShape, training }: ModelCard,
  origin: string,
): Snippet[] {
  const model = `${origin}/models/${id}/`;
  return [
    {
      title: "On any page, in one tag",
      code: `<script type="module" src="${origin}/widget.js"></script>
<ganlet-sampler src="${model}"></ganlet-sampler>`,
    },
    {
      title: "With TensorFlow.js alone",
      code: `import * as tf from "@tensorflow/tfjs";

const generator = await tf.loadLayersModel("${model}model.json");
const z = tf.randomNormal([1, ${latentSize}]);
const image = generator.predict(z).squeeze([0]); // [${imageShape.join(", ")}] in [-1, 1]
await tf.browser.toPixels(image.add(1).div(2).clipByValue(0, 1), document.querySelector("canvas"));`,
    },
    { title: "Trained again, in a clone of ganlet", code: training.command },
  ];
}
