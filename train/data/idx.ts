/** An array read from the IDX format, in which MNIST and its relatives are published. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an IDX array of unsigned bytes: two zero bytes, the element type, the number of axes, each
 * axis's length as a big-endian 32-bit integer, then the elements, last axis fastest.
 *
 * The result's `data` is a view of `bytes`. Throws an Error when the type is another one or the
 * length does not fit the shape.
 */
export function readIdx(bytes: Uint8Array): IdxArray {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== UNSIGNED_BYTE) {
    const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0"));
    throw new Error(`not an IDX array of unsigned bytes: it starts with ${start.join(" ")}`);
  }
  const axes = bytes[3];
  const header = 4 + 4 * axes;
  if (bytes.length < header) throw new Error(`IDX header of ${header} bytes is cut short`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const elements = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== header + elements) {
    throw new Error(
      `IDX array of shape ${shape.join("×")} needs ${header + elements} bytes, not ${bytes.length}`,
    );
  }
  return { shape, data: bytes.subarray(header) };
}

/** The IDX file of an array of unsigned bytes, as `readIdx()` reads it. */
export function writeIdx({ shape, data }: IdxArray): Uint8Array {
  const header = 4 + 4 * shape.length;
  const bytes = new Uint8Array(header + data.length);
  bytes.set([0, 0, UNSIGNED_BYTE, shape.length]);
  const view = new DataView(bytes.buffer);
  shape.forEach((length, axis) => view.setUint32(4 + 4 * axis, length));
  bytes.set(data, header);
  return bytes;
}
