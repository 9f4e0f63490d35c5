import type { ComponentChildren } from "preact";

interface Props {
  label: ComponentChildren;
  /** What a screen reader says in place of the bare number. */
  valueText?: string;
  value: number;
  min: number;
  max: number;
  step: number;
  /** Shown beside the track. */
  output: string;
  /** Called while dragging, not only at its end. */
  onSlide: (value: number) => void;
  /** Whether the value was set by hand. */
  changed?: boolean;
}

/** A labelled range input. The arrow keys move it by `step`, Page Up and Page Down by more. */
export function Slider(props: Props) {
  const { label, valueText, value, min, max, step, output, onSlide, changed = false } = props;
  return (
    <div class={changed ? "slider is-changed" : "slider"}>
      <label>
        <span class="slider-label">{label}</span>
        <input
          type="range"
          min={min}
          max={max}
          step={step}
          value={value}
          aria-valuetext={valueText}
          autocomplete="off"
          onInput={(event) => onSlide(event.currentTarget.valueAsNumber)}
        />
      </label>
      <output>{output}</output>
    </div>
  );
}
