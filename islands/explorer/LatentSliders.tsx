import { useState } from "preact/hooks";
import { Fingerprint } from "../../components/Fingerprint.tsx";
import { Slider } from "../../components/Slider.tsx";
import { PIN_LIMIT, type Pins } from "./view.ts";

interface Props {
  z: Float32Array;
  pins: Pins;
  truncation: number;
  onTruncate: (value: number) => void;
  onPin: (dimension: number, value: number) => void;
  onUnpin: (dimension: number) => void;
}

const PER_PAGE = 10;

/** Every dimension of the latent vector: all as a picture, ten at a time as sliders. */
export function LatentSliders(props: Props) {
  const { z, pins, truncation, onTruncate, onPin, onUnpin } = props;
  const marked = Object.keys(pins).map(Number);
  const pages = Math.ceil(z.length / PER_PAGE);
  const [page, setPage] = useState(Math.floor((marked[0] ?? 0) / PER_PAGE));
  const first = page * PER_PAGE;
  const end = Math.min(z.length, first + PER_PAGE);
  const dimensions = Array.from({ length: end - first }, (_, i) => first + i);
  return (
    <section class="latent" aria-labelledby="latent-title">
      <h2 id="latent-title">Latent vector</h2>
      <Fingerprint
        z={z}
        marked={marked}
        range={[first, end]}
        onPick={(dimension) => setPage(Math.floor(dimension / PER_PAGE))}
      />
      <div class="pager">
        <button
          type="button"
          aria-label="Previous dimensions"
          disabled={page === 0}
          onClick={() => setPage(page - 1)}
        >
          ←
        </button>
        <p aria-live="polite">Dimensions {first + 1}–{end} of {z.length}</p>
        <button
          type="button"
          aria-label="Next dimensions"
          disabled={page === pages - 1}
          onClick={() => setPage(page + 1)}
        >
          →
        </button>
      </div>
      <div class="sliders">
        {dimensions.map((dimension) => (
          <Slider
            key={dimension}
            label={
              <>
                z<sub>{dimension + 1}</sub>
              </>
            }
            value={z[dimension]}
            min={-PIN_LIMIT}
            max={PIN_LIMIT}
            step={0.05}
            output={signed(z[dimension])}
            changed={dimension in pins}
            onSlide={(value) => onPin(dimension, value)}
            onReset={() => onUnpin(dimension)}
            resetLabel={`Put dimension ${dimension + 1} back`}
          />
        ))}
      </div>
      <Slider
        label="Truncation"
        value={truncation}
        min={0}
        max={1}
        step={0.05}
        output={truncation.toFixed(2)}
        changed={truncation !== 1}
        onSlide={onTruncate}
        onReset={() => onTruncate(1)}
        resetLabel="Put truncation back"
      />
    </section>
  );
}

/** Two decimals with a true minus sign, so that columns of numbers line up. */
function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}
