/** What a file says of its image before any of it is decoded. */
export interface ImageHeader {
  readonly format: "png" | "jpeg" | "webp";
  readonly width: number;
  readonly height: number;
  /** EXIF's orientation: 1 is upright, 2 to 8 are its mirrored and turned forms. */
  readonly orientation: number;
}

/** Why a file cannot be used, in words that complete "left out: …". */
export class Unusable extends Error {
  override readonly name = "Unusable";
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Reads the header of a PNG, JPEG or WebP file, told by its first bytes, whatever its name.
 *
 * Throws Unusable for another format, for a file that ends too soon, and for what no decoder here
 * takes: CMYK, 12-bit and lossless JPEG, animated WebP.
 */
export function readHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length === 0) throw new Unusable("empty file");
  if (PNG_SIGNATURE.every((byte, i) => bytes[i] === byte)) return pngHeader(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return jpegHeader(bytes);
  if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 4) === "WEBP") return webpHeader(bytes);
  throw new Unusable("not a PNG, JPEG or WebP");
}

/** Chunks of length, type, data and checksum (PNG specification, section 5.3). */
function pngHeader(bytes: Uint8Array): ImageHeader {
  const view = viewOf(bytes);
  let [width, height, orientation] = [0, 0, 1];
  for (let at = PNG_SIGNATURE.length;;) {
    if (at + 12 > bytes.length) throw new Unusable("cut short");
    const length = view.getUint32(at);
    const type = ascii(bytes, at + 4, 4);
    const end = at + 12 + length;
    if (end > bytes.length) throw new Unusable("cut short");
    if (type === "IHDR" && length >= 8) {
      [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)];
    }
    if (type === "eXIf") orientation = exifOrientation(bytes.subarray(at + 8, end - 4));
    if (type === "IEND") break;
    at = end;
  }
  if (width === 0 || height === 0) throw new Unusable("damaged: its header gives no size");
  return { format: "png", width, height, orientation };
}

/** Segments of marker, length and data up to the scan, which ends with a marker (ITU-T T.81, B.1). */
function jpegHeader(bytes: Uint8Array): ImageHeader {
  const view = viewOf(bytes);
  let [width, height, orientation] = [0, 0, 1];
  let at = 2;
  for (;;) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++; // fill bytes
    if (at + 4 > bytes.length) throw new Unusable("cut short");
    if (bytes[at] !== 0xff) throw new Unusable("damaged: a JPEG segment has no marker");
    const marker = bytes[at + 1];
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length) throw new Unusable("cut short");
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame && end >= at + 10) {
      refuseJpegFrame(marker, bytes[at + 4], bytes[at + 9]);
      [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
    }
    if (marker === 0xe1 && ascii(bytes, at + 4, 6) === "Exif\0\0") {
      orientation = exifOrientation(bytes.subarray(at + 10, end));
    }
    at = end;
    if (marker === 0xda) break; // the scan begins
  }
  if (width === 0 || height === 0) throw new Unusable("damaged: its header gives no size");
  if (!hasEndOfImage(bytes, at)) throw new Unusable("cut short");
  return { format: "jpeg", width, height, orientation };
}

function refuseJpegFrame(marker: number, bits: number, components: number): void {
  if (components === 4) throw new Unusable("CMYK JPEG: convert it to RGB");
  if (bits !== 8) throw new Unusable(`${bits}-bit JPEG: convert it to 8 bits`);
  if (marker === 0xc3) throw new Unusable("lossless JPEG: convert it to an ordinary one");
}

/** Decoders fill what is missing with grey, so a file without the end marker must be found here. */
function hasEndOfImage(bytes: Uint8Array, from: number): boolean {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === 0xd9) return true; // within a scan 0xff is followed by 0 or a restart
  }
  return false;
}

/** A RIFF file of chunks of type, length and data, padded to even lengths (RFC 9649). */
function webpHeader(bytes: Uint8Array): ImageHeader {
  const view = viewOf(bytes);
  let [width, height, orientation] = [0, 0, 1];
  const grow = (w: number, h: number) =>
    [width, height] = [Math.max(width, w), Math.max(height, h)];
  if (bytes.length < 12 || 8 + view.getUint32(4, true) > bytes.length) {
    throw new Unusable("cut short");
  }
  const riffEnd = 8 + view.getUint32(4, true);
  for (let at = 12; at + 8 <= riffEnd;) {
    const type = ascii(bytes, at, 4);
    const [data, length] = [at + 8, view.getUint32(at + 4, true)];
    if (data + length > bytes.length) throw new Unusable("cut short");
    if (type === "VP8X" && length >= 10) {
      if (bytes[data] & 2) throw new Unusable("animated WebP");
      grow(1 + uint24(bytes, data + 4), 1 + uint24(bytes, data + 7));
    }
    if (type === "VP8 " && length >= 10) {
      grow(view.getUint16(data + 6, true) & 0x3fff, view.getUint16(data + 8, true) & 0x3fff);
    }
    if (type === "VP8L" && length >= 5) {
      const sizes = view.getUint32(data + 1, true);
      grow(1 + (sizes & 0x3fff), 1 + (sizes >>> 14 & 0x3fff));
    }
    if (type === "EXIF") orientation = exifOrientation(bytes.subarray(data, data + length));
    at = data + length + length % 2;
  }
  if (width === 0 || height === 0) throw new Unusable("damaged: its header gives no size");
  return { format: "webp", width, height, orientation };
}

/**
 * The orientation in EXIF data, which is a TIFF file (Exif 2.3, section 4.6.4): 1 where it is missing
 * or the data is malformed, as viewers do.
 */
function exifOrientation(exif: Uint8Array): number {
  const tiff = ascii(exif, 0, 6) === "Exif\0\0" ? exif.subarray(6) : exif;
  const order = ascii(tiff, 0, 2);
  if (tiff.length < 8 || (order !== "II" && order !== "MM")) return 1;
  const isLittle = order === "II";
  const view = viewOf(tiff);
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > tiff.length) return 1;
  const entries = view.getUint16(directory, isLittle);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry; // tag, type, count, value
    if (at + 12 > tiff.length) return 1;
    if (view.getUint16(at, isLittle) !== 0x0112) continue;
    const orientation = view.getUint16(at + 8, isLittle);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function ascii(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}

function uint24(bytes: Uint8Array, at: number): number {
  return bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16;
}
