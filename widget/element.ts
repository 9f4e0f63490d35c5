import type { EngineFiles } from "../sampler/mod.ts";
import type {
  GanletBackendChoice,
  GanletErrorDetail,
  GanletLatent,
  GanletModelCard,
  GanletSamplerElement,
  GanletSamplerEventMap,
} from "./api.ts";
import { ATTRIBUTES, AttributesElement, SEEDS, setText, wordIn } from "./attributes.ts";
import { loadPainter, Superseded, typeOf } from "./failures.ts";
import { Opening } from "./opening.ts";
import type { Painter, Scene } from "./painter.ts";
import { fractions, isMotionWelcome } from "./travel.ts";
import { buildView, describe } from "./view.ts";

/** How far outside of the window an element begins to load. */
const NEAR = "400px";

/** `<ganlet-sampler>`: api.ts says what it is to scripts, /widget documents it. */
export class GanletSampler extends AttributesElement implements GanletSamplerElement {
  static readonly observedAttributes = ATTRIBUTES;
  /** Where the WASM engine's files are; the entry script knows. */
  static engineFiles: EngineFiles;

  readonly #view = buildView(this.attachShadow({ mode: "open" }));
  #observer: IntersectionObserver | null = null;
  readonly #model = this.#makeOpening();
  #loaded = false;
  /** Also of a model that has gone. */
  #hasPicture = false;
  #isRevealed = false;
  /** Set by hand, in place of the seed's. */
  #latent: Float32Array | null = null;
  /** How far the first picture is on the way from its seed to the next. */
  #blend = 0;
  #travels = 0;
  #failure: unknown = null;

  constructor() {
    super();
    const { reveal, randomize, blend, truncation } = this.#view;
    reveal.addEventListener("click", () => {
      this.#isRevealed = true;
      this.#quietly(this.#draw());
    });
    randomize.addEventListener("click", () => this.#quietly(this.#travelTo(randomSeed())));
    blend.addEventListener("input", () => {
      this.#forget();
      this.#blend = Number(blend.value);
      this.#update();
    });
    truncation.addEventListener("input", () => this.truncation = Number(truncation.value));
  }

  get backend(): "webgpu" | "wasm" | null {
    return this.#model.painter?.backend ?? null;
  }
  set backend(choice: GanletBackendChoice | null) {
    setText(this, "backend", choice);
  }
  get card(): GanletModelCard | null {
    return this.#model.painter?.card ?? null;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  get latent(): Float32Array | null {
    if (this.#latent) return this.#latent.slice();
    return this.#model.painter?.first(this.#scene(this.#model.painter)) ?? null;
  }
  set latent(z: ArrayLike<number> | null) {
    this.#forget();
    this.#latent = z === null ? null : Float32Array.from(z);
    this.#update();
  }

  async sample(z?: GanletLatent): Promise<ImageData> {
    return await this.#sample((painter) =>
      z === undefined ? painter.first(this.#scene(painter)) : painter.vector(z, this.truncation)
    );
  }

  async interpolate(a: GanletLatent, b: GanletLatent, t: number): Promise<ImageData> {
    return await this.#sample((painter) => painter.between(a, b, t, this.truncation));
  }

  async randomize(seed = randomSeed()): Promise<number> {
    this.seed = seed;
    await this.#draw();
    return this.seed;
  }

  async toBlob(): Promise<Blob> {
    if (!this.#loaded) await this.#draw();
    const { canvas } = this.#view;
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error("The picture has no pixels")))
    );
  }

  connectedCallback(): void {
    // What a framework set before this script had come hides the properties of the same name.
    for (const name of [...ATTRIBUTES, "latent"]) {
      if (!Object.hasOwn(this, name)) continue;
      const value = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
    this.#describe();
    this.#watch();
  }

  disconnectedCallback(): void {
    this.#observer?.disconnect();
    // An element that is only moved is back before this runs.
    queueMicrotask(() => this.isConnected || this.#model.close());
  }

  attributeChangedCallback(name: string): void {
    if (name === "src" || name === "backend") {
      const wasOpen = this.#model.isOpen;
      this.#model.forgive();
      this.#model.close();
      if (name === "src") {
        this.#forget();
        this.#hasPicture = false;
      }
      if (wasOpen && this.src) this.#quietly(this.#draw());
      else this.#watch();
    } else if (["seed", "rows", "columns", "truncation"].includes(name)) {
      if (name === "seed") this.#forget();
      this.#update();
    } else if (name === "loading" || name === "reveal") this.#watch();
    this.#describe();
  }

  /** Waits until a visitor comes near, where nothing has begun yet. */
  #watch(): void {
    this.#observer?.disconnect();
    const waits = this.reveal === "interaction" && !this.#isRevealed;
    if (!this.isConnected || !this.src || this.#model.isOpen || waits) return;
    if (this.loading === "eager") return this.#quietly(this.#draw());
    this.#observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.#quietly(this.#draw());
    }, { rootMargin: NEAR });
    this.#observer.observe(this);
  }

  #makeOpening(): Opening {
    const { canvas, progress, progressBar } = this.#view;
    return new Opening(canvas, () => ({
      folder: new URL(this.src, document.baseURI).href,
      backend: wordIn(this.getAttribute("backend"), ["auto", "webgpu", "wasm"]),
      wasmFiles: GanletSampler.engineFiles,
    }), {
      begins: () => {
        this.#observer?.disconnect();
        progressBar.value = 0;
        progress.hidden = false;
        this.#showFailure(null);
        this.#describe();
      },
      progresses: (fraction) => {
        progressBar.value = fraction;
        this.#tell("progress", { progress: fraction });
      },
      ends: () => progress.hidden = true,
      closes: () => {
        this.#travels++;
        this.#loaded = false;
        progress.hidden = true;
      },
    });
  }

  /** Draws what the element says now. */
  async #draw(): Promise<void> {
    if (await this.#model.use((painter) => painter.show(this.#scene(painter)))) this.#drawn();
  }

  /** Draws it again, if anything is to be seen yet. */
  #update(): void {
    this.#describe();
    if (this.#model.isOpen) this.#quietly(this.#draw());
  }

  async #sample(vector: (painter: Painter) => Float32Array): Promise<ImageData> {
    if (!this.#loaded) await this.#draw(); // the other pictures of a grid
    this.#forget();
    return await this.#model.use(async (painter) => {
      const z = vector(painter);
      const picture = await painter.sample(z, this.#scene(painter));
      this.#latent = z;
      this.#drawn();
      return picture;
    });
  }

  /** To another seed, by the pictures between where one is and motion is welcome. */
  async #travelTo(seed: number): Promise<void> {
    const from = this.latent;
    const travel = ++this.#travels;
    if (from && this.rows * this.columns === 1 && isMotionWelcome()) {
      for await (const t of fractions()) {
        if (travel !== this.#travels) return;
        await this.#model.use((painter) => {
          const between = painter.between(from, painter.vector(seed, this.truncation), t, 1);
          return painter.show({ ...this.#scene(painter), latent: between });
        });
      }
    }
    if (travel === this.#travels) this.seed = seed;
    this.#view.status.textContent = this.#view.seed.textContent;
  }

  /** What was set by hand, and a travel under way. */
  #forget(): void {
    this.#travels++;
    this.#latent = null;
    this.#blend = 0;
  }

  #scene(painter: Painter): Scene {
    const { seed, rows, columns, truncation } = this;
    const latent = this.#latent ??
      (this.#blend > 0 ? painter.between(seed, (seed + 1) % SEEDS, this.#blend, truncation) : null);
    return { seed, rows, columns, truncation, latent };
  }

  #drawn(): void {
    const painter = this.#model.painter;
    if (!painter) return;
    const isFirst = !this.#loaded;
    this.#loaded = this.#hasPicture = true;
    this.#showFailure(null);
    this.#describe();
    const { card, backend, message } = painter;
    if (isFirst) this.#tell("load", { card, backend, message });
    const isSeeds = this.#latent === null && this.#blend === 0;
    this.#tell("sample", { seed: isSeeds ? this.seed : null, latent: this.latent! });
  }

  /** Sets everything that is seen but the picture. */
  #describe(): void {
    const { alt, card, seed, rows, columns, poster, truncation } = this;
    const [height, width] = card?.imageShape ?? [1, 1];
    describe(this.#view, {
      ...{ poster, seed, truncation },
      alt: alt || card?.title || "Pictures of a generator",
      count: rows * columns,
      blend: this.#blend,
      isByHand: this.#latent !== null,
      ratio: `${columns * width} / ${rows * height}`,
      isDrawn: this.#hasPicture,
      hasControls: this.controls && this.#hasPicture,
      waits: this.reveal === "interaction" && !this.#isRevealed && !this.#model.isOpen,
    });
  }

  #showFailure(failure: GanletErrorDetail | null): void {
    const { message } = this.#view;
    message.textContent = failure?.message ?? "";
    message.hidden = failure === null;
  }

  /** For work that nobody waits for: what fails is shown and told, once. */
  #quietly(work: Promise<unknown>): void {
    work.catch(async (error) => {
      if (error instanceof Superseded || error === this.#failure) return;
      this.#failure = error;
      const detail = typeOf(error) === "script"
        ? error as GanletErrorDetail
        : (await loadPainter()).readable(error, this.src);
      this.#showFailure(detail);
      this.#tell("error", { type: detail.type, message: detail.message });
    });
  }

  #tell<K extends keyof GanletSamplerEventMap>(
    type: K,
    detail: GanletSamplerEventMap[K]["detail"],
  ): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function randomSeed(): number {
  return Math.floor(Math.random() * SEEDS);
}
