import type { ComponentChildren, TargetedKeyboardEvent } from "preact";
import { useState } from "preact/hooks";

interface Props {
  label: ComponentChildren;
  /** The label as text, for the field beside the track. */
  name: string;
  value: number;
  min: number;
  max: number;
  step: number;
  /** Called while dragging, not only at its end. */
  onSlide: (value: number) => void;
  /** Whether the value was set by hand, and the way back. */
  changed: boolean;
  onReset: () => void;
  /** Where a double click puts it. */
  zero?: number;
  /** A plus sign before what is above 0. */
  signed?: boolean;
  children?: ComponentChildren;
}

/**
 * A labelled track with its number beside it. The number may be typed over; the arrow keys move both by
 * `step`, Page Up and Page Down by more; a double click on the track goes to `zero`.
 */
export function NumberSlider(props: Props) {
  const { label, name, value, min, max, step, onSlide, changed, onReset, zero = 0 } = props;
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
          autocomplete="off"
          title={`A double click goes to ${zero}`}
          onInput={(event) => onSlide(event.currentTarget.valueAsNumber)}
          onDblClick={() => onSlide(zero)}
        />
      </label>
      <NumberField {...props} />
      <button
        type="button"
        class="slider-reset"
        aria-label={`Put ${name} back`}
        title={`Put ${name} back`}
        disabled={!changed}
        onClick={onReset}
      >
        ×
      </button>
      {props.children}
    </div>
  );
}

function NumberField({ name, value, min, max, step, onSlide, signed = false }: Props) {
  /** What is being typed; null while nobody types. */
  const [draft, setDraft] = useState<string | null>(null);
  const take = () => {
    const typed = draft === null ? NaN : parseTyped(draft);
    setDraft(null);
    if (!Number.isNaN(typed)) onSlide(Math.min(max, Math.max(min, typed)));
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter") take();
    else if (event.key === "Escape") setDraft(null);
    else if (direction !== undefined) {
      event.preventDefault();
      setDraft(null);
      onSlide(Math.min(max, Math.max(min, value + direction * step)));
    }
  };
  return (
    <input
      type="text"
      class="slider-number"
      inputMode="text" // a phone's decimal keyboard has no minus sign
      autocomplete="off"
      spellcheck={false}
      aria-label={`${name} as a number`}
      aria-invalid={draft !== null && Number.isNaN(parseTyped(draft))}
      value={draft ?? written(value, signed)}
      onFocus={(event) => event.currentTarget.select()}
      onInput={(event) => setDraft(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={onKeyDown}
    />
  );
}

/** Two decimals with a true minus sign, so that columns of numbers line up. */
export function written(value: number, signed: boolean): string {
  const digits = Math.abs(value).toFixed(2);
  if (Number(digits) === 0) return digits;
  return `${value < 0 ? "−" : signed ? "+" : ""}${digits}`;
}

/** The number in what somebody typed, with either minus sign and either decimal mark; else NaN. */
export function parseTyped(text: string): number {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
}
