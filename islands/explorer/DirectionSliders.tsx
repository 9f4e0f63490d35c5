import { NumberSlider } from "../../components/NumberSlider.tsx";
import type { AttributeDirection, PrincipalDirection } from "../../sampler/directions.ts";
import { type Moves, REACH } from "./view.ts";

interface Moving {
  moves: Moves;
  onMove: (id: string, offset: number) => void;
  onStay: (id: string) => void;
}

/** More than these make a wall. */
const SHOWN_FIRST = 10;

/** Directions that a classifier's judgement gave a name, each with how well it was measured to work. */
export function AttributeSliders(
  { directions, ...moving }: Moving & { directions: readonly AttributeDirection[] },
) {
  const questions = [...new Set(directions.map(({ question }) => question))];
  return (
    <>
      {questions.map((question) => (
        <div key={question} class="direction-group" role="group" aria-label={spoken(question)}>
          {questions.length > 1 && <h3>{spoken(question)}</h3>}
          {directions.filter((direction) =>
            direction.question === question
          ).map((direction) => (
            <Mover
              key={direction.id}
              id={direction.id}
              title={direction.title}
              minus={direction.minus}
              plus={direction.plus}
              note={noteOf(direction)}
              {...moving}
            />
          ))}
        </div>
      ))}
      <p class="direction-note">
        Found on samples that a classifier judged, measured on others. Accuracy: how well the
        direction tells its ends apart. Works: the share of samples that go from the left end to the
        right from −2 to +2. Last: what else changes most.
      </p>
    </>
  );
}

/** Directions in the order of how much they move the first layer; what each shows is for the eye to find. */
export function PrincipalSliders(
  { directions, kind, isAll, onAll, ...moving }: Moving & {
    directions: readonly PrincipalDirection[];
    kind: "sefa" | "ganspace";
    isAll: boolean;
    onAll: (isAll: boolean) => void;
  },
) {
  const shown = isAll ? directions : directions.slice(0, SHOWN_FIRST);
  const strongest = Math.max(...directions.map(({ strength }) => strength));
  return (
    <>
      {shown.map(({ strength }, i) => (
        <Mover
          key={i}
          id={`${kind}-${i + 1}`}
          title={`Direction ${i + 1}`}
          note={`${percent(strength, 1)} of the variance`}
          strength={strength / strongest}
          {...moving}
        />
      ))}
      {directions.length > SHOWN_FIRST && (
        <button
          type="button"
          class="quiet"
          onClick={() => onAll(!isAll)}
        >
          {isAll ? `Only the first ${SHOWN_FIRST}` : `All ${directions.length}`}
        </button>
      )}
      <p class="direction-note">
        {kind === "sefa"
          ? "What the first layer’s weights stretch most (SeFa): nobody chose what these show."
          : "Where the first layer’s outputs vary most (GANSpace): nobody chose what these show."}
      </p>
    </>
  );
}

interface MoverProps extends Moving {
  id: string;
  title: string;
  note: string;
  minus?: string;
  plus?: string;
  /** Beside the strongest's. */
  strength?: number;
}

function Mover({ id, title, note, minus, plus, strength, moves, onMove, onStay }: MoverProps) {
  return (
    <div class="direction">
      <p class="direction-head">
        <b>{title}</b>
        <span>
          {note}
          {strength !== undefined && (
            <svg class="strength" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width={Math.max(1, strength * 100).toFixed(1)} height="1" />
            </svg>
          )}
        </span>
      </p>
      <NumberSlider
        label={<span class="visually-hidden">{title}</span>}
        name={title}
        value={moves[id] ?? 0}
        min={-REACH}
        max={REACH}
        step={0.05}
        signed
        changed={id in moves}
        onSlide={(offset) => onMove(id, offset)}
        onReset={() => onStay(id)}
      />
      {minus !== undefined && (
        <p class="direction-ends" aria-hidden="true">
          <span>{minus}</span>
          <span>{plus}</span>
        </p>
      )}
    </div>
  );
}

function noteOf({ accuracy, change, leak }: AttributeDirection): string {
  const told = `accuracy ${percent(accuracy)}, works ${percent(change)}`;
  return leak === null ? told : `${told}, ${spoken(leak.question)} ${percent(leak.share)}`;
}

/** "background colour" of a data set's `backgroundColor`. */
function spoken(question: string): string {
  return question.replace(/[A-Z]/g, " $&").toLowerCase().replace("color", "colour");
}

function percent(share: number, decimals = 0): string {
  return `${(share * 100).toFixed(decimals)} %`;
}
