import { stdout } from "node:process";
import cliProgress from "cli-progress";

/** What is shown of a generator step. */
export interface ProgressReport {
  readonly step: number;
  readonly criticLoss: number;
  readonly generatorLoss?: number;
  readonly penalty?: number;
  readonly imagesPerSecond: number;
}

export interface Progress {
  /** To be called after every generator step. */
  update(report: ProgressReport): void;
  /** Shows a line without tearing the bar. */
  say(message: string): void;
  /** To be called once at the end, however the run ends: a bar keeps the process alive. */
  stop(): void;
}

/** The part of node's writable streams that is needed; `isTTY` decides between bar and lines. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The part of cli-progress that is used; the package has no types. */
interface Bar {
  start(total: number, value: number, payload: Record<string, unknown>): void;
  update(value: number, payload: Record<string, unknown>): void;
  stop(): void;
}

/**
 * Shows steps `from` to `steps` of a run: as a bar on a terminal, as one line every `logEvery` steps
 * and after the last where the output is piped. `now` is a clock in milliseconds.
 */
export function startProgress(
  { from, steps, logEvery, stream = stdout, now = () => performance.now() }: {
    from: number;
    steps: number;
    logEvery: number;
    stream?: ProgressStream;
    now?: () => number;
  },
): Progress {
  const started = now();
  const timeLeft = (step: number) => {
    const secondsAStep = (now() - started) / 1000 / (step - from);
    return duration((steps - step) * secondsAStep);
  };
  return stream.isTTY
    ? bar({ from, steps, stream, timeLeft })
    : lines({ steps, logEvery, stream, timeLeft });
}

type TimeLeft = (step: number) => string;

function lines(
  { steps, logEvery, stream, timeLeft }: {
    steps: number;
    logEvery: number;
    stream: ProgressStream;
    timeLeft: TimeLeft;
  },
): Progress {
  return {
    update(report) {
      const { step } = report;
      if (step % logEvery !== 0 && step !== steps) return;
      stream.write(`step ${step}/${steps}  ${timeLeft(step)} left  ${figures(report)}\n`);
    },
    say(message) {
      stream.write(`${message}\n`);
    },
    stop() {},
  };
}

function bar(
  { from, steps, stream, timeLeft }: {
    from: number;
    steps: number;
    stream: ProgressStream;
    timeLeft: TimeLeft;
  },
): Progress {
  const bar: Bar = new cliProgress.SingleBar({
    stream,
    format: "{bar} {value}/{total}  {figures}",
    barsize: 10, // 80 columns then hold all but the penalty,
    clearOnComplete: true,
    gracefulExit: false, // the trainer ends on Ctrl-C by itself, with a checkpoint
    linewrap: true, // cut to the terminal's width, rather than by a mode that a crash leaves behind
  }, cliProgress.Presets.shades_classic);
  let shown = { step: from, figures: "" };
  const show = () => bar.start(steps, shown.step, { figures: shown.figures });
  show();
  return {
    update(report) {
      const { step } = report;
      shown = { step, figures: `${timeLeft(step)} left  ${figures(report)}` };
      bar.update(step, { figures: shown.figures });
    },
    say(message) {
      bar.stop();
      stream.write(`${message}\n`);
      show();
    },
    stop() {
      bar.stop();
      stream.write(`step ${shown.step}/${steps}  ${shown.figures}\n`);
    },
  };
}

function figures({ criticLoss, generatorLoss, penalty, imagesPerSecond }: ProgressReport): string {
  return [
    `${Math.round(imagesPerSecond)} images/s`,
    `critic ${criticLoss.toPrecision(3)}`,
    ...(generatorLoss === undefined ? [] : [`generator ${generatorLoss.toPrecision(3)}`]),
    ...(penalty === undefined ? [] : [`penalty ${penalty.toPrecision(3)}`]),
  ].join("  ");
}

/** Seconds for people: "45 s", "12 min", "3 h 05 min". */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
