import { Fingerprint } from "../../components/Fingerprint.tsx";
import { NumberSlider } from "../../components/NumberSlider.tsx";
import type { Change, ChangeKind } from "./use_view.ts";
import { hundredths, pageOfPins, type Pins, REACH, type View, without } from "./view.ts";

interface Props {
  view: View;
  z: Float32Array;
  change: Change;
}

const PER_PAGE = 10;

/** Every dimension of the latent vector: all as a picture, those that are looked for as sliders, ten at a time. */
export function DimensionSliders({ view, z, change }: Props) {
  const { pins, find } = view;
  const marked = Object.keys(pins).map(Number);
  const found = findDimensions(find, z.length, marked);
  const pages = Math.max(1, Math.ceil(found.length / PER_PAGE));
  const firstPage = (pins: Pins) => find === "" ? pageOfPins(pins, PER_PAGE) : 0;
  const page = Math.min(view.page ?? firstPage(pins), pages - 1);
  const shown = found.slice(page * PER_PAGE, (page + 1) * PER_PAGE);
  const range = shown.length === 0 ? [0, 0] as const : [shown[0], shown.at(-1)! + 1] as const;
  const onLook = (at: { find?: string; page: number | null }) => change(at, "glance");
  const setPins = (pins: Pins, kind: ChangeKind) =>
    // What is set by hand must not turn the page.
    change({ pins, page: view.page ?? (firstPage(pins) === page ? null : page) }, kind);
  const search = (text: string) =>
    onLook({ find: text.toLowerCase().replaceAll(/[^a-z0-9-]/g, "").slice(0, 20), page: null });
  return (
    <>
      <Fingerprint
        z={z}
        marked={marked}
        range={range}
        onPick={(dimension) => onLook({ find: "", page: Math.floor(dimension / PER_PAGE) })}
      />
      <div class="dimension-search">
        <label>
          <span>Find</span>
          <input
            type="text"
            autocomplete="off"
            spellcheck={false}
            placeholder="12, 40-49, changed"
            value={find}
            onInput={(event) => search(event.currentTarget.value)}
          />
        </label>
        <div class="pager">
          <button
            type="button"
            aria-label="Previous dimensions"
            disabled={page === 0}
            onClick={() => onLook({ page: page - 1 })}
          >
            ←
          </button>
          <p aria-live="polite">{describe(shown, found.length, z.length)}</p>
          <button
            type="button"
            aria-label="Next dimensions"
            disabled={page === pages - 1}
            onClick={() => onLook({ page: page + 1 })}
          >
            →
          </button>
        </div>
      </div>
      <div class="sliders">
        {shown.map((dimension) => (
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
    </>
  );
}

/**
 * The dimensions, counted from 0, that a search names: "12" all whose number (counted from 1) begins
 * so, "40-49" those from one to the other, "changed" those set by hand; nothing names all.
 */
export function findDimensions(find: string, size: number, changed: readonly number[]): number[] {
  const all = Array.from({ length: size }, (_, i) => i);
  const range = find.match(/^(\d+)-(\d*)$/);
  if (range) {
    const [first, last] = [Number(range[1]), range[2] === "" ? size : Number(range[2])];
    return all.filter((i) => i + 1 >= first && i + 1 <= last);
  }
  if (find !== "" && "changed".startsWith(find)) return all.filter((i) => changed.includes(i));
  return all.filter((i) => String(i + 1).startsWith(find.replace(/^z/, "")));
}

function describe(shown: readonly number[], found: number, size: number): string {
  if (shown.length === 0) return "No dimension";
  const [first, last] = [shown[0] + 1, shown.at(-1)! + 1];
  if (found === size) return `Dimensions ${first}–${last} of ${size}`;
  return `${shown.length} of ${found} found`;
}
