/**
 * Just enough of protocol buffers' encoding to write an ONNX file: a message is a list of fields, each
 * a tag (number · 8 + wire type) and its value.
 */

export type Field = Uint8Array<ArrayBuffer>;

/** A whole number, at most 2⁵³ − 1, of wire type 0. */
export function integer(number: number, value: number): Field {
  return Uint8Array.from([...varint(number << 3), ...varint(value)]);
}

/** A float32, of wire type 5. */
export function float(number: number, value: number): Field {
  const bytes = new Uint8Array(Float32Array.of(value).buffer);
  return Uint8Array.from([...varint(number << 3 | 5), ...bytes]);
}

/** Text, bytes or a message, of wire type 2. */
export function bytes(number: number, value: string | Uint8Array | Field[]): Field {
  const content = typeof value === "string"
    ? new TextEncoder().encode(value)
    : Array.isArray(value)
    ? joined(value)
    : value;
  return joined([
    Uint8Array.from([...varint(number << 3 | 2), ...varint(content.length)]),
    content,
  ]);
}

export function joined(parts: readonly Uint8Array[]): Field {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Seven bits a byte, the lowest first; the eighth bit says that more follow. */
function varint(value: number): number[] {
  const digits: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) digits.push(value % 128 | 128);
  return [...digits, value];
}
