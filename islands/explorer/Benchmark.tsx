import { useState } from "preact/hooks";
import type { EngineFiles } from "../../sampler/mod.ts";
import type { Measured } from "./benchmark.ts";

interface Props {
  modelUrl: string;
  wasmFiles: EngineFiles;
}

type State = { kind: "none" } | { kind: "running"; fraction: number } | {
  kind: "done";
  measured: Measured;
} | { kind: "failed"; message: string };

const NAMES = { webgpu: "WebGPU", wasm: "WASM" };

/** Both backends against each other, on the visitor's own machine. */
export function Benchmark({ modelUrl, wasmFiles }: Props) {
  const [state, setState] = useState<State>({ kind: "none" });
  const run = async () => {
    setState({ kind: "running", fraction: 0 });
    try {
      const { compareBackends } = await import("./benchmark.ts");
      const measured = await compareBackends(
        modelUrl,
        wasmFiles,
        (fraction) => setState({ kind: "running", fraction }),
      );
      setState({ kind: "done", measured });
    } catch (error) {
      setState({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <div class="benchmark">
      <button type="button" disabled={state.kind === "running"} onClick={run}>
        Measure both here
      </button>
      {state.kind === "running" && (
        <progress max={1} value={state.fraction} aria-label="Measuring" />
      )}
      <div role="status">
        {state.kind === "failed" && <p>Nothing was measured: {state.message}</p>}
        {state.kind === "done" && <Table {...state.measured} />}
      </div>
    </div>
  );
}

function Table({ rounds, backends, missing }: Measured) {
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">ms</th>
            <th scope="col">1 sample</th>
            <th scope="col">16 at once</th>
          </tr>
        </thead>
        <tbody>
          {backends.map(({ name, one, sixteen }) => (
            <tr key={name}>
              <th scope="row">{NAMES[name]}</th>
              <td>{one.toFixed(1)}</td>
              <td>{sixteen.toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {backends.length > 1
          ? `Medians of ${rounds} rounds, in each of which both took turns.`
          : `Medians of ${rounds} rounds.`} {missing.join(" ")}
      </p>
    </>
  );
}
