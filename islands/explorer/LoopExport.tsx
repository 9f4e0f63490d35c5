import { useEffect, useRef, useState } from "preact/hooks";
import { fileSize } from "../../components/facts.ts";
import type { LoopFormat } from "./export/mod.ts";
import type { Painter } from "./use_main_picture.ts";
import type { Change } from "./use_view.ts";
import { LOOP_LENGTHS, type LoopKind, type LoopLength, type View } from "./view.ts";
import { loopLatents } from "./view_loop.ts";
import type { Vectors } from "./view_latent.ts";

interface Props {
  view: View;
  painter: Painter | null;
  vectors: Vectors | null;
  latentSize: number;
  pictureSize: readonly [number, number];
  /** What the file is called, without its ending. */
  name: string;
  change: Change;
}

type Made = { kind: "none" } | { kind: "making"; format: LoopFormat; fraction: number } | {
  kind: "made";
  format: LoopFormat;
  url: string;
  bytes: number;
} | { kind: "failed"; message: string };

const KINDS: readonly (readonly [LoopKind, string])[] = [
  ["ends", "A to B and back"],
  ["corners", "Around A, B, D, C"],
  ["seeds", "This seed and three more"],
];
const FORMATS: readonly (readonly [LoopFormat, string])[] = [
  ["gif", "GIF"],
  ["webm", "WebM"],
  ["png", "PNG strip"],
];
const FRAMES_PER_SECOND = 25;
/** About how wide a file's pictures are. */
const WIDTH = 256;

/** A loop through latent space, as a file to keep. */
export function LoopExport(props: Props) {
  const { view, painter, vectors, latentSize, pictureSize: [_, width], name, change } = props;
  const { loop: kind, frames } = view;
  const [made, setMade] = useState<Made>({ kind: "none" });
  const [canRecord, setCanRecord] = useState(false);
  const url = useRef<string>(undefined);
  useEffect(() => {
    setCanRecord(
      "MediaRecorder" in globalThis && "captureStream" in HTMLCanvasElement.prototype &&
        MediaRecorder.isTypeSupported("video/webm"),
    );
    return () => url.current && URL.revokeObjectURL(url.current);
  }, []);
  const make = async (format: LoopFormat) => {
    setMade({ kind: "making", format, fraction: 0 });
    try {
      const { exportLoop } = await import("./export/mod.ts");
      const blob = await exportLoop(
        painter!.sampler,
        loopLatents(view, kind, frames, latentSize, vectors!),
        {
          format,
          scale: Math.max(1, Math.round(WIDTH / width)),
          framesPerSecond: FRAMES_PER_SECOND,
          onProgress: (fraction) => setMade({ kind: "making", format, fraction }),
        },
      );
      if (url.current) URL.revokeObjectURL(url.current);
      url.current = URL.createObjectURL(blob);
      setMade({ kind: "made", format, url: url.current, bytes: blob.size });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      setMade({ kind: "failed", message: `No file was made: ${reason}` });
    }
  };
  const isReady = painter !== null && vectors !== null && made.kind !== "making";
  return (
    <div class="loop">
      <h3>A loop to keep</h3>
      <div class="loop-options">
        <label>
          <span>Through</span>
          <select
            value={kind}
            autocomplete="off"
            onChange={(event) => change({ loop: event.currentTarget.value as LoopKind }, "glance")}
          >
            {KINDS.map(([kind, title]) => <option key={kind} value={kind}>{title}</option>)}
          </select>
        </label>
        <label>
          <span>Length</span>
          <select
            value={frames}
            autocomplete="off"
            onChange={(event) =>
              change({ frames: Number(event.currentTarget.value) as LoopLength }, "glance")}
          >
            {LOOP_LENGTHS.map((frames) => (
              <option key={frames} value={frames}>
                {frames} pictures, {(frames / FRAMES_PER_SECOND).toFixed(1)} s
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="loop-formats">
        {FORMATS.filter(([format]) => format !== "webm" || canRecord).map(([format, title]) => (
          <button
            key={format}
            type="button"
            disabled={!isReady}
            onClick={() => make(format)}
          >
            {title}
          </button>
        ))}
      </div>
      <div class="loop-result" role="status">
        {made.kind === "making" && (
          <progress max={1} value={made.fraction} aria-label="Making the file" />
        )}
        {made.kind === "failed" && made.message}
        {made.kind === "made" && (
          <a href={made.url} download={`${name}-loop.${made.format}`}>
            {name}-loop.{made.format}, {fileSize(made.bytes)}
          </a>
        )}
      </div>
      {made.kind === "made" && made.format === "gif" && (
        <img class="loop-preview" src={made.url} alt="The loop" />
      )}
    </div>
  );
}
