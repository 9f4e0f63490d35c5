/** A sheet of samples, each beside the training images nearest to it. */
export interface NeighbourPicture {
  url: string;
  width: number;
  height: number;
  /** How many training images a row has. */
  count: number;
  /** What was measured, in a sentence; null where nothing was. */
  measured: string | null;
}

export function Neighbours({ url, width, height, count, measured }: NeighbourPicture) {
  return (
    <figure class="neighbours">
      <div class="strip">
        <img
          src={url}
          width={width}
          height={height}
          loading="lazy"
          alt={`Samples, each with the ${count} training images nearest to it`}
        />
      </div>
      <figcaption class="direction-note">
        On the left what the generator made, beside it the {count}{" "}
        training images that come nearest in a classifier’s eyes. A generator that repeats its data
        would show the same picture twice. {measured}
      </figcaption>
    </figure>
  );
}
