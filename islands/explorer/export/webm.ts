import { canvasOf, contextOf, type OnProgress } from "./frames.ts";

/** Best first. */
const TYPES = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];

/** The frames as a video, recorded while they play: it takes as long as it lasts. */
export async function recordWebm(
  frames: readonly HTMLCanvasElement[],
  framesPerSecond: number,
  onProgress: OnProgress,
): Promise<Blob> {
  const type = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  if (type === undefined) throw new Error("this browser records no WebM");
  const [{ width, height }] = frames;
  const canvas = canvasOf(width, height);
  const context = contextOf(canvas);
  context.drawImage(frames[0], 0, 0);
  const stream = canvas.captureStream(framesPerSecond);
  const recorder = new MediaRecorder(stream, {
    mimeType: type,
    videoBitsPerSecond: 8 * width * height * framesPerSecond / 4, // two bits a pixel: edges stay sharp
  });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise<void>((resolve, reject) => {
    recorder.onstop = () => resolve();
    recorder.onerror = () => reject(new Error("the recording failed"));
  });
  recorder.start();
  const start = performance.now();
  const lasts = frames.length / framesPerSecond * 1000;
  for (let time = 0; time < lasts; time = performance.now() - start) {
    const frame = Math.min(frames.length - 1, Math.floor(time / lasts * frames.length));
    context.drawImage(frames[frame], 0, 0);
    onProgress(time / lasts);
    await new Promise((resolve) => setTimeout(resolve, 500 / framesPerSecond));
  }
  recorder.stop();
  await ended;
  stream.getTracks().forEach((track) => track.stop());
  return new Blob(parts, { type: "video/webm" });
}
