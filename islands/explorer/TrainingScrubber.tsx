import { useRef } from "preact/hooks";
import { LineChart } from "../../components/LineChart.tsx";
import { Slider } from "../../components/Slider.tsx";

/** How training went, as far as the page shows it. */
export interface TrainingRecord {
  /** [step, value] in the order of steps, at most a few hundred a line. */
  lines: readonly { title: string; points: readonly (readonly [number, number])[] }[];
  /** Previews of the same latent vectors, in the order of steps. */
  timeline: readonly { step: number; url: string; time: string }[];
}

interface Props {
  record: TrainingRecord | { problem: string };
  /** Whose preview is shown; null for the last. */
  step: number | null;
  onStep: (step: number | null) => void;
}

/** Samples of the same latent vectors as training went on, to go back and forth through, and the losses beside them. */
export function TrainingScrubber({ record, step, onStep }: Props) {
  return (
    <section class="training" aria-labelledby="training-title">
      <h2 id="training-title">How it learnt</h2>
      {"problem" in record
        ? (
          <p>
            The record of the training cannot be read: <code>{record.problem}</code>
          </p>
        )
        : <Record {...record} step={step} onStep={onStep} />}
    </section>
  );
}

function Record({ lines, timeline, step, onStep }: TrainingRecord & Omit<Props, "record">) {
  const isFetched = useRef(false);
  const last = timeline.length - 1;
  const index = step === null ? last : nearest(timeline, step);
  const shown = timeline[index];
  const choose = (index: number) => onStep(index === last ? null : timeline[index].step);
  /** Before the first picture is asked for, all are: going through them must not wait for each. */
  const fetchAll = () => {
    if (isFetched.current) return;
    isFetched.current = true;
    for (const { url } of timeline) new Image().src = url;
  };
  return (
    <div class="scrubber">
      {shown && (
        <div class="scrubber-picture" onPointerEnter={fetchAll} onFocusIn={fetchAll}>
          <p>The same latent vectors, from the first steps to the last.</p>
          <figure>
            <img
              loading="lazy"
              src={shown.url}
              alt={`Samples after ${shown.step} steps`}
              width="256"
              height="256"
            />
            <figcaption aria-live="polite">
              Step {shown.step.toLocaleString("en")}
              <span>{shown.time}</span>
            </figcaption>
          </figure>
          {last > 0 && (
            <Slider
              label="Step"
              value={index}
              min={0}
              max={last}
              step={1}
              valueText={`step ${shown.step}`}
              output={shown.step.toLocaleString("en")}
              onSlide={choose}
            />
          )}
        </div>
      )}
      <div class="charts" onPointerEnter={fetchAll}>
        {lines.filter(({ points }) => points.length > 1).map(({ title, points }) => (
          <LineChart
            key={title}
            title={title}
            points={points}
            unit="steps"
            marked={shown ? shown.step : null}
            onPick={last > 0 ? (x) => choose(nearest(timeline, x)) : undefined}
          />
        ))}
      </div>
    </div>
  );
}

/** The index of the preview nearest to a step. */
export function nearest(timeline: readonly { step: number }[], step: number): number {
  const distances = timeline.map((preview) => Math.abs(preview.step - step));
  return distances.indexOf(Math.min(...distances));
}
