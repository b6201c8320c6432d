import type { Tone } from "./chime.ts";

const LOUD = 0.35;
/** A tone that begins at once clicks. */
const RISE_S = 0.015;
/** A busy device takes its time to start the audio that a tap has allowed; one that is not allowed never does. */
const RESUME_WITHIN_MS = 2_000;

/** Plays tones by Web Audio. Browsers let a page sound only after its user has touched it. */
export class TonePlayer {
  #context: AudioContext | undefined;

  /** Call it from a tap or a key: from then on it may sound. */
  unlock(): void {
    this.#open()?.resume().catch(() => {});
  }

  /** Resolves with whether it can be heard. */
  async play(tones: readonly Tone[]): Promise<boolean> {
    const context = this.#open();
    if (!context) return false;
    if (context.state !== "running") await resumed(context);
    if (context.state !== "running") return false;
    for (const tone of tones) sound(context, tone);
    return true;
  }

  #open(): AudioContext | null {
    if (!("AudioContext" in globalThis)) return null;
    if (this.#context?.state === "closed") this.#context = undefined;
    return this.#context ??= new AudioContext();
  }
}

/** A context that may not sound leaves `resume` waiting for ever. */
async function resumed(context: AudioContext): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, RESUME_WITHIN_MS);
  context.resume().then(resolve, () => resolve());
  await promise;
  clearTimeout(timer);
}

function sound(context: AudioContext, { hz, fromS, forS }: Tone): void {
  const [from, to] = [context.currentTime + fromS, context.currentTime + fromS + forS];
  const tone = new OscillatorNode(context, { type: "triangle", frequency: hz });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(LOUD, from + RISE_S);
  gain.gain.setValueAtTime(LOUD, to - forS / 3);
  gain.gain.linearRampToValueAtTime(0, to);
  tone.connect(gain).connect(context.destination);
  tone.start(from);
  tone.stop(to);
}
