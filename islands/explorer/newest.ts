/**
 * Runs `work` for the newest value pushed, one run at a time and at most one a frame: values that
 * were overtaken while a run was in flight are never worked on. Dragging therefore never queues up.
 */
export class Newest<T> {
  #next: { value: T } | null = null;
  #running: Promise<void> | null = null;

  /** `frame` resolves when the next run may start; in a page, with the next animation frame. */
  constructor(
    private readonly work: (value: T) => Promise<void>,
    private readonly frame: () => Promise<unknown> = nextFrame,
  ) {}

  /** `work` must not reject: what fails is its own to show. */
  push(value: T): void {
    this.#next = { value };
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#next !== null) {
      await this.frame();
      const { value } = this.#next;
      this.#next = null;
      await this.work(value);
    }
    this.#running = null;
  }
}

/** A page in the background gets no frames, nor does one whose GPU is about to be lost. */
const LONGEST_FRAME_MS = 250;

function nextFrame(): Promise<unknown> {
  return new Promise((resolve) => {
    requestAnimationFrame(resolve);
    setTimeout(resolve, LONGEST_FRAME_MS);
  });
}
