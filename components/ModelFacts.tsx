import type { ComponentChildren } from "preact";
import type { ModelCard } from "../sampler/card.ts";
import { fileSize, measuresOf, objectiveName, trainingTime } from "./facts.ts";

interface Props {
  card: ModelCard;
  /** The addresses of what can be taken along. */
  downloads: readonly { name: string; url: string; bytes: number | null }[];
}

/** A model in one sentence. */
export function Summary(
  { card: { dataset, imageShape: [height, width], training } }: Pick<Props, "card">,
) {
  return (
    <>
      Trained on {dataset.images.toLocaleString("en")} pictures of {dataset.title} at {width} ×{" "}
      {height} pixels: {training.generatorSteps.toLocaleString("en")} steps in{" "}
      {trainingTime(training)}.
    </>
  );
}

/** What a model is and how to make it again, from its card. */
export function ModelFacts({ card, downloads }: Props) {
  const { paper, dataset, training, imageShape: [height, width, channels] } = card;
  const versions = Object.entries(training.versions).map(([name, v]) => `${name} ${v}`).join(", ");
  const saved = training.savedStep === training.generatorSteps
    ? ""
    : `; the weights of step ${training.savedStep.toLocaleString("en")} were the best`;
  return (
    <section class="facts" aria-labelledby="facts-title">
      <h2 id="facts-title">About this model</h2>
      <dl>
        <Fact name="Objective">
          {objectiveName(card.objective)}, from{" "}
          <a href={`https://arxiv.org/abs/${encodeURIComponent(paper.arxiv)}`}>
            <cite>{paper.title}</cite>
          </a>{" "}
          (arXiv:{paper.arxiv})
        </Fact>
        <Fact name="Data">
          {isWebUrl(dataset.url) ? <a href={dataset.url}>{dataset.title}</a> : dataset.title},{" "}
          {dataset.images.toLocaleString("en")} pictures. Licence: {dataset.licence}
        </Fact>
        <Fact name="Pictures">
          {width} × {height} pixels, {channels === 1 ? "grey" : "colour"}, from a latent vector of
          {" "}
          {card.latentSize} numbers
        </Fact>
        <Fact name="Training">
          Recipe “{training.recipe}”: {training.generatorSteps.toLocaleString("en")}{" "}
          generator steps, each after {training.criticSteps} of the critic, {training.batchSize}
          {" "}
          pictures a step, in {trainingTime(training)}
          {saved}
        </Fact>
        {card.metrics && (
          <Fact name="Measured">
            <Measures metrics={card.metrics} />
            {card.metrics.shortfall && <p>Below ganlet's bar: {card.metrics.shortfall}</p>}
          </Fact>
        )}
        <Fact name="Optimiser">{training.optimizer}</Fact>
        <Fact name="Machine">{training.backend}, {training.device}</Fact>
        <Fact name="Made with">{versions}</Fact>
        <Fact name="Files">
          <ul class="downloads">
            {downloads.map(({ name, url, bytes }) => (
              <li key={name}>
                <a href={url} download>{name}</a>
                {bytes !== null && <span>{fileSize(bytes)}</span>}
              </li>
            ))}
          </ul>
        </Fact>
      </dl>
    </section>
  );
}

function Measures({ metrics }: { metrics: NonNullable<ModelCard["metrics"]> }) {
  const measures = measuresOf(metrics);
  if (measures.length === 0) return null;
  return (
    <table class="measures">
      <thead>
        <tr>
          <th scope="col">Measure</th>
          <th scope="col">This model</th>
          <th scope="col">Real images</th>
        </tr>
      </thead>
      <tbody>
        {measures.map(({ name, aim, value, floor }) => (
          <tr key={name}>
            <th scope="row">
              {name} <small>{aim}</small>
            </th>
            <td>{value}</td>
            <td>{floor}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A card comes from a file: its URL must not smuggle in another scheme. */
function isWebUrl(url: string | null): url is string {
  return url !== null && /^https?:\/\//.test(url);
}
