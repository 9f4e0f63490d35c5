import { duration } from "./facts.ts";
import { LineChart } from "./LineChart.tsx";

export interface TrainingRecord {
  steps: readonly {
    step: number;
    criticLoss: number;
    generatorLoss: number;
    penalty?: number | null;
    seconds: number;
  }[];
  timeline: readonly { step: number; file: string }[];
}

interface Props {
  /** The URL of a file that the timeline names. */
  urlOf: (file: string) => string;
  /** Null where nothing was recorded. */
  record: TrainingRecord | { problem: string } | null;
}

/** Previews of the same latent vectors as training went on, and the losses. */
export function TrainingHistory({ urlOf, record }: Props) {
  if (record === null) return null;
  return (
    <section class="training" aria-labelledby="training-title">
      <h2 id="training-title">How it learnt</h2>
      {"problem" in record
        ? (
          <p>
            The record of the training cannot be read: <code>{record.problem}</code>
          </p>
        )
        : <Record {...record} urlOf={urlOf} />}
    </section>
  );
}

function Record({ steps, timeline, urlOf }: TrainingRecord & Pick<Props, "urlOf">) {
  const lines = [
    ["Critic loss", steps.map((s) => [s.step, s.criticLoss])],
    ["Generator loss", steps.map((s) => [s.step, s.generatorLoss])],
    ["Penalty", steps.flatMap((s) => s.penalty == null ? [] : [[s.step, s.penalty]])],
  ] as [string, [number, number][]][];
  return (
    <>
      {timeline.length > 0 && (
        <>
          <p>The same latent vectors, from the first steps to the last.</p>
          <ol class="timeline" tabIndex={0} aria-label="Previews by step">
            {timeline.map(({ step, file }) => (
              <li key={step}>
                <figure>
                  <img
                    src={urlOf(file)}
                    alt={`Samples after ${step} steps`}
                    width="256"
                    height="256"
                    loading="lazy"
                  />
                  <figcaption>
                    Step {step.toLocaleString("en")}
                    <span>{timeAt(steps, step)}</span>
                  </figcaption>
                </figure>
              </li>
            ))}
          </ol>
        </>
      )}
      <div class="charts">
        {lines.filter(([_, points]) => points.length > 1).map(([title, points]) => (
          <LineChart key={title} title={title} points={points} unit="steps" />
        ))}
      </div>
    </>
  );
}

/** How long training had taken at `step`, as far as it was logged. */
function timeAt(steps: TrainingRecord["steps"], step: number): string {
  const logged = steps.find((s) => s.step >= step);
  return logged === undefined ? "" : duration(logged.seconds);
}
