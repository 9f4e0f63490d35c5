import { useRef } from "preact/hooks";
import type { TargetedPointerEvent } from "preact";
import { Slider } from "../../components/Slider.tsx";
import { sheet } from "../../sampler/paths.ts";
import type { Painter } from "./use_main_picture.ts";
import { useSmallPictures } from "./use_small_pictures.ts";
import type { View } from "./view.ts";
import { BETWEEN } from "./view_latent.ts";

interface Props {
  view: View;
  painter: Painter | null;
  /** Of the corners. */
  latents: readonly [Float32Array, Float32Array, Float32Array, Float32Array];
  latentsKey: string | null;
  /** [height, width] of the model's pictures. */
  pictureSize: readonly [number, number];
  onTravel: (to: { t?: number; v?: number }) => void;
}

const EDGE = 5;

/** The sheet between four corners, to drag across. The sliders do the same by keyboard. */
export function Pad(props: Props) {
  const { view, painter, latents, latentsKey, pictureSize: [height, width], onTravel } = props;
  const { t, v, path } = view;
  const canvas = useRef<HTMLCanvasElement>(null);
  useSmallPictures(
    painter,
    latentsKey && `${path} ${latentsKey}`,
    () =>
      Array.from({ length: EDGE * EDGE }, (_, i) => {
        const [column, row] = [i % EDGE, Math.floor(i / EDGE)];
        const z = sheet(latents, column / (EDGE - 1), row / (EDGE - 1), BETWEEN[path]);
        return { canvas, z, column, row };
      }),
  );
  const go = (event: TargetedPointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onTravel({
      t: share((event.clientX - box.left) / box.width),
      v: share((event.clientY - box.top) / box.height),
    });
  };
  return (
    <div class="pad-row">
      <div
        class="pad"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          go(event);
        }}
        onPointerMove={(event) =>
          event.currentTarget.hasPointerCapture(event.pointerId) && go(event)}
      >
        <canvas
          ref={canvas}
          width={EDGE * width}
          height={EDGE * height}
          role="img"
          aria-label="The sheet between A, B, C and D"
        />
        {["A", "B", "C", "D"].map((letter) => (
          <span key={letter} class={`pad-letter is-${letter.toLowerCase()}`} aria-hidden="true">
            {letter}
          </span>
        ))}
        {t !== null && (
          <svg class="pad-mark" viewBox="0 0 100 100" aria-hidden="true">
            <circle cx={place(t)} cy={place(v)} r="4" />
          </svg>
        )}
      </div>
      <div class="pad-controls">
        <p class="direction-note">
          Drag across the sheet: A to B above, C to D below. Corners are filled with “Use current”,
          or from the samples further down.
        </p>
        <Slider
          label="Down"
          value={v}
          min={0}
          max={1}
          step={0.01}
          valueText={`${Math.round(v * 100)} percent of the way down to C and D`}
          output={t === null ? "–" : `${Math.round(v * 100)} %`}
          changed={t !== null && v !== 0}
          onSlide={(value) => onTravel({ v: value })}
        />
      </div>
    </div>
  );
}

/** Of a place across the pad: 0 and 1 are the middles of the outer pictures. */
function share(across: number): number {
  return Math.min(1, Math.max(0, (across * EDGE - 0.5) / (EDGE - 1)));
}

/** In percent: `share`, the other way. */
function place(share: number): number {
  return (share * (EDGE - 1) + 0.5) / EDGE * 100;
}
