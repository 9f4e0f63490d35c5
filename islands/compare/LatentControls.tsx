import { Fingerprint } from "../../components/Fingerprint.tsx";
import { NumberSlider } from "../../components/NumberSlider.tsx";
import { hundredths, pageOfPins, without } from "../explorer/view.ts";
import type { ChangeKind } from "../explorer/use_view.ts";
import { type Pins, REACH, type View } from "./view.ts";

interface Props {
  view: View;
  z: Float32Array;
  change: (part: Partial<View>, kind: ChangeKind) => void;
}

const PER_PAGE = 5;

/** The one latent vector of all models: all of it as a picture, five dimensions at a time as sliders. */
export function LatentControls({ view, z, change }: Props) {
  const { pins, truncation } = view;
  const marked = Object.keys(pins).map(Number);
  const pages = Math.ceil(z.length / PER_PAGE);
  const page = Math.min(view.page ?? pageOfPins(pins, PER_PAGE), pages - 1);
  const setPage = (page: number) => change({ page }, "glance");
  const setPins = (pins: Pins, kind: ChangeKind) =>
    // What is set by hand must not turn the page.
    change({ pins, page: view.page ?? (pageOfPins(pins, PER_PAGE) === page ? null : page) }, kind);
  const first = page * PER_PAGE;
  const end = Math.min(z.length, first + PER_PAGE);
  return (
    <section class="latent" aria-labelledby="latent-title">
      <h2 id="latent-title">One latent vector for all</h2>
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
        {Array.from({ length: end - first }, (_, i) => first + i).map((dimension) => (
          <NumberSlider
            key={dimension}
            label={
              <>
                z<sub>{dimension + 1}</sub>
              </>
            }
            name={`dimension ${dimension + 1}`}
            value={z[dimension]}
            min={-REACH}
            max={REACH}
            step={0.05}
            signed
            changed={dimension in pins}
            onSlide={(value) => setPins({ ...pins, [dimension]: hundredths(value) }, "drag")}
            onReset={() => setPins(without(pins, dimension), "step")}
          />
        ))}
      </div>
      <NumberSlider
        label="Truncation"
        name="truncation"
        value={truncation}
        min={0}
        max={1}
        step={0.05}
        zero={1}
        changed={truncation !== 1}
        onSlide={(value) => change({ truncation: hundredths(value) }, "drag")}
        onReset={() => change({ truncation: 1 }, "step")}
      />
    </section>
  );
}
