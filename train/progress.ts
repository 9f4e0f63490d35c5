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
  setTotal(total: number): void;
  update(value: number, payload: Record<string, unknown>): void;
  stop(): void;
}

export interface ProgressOptions {
  readonly from: number;
  readonly steps: number;
  readonly logEvery: number;
  /** Seconds until the run's time is up, where it has a limit: the steps that fit are then an estimate. */
  readonly secondsLeft?: () => number;
  readonly stream?: ProgressStream;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

/**
 * Shows steps `from` to `steps` of a run: as a bar on a terminal, as one line every `logEvery` steps
 * and after the last where the output is piped.
 */
export function startProgress(options: ProgressOptions): Progress {
  const { from, steps, secondsLeft = () => Infinity, now = () => performance.now() } = options;
  const { stream = stdout } = options;
  const started = now();
  const forecast: Forecast = (step) => {
    const secondsAStep = (now() - started) / 1000 / (step - from);
    const left = Math.min(steps - step, Math.max(0, secondsLeft()) / secondsAStep);
    const total = Math.round(step + left);
    return {
      total,
      label: total === steps ? `${step}/${steps}` : `${step}/about ${total}`,
      timeLeft: duration(left * secondsAStep),
    };
  };
  return stream.isTTY
    ? bar({ from, steps, stream, forecast })
    : lines({ steps, logEvery: options.logEvery, stream, forecast });
}

/** Where a run will end, judged at a step. */
type Forecast = (step: number) => { total: number; label: string; timeLeft: string };

function lines(
  { steps, logEvery, stream, forecast }: {
    steps: number;
    logEvery: number;
    stream: ProgressStream;
    forecast: Forecast;
  },
): Progress {
  return {
    update(report) {
      const { step } = report;
      if (step % logEvery !== 0 && step !== steps) return;
      const { label, timeLeft } = forecast(step);
      stream.write(`step ${label}  ${timeLeft} left  ${figures(report)}\n`);
    },
    say(message) {
      stream.write(`${message}\n`);
    },
    stop() {},
  };
}

function bar(
  { from, steps, stream, forecast }: {
    from: number;
    steps: number;
    stream: ProgressStream;
    forecast: Forecast;
  },
): Progress {
  const bar: Bar = new cliProgress.SingleBar({
    stream,
    format: "{bar} {label}  {figures}",
    barsize: 10, // 80 columns then hold all but the penalty,
    clearOnComplete: true,
    gracefulExit: false, // the trainer ends on Ctrl-C by itself, with a checkpoint
    linewrap: true, // cut to the terminal's width, rather than by a mode that a crash leaves behind
  }, cliProgress.Presets.shades_classic);
  let shown = { step: from, total: steps, label: `${from}`, figures: "" };
  const show = () => bar.start(shown.total, shown.step, shown);
  show();
  return {
    update(report) {
      const { step } = report;
      const { total, label, timeLeft } = forecast(step);
      shown = { step, total, label, figures: `${timeLeft} left  ${figures(report)}` };
      bar.setTotal(total);
      bar.update(step, shown);
    },
    say(message) {
      bar.stop();
      stream.write(`${message}\n`);
      show();
    },
    stop() {
      bar.stop();
      stream.write(`step ${shown.label}  ${shown.figures}\n`);
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
