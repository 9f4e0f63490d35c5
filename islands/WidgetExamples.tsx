import { useEffect, useRef, useState } from "preact/hooks";
import { GanletElement } from "../components/GanletElement.tsx";

export interface WidgetExamplesProps {
  /** The model's folder. */
  src: string;
  title: string;
}

/** What this page uses of the element (widget/api.ts). */
interface SamplerElement extends HTMLElement {
  readonly loaded: boolean;
  readonly backend: string | null;
  readonly card: { title: string } | null;
  latent: Float32Array | null;
  columns: number;
  sample(z?: number | Float32Array): Promise<ImageData>;
  interpolate(a: number, b: number, t: number): Promise<ImageData>;
  randomize(seed?: number): Promise<number>;
  toBlob(): Promise<Blob>;
}

const EVENTS = ["load", "progress", "sample", "error"] as const;
const LOG_LENGTH = 5;

/** The element's methods at work, and what it tells meanwhile. */
export default function WidgetExamples({ src, title }: WidgetExamplesProps) {
  const ref = useRef<HTMLElement>(null);
  const [log, setLog] = useState<string[]>([]);
  const [t, setT] = useState(0);
  const sampler = () => ref.current as SamplerElement;

  const say = (line: string) => setLog((log) => [line, ...log].slice(0, LOG_LENGTH));

  useEffect(() => {
    const element = sampler();
    const note = ({ type, detail }: Event & { detail?: Record<string, unknown> }) =>
      say(`${type} ${shortened(detail)}`);
    EVENTS.forEach((name) => element.addEventListener(name, note));
    return () => EVENTS.forEach((name) => element.removeEventListener(name, note));
  }, []);

  // What a method fails with is told by the event, too.
  const run = (work: () => Promise<unknown>) => () => work().catch(() => {});
  const save = run(async () => {
    const url = URL.createObjectURL(await sampler().toBlob());
    Object.assign(document.createElement("a"), { href: url, download: "ganlet.png" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  });

  return (
    <div class="example is-live">
      <GanletElement ref={ref} src={src} alt={title} />
      <div>
        <h3>Methods, events, properties</h3>
        <p>
          <code>load</code>, <code>progress</code> and <code>sample</code>{" "}
          are listed as they come. A latent vector of two numbers does not fit: <code>error</code>
          {" "}
          says so.
        </p>
        <label class="method">
          <code>interpolate(3, 8, {t.toFixed(2)})</code>
          <input
            type="range"
            min={0}
            max={1}
            step={0.01}
            value={t}
            onInput={({ currentTarget: { valueAsNumber } }) => {
              setT(valueAsNumber);
              sampler().interpolate(3, 8, valueAsNumber).catch(() => {});
            }}
          />
        </label>
        <p class="buttons">
          <button type="button" onClick={run(() => sampler().sample(5))}>sample(5)</button>
          <button type="button" onClick={run(() => sampler().randomize())}>randomize()</button>
          <button type="button" onClick={() => sampler().latent = null}>latent = null</button>
          <button type="button" onClick={() => sampler().columns = 4}>columns = 4</button>
          <button type="button" onClick={save}>toBlob()</button>
          <button type="button" onClick={run(() => sampler().sample(new Float32Array(2)))}>
            sample([0, 0])
          </button>
          <button
            type="button"
            onClick={() => {
              const { loaded, backend, card } = sampler();
              say(`loaded ${loaded}, backend ${backend}, card ${card?.title ?? null}`);
            }}
          >
            loaded, backend, card
          </button>
        </p>
        <ol class="log" aria-label="Events and properties, the newest first">
          {log.map((line, i) => <li key={log.length - i}>{line}</li>)}
        </ol>
      </div>
    </div>
  );
}

/** A detail as JSON, of a latent vector its first numbers, of the card its title. */
function shortened(detail: Record<string, unknown> = {}): string {
  return JSON.stringify(detail, (key, value) => {
    if (key === "card") return `${value.title}, …`;
    if (!(value instanceof Float32Array)) return value;
    return `${Array.from(value.subarray(0, 3), (x) => x.toFixed(2)).join(", ")}, …`;
  });
}
